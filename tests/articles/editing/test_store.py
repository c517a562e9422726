"""A save is a revision first and then the file; of two that started from the same revision one wins, and both texts
are still there."""

import datetime as dt
import errno
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from articles.editing import disk, store
from articles.editing.disk import PathRefusedError
from articles.editing.store import CannotWrite, Edit, Stale
from articles.library import get_library
from articles.models import ON_DISK, Revision
from clinic_site.content_files import MAX_BYTES, ContentError
from tests.articles.editing.builders import NOON, make_revision
from tests.articles.editing.machines import PATH, Machine
from tests.content_builders import make_article, make_content

pytestmark = pytest.mark.django_db
Verb = Callable[[], object]
READ_ONLY = OSError(errno.EROFS, "Read-only file system")


@pytest.fixture
def machine(
    settings: Settings, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Machine:
    """One that serves an article, which is revision 1."""
    settings.CONTENT_DIR = make_content(tmp_path, walking=make_article())
    machine = Machine(settings.CONTENT_DIR, django_capture_on_commit_callbacks)
    machine.look()
    return machine


def test_a_save_keeps_who_when_what_and_why(machine: Machine) -> None:
    text = make_article(title="Better")
    with machine.commits(execute=True):
        revision = store.put_up(Edit(PATH, text, "editor", 1, "A better title"), NOON)
    stored = Revision.objects.get(pk=revision.pk)
    assert (stored.path, stored.number, stored.text, stored.live, stored.removed) == (PATH, 2, text, True, False)
    assert (stored.by, stored.at, stored.why) == ("editor", NOON, "A better title")
    assert machine.file.read_text() == text
    assert stored.digest == disk.digest_of(machine.file.read_bytes())


def test_who_saves_finds_it_in_the_library_at_once(machine: Machine) -> None:
    assert get_library().articles["walking"].title == "Walking with a sore back"
    machine.put_up("Better", base=1)
    assert get_library().articles["walking"].title == "Better"


def test_the_file_waits_for_the_transaction_and_a_rollback_leaves_it_alone(machine: Machine) -> None:
    before = machine.file.read_text()

    def undone() -> None:
        with transaction.atomic():
            store.put_up(Edit(PATH, make_article(title="Better"), "editor", 1), NOON)
            assert machine.file.read_text() == before
            raise InterruptedError

    with machine.commits(execute=True), pytest.raises(InterruptedError):
        undone()
    assert machine.file.read_text() == before
    assert Revision.objects.of(PATH).count() == 1


def test_every_byte_is_kept(machine: Machine) -> None:
    text = "\ufeff" + make_article(title="Odd ends").replace("\n", "\r\n")
    with machine.commits(execute=True):
        store.put_up(Edit(PATH, text, "editor", 1), NOON)
    assert machine.file.read_bytes() == text.encode()
    assert Revision.objects.of(PATH)[0].text == text
    assert get_library().articles["walking"].title == "Odd ends"


def test_who_started_from_an_older_revision_is_told_and_nothing_is_written(machine: Machine) -> None:
    first = machine.put_up("First", base=1)
    verbs: list[Verb] = [
        lambda: machine.put_up("Second", base=1),
        lambda: machine.keep("second", base=1),
        lambda: machine.remove(base=1),
        lambda: machine.move("articles/strolling.md", make_article(), base=1),
    ]
    for late in verbs:
        with pytest.raises(Stale, match=r"editor saved revision 2 of articles/walking\.md meanwhile") as told:
            late()
        assert told.value.newest == first
    assert "First" in machine.file.read_text()
    assert Revision.objects.of(PATH).count() == 2
    assert not (machine.root / "articles" / "strolling.md").exists()


def test_who_loses_the_race_for_the_next_number_is_told_as_well(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both found revision 1 to be the newest; the other was quicker."""
    first = Revision.objects.get(path=PATH)
    other = machine.put_up("First", base=1)
    monkeypatch.setattr(store, "_last", lambda path: first)
    with pytest.raises(Stale) as told:
        machine.put_up("Second", base=1)
    assert told.value.newest == other
    assert "First" in machine.file.read_text()


def test_a_draft_is_kept_beside_the_file_and_need_not_load(machine: Machine) -> None:
    before = machine.file.read_text()
    draft = machine.keep("half a sentence", base=1)
    assert (draft.number, draft.live) == (2, False)
    assert machine.file.read_text() == before
    assert store.newest(PATH) == draft
    on_site = store.on_site(PATH)
    assert on_site is not None
    assert on_site.number == 1


def test_a_draft_of_a_new_article_needs_no_file(machine: Machine) -> None:
    draft = machine.keep("half a sentence", base=0, path="articles/new.md")
    assert (draft.number, store.newest("articles/new.md"), store.on_site("articles/new.md")) == (1, draft, None)
    assert not (machine.root / "articles" / "new.md").exists()


def test_what_would_not_load_never_goes_up(machine: Machine) -> None:
    before = machine.file.read_text()
    with pytest.raises(ContentError, match=r"articles/walking\.md:\d+: “titel” is not a known key"):
        store.put_up(Edit(PATH, make_article(titel="slip"), "editor", 1), NOON)
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
def test_what_no_file_can_hold_is_told_and_not_stored(machine: Machine, text: str, words: str) -> None:
    for save in (store.keep, store.put_up):
        with pytest.raises(ContentError, match=words):
            save(Edit(PATH, text, "editor", 1), NOON)
    with pytest.raises(ContentError, match=words):
        machine.move("articles/strolling.md", text, base=1)
    assert Revision.objects.of(PATH).count() == 1


def test_an_odd_path_is_refused_by_every_verb(machine: Machine) -> None:
    odd = "articles/../../odd.md"
    verbs: list[Verb] = [
        lambda: store.newest(odd),
        lambda: machine.keep("", 0, path=odd),
        lambda: machine.put_up("", 0, path=odd),
        lambda: machine.remove(0, path=odd),
        lambda: machine.move(odd, "", 1),
    ]
    for verb in verbs:
        with pytest.raises(PathRefusedError):
            verb()


def test_an_edit_on_disk_is_noticed_before_the_editor_opens(machine: Machine) -> None:
    machine.file.write_text("edited with vi\n")
    newest = store.newest(PATH)
    assert newest is not None
    assert (newest.number, newest.text, newest.by, newest.live) == (2, "edited with vi\n", ON_DISK, True)
    assert store.newest(PATH) == newest


def test_an_edit_on_disk_is_never_saved_over(machine: Machine) -> None:
    machine.file.write_text("edited with vi\n")
    verbs: list[Verb] = [lambda: machine.put_up("Mine", 1), lambda: machine.keep("mine", 1), lambda: machine.remove(1)]
    for late in verbs:
        with pytest.raises(Stale) as told:
            late()
        assert told.value.newest.text == "edited with vi\n"
    assert machine.file.read_text() == "edited with vi\n"


def test_an_edit_on_disk_in_the_last_moment_is_kept_too(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the check and the file: both are revisions, and the one on disk is the newer."""
    with machine.commits(execute=True):
        mine = store.put_up(Edit(PATH, make_article(title="Mine"), "editor", 1), NOON)
        machine.file.write_text("edited with vi\n")
    newest = Revision.objects.of(PATH)[0]
    assert (newest.number, newest.text, newest.by) == (mine.number + 1, "edited with vi\n", ON_DISK)
    assert newest.why == "Overtakes revision 2, which this file did not hold yet."
    assert machine.file.read_text() == "edited with vi\n"


def test_an_edit_on_disk_between_the_last_look_and_the_rename_is_kept_too(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = disk._stage

    def staged(*args: object, **kwargs: object) -> None:
        monkeypatch.setattr(disk, "_stage", stage)
        stage(*args, **kwargs)  # type: ignore[arg-type]
        machine.file.write_text("edited with vi\n")

    monkeypatch.setattr(disk, "_stage", staged)
    machine.put_up("Mine", base=1)
    assert [each.by for each in Revision.objects.of(PATH)] == [ON_DISK, "editor", ON_DISK]
    assert machine.file.read_text() == "edited with vi\n"


def test_a_removed_article_keeps_its_history_and_its_name_can_be_used_again(machine: Machine) -> None:
    gone = machine.remove(base=1)
    assert (gone.number, gone.removed, gone.live, gone.text, gone.digest) == (2, True, True, "", "")
    assert not machine.file.exists()
    assert (store.newest(PATH), store.on_site(PATH)) == (gone, None)
    assert "walking" not in get_library().articles
    again = machine.put_up("Again", base=0)
    assert (again.number, store.on_site(PATH)) == (3, again)
    assert "Again" in machine.file.read_text()


def test_a_move_is_one_step(machine: Machine) -> None:
    text = make_article(aliases=["walking"])
    moved = machine.move("articles/strolling.md", text, base=1)
    assert (moved.path, moved.number) == ("articles/strolling.md", 1)
    assert (machine.root / "articles" / "strolling.md").read_text() == text
    assert not machine.file.exists()
    assert (store.on_site(PATH), store.on_site(moved.path)) == (None, moved)


def test_a_move_does_not_take_a_name_that_is_in_use(machine: Machine) -> None:
    taken = machine.keep("a draft of somebody", base=0, path="articles/strolling.md")
    with pytest.raises(Stale) as told:
        machine.move("articles/strolling.md", make_article(), base=1)
    assert told.value.newest == taken
    assert machine.file.exists()
    assert Revision.objects.of(PATH).count() == 1


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_stored(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object) -> None:
        raise READ_ONLY

    monkeypatch.setattr(disk, "check_writable", refuse)
    verbs: list[Verb] = [lambda: machine.put_up("Mine", 1), lambda: machine.remove(1)]
    for save in verbs:
        with pytest.raises(CannotWrite, match=r"\(Read-only file system\)\. Nothing was saved"):
            save()
    assert Revision.objects.of(PATH).count() == 1
    assert machine.keep("a draft", base=1).number == 2


def test_a_disk_that_fails_after_the_commit_is_told_and_the_revision_stays(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise READ_ONLY

    with monkeypatch.context() as broken:
        broken.setattr(disk, "_stage", refuse)
        with pytest.raises(CannotWrite, match=r"Revision 2 is stored, .* \(Read-only file system\)"):
            machine.put_up("Mine", 1)
    assert "Mine" not in machine.file.read_text()
    machine.look(NOON + dt.timedelta(seconds=1))
    assert "Mine" in machine.file.read_text()


def test_a_number_from_a_database_that_was_replaced_stops_nobody(machine: Machine) -> None:
    assert machine.keep("from before", base=7, path="articles/new.md").number == 1


def test_a_revision_is_named_by_path_and_number() -> None:
    assert str(make_revision()) == "articles/walking.md, revision 1"
