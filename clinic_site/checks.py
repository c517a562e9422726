"""Deployment settings as Django system checks, each with a hint (`manage.py check --deploy`)."""

import ipaddress
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, register
from django.http.request import validate_host

from clinic_site.clinic_yaml import get_clinic
from clinic_site.content.files import ContentError
from clinic_site.demo import DEMO_USERS


@register(Tags.security, deploy=True)
def demo_mode_is_off(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if not settings.DEMO:
        return []
    return [
        Error(
            "Demo mode is on.",
            hint="Unset DEMO: the demo is for one person on one machine.",
            id="clinic.E001",
        )
    ]


@register(Tags.security, deploy=True)
def the_clinic_is_real(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    try:
        demo = get_clinic().demo
    except ContentError as error:
        return [Error(str(error), hint="Mend that line of the clinic's facts.", id="clinic.E002")]
    if not demo:
        return []
    hint = "Put your clinic's own facts into content/clinic.yaml and set demo: false."
    return [Error("content/clinic.yaml still describes the made-up demo clinic.", hint=hint, id="clinic.E003")]


@register(Tags.database, deploy=True)
def no_demo_sign_ins(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse a production database with the demo's sign-ins. `manage.py serve` runs the check with --database."""
    if not databases or not get_user_model().objects.filter(username__in=DEMO_USERS).exists():
        return []
    hint = f"Delete the users {' and '.join(DEMO_USERS)}."
    return [Error("The demo's sign-ins exist in this database.", hint=hint, id="clinic.E004")]


@register(Tags.security, deploy=True)
def site_url_is_https(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.SITE_URL.startswith("https://"):
        return []
    return [
        Error(
            "SITE_URL does not start with https://.",
            hint="Give the public address of the site.",
            id="clinic.E005",
        )
    ]


@register(Tags.security, deploy=True)
def hosts_are_named(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [Error("ALLOWED_HOSTS allows every host.", hint="Name the hosts of this site.", id="clinic.E006")]


@register(Tags.security, deploy=True)
def site_url_is_allowed(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if validate_host(urlsplit(settings.SITE_URL).hostname or "", settings.ALLOWED_HOSTS):
        return []
    hint = "Put the host of SITE_URL into ALLOWED_HOSTS: links in mails lead there."
    return [Error("The site does not answer to the host of SITE_URL.", hint=hint, id="clinic.E009")]


@register(Tags.security, deploy=True)
def mail_leaves_and_is_encrypted(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    smtp = settings.EMAIL_BACKEND == settings.SMTP_BACKEND
    if smtp and (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL or is_this_machine(settings.EMAIL_HOST)):
        return []
    hint = (
        "Set EMAIL_URL to smtp+tls://user:password@host:587 or smtp+ssl://user:password@host:465, or to "
        "smtp://localhost:25 for a mail server on this machine that sends over encrypted connections."
    )
    return [Error("EMAIL_URL does not send mail over an encrypted connection.", hint=hint, id="clinic.E007")]


def is_this_machine(host: str) -> bool:
    """Return True for a name or an address that no other machine can listen to."""
    try:
        return host == "localhost" or ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


@register(Tags.security, deploy=True)
def a_proxy_ends_tls(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    if settings.SECURE_PROXY_SSL_HEADER:
        return []
    hint = "Put a proxy with TLS in front that always sets X-Forwarded-Proto, and set BEHIND_PROXY=on."
    return [Error("Nothing tells this site which requests came over HTTPS.", hint=hint, id="clinic.E008")]
