"""Everything from the request form to the desk."""

import datetime as dt

from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    name = "appointments"
    verbose_name = "Front desk"

    def ready(self) -> None:
        from appointments.after_restore import make_safe
        from appointments.alarms import raise_alarms
        from appointments.desk.figures import declined_by_article
        from appointments.health import desk_faults
        from appointments.outbox import mail_is_on_hold
        from appointments.reminders import write_reminders
        from appointments.retention import clear_sessions, purge
        from appointments.visits.stranded import name_stranded
        from appointments.waiting_list import lapse_expired, offer_earlier_times
        from appointments.workflow import hand_back
        from clinic_site.background import register
        from clinic_site.hooks import hooks

        register(raise_alarms, every=dt.timedelta(minutes=1), mails=True)
        register(lapse_expired, every=dt.timedelta(minutes=1), mails=True)
        register(offer_earlier_times, every=dt.timedelta(minutes=1), mails=True)
        register(write_reminders, every=dt.timedelta(minutes=1), mails=True)
        register(purge, every=dt.timedelta(hours=1))
        register(clear_sessions, every=dt.timedelta(hours=1))
        hooks.declined_by_article = declined_by_article
        hooks.stranded_visits = name_stranded
        hooks.mail_is_on_hold = mail_is_on_hold
        hooks.doctor_checks["desk"] = desk_faults
        hooks.after_restore.append(make_safe)
        hooks.hand_backs.append(hand_back)
