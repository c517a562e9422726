"""Background jobs: intervals, failures and threads."""

import datetime as dt
import threading
import time
from typing import Any

import pytest
from django.db import DatabaseError

from appointments.alarms import raise_alarms
from appointments.retention import clear_sessions, purge
from articles.review_reminders import remind
from clinic_site import background
from clinic_site.background import CHORES, FaultLog, Job, Scheduler, before_mail, register, run_every
from clinic_site.hooks import hooks
from tests.appointments.builders import NOW
from tests.inside import run_apart
from tests.serving import OwnDatabase

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)


class Diary:
    """Chores that record when they ran."""

    def __init__(self) -> None:
        self.dusted: list[dt.datetime] = []
        self.washed: list[dt.datetime] = []

    def dust(self, now: dt.datetime) -> None:
        self.dusted.append(now)

    def wash(self, now: dt.datetime) -> None:
        self.washed.append(now)


class TestRegistry:
    def test_alarms_and_reminders_run_every_minute_and_retention_every_hour(self) -> None:
        assert {
            Job("Housekeeping failed at raise_alarms", raise_alarms, MINUTE, mails=True),
            Job("Housekeeping failed at remind", remind, MINUTE, mails=True),
            Job("Housekeeping failed at purge", purge, HOUR),
            Job("Housekeeping failed at clear_sessions", clear_sessions, HOUR),
        } <= {*CHORES}

    def test_each_chore_is_registered_once(self) -> None:
        assert len({chore.work for chore in CHORES}) == len(CHORES)

    def test_before_one_mail_round_only_chores_that_mail_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(background, "CHORES", [])
        monkeypatch.setattr(hooks, "mail_is_on_hold", lambda: False)
        diary = Diary()
        register(diary.dust, every=MINUTE, mails=True)
        register(diary.wash, every=HOUR)
        before_mail(NOW)
        assert (diary.dusted, diary.washed) == ([NOW], [])

    def test_while_mail_is_on_hold_chores_that_mail_rest_and_the_others_run(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        on_hold = True
        monkeypatch.setattr(background, "CHORES", [])
        monkeypatch.setattr(hooks, "mail_is_on_hold", lambda: on_hold)
        diary = Diary()
        register(diary.dust, every=MINUTE, mails=True)
        register(diary.wash, every=MINUTE)
        scheduler = Scheduler(background.CHORES)
        scheduler.run_due(NOW)
        assert (diary.dusted, diary.washed) == ([], [NOW])
        on_hold = False
        scheduler.run_due(NOW + MINUTE)
        assert diary.dusted == [NOW + MINUTE]


class Failing:
    """A job that fails with the given errors in turn; None means no failure."""

    def __init__(self, *faults: Exception | None) -> None:
        self.faults = faults
        self.begun: list[dt.datetime] = []

    def __call__(self, now: dt.datetime) -> None:
        fault = self.faults[len(self.begun)]
        self.begun.append(now)
        if fault:
            raise fault


class TestScheduler:
    def test_a_job_runs_at_once_and_then_at_its_interval(self) -> None:
        diary = Diary()
        scheduler = Scheduler([Job("Dust", diary.dust, MINUTE), Job("Wash", diary.wash, HOUR)])
        for now in (NOW, NOW + MINUTE - SECOND, NOW + MINUTE, NOW + HOUR, NOW + HOUR + SECOND):
            scheduler.run_due(now)
        assert diary.dusted == [NOW, NOW + MINUTE, NOW + HOUR]
        assert diary.washed == [NOW, NOW + HOUR]

    def test_a_job_without_interval_runs_every_round_even_if_the_clock_goes_back(self) -> None:
        diary = Diary()
        scheduler = Scheduler([Job("Dust", diary.dust)])
        for now in (NOW, NOW - HOUR):
            scheduler.run_due(now)
        assert diary.dusted == [NOW, NOW - HOUR]

    def test_a_failed_job_is_logged_by_kind_and_the_others_run(self, caplog: pytest.LogCaptureFixture) -> None:
        diary = Diary()
        failing = Failing(DatabaseError("with a name in it"))
        Scheduler([Job("It failed", failing, MINUTE), Job("Dust", diary.dust, MINUTE)]).run_due(NOW)
        assert diary.dusted == [NOW]
        assert caplog.messages == ["It failed (DatabaseError)."]

    def test_a_failed_job_is_retried_at_its_next_time(self) -> None:
        failing = Failing(OSError(), OSError())
        scheduler = Scheduler([Job("It failed", failing, MINUTE)])
        for now in (NOW, NOW + SECOND, NOW + MINUTE):
            scheduler.run_due(now)
        assert failing.begun == [NOW, NOW + MINUTE]

    def test_every_kind_of_fault_is_logged_once_until_the_job_works(self, caplog: pytest.LogCaptureFixture) -> None:
        failing = Failing(DatabaseError(), OSError(), DatabaseError(), None, OSError())
        scheduler = Scheduler([Job("It failed", failing)])
        for _ in failing.faults:
            scheduler.run_due(NOW)
        assert caplog.messages == [f"It failed ({kind})." for kind in ("DatabaseError", "OSError", "OSError")]


class Rounds(threading.Event):
    """An event that is set after some rounds; records the length of each wait."""

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self.rounds = rounds
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        if len(self.waits) == self.rounds:
            self.set()
        return self.is_set()


class TestLoop:
    def test_the_loop_continues_despite_failures_until_it_is_stopped(self) -> None:
        failing = Failing(OSError(), None, OSError())
        stop = Rounds(3)
        run_every(0.5, [Job("It failed", failing)], stop)
        assert stop.waits == [0.5] * 3
        assert [moment.tzinfo for moment in failing.begun] == [dt.UTC] * 3

    def test_a_stopped_loop_does_nothing(self) -> None:
        failing, stop = Failing(), threading.Event()
        stop.set()
        run_every(0.5, [Job("It failed", failing)], stop)
        assert failing.begun == []

    def test_a_long_round_is_followed_by_a_longer_but_limited_rest(self, monkeypatch: pytest.MonkeyPatch) -> None:
        times = iter([0, 0, 0, 0.04, 0, 0.1, 0, 60])
        monkeypatch.setattr(time, "monotonic", lambda: next(times))
        stop = Rounds(4)
        run_every(0.5, [], stop, rest=10)
        assert stop.waits == [0.5, 0.5, 1, 5]

    def test_old_connections_are_closed_after_every_round(self, monkeypatch: pytest.MonkeyPatch) -> None:
        done: list[str] = []
        monkeypatch.setattr(background, "close_old_connections", lambda: done.append("closed"))
        run_every(0, [Job("It failed", lambda now: done.append("worked"))], Rounds(2))
        assert done == ["worked", "closed"] * 2

    def test_the_thread_ends_with_the_process(self, monkeypatch: pytest.MonkeyPatch) -> None:
        run: list[object] = []
        begun = threading.Event()

        def run_every(seconds: float, jobs: list[Job], stop: threading.Event, rest: float) -> None:
            thread = threading.current_thread()
            run.extend([thread.name, thread.daemon, seconds, jobs, stop.is_set(), rest])
            begun.set()

        monkeypatch.setattr(background, "run_every", run_every)
        background.start_thread("the name", 0.5, [], rest=10)
        assert begun.wait(timeout=10)
        assert run == ["the name", True, 0.5, [], False, 10]


def test_a_fault_is_new_until_added_and_gone_once_cleared() -> None:
    faults = FaultLog()
    assert not faults.clear("The mail")
    assert [faults.add("The mail", kind) for kind in ("Refused", "Timeout", "Refused")] == [True, True, False]
    assert [faults.clear("The mail"), faults.clear("The mail")] == [True, False]
    assert faults.add("The mail", "Refused")


class TestThread:
    def test_housekeeping_runs_during_the_block_and_ends_with_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        done, stop = threading.Event(), threading.Event()
        monkeypatch.setattr(background, "CHORES", [Job("It failed", lambda now: done.set(), MINUTE)])
        before = threading.active_count()
        with background.housekeeping(stop):
            assert done.wait(timeout=10)
        assert stop.is_set()
        assert threading.active_count() == before

    def test_housekeeping_runs_repeatedly(self, monkeypatch: pytest.MonkeyPatch) -> None:
        rounds = threading.Semaphore(0)
        monkeypatch.setattr(background, "LOOK_EVERY", 0)
        monkeypatch.setattr(background, "CHORES", [Job("It failed", lambda now: rounds.release())])
        with background.housekeeping(threading.Event()):
            assert all(rounds.acquire(timeout=10) for _ in range(3))

    def test_housekeeping_ends_even_if_the_block_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(background, "CHORES", [])
        stop = threading.Event()
        with pytest.raises(ZeroDivisionError), background.housekeeping(stop):
            raise ZeroDivisionError
        assert stop.is_set()


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase) -> Any:
    with own_database(tmp_path_factory.mktemp("house") / "house.sqlite3") as database_url:
        return run_apart("tests.appointments.worker_process:main", database_url)


def test_concurrent_workers_alarm_and_erase_once_and_send_one_reminder(outcome: Any) -> None:
    assert outcome["many"] == {"alarmed": 3, "erased": 3, "reminded": 1, "alarms": 3, "nameless": 3}


def test_a_single_worker_raises_and_mails_alarms_and_erases_expired_requests(outcome: Any) -> None:
    assert outcome["alone"] == {"alarms": 4, "nameless": 4}
