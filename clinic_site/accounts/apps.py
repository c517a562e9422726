"""The accounts of staff: signing in, second factors, sessions, and who did what to them."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "clinic_site.accounts"
    verbose_name = "Sign-ins"

    def ready(self) -> None:
        from allauth.mfa.models import Authenticator
        from django.contrib.auth.signals import user_logged_in
        from django.db.models.signals import post_save

        from clinic_site.accounts import audit, factors, sessions
        from clinic_site.accounts.leaving import end_again
        from clinic_site.hooks import hooks

        audit.connect()
        user_logged_in.connect(sessions.begin)
        hooks.after_restore.append(end_again)
        post_save.connect(factors.end_older_sessions, sender=Authenticator)
