"""Twice a second somebody looks; cheaply while nothing changes, and whatever is at fault."""

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from articles.editing import disk, handover, lookout
from articles.editing.lookout import Lookout, Round
from articles.models import Revision
from tests.articles.editing.builders import NOON, make_revision
from tests.articles.editing.machines import PATH, Machine
from tests.content_builders import make_article, make_content


@pytest.fixture
def machine(
    db: None, settings: Settings, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Machine:
    settings.CONTENT_DIR = make_content(tmp_path, walking=make_article())
    return Machine(settings.CONTENT_DIR, django_capture_on_commit_callbacks)


@pytest.fixture
def moments() -> Iterator[dt.datetime]:
    """A second apart."""
    return (NOON + dt.timedelta(seconds=number) for number in range(10_000))


def look(watch: Lookout, moments: Iterator[dt.datetime], times: int) -> None:
    for _ in range(times):
        watch.look(next(moments))


def test_what_changes_anywhere_is_done_within_two_looks(machine: Machine, moments: Iterator[dt.datetime]) -> None:
    watch = Lookout()
    look(watch, moments, 2)
    assert Revision.objects.of(PATH).count() == 1
    machine.file.write_text("edited\n")
    look(watch, moments, 2)
    assert Revision.objects.of(PATH)[0].text == "edited\n"
    make_revision(path=PATH, text="saved elsewhere\n")
    look(watch, moments, 2)
    assert machine.file.read_text() == "saved elsewhere\n"
    machine.file.unlink()
    look(watch, moments, 5)
    assert Revision.objects.of(PATH)[0].removed


def test_while_nothing_changes_a_look_is_one_query_and_reads_no_file(
    machine: Machine,
    moments: Iterator[dt.datetime],
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch = Lookout()
    look(watch, moments, 4)

    def never(*args: object) -> None:
        raise AssertionError

    monkeypatch.setattr(handover, "notice", never)
    monkeypatch.setattr(disk, "read_file", never)
    with django_assert_num_queries(1):
        look(watch, moments, 1)


def test_while_a_folder_keeps_changing_nobody_steps_in_but_not_for_ever(
    machine: Machine, moments: Iterator[dt.datetime]
) -> None:
    watch = Lookout()
    for number in range(lookout.PATIENCE):
        machine.file.write_text("a" * number)
        look(watch, moments, 1)
    assert Revision.objects.count() == 0
    machine.file.write_text("still at it")
    look(watch, moments, 1)
    assert Revision.objects.of(PATH)[0].text == "still at it"


def test_while_another_process_is_at_it_this_one_waits_for_the_next_look(
    machine: Machine, moments: Iterator[dt.datetime]
) -> None:
    watch = Lookout()
    with disk.lock(machine.root):
        look(watch, moments, 3)
        assert Revision.objects.count() == 0
    look(watch, moments, 1)
    assert Revision.objects.count() > 0


def test_a_fault_of_one_job_is_told_once_and_stops_no_other(db: None, caplog: pytest.LogCaptureFixture) -> None:
    faults: list[Exception | None] = [DatabaseError("secret"), DatabaseError("secret"), OSError(), None, OSError()]
    made: list[dt.datetime] = []

    def at_fault(now: dt.datetime) -> None:
        if fault := faults[len(made)]:
            raise fault

    round_of_jobs = Round({"The first": at_fault, "The second": made.append})
    for _ in faults:
        round_of_jobs.make(NOON)
    assert made == [NOON] * len(faults)
    assert [record.getMessage() for record in caplog.records] == [
        f"The first failed ({kind}). It is tried again every few seconds."
        for kind in ("DatabaseError", "OSError", "OSError")
    ]
    assert "secret" not in caplog.text


def test_a_look_that_takes_long_is_followed_by_a_longer_pause_but_not_for_ever() -> None:
    assert [lookout.pause(took) for took in (0, 0.04, 0.1, 60)] == [0.5, 0.5, 1, 5]


def test_rounds_are_made_until_somebody_says_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, rounds = threading.Event(), []

    def job(now: dt.datetime) -> None:
        rounds.append(now.tzinfo)
        if len(rounds) == 3:
            stop.set()

    monkeypatch.setattr(lookout, "EVERY", 0)
    monkeypatch.setattr(lookout, "jobs", lambda: {"The job": job})
    lookout.look_until(stop)
    assert rounds == [dt.UTC] * 3


def test_it_runs_in_a_thread_that_never_keeps_a_process_from_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    running, seen = threading.Event(), []

    def look_until(stop: threading.Event) -> None:
        seen.append(threading.current_thread().daemon)
        running.set()

    monkeypatch.setattr(lookout, "look_until", look_until)
    lookout.start()
    assert running.wait(5)
    assert seen == [True]


@pytest.mark.django_db
def test_files_counts_and_pictures_are_looked_after(settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = make_content(tmp_path)
    jobs = lookout.jobs()
    assert [name.split(" of ")[1] for name in jobs] == ["files", "pictures", "readers", "connections"]
    for job in jobs.values():
        job(NOON)
