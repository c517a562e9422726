"""A save stores a revision and then writes the file; one of two saves from the same revision wins."""

import datetime as dt
import errno
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from articles.editing.revisions import disk, store
from articles.editing.revisions.disk import PathRefusedError
from articles.editing.revisions.store import CannotWrite, Edit, Stale
from articles.library import get_library
from articles.models import ON_DISK, Revision
from clinic_site.content.files import MAX_BYTES, ContentError
from tests.articles.editing.builders import NOON, make_revision
from tests.articles.editing.revisions.machine import PATH, Machine
from tests.content_builders import make_article, make_content

pytestmark = pytest.mark.django_db
Operation = Callable[[], object]
READ_ONLY = OSError(errno.EROFS, "Read-only file system")


@pytest.fixture
def machine(
    settings: Settings, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Machine:
    """A machine that serves an article of revision 1."""
    settings.CONTENT_DIR = make_content(tmp_path, walking=make_article())
    machine = Machine(settings.CONTENT_DIR, django_capture_on_commit_callbacks)
    machine.sync()
    return machine


def test_a_save_records_author_time_action_and_note(machine: Machine) -> None:
    text = make_article(title="Better")
    with machine.commits(execute=True):
        revision = store.save_live(Edit(PATH, text, "editor", 1, "A better title"), NOON)
    stored = Revision.objects.get(pk=revision.pk)
    assert (stored.path, stored.number, stored.text, stored.live, stored.removed) == (PATH, 2, text, True, False)
    assert (stored.by, stored.at, stored.why) == ("editor", NOON, "A better title")
    assert machine.file.read_text() == text
    assert stored.digest == disk.digest_of(machine.file.read_bytes())


def test_a_save_is_in_the_library_at_once(machine: Machine) -> None:
    assert get_library().articles["walking"].title == "Walking with a sore back"
    machine.save_live("Better", base=1)
    assert get_library().articles["walking"].title == "Better"


def test_the_file_is_written_on_commit_and_not_after_a_rollback(machine: Machine) -> None:
    before = machine.file.read_text()

    def roll_back() -> None:
        with transaction.atomic():
            store.save_live(Edit(PATH, make_article(title="Better"), "editor", 1), NOON)
            assert machine.file.read_text() == before
            raise InterruptedError

    with machine.commits(execute=True), pytest.raises(InterruptedError):
        roll_back()
    assert machine.file.read_text() == before
    assert Revision.objects.of(PATH).count() == 1


def test_every_byte_is_stored(machine: Machine) -> None:
    text = "\ufeff" + make_article(title="Odd ends").replace("\n", "\r\n")
    with machine.commits(execute=True):
        store.save_live(Edit(PATH, text, "editor", 1), NOON)
    assert machine.file.read_bytes() == text.encode()
    assert Revision.objects.of(PATH)[0].text == text
    assert get_library().articles["walking"].title == "Odd ends"


def test_a_save_from_an_older_revision_is_refused_and_writes_nothing(machine: Machine) -> None:
    first = machine.save_live("First", base=1)
    operations: list[Operation] = [
        lambda: machine.save_live("Second", base=1),
        lambda: machine.save_draft("second", base=1),
        lambda: machine.remove(base=1),
        lambda: machine.move("articles/strolling.md", make_article(), base=1),
    ]
    for late in operations:
        with pytest.raises(Stale, match=r"editor saved revision 2 meanwhile") as caught:
            late()
        assert caught.value.newest == first
    assert "First" in machine.file.read_text()
    assert Revision.objects.of(PATH).count() == 2
    assert not (machine.root / "articles" / "strolling.md").exists()


def test_a_save_that_loses_the_race_for_the_next_number_is_refused(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both saves found revision 1 to be the newest; the other was faster."""
    first = Revision.objects.get(path=PATH)
    other = machine.save_live("First", base=1)
    monkeypatch.setattr(store, "_newest_revision", lambda path: first)
    with pytest.raises(Stale) as caught:
        machine.save_live("Second", base=1)
    assert caught.value.newest == other
    assert "First" in machine.file.read_text()


def test_a_draft_is_stored_separately_and_need_not_load(machine: Machine) -> None:
    before = machine.file.read_text()
    draft = machine.save_draft("half a sentence", base=1)
    assert (draft.number, draft.live) == (2, False)
    assert machine.file.read_text() == before
    assert store.newest(PATH) == draft
    on_site = store.live_revision(PATH)
    assert on_site is not None
    assert on_site.number == 1


def test_a_draft_of_a_new_article_needs_no_file(machine: Machine) -> None:
    draft = machine.save_draft("half a sentence", base=0, path="articles/new.md")
    assert (draft.number, store.newest("articles/new.md"), store.live_revision("articles/new.md")) == (1, draft, None)
    assert not (machine.root / "articles" / "new.md").exists()


def test_a_text_that_would_not_load_is_not_published(machine: Machine) -> None:
    before = machine.file.read_text()
    with pytest.raises(ContentError, match=r"articles/walking\.md:\d+: “titel” is not a known key"):
        store.save_live(Edit(PATH, make_article(titel="slip"), "editor", 1), NOON)
    assert machine.file.read_text() == before
    assert Revision.objects.of(PATH).count() == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a\0b", "holds a character that cannot be stored"),
        ("half \ud83d", "holds a character that cannot be stored"),
        ("é" * (MAX_BYTES // 2 + 1), "larger than 1 MiB"),
    ],
)
def test_a_text_that_no_file_can_hold_is_refused(machine: Machine, text: str, words: str) -> None:
    for save in (store.save_draft_beside, store.save_live):
        with pytest.raises(ContentError, match=words):
            save(Edit(PATH, text, "editor", 1), NOON)
    with pytest.raises(ContentError, match=words):
        machine.move("articles/strolling.md", text, base=1)
    assert Revision.objects.of(PATH).count() == 1


def test_an_invalid_path_is_refused_by_every_operation(machine: Machine) -> None:
    odd = "articles/../../odd.md"
    operations: list[Operation] = [
        lambda: store.newest(odd),
        lambda: machine.save_draft("", 0, path=odd),
        lambda: machine.save_live("", 0, path=odd),
        lambda: machine.remove(0, path=odd),
        lambda: machine.move(odd, "", 1),
    ]
    for operation in operations:
        with pytest.raises(PathRefusedError):
            operation()


def test_an_edit_on_disk_is_stored_before_the_editor_opens(machine: Machine) -> None:
    machine.file.write_text("edited with vi\n")
    newest = store.newest(PATH)
    assert newest is not None
    assert (newest.number, newest.text, newest.by, newest.live) == (2, "edited with vi\n", ON_DISK, True)
    assert store.newest(PATH) == newest


def test_an_edit_on_disk_is_never_overwritten(machine: Machine) -> None:
    machine.file.write_text("edited with vi\n")
    operations: list[Operation] = [
        lambda: machine.save_live("Mine", 1),
        lambda: machine.save_draft("mine", 1),
        lambda: machine.remove(1),
    ]
    for late in operations:
        with pytest.raises(Stale) as caught:
            late()
        assert caught.value.newest.text == "edited with vi\n"
    assert machine.file.read_text() == "edited with vi\n"


def test_an_edit_on_disk_after_the_check_is_stored(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The edit comes between check and write: both become revisions, the one on disk the newer."""
    with machine.commits(execute=True):
        mine = store.save_live(Edit(PATH, make_article(title="Mine"), "editor", 1), NOON)
        machine.file.write_text("edited with vi\n")
    newest = Revision.objects.of(PATH)[0]
    assert (newest.number, newest.text, newest.by) == (mine.number + 1, "edited with vi\n", ON_DISK)
    assert newest.why == "Overtakes revision 2, which this file did not hold yet."
    assert machine.file.read_text() == "edited with vi\n"


def test_an_edit_on_disk_before_the_rename_is_stored(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = disk._stage

    def staged(*args: object, **kwargs: object) -> None:
        monkeypatch.setattr(disk, "_stage", stage)
        stage(*args, **kwargs)  # type: ignore[arg-type]
        machine.file.write_text("edited with vi\n")

    monkeypatch.setattr(disk, "_stage", staged)
    machine.save_live("Mine", base=1)
    assert [revision.by for revision in Revision.objects.of(PATH)] == [ON_DISK, "editor", ON_DISK]
    assert machine.file.read_text() == "edited with vi\n"


def test_a_removed_article_keeps_its_history_and_frees_its_name(machine: Machine) -> None:
    gone = machine.remove(base=1)
    assert (gone.number, gone.removed, gone.live, gone.text, gone.digest) == (2, True, True, "", "")
    assert not machine.file.exists()
    assert (store.newest(PATH), store.live_revision(PATH)) == (gone, None)
    assert "walking" not in get_library().articles
    again = machine.save_live("Again", base=0)
    assert (again.number, store.live_revision(PATH)) == (3, again)
    assert "Again" in machine.file.read_text()


def test_a_move_is_atomic(machine: Machine) -> None:
    text = make_article(aliases=["walking"])
    moved = machine.move("articles/strolling.md", text, base=1)
    assert (moved.path, moved.number) == ("articles/strolling.md", 1)
    assert (machine.root / "articles" / "strolling.md").read_text() == text
    assert not machine.file.exists()
    assert (store.live_revision(PATH), store.live_revision(moved.path)) == (None, moved)


def test_a_move_to_a_used_name_is_refused(machine: Machine) -> None:
    taken = machine.save_draft("a draft of somebody", base=0, path="articles/strolling.md")
    with pytest.raises(Stale) as caught:
        machine.move("articles/strolling.md", make_article(), base=1)
    assert caught.value.newest == taken
    assert machine.file.exists()
    assert Revision.objects.of(PATH).count() == 1


def test_an_unwritable_folder_is_reported_before_anything_is_stored(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise READ_ONLY

    monkeypatch.setattr(disk, "check_writable", refuse)
    operations: list[Operation] = [lambda: machine.save_live("Mine", 1), lambda: machine.remove(1)]
    for save in operations:
        with pytest.raises(CannotWrite, match=r"\(Read-only file system\)\. Nothing was saved"):
            save()
    assert Revision.objects.of(PATH).count() == 1
    assert machine.save_draft("a draft", base=1).number == 2


def test_a_disk_failure_after_the_commit_is_reported_and_keeps_the_revision(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise READ_ONLY

    with monkeypatch.context() as broken:
        broken.setattr(disk, "_stage", refuse)
        with pytest.raises(CannotWrite, match=r"Revision 2 is stored, .* \(Read-only file system\)"):
            machine.save_live("Mine", 1)
    assert "Mine" not in machine.file.read_text()
    machine.sync(NOON + dt.timedelta(seconds=1))
    assert "Mine" in machine.file.read_text()


def test_a_revision_number_of_a_replaced_database_is_no_obstacle(machine: Machine) -> None:
    assert machine.save_draft("from before", base=7, path="articles/new.md").number == 1


def test_a_revision_is_named_by_path_and_number() -> None:
    assert str(make_revision()) == "articles/walking.md, revision 1"


def stopped_by(error: Exception) -> Callable[[], None]:
    def step() -> None:
        raise error

    return step


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            Stale(Revision(by="mara", number=7)),
            "Nothing was changed: mara saved revision 7 meanwhile. Look at it, then try again.",
        ),
        (CannotWrite("The disk is full."), "The disk is full."),
        (ContentError("topics.yaml", 3, "Mend it."), "topics.yaml, line 3: Mend it."),
        (ContentError("", 3, "Mend it."), "Line 3: Mend it."),
    ],
)
def test_a_refused_step_returns_its_reason(error: Exception, message: str) -> None:
    assert store.error_message(stopped_by(error)) == message


def test_a_successful_step_returns_no_reason() -> None:
    assert store.error_message(lambda: None) == ""


def test_an_unexpected_error_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        store.error_message(stopped_by(ZeroDivisionError()))
