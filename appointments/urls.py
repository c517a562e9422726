"""Paths below /consultation/."""

from django.urls import path, re_path

from appointments import views
from appointments.patient_page import visit_views
from appointments.patient_page.answers import answers
from appointments.patient_page.received import received
from appointments.patient_page.views import link_is_over, status

app_name = "appointments"
urlpatterns = [
    path("", views.consultation, name="consultation"),
    path("received/<slug:token>/", received, name="received"),
    path("status/<slug:token>/", status, name="status"),
    path("status/<slug:token>/answers/", answers, name="answers"),
    path("status/<slug:token>/times/", visit_views.answer_offers, name="times"),
    path("status/<slug:token>/move/", visit_views.move, name="move"),
    path("status/<slug:token>/cancel/", visit_views.cancel, name="cancel"),
    path("status/<slug:token>/appointment.ics", visit_views.file, name="calendar_file"),
    # A truncated link. Only with a final slash: Django appends it to a complete link without one.
    re_path(r"^(?:received|status)/(?:.*/)?$", link_is_over),
]
