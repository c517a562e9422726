"""A locked table of PostgreSQL: no form waits long or loses input. See locked_table.py."""

from typing import Any

import pytest

from clinic_site.database.sqlite_queue import READERS_WAIT
from tests.appointments.locked_file import FORMS_WAIT
from tests.appointments.test_locked_file import SLACK
from tests.inside import run_apart
from tests.serving import OwnDatabase


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase) -> Any:
    with own_database(tmp_path_factory.mktemp("locked") / "locked.sqlite3") as database_url:
        if not database_url.startswith("postgres"):
            pytest.skip("SQLite locks its file as a whole: see test_locked_file.py")
        return run_apart("tests.appointments.locked_table:main", database_url, within=120)


def test_the_form_reports_the_fault_after_a_while_and_keeps_the_answers(outcome: Any) -> None:
    answer = outcome["form"]
    assert answer["status"] == 200
    assert FORMS_WAIT < answer["seconds"] < FORMS_WAIT + SLACK
    assert "We could not store your request: our computer is busy." in answer["text"]
    assert 'value="Ana Torres"' in answer["text"]


def test_a_staff_page_reports_the_fault_and_shows_the_input(outcome: Any) -> None:
    answer = outcome["note"]
    assert answer["status"] == 503
    assert answer["seconds"] < FORMS_WAIT + SLACK
    assert '<input type="hidden" name="text" value="Asked for Ana">' in answer["text"]
    assert outcome["desk"]["status"] == 503
    assert "Load the page again in a minute." in outcome["desk"]["text"]


def test_a_feedback_page_gives_up_at_once(outcome: Any) -> None:
    assert outcome["patient"]["status"] >= 500
    assert outcome["patient"]["seconds"] < READERS_WAIT + SLACK
    assert outcome["readyz"]["status"] == 200


def test_code_outside_requests_waits_without_a_limit(outcome: Any) -> None:
    """The thread reuses a connection of a request."""
    assert outcome["limit"] == "0"


def test_the_next_request_is_stored(outcome: Any) -> None:
    assert outcome["afterwards"]["status"] == 303
    assert outcome["stored"] == len(["before", "afterwards"])
