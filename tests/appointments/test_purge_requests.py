"""The command that erases expired requests, and its dry run."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command

from appointments import workflow
from appointments.choices import Status
from appointments.models import ConsultationRequest
from tests.appointments.builders import NOW, make_request

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("purge_requests", *arguments, stdout=out)
    return out.getvalue()


def expired() -> ConsultationRequest:
    sent = NOW - dt.timedelta(days=100)
    request = make_request(now=sent, email="ana@example.com")
    workflow.transition(request, Status.WITHDRAWN, "", sent)
    return request


def test_output_names_references_and_reasons_only() -> None:
    request = expired()
    assert printed() == (f"{request.reference} was erased: Withdrawn for 90 days or longer.\nExpired requests: 1.\n")
    request.refresh_from_db()
    assert request.name == ""


def test_a_dry_run_prints_what_would_be_erased() -> None:
    request = expired()
    assert printed("--dry-run") == (
        f"{request.reference} would be erased: Withdrawn for 90 days or longer.\n"
        "Expired requests: 1. Nothing was changed.\n"
    )
    request.refresh_from_db()
    assert request.name == "Ana Torres"


def test_an_empty_run_prints_a_line() -> None:
    make_request()
    assert printed() == "Expired requests: 0.\n"
