"""The background sync: cheap while nothing changes, and robust against faults."""

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from articles import background
from articles.background import FolderWatcher
from articles.editing.revisions import disk, sync
from articles.models import Revision
from tests.articles.editing.builders import NOON, make_revision
from tests.articles.editing.revisions.machine import PATH, Machine
from tests.content_builders import make_article, make_content


@pytest.fixture
def machine(
    db: None, settings: Settings, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Machine:
    settings.CONTENT_DIR = make_content(tmp_path, walking=make_article())
    return Machine(settings.CONTENT_DIR, django_capture_on_commit_callbacks)


@pytest.fixture
def moments() -> Iterator[dt.datetime]:
    """Moments one second apart."""
    return (NOON + dt.timedelta(seconds=number) for number in range(10_000))


def run_rounds(watch: FolderWatcher, moments: Iterator[dt.datetime], times: int) -> None:
    for _ in range(times):
        watch.look(next(moments))


def test_changes_are_applied_within_two_rounds(machine: Machine, moments: Iterator[dt.datetime]) -> None:
    watch = FolderWatcher()
    run_rounds(watch, moments, 2)
    assert Revision.objects.of(PATH).count() == 1
    machine.file.write_text("edited\n")
    run_rounds(watch, moments, 2)
    assert Revision.objects.of(PATH)[0].text == "edited\n"
    make_revision(path=PATH, text="saved elsewhere\n")
    run_rounds(watch, moments, 2)
    assert machine.file.read_text() == "saved elsewhere\n"
    machine.file.unlink()
    run_rounds(watch, moments, 5)
    assert Revision.objects.of(PATH)[0].removed


def test_an_idle_round_takes_one_query_and_reads_no_file(
    machine: Machine,
    moments: Iterator[dt.datetime],
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch = FolderWatcher()
    run_rounds(watch, moments, 4)

    def never(*args: object) -> None:
        raise AssertionError

    monkeypatch.setattr(sync, "import_edits", never)
    monkeypatch.setattr(disk, "read_file", never)
    with django_assert_num_queries(1):
        run_rounds(watch, moments, 1)


def test_a_changing_folder_delays_the_sync_but_not_forever(machine: Machine, moments: Iterator[dt.datetime]) -> None:
    watch = FolderWatcher()
    for number in range(background.PATIENCE):
        machine.file.write_text("a" * number)
        run_rounds(watch, moments, 1)
    assert Revision.objects.count() == 0
    machine.file.write_text("still at it")
    run_rounds(watch, moments, 1)
    assert Revision.objects.of(PATH)[0].text == "still at it"


def test_a_round_is_skipped_while_another_process_holds_the_lock(
    machine: Machine, moments: Iterator[dt.datetime]
) -> None:
    watch = FolderWatcher()
    with disk.lock(machine.root):
        run_rounds(watch, moments, 3)
        assert Revision.objects.count() == 0
    run_rounds(watch, moments, 1)
    assert Revision.objects.count() > 0


def test_the_background_thread_does_not_keep_the_process_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: started.append((thread.name, thread.daemon)))
    background.start()
    assert started == [("folder watcher", True)]


@pytest.mark.django_db
def test_files_counts_and_pictures_are_synced(settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = make_content(tmp_path)
    jobs = background.jobs()
    assert [job.failure.split()[3] for job in jobs] == ["files", "pictures", "missed"]
    for job in jobs:
        job.work(NOON)
