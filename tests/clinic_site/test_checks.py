"""A wrong deployment is told by Django's checks, each with a hint."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.checks import CheckMessage
from pytest_django import Settings

from clinic_site import checks


def ids(messages: list[CheckMessage]) -> list[str | None]:
    assert all(message.hint for message in messages)
    return [message.id for message in messages]


def test_demo_mode_is_no_deployment(settings: Settings) -> None:
    assert ids(checks.demo_mode_is_off(None)) == ["clinic.E001"]
    settings.DEMO = False
    assert checks.demo_mode_is_off(None) == []


def test_wrong_clinic_facts_are_no_deployment(settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = tmp_path
    assert ids(checks.the_clinic_is_real(None)) == ["clinic.E002"]


@pytest.mark.usefixtures("real_content")
def test_the_made_up_clinic_is_no_deployment() -> None:
    assert ids(checks.the_clinic_is_real(None)) == ["clinic.E003"]


def test_a_real_clinic_passes() -> None:
    assert checks.the_clinic_is_real(None) == []


@pytest.mark.django_db
def test_demo_sign_ins_are_no_deployment() -> None:
    assert checks.no_demo_sign_ins(None, databases=["default"]) == []
    User.objects.create_user("demo-desk")
    assert ids(checks.no_demo_sign_ins(None, databases=["default"])) == ["clinic.E004"]


def test_the_database_is_left_alone_unless_asked_for() -> None:
    assert checks.no_demo_sign_ins(None) == []


def test_the_public_address_must_be_https(settings: Settings) -> None:
    assert ids(checks.site_url_is_https(None)) == ["clinic.E005"]
    settings.SITE_URL = "https://clinic.example"
    assert checks.site_url_is_https(None) == []


def test_every_host_is_no_host(settings: Settings) -> None:
    assert checks.hosts_are_named(None) == []
    settings.ALLOWED_HOSTS = ["*"]
    assert ids(checks.hosts_are_named(None)) == ["clinic.E006"]


def test_mail_must_leave_over_an_encrypted_connection(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert ids(checks.mail_leaves_and_is_encrypted(None)) == ["clinic.E007"]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = settings.SMTP_BACKEND, "mail.clinic.example"
    assert ids(checks.mail_leaves_and_is_encrypted(None)) == ["clinic.E007"]
    settings.EMAIL_USE_TLS = True
    assert checks.mail_leaves_and_is_encrypted(None) == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1", "[::1]"])
def test_a_mail_server_on_this_machine_needs_no_encrypted_connection(settings: Settings, host: str) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = settings.SMTP_BACKEND, host
    assert checks.mail_leaves_and_is_encrypted(None) == []


@pytest.mark.parametrize("host", ["mail.clinic.example", "192.168.0.2", "localhost.clinic.example", "0.0.0.0", ""])  # noqa: S104
def test_one_on_another_machine_does(settings: Settings, host: str) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = settings.SMTP_BACKEND, host
    assert ids(checks.mail_leaves_and_is_encrypted(None)) == ["clinic.E007"]


def test_something_must_end_tls(settings: Settings) -> None:
    assert ids(checks.a_proxy_ends_tls(None)) == ["clinic.E008"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert checks.a_proxy_ends_tls(None) == []
