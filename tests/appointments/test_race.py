"""Concurrent posts, deliveries and steps. See subprocess_race.py."""

from pathlib import Path
from typing import Any

import pytest

from tests.inside import run_apart
from tests.serving import OwnDatabase

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase) -> Any:
    with own_database(tmp_path_factory.mktemp("race") / "race.sqlite3") as database_url:
        return run_apart("tests.appointments.subprocess_race:main", database_url)


def test_concurrent_presses_make_one_request_with_one_reference(outcome: Any) -> None:
    assert outcome["presses"] == {"answers": 8, "references": 1, "stored": 1}


def test_concurrent_workers_send_every_mail_once(outcome: Any) -> None:
    assert outcome["workers"] == {"waiting": 22, "sent": 22, "different": 22}


def test_of_concurrent_changes_one_wins_and_the_others_see_a_conflict(outcome: Any) -> None:
    assert outcome["people"] == {"won": 1, "refused": 7, "events": 1}


def test_concurrent_workers_write_every_reminder_once(outcome: Any) -> None:
    assert outcome["reminders"] == {"written": 6, "stored": 6}


def test_concurrent_workers_offer_one_earlier_time_to_each_person(outcome: Any) -> None:
    assert outcome["waiting_list"] == {"offered": [1] * 6, "lapsed": [1] * 6}
