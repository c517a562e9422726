"""Everything from the request form to the desk."""

import datetime as dt

from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "appointments"
    verbose_name = "Consultation requests"

    def ready(self) -> None:
        from appointments.alarms import raise_alarms
        from appointments.figures import declined_by_article
        from appointments.retention import purge
        from clinic_site.housekeeping import register
        from clinic_site.outcomes import provide

        register(raise_alarms, every=dt.timedelta(minutes=1), mails=True)
        register(purge, every=dt.timedelta(hours=1))
        provide(declined_by_article)
