"""Everything from the request form to the desk."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AppointmentsConfig(AppConfig):
    name = "appointments"
    verbose_name = "Consultation requests"

    def ready(self) -> None:
        from appointments.audit_guard import install

        post_migrate.connect(install, sender=self)
