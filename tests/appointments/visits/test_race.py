"""Patients and desk who want the same times at once, on both databases. See race.py."""

from typing import Any

import pytest

from tests.inside import run_apart
from tests.serving import OwnDatabase
from tests.soak import Figures, often

pytestmark = pytest.mark.soak
PATIENTS = often(40, soak=200)
ROUNDS = often(3, soak=100)
WITHIN = often(120, soak=900)  # seconds


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase) -> Any:
    with pytest.MonkeyPatch.context() as patch, own_database(tmp_path_factory.mktemp("race") / "visits.sqlite3") as url:
        patch.setenv("PATIENTS", str(PATIENTS))
        patch.setenv("ROUNDS", str(ROUNDS))
        return run_apart("tests.appointments.visits.race:main", url, WITHIN)


def test_of_twenty_who_pick_one_time_one_gets_it(outcome: Any) -> None:
    assert outcome["one time"] == {"outcomes": {"done": 1, "TimeTaken": 19}, "visits": 1}


def test_of_many_who_pick_twenty_times_twenty_get_one(outcome: Any, figures: Figures) -> None:
    found = outcome["many times"]
    figures.add(f"{PATIENTS} patients after 20 times at once, all answered but 1 in 100 within", found.pop("p99"), "ms")
    assert found == {"outcomes": {"done": 20, "TimeTaken": PATIENTS - 20}, "requests": 20, "times": 20}


def test_no_day_gets_more_visits_than_the_kind_allows(outcome: Any) -> None:
    times = outcome["daily cap"]["times"]
    assert outcome["daily cap"]["outcomes"] == {"done": 4, "TimeTaken": times - 4}


@pytest.mark.parametrize("takers", [0, 1], ids=["two others", "its owner and another"])
def test_of_two_who_take_an_offer_that_ran_out_one_gets_it(outcome: Any, takers: int) -> None:
    assert outcome["expired"][takers] == {"done": 1, "TimeTaken": 1}


def test_steps_that_lock_the_same_rows_end_in_no_deadlock(outcome: Any) -> None:
    assert set(outcome["crossed"]) <= {"done", "TimeTaken", "ChangedMeanwhile", "RefusedStep"}


def test_each_visit_holds_its_time_in_the_end(outcome: Any) -> None:
    assert outcome["faults"] == []
