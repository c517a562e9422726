"""The log of a failed request holds the path and the fault, and nothing that a person typed."""

import io
import logging

import psycopg
import pytest
from django.contrib.auth.models import User
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from clinic_site import urls
from clinic_site.logs import PrivateFormatter
from tests.conftest import Cast

TYPED = "ana@example.com"
TOKEN = "k3yToTheirPage"


def refused_by_the_database(request: HttpRequest, token: str = "") -> HttpResponse:
    """Fail with PostgreSQL's error, which quotes the whole row, and with our own, which quotes the input."""
    try:
        with transaction.atomic():
            User.objects.update(last_name=None)
    except IntegrityError as error:
        raise ValueError(TYPED) from error
    return HttpResponse()


def suspicious(request: HttpRequest, token: str) -> HttpResponse:
    raise SuspiciousOperation(f"{request.get_full_path()} looks odd")


urlpatterns = [
    path("consultation/", refused_by_the_database),
    path("consultation/received/<slug:token>/", refused_by_the_database),
    path("consultation/status/<slug:token>/", refused_by_the_database),
    path("consultation/status/<slug:token>/withdraw/", refused_by_the_database),
    path("consultation/odd/<slug:token>/", suspicious),
    path("preview/<slug:token>/", refused_by_the_database),
    *urls.urlpatterns,
]
handler500 = urls.handler500


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Return what the site's only handler writes."""
    handlers = logging.getLogger("django").handlers
    (handler,) = [found for found in handlers if type(found) is logging.StreamHandler]  # pytest adds some of its own
    written = io.StringIO()
    monkeypatch.setattr(handler, "stream", written)
    return written


@pytest.fixture
def failing(client: Client, settings: Settings, db: None) -> Client:
    """Return a patient's client, on a site whose patient pages fail."""
    settings.ROOT_URLCONF = __name__
    User.objects.create_user(TYPED)
    client.raise_request_exception = False
    return client


def test_a_failure_is_logged_with_path_and_place(failing: Client, log: io.StringIO) -> None:
    assert failing.post("/consultation/", {"email": TYPED}).status_code == 500
    first_line, *frames = log.getvalue().splitlines()
    assert first_line.endswith("ERROR django.request: Internal Server Error: /consultation/")
    assert any(frame.startswith(f'  File "{__file__}", line ') for frame in frames)
    assert "in refused_by_the_database" in log.getvalue()
    assert "    User.objects.update(last_name=None)" in frames
    assert frames[-1] == "builtins.ValueError"


def test_exceptions_of_a_chain_are_named_but_not_quoted(failing: Client, log: io.StringIO) -> None:
    failing.post("/consultation/", {"email": TYPED})
    written = log.getvalue()
    assert written.index("\ndjango.db.utils.IntegrityError\n") < written.index("\nbuiltins.ValueError\n")
    assert TYPED not in written
    assert "Failing row" not in written
    assert "NOT NULL constraint" not in written


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        (f"/consultation/received/{TOKEN}/", "/consultation/received/…/"),
        (f"/consultation/status/{TOKEN}/", "/consultation/status/…/"),
        (f"/consultation/status/{TOKEN}/withdraw/", "/consultation/status/…/withdraw/"),
        (f"/preview/{TOKEN}/", "/preview/…/"),
    ],
)
def test_tokens_in_paths_are_not_logged(failing: Client, log: io.StringIO, address: str, shown: str) -> None:
    assert failing.get(address).status_code == 500
    assert log.getvalue().splitlines()[0].endswith(f"Internal Server Error: {shown}")
    assert TOKEN not in log.getvalue()


def test_a_query_string_is_not_logged(failing: Client, log: io.StringIO) -> None:
    assert failing.get(f"/consultation/odd/{TOKEN}/", {"q": TYPED}).status_code == 400
    assert "SuspiciousOperation: /consultation/odd/…/?… looks odd\n" in log.getvalue()
    assert "example.com" not in log.getvalue()


@pytest.mark.parametrize(
    ("kind", "query", "host"),
    [
        ("DisallowedHost", "", f"{TYPED}.{7000 * 'x'}"),
        ("TooManyFieldsSent", f"?{400 * 'a=1&'}", "testserver"),
    ],
)
def test_a_request_that_django_refuses_is_one_short_line(
    client: Client, log: io.StringIO, kind: str, query: str, host: str
) -> None:
    assert client.get(f"/search/{query}", headers={"host": host}).status_code == 400
    (line,) = (line for line in log.getvalue().splitlines() if "django" in line)
    assert f"ERROR django.security.{kind}: " in line
    assert len(line) < 300


def test_what_a_browser_sends_makes_no_line_of_its_own(sign_in: Cast, log: io.StringIO) -> None:
    forged = "x\n2026-11-23 10:00:00 INFO django: all is well\x1b[2J"
    assert sign_in("front desk").get("/admin/appointments/consultationrequest/", {forged: "1"}).status_code == 400
    (line,) = log.getvalue().splitlines()
    assert "ERROR django.security.DisallowedModelAdminLookup: Filtering by x 2026" in line
    assert "\x1b" not in line


@pytest.fixture
def logger(log: io.StringIO) -> logging.Logger:
    return logging.getLogger("django.tests")


def test_an_exception_in_a_message_is_named_but_not_quoted(logger: logging.Logger, log: io.StringIO) -> None:
    logger.error("Row %d was refused: %s", 3, ValueError(TYPED))
    logger.error(ValueError(TYPED))
    logger.error("%(count)s refused", {"count": 2})
    lines = [line.partition("django.tests: ")[2] for line in log.getvalue().splitlines()]
    assert lines == ["Row 3 was refused: builtins.ValueError", "builtins.ValueError", "2 refused"]


def test_the_reason_of_a_failed_connection_is_on_one_line() -> None:
    fault = psycopg.OperationalError('connection failed:\n\tFATAL:  no role "clinic"')
    record = logging.LogRecord("psycopg.pool", logging.WARNING, "", 0, "error connecting in %r: %s", ("p", fault), None)
    line = "error connecting in 'p': psycopg.OperationalError: connection failed: FATAL: no role \"clinic\""
    assert PrivateFormatter("{message}", style="{").format(record) == line


def test_text_cached_by_another_handler_is_not_repeated(logger: logging.Logger, log: io.StringIO) -> None:
    other = logging.StreamHandler(io.StringIO())
    logger.addHandler(other)
    try:
        logger.error("It failed", exc_info=ValueError(TYPED))
    finally:
        logger.removeHandler(other)
    assert TYPED in other.stream.getvalue()
    assert TYPED not in log.getvalue()


def test_a_circular_chain_of_exceptions_ends(logger: logging.Logger, log: io.StringIO) -> None:
    first, second = ValueError(TYPED), KeyError(TYPED)
    first.__cause__, second.__cause__ = second, first
    logger.error("It failed", exc_info=first)
    assert log.getvalue().count("Traceback") == len([first, second])


def test_a_suppressed_cause_is_not_shown(logger: logging.Logger, log: io.StringIO) -> None:
    fault = ValueError(TYPED)
    fault.__context__, fault.__suppress_context__ = KeyError(TYPED), True  # as `raise ... from None` does
    logger.error("It failed", exc_info=fault)
    assert log.getvalue().endswith("It failed\nTraceback (most recent call last):\nbuiltins.ValueError\n")
