"""Edits on disk become revisions and outdated files are updated, even if a folder has faults."""

import datetime as dt
import errno
from pathlib import Path

import pytest
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from articles.editing.revisions import disk, sync, sync_state
from articles.editing.revisions.sync import Compared, compare
from articles.editing.revisions.sync_state import SyncState
from articles.models import ON_DISK, Revision
from tests.articles.editing.builders import NOON, make_revision
from tests.articles.editing.revisions.machine import PATH, Machine
from tests.articles.editing.revisions.syncing import sync_folder
from tests.content_builders import make_article, make_content

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def machine(
    settings: Settings, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Machine:
    """A machine before its first sync."""
    settings.CONTENT_DIR = make_content(tmp_path, walking=make_article())
    return Machine(settings.CONTENT_DIR, django_capture_on_commit_callbacks)


def content_of(root: Path) -> dict[str, bytes]:
    files = [*root.rglob("*.md"), *root.rglob("*.yaml")]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_the_first_sync_stores_every_file_unchanged(machine: Machine) -> None:
    machine.file.write_bytes("\ufeffodd\r\n".encode())
    machine.sync()
    stored = {revision.path: revision.text.encode() for revision in Revision.objects.all()}
    assert stored == content_of(machine.root)
    recorded = {
        (revision.number, revision.by, revision.at, revision.why, revision.live) for revision in Revision.objects.all()
    }
    assert recorded == {(1, ON_DISK, NOON, "", True)}


def test_syncing_an_unchanged_folder_does_nothing(machine: Machine) -> None:
    machine.sync()
    before = Revision.objects.mark()
    assert (sync.import_edits(machine.root, NOON), sync.write_stale_files(machine.root)) == (0, 0)
    assert Revision.objects.mark() == before


def test_an_edit_on_disk_becomes_a_revision_once(machine: Machine) -> None:
    machine.sync()
    machine.file.write_text("edited\n")
    assert (sync.import_edits(machine.root, NOON), sync.import_edits(machine.root, NOON)) == (1, 0)
    newest = Revision.objects.of(PATH)[0]
    assert (newest.number, newest.text, newest.by, newest.why) == (2, "edited\n", ON_DISK, "")


def test_restoring_a_file_by_hand_is_an_edit(machine: Machine) -> None:
    machine.sync()
    first = machine.file.read_text()
    machine.save_live("Second", base=1)
    machine.file.write_text(first)
    machine.sync()
    assert [revision.number for revision in Revision.objects.of(PATH)] == [3, 2, 1]
    assert machine.file.read_text() == first


def test_an_outdated_file_is_updated(machine: Machine) -> None:
    machine.sync()
    make_revision(path=PATH, text="saved elsewhere\n")
    assert (sync.import_edits(machine.root, NOON), sync.write_stale_files(machine.root)) == (0, 1)
    assert machine.file.read_text() == "saved elsewhere\n"
    assert (sync.import_edits(machine.root, NOON), sync.write_stale_files(machine.root)) == (0, 0)


def test_an_edit_on_disk_during_a_save_elsewhere_is_stored_and_the_newest_wins(machine: Machine) -> None:
    machine.sync()
    machine.file.write_text("edited\n")
    make_revision(path=PATH, text="saved elsewhere\n")
    machine.sync()
    newest, saved, _ = Revision.objects.of(PATH)
    assert (newest.text, saved.text) == ("edited\n", "saved elsewhere\n")
    assert newest.why == "Overtakes revision 2, which this file did not hold yet."
    assert machine.file.read_text() == "edited\n"


def test_a_file_counts_as_removed_after_a_delay(machine: Machine) -> None:
    machine.sync()
    machine.file.unlink()
    for seconds in (0, 1):
        machine.sync(NOON + seconds * SECOND)
        assert not Revision.objects.of(PATH)[0].removed
    machine.sync(NOON + 2 * SECOND)
    newest = Revision.objects.of(PATH)[0]
    assert (newest.number, newest.removed, newest.live, newest.digest, newest.by) == (2, True, True, "", ON_DISK)
    machine.sync(NOON + 9 * SECOND)
    assert Revision.objects.of(PATH).count() == 2


def test_a_checkout_that_briefly_deletes_files_removes_nothing(machine: Machine) -> None:
    machine.sync()
    text = machine.file.read_text()
    for start in (0, 10):  # every absence is timed separately
        machine.file.unlink()
        machine.sync(NOON + start * SECOND)
        machine.file.write_text(text)
        machine.sync(NOON + (start + 1) * SECOND)
    assert Revision.objects.of(PATH).count() == 1
    assert sync_state.load(machine.root).missed == {}


def test_a_removal_and_a_restoration_elsewhere_reach_the_folder(machine: Machine) -> None:
    machine.sync()
    make_revision(path=PATH, removed=True)
    machine.sync()
    assert not machine.file.exists()
    make_revision(path=PATH, text="back\n")
    machine.sync()
    assert machine.file.read_text() == "back\n"


def test_a_machine_with_an_empty_folder_gets_everything(machine: Machine, tmp_path: Path, settings: Settings) -> None:
    machine.sync()
    everything = content_of(machine.root)
    settings.CONTENT_DIR = tmp_path / "new"
    settings.CONTENT_DIR.mkdir()
    before = Revision.objects.mark()
    sync_folder(NOON)
    assert content_of(settings.CONTENT_DIR) == everything
    assert Revision.objects.mark() == before


def test_a_machine_without_sync_state_catches_up_and_stores_unknown_texts(machine: Machine) -> None:
    machine.sync()
    old = machine.file.read_text()
    machine.save_live("Second", base=1)
    about = machine.root / "pages" / "about.md"
    about.write_text("nobody knows this\n")
    machine.file.write_text(old)
    (machine.root / sync_state.FILE).unlink()
    machine.sync()
    assert "Second" in machine.file.read_text()
    assert Revision.objects.of("pages/about.md")[0].text == "nobody knows this\n"


def test_with_a_database_from_a_backup_newer_files_are_stored(machine: Machine, tmp_path: Path) -> None:
    """The database was restored from a backup: only the disk has the newest texts."""
    machine.sync()
    text = "newer than the backup\n"
    machine.file.write_text(text)
    memory = sync_state.load(machine.root)
    memory.files[PATH] = sync_state.SyncedFile(9, disk.digest_of(text.encode()))
    sync_state.save(machine.root, memory)
    machine.sync()
    newest = Revision.objects.of(PATH)[0]
    assert (newest.number, newest.text) == (2, text)
    assert machine.file.read_text() == text


def test_an_unfit_file_is_left_until_the_next_save(machine: Machine) -> None:
    machine.sync()
    machine.file.write_bytes(b"caf\xe9")
    machine.sync()
    assert Revision.objects.of(PATH).count() == 1
    assert machine.file.read_bytes() == b"caf\xe9"
    machine.save_live("Mended", base=1)
    assert "Mended" in machine.file.read_text()
    [aside] = machine.file.parent.glob(".walking.md.*.aside")
    assert aside.read_bytes() == b"caf\xe9"


def test_an_unwritable_folder_is_reported_and_edits_are_still_stored(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.sync()
    make_revision(path=PATH, text="saved elsewhere\n")
    make_revision(path="pages/about.md", text="saved elsewhere, too\n")
    (machine.root / "topics.yaml").write_text("edited\n")
    write = disk.write_file

    def refuse(root: Path, path: str, data: bytes, expected: str | None = None) -> None:
        if path == PATH:
            raise OSError(errno.EACCES, "Permission denied")
        write(root, path, data, expected)

    with monkeypatch.context() as broken:
        broken.setattr(disk, "write_file", refuse)
        with pytest.raises(OSError, match="Permission denied"):
            machine.sync()
    assert Revision.objects.of("topics.yaml")[0].text == "edited\n"
    assert (machine.root / "pages" / "about.md").read_text() == "saved elsewhere, too\n"
    machine.sync()
    assert machine.file.read_text() == "saved elsewhere\n"


def test_edits_in_a_read_only_folder_are_stored(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(sync_state, "_unwritten", {})
    monkeypatch.setattr(disk, "write_file", refuse)
    monkeypatch.setattr(Path, "replace", refuse)
    machine.sync()
    assert Revision.objects.of(PATH).count() == 1
    machine.file.write_text("edited\n")
    machine.sync()
    assert Revision.objects.of(PATH)[0].text == "edited\n"


def test_a_file_that_changes_during_a_sync_waits_for_the_next(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.sync()
    machine.file.write_text("edited\n")

    def edited_again(root: Path, memory: SyncState, paths: object = None) -> list[Compared]:
        found = compare(root, memory)
        machine.file.write_text("edited again\n")
        return found

    with monkeypatch.context() as racing:
        racing.setattr(sync, "compare", edited_again)
        assert sync.import_edits(machine.root, NOON) == 0
    machine.sync()
    assert Revision.objects.of(PATH)[0].text == "edited again\n"


def test_a_file_that_changes_before_the_write_is_not_overwritten(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.sync()
    make_revision(path=PATH, text="saved elsewhere\n")

    def edited(root: Path, memory: SyncState, paths: object = None) -> list[Compared]:
        found = compare(root, memory)
        machine.file.write_text("edited\n")
        return found

    with monkeypatch.context() as racing:
        racing.setattr(sync, "compare", edited)
        sync.write_stale_files(machine.root)
    assert machine.file.read_text() == "edited\n"
    machine.sync()
    assert [revision.text for revision in Revision.objects.of(PATH)][:2] == ["edited\n", "saved elsewhere\n"]


def test_losing_the_race_for_one_number_does_not_stop_the_other_files(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two machines sync at once; the other machine stored its revision of one file first."""
    machine.sync()
    machine.file.write_text("edited\n")
    (machine.root / "pages" / "about.md").write_text("edited\n")
    make = sync._revision

    def raced(*args: object) -> Revision:
        row = make(*args)  # type: ignore[arg-type]
        if row.path == PATH:
            make_revision(path=PATH, text="the other's\n")
        return row

    with monkeypatch.context() as racing:
        racing.setattr(sync, "_revision", raced)
        assert sync.import_edits(machine.root, NOON) == 1
    assert Revision.objects.of("pages/about.md")[0].text == "edited\n"
    machine.sync()
    assert [revision.text for revision in Revision.objects.of(PATH)][:2] == ["edited\n", "the other's\n"]


def test_endless_edits_of_a_file_do_not_block_a_save_forever(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.sync()
    tries = []

    def always_changed(root: Path, path: str, *args: object, **kwargs: object) -> None:
        tries.append(path)
        raise disk.ChangedMeanwhileError

    with monkeypatch.context() as racing:
        racing.setattr(disk, "write_file", always_changed)
        machine.save_live("Mine", base=1)
    assert tries == [PATH] * sync.TRIES
    machine.sync()
    assert "Mine" in machine.file.read_text()


def test_many_files_are_stored_in_bulk(machine: Machine, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(1000):
        (machine.file.parent / f"a-{number}.md").write_text(make_article(title=f"Number {number}"))
    with django_assert_max_num_queries(60):
        machine.sync()
    assert Revision.objects.count() > 1000


def test_the_database_refuses_a_duplicate_number() -> None:
    make_revision()
    with pytest.raises(IntegrityError):
        make_revision(number=1)
