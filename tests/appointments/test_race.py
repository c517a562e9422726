"""What happens when many do the same thing at the same moment. See race.py."""

from pathlib import Path
from typing import Any

import pytest

from tests.inside import run_apart
from tests.serving import OwnDatabase

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase) -> Any:
    with own_database(tmp_path_factory.mktemp("race") / "race.sqlite3") as database_url:
        return run_apart("tests.appointments.race:main", database_url)


def test_many_presses_at_once_are_one_request_and_everyone_gets_its_reference(outcome: Any) -> None:
    assert outcome["presses"] == {"answers": 8, "references": 1, "stored": 1}


def test_many_workers_at_once_send_every_mail_once(outcome: Any) -> None:
    assert outcome["workers"] == {"waiting": 22, "sent": 22, "different": 22}


def test_of_many_people_at_once_one_wins_and_the_others_are_told(outcome: Any) -> None:
    assert outcome["people"] == {"won": 1, "told": 7, "events": 1}
