"""What nobody has to remember: it happens by itself, at its time, and never in the way of the mail."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import DatabaseError

from appointments.alarms import raise_alarms
from appointments.retention import purge
from articles.reminders import remind
from clinic_site import housekeeping
from clinic_site.housekeeping import CHORES, Chore, House, before_mail, register
from tests.appointments.builders import NOW
from tests.inside import run_apart
from tests.serving import OwnDatabase

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)


class Diary:
    """Chores that only write down when they were done."""

    def __init__(self) -> None:
        self.dusted: list[dt.datetime] = []
        self.washed: list[dt.datetime] = []

    def dust(self, now: dt.datetime) -> None:
        self.dusted.append(now)

    def wash(self, now: dt.datetime) -> None:
        self.washed.append(now)


def breaks(now: dt.datetime) -> None:
    raise DatabaseError("with a name in it")


class TestRegistry:
    def test_alarms_and_reminders_every_minute_and_retention_every_hour(self) -> None:
        assert {Chore(raise_alarms, MINUTE, mails=True), Chore(remind, MINUTE, mails=True), Chore(purge, HOUR)} <= {
            *CHORES
        }

    def test_each_chore_is_registered_once(self) -> None:
        assert len({chore.work for chore in CHORES}) == len(CHORES)

    def test_before_a_single_round_of_the_mail_only_what_mails_is_done(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(housekeeping, "CHORES", [])
        diary = Diary()
        register(diary.dust, every=MINUTE, mails=True)
        register(diary.wash, every=HOUR)
        before_mail(NOW)
        assert (diary.dusted, diary.washed) == ([NOW], [])


class TestHouse:
    def test_each_chore_is_done_at_once_and_then_whenever_its_time_has_passed(self) -> None:
        diary = Diary()
        house = House([Chore(diary.dust, MINUTE), Chore(diary.wash, HOUR)])
        for now in (NOW, NOW + MINUTE - SECOND, NOW + MINUTE, NOW + HOUR, NOW + HOUR + SECOND):
            house.keep(now)
        assert diary.dusted == [NOW, NOW + MINUTE, NOW + HOUR]
        assert diary.washed == [NOW, NOW + HOUR]

    def test_one_that_fails_is_logged_by_kind_and_the_others_are_done(self, caplog: pytest.LogCaptureFixture) -> None:
        diary = Diary()
        House([Chore(breaks, MINUTE), Chore(diary.dust, MINUTE)]).keep(NOW)
        assert diary.dusted == [NOW]
        assert [each.getMessage() for each in caplog.records] == ["Housekeeping failed at breaks (DatabaseError)."]
        assert "with a name in it" not in caplog.text

    def test_one_that_fails_is_tried_again_at_its_next_time(self, caplog: pytest.LogCaptureFixture) -> None:
        house = House([Chore(breaks, MINUTE)])
        for now in (NOW, NOW + SECOND, NOW + MINUTE):
            house.keep(now)
        assert len(caplog.records) == 2


class TestThread:
    def test_it_keeps_house_beside_the_block_and_ends_with_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        done, stop = threading.Event(), threading.Event()
        monkeypatch.setattr(housekeeping, "CHORES", [Chore(lambda now: done.set(), MINUTE)])
        before = threading.active_count()
        with housekeeping.housekeeping(stop):
            assert done.wait(timeout=10)
        assert stop.is_set()
        assert threading.active_count() == before

    def test_it_goes_on_looking(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rounds = threading.Semaphore(0)
        monkeypatch.setattr(housekeeping, "LOOK_EVERY", 0)
        monkeypatch.setattr(housekeeping, "CHORES", [Chore(lambda now: rounds.release(), dt.timedelta())])
        with housekeeping.housekeeping(threading.Event()):
            assert all(rounds.acquire(timeout=10) for _ in range(3))

    def test_it_ends_also_where_the_mail_broke_down(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(housekeeping, "CHORES", [])
        stop = threading.Event()
        with pytest.raises(ZeroDivisionError), housekeeping.housekeeping(stop):
            raise ZeroDivisionError
        assert stop.is_set()


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase) -> Any:
    with own_database(tmp_path_factory.mktemp("house") / "house.sqlite3") as database_url:
        return run_apart("tests.appointments.unattended:main", database_url)


def test_many_workers_at_once_tell_of_each_request_once_erase_it_once_and_send_one_reminder(outcome: Any) -> None:
    assert outcome["many"] == {"told": 3, "erased": 3, "reminded": 1, "alarms": 3, "nameless": 3}


def test_one_that_is_left_to_itself_raises_the_alarm_mails_it_and_erases_what_expired(outcome: Any) -> None:
    assert outcome["alone"] == {"alarms": 4, "nameless": 4}
