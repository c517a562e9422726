"""Paths below /consultation/."""

from django.urls import path

from appointments import status_views, views

app_name = "appointments"
urlpatterns = [
    path("", views.consultation, name="consultation"),
    path("received/<slug:token>/", views.received, name="received"),
    path("status/<slug:token>/", status_views.status, name="status"),
]
