"""Edits on disk become revisions, files that are behind are written, and a folder at fault stops neither."""

import datetime as dt
import errno
from pathlib import Path

import pytest
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from articles.editing import disk, handover, seen
from articles.editing.comparing import Compared, compare
from articles.editing.seen import Memory
from articles.models import ON_DISK, Revision
from tests.articles.editing.builders import NOON, make_revision
from tests.articles.editing.machines import PATH, Machine
from tests.content_builders import make_article, make_content

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def machine(
    settings: Settings, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Machine:
    """One that has never looked."""
    settings.CONTENT_DIR = make_content(tmp_path, walking=make_article())
    return Machine(settings.CONTENT_DIR, django_capture_on_commit_callbacks)


def content_of(root: Path) -> dict[str, bytes]:
    files = [*root.rglob("*.md"), *root.rglob("*.yaml")]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_the_first_look_of_all_keeps_every_file_as_it_is(machine: Machine) -> None:
    machine.file.write_bytes("\ufeffodd\r\n".encode())
    machine.look()
    stored = {each.path: each.text.encode() for each in Revision.objects.all()}
    assert stored == content_of(machine.root)
    told = {(each.number, each.by, each.at, each.why, each.live) for each in Revision.objects.all()}
    assert told == {(1, ON_DISK, NOON, "", True)}


def test_a_look_at_a_folder_in_order_does_nothing(machine: Machine) -> None:
    machine.look()
    before = Revision.objects.mark()
    assert (handover.notice(machine.root, NOON), handover.catch_up(machine.root)) == (0, 0)
    assert Revision.objects.mark() == before


def test_an_edit_on_disk_becomes_a_revision_once(machine: Machine) -> None:
    machine.look()
    machine.file.write_text("edited\n")
    assert (handover.notice(machine.root, NOON), handover.notice(machine.root, NOON)) == (1, 0)
    newest = Revision.objects.of(PATH)[0]
    assert (newest.number, newest.text, newest.by, newest.why) == (2, "edited\n", ON_DISK, "")


def test_putting_a_file_back_by_hand_is_an_edit_too(machine: Machine) -> None:
    machine.look()
    first = machine.file.read_text()
    machine.put_up("Second", base=1)
    machine.file.write_text(first)
    machine.look()
    assert [each.number for each in Revision.objects.of(PATH)] == [3, 2, 1]
    assert machine.file.read_text() == first


def test_a_file_that_is_behind_is_written(machine: Machine) -> None:
    machine.look()
    make_revision(path=PATH, text="saved elsewhere\n")
    assert (handover.notice(machine.root, NOON), handover.catch_up(machine.root)) == (0, 1)
    assert machine.file.read_text() == "saved elsewhere\n"
    assert (handover.notice(machine.root, NOON), handover.catch_up(machine.root)) == (0, 0)


def test_an_edit_on_disk_during_a_save_elsewhere_is_kept_and_the_newest_wins(machine: Machine) -> None:
    machine.look()
    machine.file.write_text("edited\n")
    make_revision(path=PATH, text="saved elsewhere\n")
    machine.look()
    newest, saved, _ = Revision.objects.of(PATH)
    assert (newest.text, saved.text) == ("edited\n", "saved elsewhere\n")
    assert newest.why == "Overtakes revision 2, which this file did not hold yet."
    assert machine.file.read_text() == "edited\n"


def test_a_file_is_gone_when_it_stays_away(machine: Machine) -> None:
    machine.look()
    machine.file.unlink()
    for seconds in (0, 1):
        machine.look(NOON + seconds * SECOND)
        assert not Revision.objects.of(PATH)[0].removed
    machine.look(NOON + 2 * SECOND)
    newest = Revision.objects.of(PATH)[0]
    assert (newest.number, newest.removed, newest.live, newest.digest, newest.by) == (2, True, True, "", ON_DISK)
    machine.look(NOON + 9 * SECOND)
    assert Revision.objects.of(PATH).count() == 2


def test_a_checkout_that_takes_files_away_before_it_puts_them_back_removes_nothing(machine: Machine) -> None:
    machine.look()
    text = machine.file.read_text()
    for start in (0, 10):  # each absence counts from its own beginning
        machine.file.unlink()
        machine.look(NOON + start * SECOND)
        machine.file.write_text(text)
        machine.look(NOON + (start + 1) * SECOND)
    assert Revision.objects.of(PATH).count() == 1
    assert seen.load(machine.root).missed == {}


def test_a_file_that_was_removed_elsewhere_goes_and_comes_back(machine: Machine) -> None:
    machine.look()
    make_revision(path=PATH, removed=True)
    machine.look()
    assert not machine.file.exists()
    make_revision(path=PATH, text="back\n")
    machine.look()
    assert machine.file.read_text() == "back\n"


def test_a_machine_with_an_empty_folder_gets_everything(machine: Machine, tmp_path: Path, settings: Settings) -> None:
    machine.look()
    everything = content_of(machine.root)
    settings.CONTENT_DIR = tmp_path / "new"
    settings.CONTENT_DIR.mkdir()
    before = Revision.objects.mark()
    handover.bring_up_to_date(NOON)
    assert content_of(settings.CONTENT_DIR) == everything
    assert Revision.objects.mark() == before


def test_a_machine_that_lost_its_memory_catches_up_and_keeps_what_it_does_not_know(machine: Machine) -> None:
    machine.look()
    old = machine.file.read_text()
    machine.put_up("Second", base=1)
    about = machine.root / "pages" / "about.md"
    about.write_text("nobody knows this\n")
    machine.file.write_text(old)
    (machine.root / seen.FILE).unlink()
    machine.look()
    assert "Second" in machine.file.read_text()
    assert Revision.objects.of("pages/about.md")[0].text == "nobody knows this\n"


def test_with_a_database_from_before_what_is_on_the_disk_is_kept(machine: Machine, tmp_path: Path) -> None:
    """A backup was put back: the newest texts stand on the disk alone."""
    machine.look()
    text = "newer than the backup\n"
    machine.file.write_text(text)
    memory = seen.load(machine.root)
    memory.files[PATH] = seen.Seen(9, disk.digest_of(text.encode()))
    seen.save(machine.root, memory)
    machine.look()
    newest = Revision.objects.of(PATH)[0]
    assert (newest.number, newest.text) == (2, text)
    assert machine.file.read_text() == text


def test_a_file_that_cannot_be_a_revision_stays_until_somebody_saves(machine: Machine) -> None:
    machine.look()
    machine.file.write_bytes(b"caf\xe9")
    machine.look()
    assert Revision.objects.of(PATH).count() == 1
    assert machine.file.read_bytes() == b"caf\xe9"
    machine.put_up("Mended", base=1)
    assert "Mended" in machine.file.read_text()
    [aside] = machine.file.parent.glob(".walking.md.*.aside")
    assert aside.read_bytes() == b"caf\xe9"


def test_a_folder_that_cannot_be_written_is_told_and_noticing_goes_on(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.look()
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
            machine.look()
    assert Revision.objects.of("topics.yaml")[0].text == "edited\n"
    assert (machine.root / "pages" / "about.md").read_text() == "saved elsewhere, too\n"
    machine.look()
    assert machine.file.read_text() == "saved elsewhere\n"


def test_a_read_only_folder_is_noticed_all_the_same(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(seen, "_unwritten", {})
    monkeypatch.setattr(disk, "write_file", refuse)
    monkeypatch.setattr(Path, "replace", refuse)
    machine.look()
    assert Revision.objects.of(PATH).count() == 1
    machine.file.write_text("edited\n")
    machine.look()
    assert Revision.objects.of(PATH)[0].text == "edited\n"


def test_a_file_that_changes_while_it_is_looked_at_waits_for_the_next_look(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.look()
    machine.file.write_text("edited\n")

    def edited_again(root: Path, memory: Memory, paths: object = None) -> list[Compared]:
        found = compare(root, memory)
        machine.file.write_text("edited again\n")
        return found

    with monkeypatch.context() as racing:
        racing.setattr(handover, "compare", edited_again)
        assert handover.notice(machine.root, NOON) == 0
    machine.look()
    assert Revision.objects.of(PATH)[0].text == "edited again\n"


def test_a_file_that_changes_before_it_is_written_is_not_written(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.look()
    make_revision(path=PATH, text="saved elsewhere\n")

    def edited(root: Path, memory: Memory, paths: object = None) -> list[Compared]:
        found = compare(root, memory)
        machine.file.write_text("edited\n")
        return found

    with monkeypatch.context() as racing:
        racing.setattr(handover, "compare", edited)
        handover.catch_up(machine.root)
    assert machine.file.read_text() == "edited\n"
    machine.look()
    assert [each.text for each in Revision.objects.of(PATH)][:2] == ["edited\n", "saved elsewhere\n"]


def test_when_another_machine_writes_the_same_number_first_the_rest_is_still_kept(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both looked at the same moment; the other one's revision of one file was there first."""
    machine.look()
    machine.file.write_text("edited\n")
    (machine.root / "pages" / "about.md").write_text("edited\n")
    make = handover._revision

    def raced(*args: object) -> Revision:
        row = make(*args)  # type: ignore[arg-type]
        if row.path == PATH:
            make_revision(path=PATH, text="the other's\n")
        return row

    with monkeypatch.context() as racing:
        racing.setattr(handover, "_revision", raced)
        assert handover.notice(machine.root, NOON) == 1
    assert Revision.objects.of("pages/about.md")[0].text == "edited\n"
    machine.look()
    assert [each.text for each in Revision.objects.of(PATH)][:2] == ["edited\n", "the other's\n"]


def test_whoever_keeps_editing_a_file_cannot_hold_up_a_save_for_ever(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.look()
    tries = []

    def in_vain(root: Path, path: str, *args: object, **kwargs: object) -> None:
        tries.append(path)
        raise disk.ChangedMeanwhileError

    with monkeypatch.context() as racing:
        racing.setattr(disk, "write_file", in_vain)
        machine.put_up("Mine", base=1)
    assert tries == [PATH] * handover.TRIES
    machine.look()
    assert "Mine" in machine.file.read_text()


def test_many_files_are_stored_in_bulk(machine: Machine, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(1000):
        (machine.file.parent / f"a-{number}.md").write_text(make_article(title=f"Number {number}"))
    with django_assert_max_num_queries(60):
        machine.look()
    assert Revision.objects.count() > 1000


def test_the_same_number_twice_is_refused_by_the_database() -> None:
    make_revision()
    with pytest.raises(IntegrityError):
        make_revision(number=1)
