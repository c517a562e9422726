"""Django's checks report a wrong deployment, each with a hint."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.checks import CheckMessage
from pytest_django import Settings

from clinic_site import checks


def ids(messages: list[CheckMessage]) -> list[str | None]:
    assert all(message.hint for message in messages)
    return [message.id for message in messages]


def test_demo_mode_is_refused(settings: Settings) -> None:
    assert ids(checks.demo_mode_is_off(None)) == ["clinic.E001"]
    settings.DEMO = False
    assert checks.demo_mode_is_off(None) == []


def test_invalid_clinic_facts_are_refused(settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = tmp_path
    assert ids(checks.the_clinic_is_real(None)) == ["clinic.E002"]


@pytest.mark.usefixtures("real_content")
def test_the_demo_clinic_is_refused() -> None:
    assert ids(checks.the_clinic_is_real(None)) == ["clinic.E003"]


def test_a_real_clinic_is_accepted() -> None:
    assert checks.the_clinic_is_real(None) == []


@pytest.mark.django_db
def test_demo_sign_ins_are_refused() -> None:
    assert checks.no_demo_sign_ins(None, databases=["default"]) == []
    User.objects.create_user("demo-desk")
    assert ids(checks.no_demo_sign_ins(None, databases=["default"])) == ["clinic.E004"]


def test_the_database_is_only_read_on_request() -> None:
    assert checks.no_demo_sign_ins(None) == []


def test_the_public_address_must_be_https(settings: Settings) -> None:
    assert ids(checks.site_url_is_https(None)) == ["clinic.E005"]
    settings.SITE_URL = "https://clinic.example"
    assert checks.site_url_is_https(None) == []


def test_a_wildcard_host_is_refused(settings: Settings) -> None:
    assert checks.hosts_are_named(None) == []
    settings.ALLOWED_HOSTS = ["*"]
    assert ids(checks.hosts_are_named(None)) == ["clinic.E006"]


@pytest.mark.parametrize("address", ["https://elsewhere.example", "https://", "clinic.example"])
def test_the_public_address_must_be_a_host_of_the_site(settings: Settings, address: str) -> None:
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://www.clinic.example:8443", [".clinic.example"]
    assert checks.site_url_is_allowed(None) == []
    settings.SITE_URL = address
    assert ids(checks.site_url_is_allowed(None)) == ["clinic.E009"]


def test_mail_must_use_an_encrypted_connection(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert ids(checks.mail_leaves_and_is_encrypted(None)) == ["clinic.E007"]
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = settings.SMTP_BACKEND, "mail.clinic.example"
    assert ids(checks.mail_leaves_and_is_encrypted(None)) == ["clinic.E007"]
    settings.EMAIL_USE_TLS = True
    assert checks.mail_leaves_and_is_encrypted(None) == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1", "[::1]"])
def test_a_mail_server_on_this_machine_needs_no_encryption(settings: Settings, host: str) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = settings.SMTP_BACKEND, host
    assert checks.mail_leaves_and_is_encrypted(None) == []


@pytest.mark.parametrize("host", ["mail.clinic.example", "192.168.0.2", "localhost.clinic.example", "0.0.0.0", ""])  # noqa: S104
def test_a_mail_server_on_another_machine_needs_encryption(settings: Settings, host: str) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = settings.SMTP_BACKEND, host
    assert ids(checks.mail_leaves_and_is_encrypted(None)) == ["clinic.E007"]


def test_a_proxy_must_end_tls(settings: Settings) -> None:
    assert ids(checks.a_proxy_ends_tls(None)) == ["clinic.E008"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert checks.a_proxy_ends_tls(None) == []
