"""A locked SQLite file: pages are served, and no form waits long or loses input."""

from typing import Any

import pytest

from clinic_site.database.sqlite_queue import READERS_WAIT
from tests.appointments.locked_file import FORMS_WAIT
from tests.inside import run_apart

pytestmark = pytest.mark.server
SLACK = 5.0  # seconds, for a busy machine; without the limits, each step takes twenty
HOW = pytest.mark.parametrize("how", ["immediate", "exclusive"])


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = tmp_path_factory.mktemp("locked") / "locked.sqlite3"
    return run_apart("tests.appointments.locked_file:main", f"sqlite:///{file}", within=120)


@HOW
@pytest.mark.parametrize("path", ["/", "/consultation/", "/search/?q=pain"])
def test_public_pages_do_not_wait(outcome: Any, how: str, path: str) -> None:
    page = outcome[how][path]
    assert page["status"] == 200
    assert page["seconds"] < READERS_WAIT + SLACK


@pytest.mark.parametrize(("how", "status"), [("immediate", 200), ("exclusive", 503)])
def test_readyz_reports_at_once_whether_the_database_is_readable(outcome: Any, how: str, status: int) -> None:
    answer = outcome[how]["/readyz"]
    assert answer["status"] == status
    assert answer["seconds"] < READERS_WAIT + SLACK


@HOW
def test_the_form_reports_the_fault_after_a_while_and_keeps_the_answers(outcome: Any, how: str) -> None:
    answer = outcome[how]["form"]
    assert answer["status"] == 200
    assert answer["seconds"] < FORMS_WAIT + SLACK
    assert "We could not store your request: our computer is busy." in answer["text"]
    assert 'value="Ana Torres"' in answer["text"]


def test_the_patient_page_reports_the_fault(outcome: Any) -> None:
    assert outcome["patient"]["status"] == 200
    assert "Our computer is busy." in outcome["patient"]["text"]


def test_feedback_is_preserved_in_the_form(outcome: Any) -> None:
    assert "We could not store this: our computer is busy." in outcome["words"]["text"]
    assert "The second part" in outcome["words"]["text"]


@HOW
def test_a_staff_page_reports_the_fault_and_offers_to_resend_the_input(outcome: Any, how: str) -> None:
    answer = outcome[how]["note"]
    assert answer["status"] == 503
    assert "What you typed is still here, on this page." in answer["text"]
    assert '<input type="hidden" name="text" value="Asked for &quot;Ana&quot;">' in answer["text"]
    assert "secret" not in answer["text"]
    assert outcome["notes"] == 303


def test_an_unreadable_staff_page_reports_the_fault(outcome: Any) -> None:
    assert outcome["exclusive"]["desk"]["status"] == 503
    assert "Load the page again in a minute." in outcome["exclusive"]["desk"]["text"]


def test_nothing_is_stored_during_the_lock_and_the_next_request_is_stored(outcome: Any) -> None:
    assert outcome["afterwards"]["status"] == 303
    assert outcome["stored"] == len(["before", "afterwards"])
