"""Paths below /consultation/."""

from django.urls import path, re_path

from appointments import patient_links, status_views, views

app_name = "appointments"
urlpatterns = [
    path("", views.consultation, name="consultation"),
    path("received/<slug:token>/", views.received, name="received"),
    path("status/<slug:token>/", status_views.status, name="status"),
    # A link that lost a part of it. Only with the slash at the end: Django still adds it to a whole link without.
    re_path(r"^(?:received|status)/(?:.*/)?$", patient_links.link_is_over),
]
