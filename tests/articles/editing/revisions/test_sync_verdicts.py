"""The verdict about a file for every combination of database, disk and sync state."""

import os
from pathlib import Path

import pytest

from articles.editing.revisions import disk, sync
from articles.editing.revisions.disk import NOT_THERE, UNREADABLE, digest_of, read_file
from articles.editing.revisions.sync import Compared, Folder, Newest, Verdict, compare, decide
from articles.editing.revisions.sync_state import SyncedFile, SyncState
from articles.models import Revision
from tests.articles.editing.builders import make_revision

OLD, NEW, ODD = "old", "new", "odd"  # digests
NEVER, REMOVED = Newest(), Newest(3, NOT_THERE, 3)
FIRST, SECOND = Newest(1, OLD, 1), Newest(2, NEW, 2)
SETTLED, BEHIND, BY_HAND, LEFT = Verdict

CASES = [
    # on disk, last synced, newest, number of the revision with the bytes on disk, verdict
    (OLD, SyncedFile(), NEVER, 0, BY_HAND),  # the first sync
    (OLD, SyncedFile(1, OLD), FIRST, 1, SETTLED),
    (OLD, SyncedFile(), FIRST, 1, SETTLED),  # a second machine with the same files
    (OLD, SyncedFile(1, OLD), SECOND, 1, BEHIND),  # saved on another machine, or here before a crash
    (OLD, SyncedFile(), SECOND, 1, BEHIND),  # a machine installed from an older copy
    (
        NEW,
        SyncedFile(1, OLD),
        Newest(4, ODD, 4),
        2,
        BEHIND,
    ),  # written, killed before the sync state was saved; saved since
    (ODD, SyncedFile(1, OLD), FIRST, 0, BY_HAND),
    (ODD, SyncedFile(1, OLD), SECOND, 0, BY_HAND),  # edited on disk while another machine saved
    (ODD, SyncedFile(), SECOND, 0, BY_HAND),
    (OLD, SyncedFile(2, NEW), SECOND, 1, BY_HAND),  # restored by hand
    (
        NEW,
        SyncedFile(2, NEW),
        FIRST,
        0,
        BY_HAND,
    ),  # the database was restored from a backup: the text is stored again
    (NOT_THERE, SyncedFile(), FIRST, 0, BEHIND),  # a machine with an empty folder
    (NOT_THERE, SyncedFile(1, OLD), FIRST, 0, BY_HAND),  # removed by hand
    (NOT_THERE, SyncedFile(1, OLD), SECOND, 0, BY_HAND),  # removed by hand while another machine saved
    (NOT_THERE, SyncedFile(3, NOT_THERE), Newest(4, NEW, 4), 3, BEHIND),  # removed and created again elsewhere
    (
        NOT_THERE,
        SyncedFile(1, OLD),
        Newest(4, NEW, 4),
        3,
        BEHIND,
    ),  # removed here before a crash; created again elsewhere
    (NOT_THERE, SyncedFile(3, NOT_THERE), FIRST, 0, BEHIND),  # an older database: prefer the file to its absence
    (OLD, SyncedFile(1, OLD), REMOVED, 1, BEHIND),  # removed elsewhere
    (ODD, SyncedFile(3, NOT_THERE), REMOVED, 0, BY_HAND),  # created again by hand
    (NOT_THERE, SyncedFile(3, NOT_THERE), REMOVED, 3, SETTLED),
    (NOT_THERE, SyncedFile(), NEVER, 0, SETTLED),
    (NOT_THERE, SyncedFile(1, OLD), NEVER, 0, SETTLED),  # another database, and no file
    (UNREADABLE, SyncedFile(), NEVER, 0, LEFT),
    (UNREADABLE, SyncedFile(1, OLD), FIRST, 0, LEFT),
    (UNREADABLE, SyncedFile(1, OLD), SECOND, 0, BEHIND),  # fixed in the editor
]


@pytest.mark.parametrize(("on_disk", "seen", "newest", "number", "verdict"), CASES)
def test_every_case_has_one_verdict(
    on_disk: str, seen: SyncedFile, newest: Newest, number: int, verdict: Verdict
) -> None:
    assert decide(on_disk, seen, newest, number) is verdict


