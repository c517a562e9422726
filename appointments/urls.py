"""Paths below /consultation/."""

from django.urls import path

from appointments import views

app_name = "appointments"
urlpatterns = [
    path("", views.consultation, name="consultation"),
    path("received/<slug:token>/", views.received, name="received"),
]