def test_every_verdict_is_reached() -> None:
    assert {case[-1] for case in CASES} == set(Verdict)


def by_path(root: Path, memory: SyncState, paths: list[str] | None = None) -> dict[str, Compared]:
    return {comparison.path: comparison for comparison in compare(root, memory, paths)}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for slug in ("walking", "sleep"):
        (tmp_path / "articles").mkdir(exist_ok=True)
        (tmp_path / "articles" / f"{slug}.md").write_text(f"{slug}\n")
    return tmp_path


@pytest.mark.django_db
def test_files_database_and_sync_state_are_all_compared(root: Path) -> None:
    make_revision(path="articles/walking.md", text="walking\n")
    make_revision(path="articles/gone.md")
    memory = SyncState({"pages/remembered.md": SyncedFile(1, OLD), "no/longer/content.md": SyncedFile(1, OLD)})
    found = by_path(root, memory)
    assert {path: comparison.verdict for path, comparison in found.items()} == {
        "articles/walking.md": SETTLED,
        "articles/sleep.md": BY_HAND,
        "articles/gone.md": BEHIND,
        "pages/remembered.md": SETTLED,
    }
    assert set(by_path(root, memory, ["articles/gone.md"])) == {"articles/gone.md"}


@pytest.mark.django_db
def test_a_stored_draft_is_not_expected_in_the_file(root: Path) -> None:
    make_revision(text="walking\n")
    make_revision(live=False)
    found = by_path(root, SyncState())["articles/walking.md"]
    assert (found.verdict, found.newest) == (SETTLED, Newest(1, digest_of(b"walking\n"), 2))


@pytest.mark.django_db
def test_the_newest_revision_with_the_same_bytes_is_used(root: Path) -> None:
    """The text was changed, restored and changed again: the file is at revision 3, not at revision 1."""
    for text in ("walking\n", "other\n", "walking\n", "last\n"):
        make_revision(text=text)
    memory = SyncState({"articles/walking.md": SyncedFile(2, digest_of(b"other\n"))})
    assert by_path(root, memory)["articles/walking.md"].verdict is BEHIND


@pytest.mark.django_db
def test_an_edit_names_the_revisions_it_skips(root: Path) -> None:
    assert by_path(root, SyncState())["articles/walking.md"].overtakes == ""
    of_another_database = SyncState({"articles/walking.md": SyncedFile(3, digest_of(b"other\n"))})
    assert by_path(root, of_another_database)["articles/walking.md"].overtakes == ""
    make_revision(text="other\n")
    make_revision(live=False)
    found = by_path(root, SyncState({"articles/walking.md": SyncedFile(1, digest_of(b"other\n"))}))[
        "articles/walking.md"
    ]
    assert found.overtakes == "Overtakes revision 2, which this file did not hold yet."
    assert len(found.overtakes) < (Revision._meta.get_field("why").max_length or 0)


def test_only_a_changed_file_is_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(folder: Path, path: str) -> object:
        read.append(path)
        return read_file(folder, path)

    monkeypatch.setattr(disk, "read_file", counted)
    monkeypatch.setattr(sync, "YOUNG", -1)
    folder = Folder(root)
    before = folder.digests()
    (root / "articles" / "sleep.md").write_text("changed\n")
    after = folder.digests()
    assert before == {f"articles/{slug}.md": digest_of(f"{slug}\n".encode()) for slug in ("walking", "sleep")}
    assert after == before | {"articles/sleep.md": digest_of(b"changed\n")}
    assert sorted(read) == ["articles/sleep.md", "articles/sleep.md", "articles/walking.md"]


def test_a_recently_changed_file_is_read_again_despite_equal_times(root: Path) -> None:
    """Two edits within one clock tick have equal times."""
    folder = Folder(root)
    place = root / "articles" / "sleep.md"
    place.write_text("one\n")
    times = (place.stat().st_atime_ns, place.stat().st_mtime_ns)
    folder.digests()
    place.write_text("two\n")
    os.utime(place, ns=times)
    assert folder.digests()["articles/sleep.md"] == digest_of(b"two\n")
