"""From database, disk and memory follows what is to be done with a file, in every case."""

import os
from pathlib import Path

import pytest

from articles.editing import comparing
from articles.editing.comparing import Newest, Verdict, compare, judge
from articles.editing.disk import NOT_THERE, UNREADABLE, digest_of, read_file
from articles.editing.seen import Memory, Seen
from articles.models import Revision
from tests.articles.editing.builders import make_revision

OLD, NEW, ODD = "old", "new", "odd"  # digests
NEVER, REMOVED = Newest(), Newest(3, NOT_THERE, 3)
FIRST, SECOND = Newest(1, OLD, 1), Newest(2, NEW, 2)
SETTLED, BEHIND, BY_HAND, LEFT = Verdict

CASES = [
    # on disk, seen, newest, number of these bytes, verdict
    (OLD, Seen(), NEVER, 0, BY_HAND),  # the first look of all
    (OLD, Seen(1, OLD), FIRST, 1, SETTLED),
    (OLD, Seen(), FIRST, 1, SETTLED),  # a second machine, installed alike
    (OLD, Seen(1, OLD), SECOND, 1, BEHIND),  # saved on another machine, or here and then killed
    (OLD, Seen(), SECOND, 1, BEHIND),  # a machine that was installed from an older copy
    (NEW, Seen(1, OLD), Newest(4, ODD, 4), 2, BEHIND),  # written, then killed before it was remembered; saved since
    (ODD, Seen(1, OLD), FIRST, 0, BY_HAND),
    (ODD, Seen(1, OLD), SECOND, 0, BY_HAND),  # edited here while another machine saved
    (ODD, Seen(), SECOND, 0, BY_HAND),
    (OLD, Seen(2, NEW), SECOND, 1, BY_HAND),  # put back by hand to what it was
    (NEW, Seen(2, NEW), FIRST, 0, BY_HAND),  # the database was restored from an older backup: the text is saved again
    (NOT_THERE, Seen(), FIRST, 0, BEHIND),  # a machine with an empty folder
    (NOT_THERE, Seen(1, OLD), FIRST, 0, BY_HAND),  # taken away by hand
    (NOT_THERE, Seen(1, OLD), SECOND, 0, BY_HAND),  # the same, while another machine saved
    (NOT_THERE, Seen(3, NOT_THERE), Newest(4, NEW, 4), 3, BEHIND),  # removed and made again elsewhere
    (NOT_THERE, Seen(1, OLD), Newest(4, NEW, 4), 3, BEHIND),  # removed here, then killed; made again elsewhere
    (NOT_THERE, Seen(3, NOT_THERE), FIRST, 0, BEHIND),  # the database is an older one: better there than not
    (OLD, Seen(1, OLD), REMOVED, 1, BEHIND),  # removed elsewhere
    (ODD, Seen(3, NOT_THERE), REMOVED, 0, BY_HAND),  # made again by hand
    (NOT_THERE, Seen(3, NOT_THERE), REMOVED, 3, SETTLED),
    (NOT_THERE, Seen(), NEVER, 0, SETTLED),
    (NOT_THERE, Seen(1, OLD), NEVER, 0, SETTLED),  # another database, and no file
    (UNREADABLE, Seen(), NEVER, 0, LEFT),
    (UNREADABLE, Seen(1, OLD), FIRST, 0, LEFT),
    (UNREADABLE, Seen(1, OLD), SECOND, 0, BEHIND),  # somebody mended it in the editor
]


@pytest.mark.parametrize(("on_disk", "seen", "newest", "number", "verdict"), CASES)
def test_every_case_has_one_answer(on_disk: str, seen: Seen, newest: Newest, number: int, verdict: Verdict) -> None:
    assert judge(on_disk, seen, newest, number) is verdict


def test_every_verdict_is_reached() -> None:
    assert {case[-1] for case in CASES} == set(Verdict)


def by_path(root: Path, memory: Memory, paths: list[str] | None = None) -> dict[str, comparing.Compared]:
    return {each.path: each for each in compare(root, memory, paths)}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for slug in ("walking", "sleep"):
        (tmp_path / "articles").mkdir(exist_ok=True)
        (tmp_path / "articles" / f"{slug}.md").write_text(f"{slug}\n")
    return tmp_path


@pytest.mark.django_db
def test_files_table_and_memory_are_all_looked_at(root: Path) -> None:
    make_revision(path="articles/walking.md", text="walking\n")
    make_revision(path="articles/gone.md")
    memory = Memory({"pages/remembered.md": Seen(1, OLD), "no/longer/content.md": Seen(1, OLD)})
    found = by_path(root, memory)
    assert {path: each.verdict for path, each in found.items()} == {
        "articles/walking.md": SETTLED,
        "articles/sleep.md": BY_HAND,
        "articles/gone.md": BEHIND,
        "pages/remembered.md": SETTLED,
    }
    assert set(by_path(root, memory, ["articles/gone.md"])) == {"articles/gone.md"}


@pytest.mark.django_db
def test_a_kept_draft_is_not_what_the_file_should_hold(root: Path) -> None:
    make_revision(text="walking\n")
    make_revision(live=False)
    found = by_path(root, Memory())["articles/walking.md"]
    assert (found.verdict, found.newest) == (SETTLED, Newest(1, digest_of(b"walking\n"), 2))


@pytest.mark.django_db
def test_the_newest_revision_with_the_same_bytes_counts(root: Path) -> None:
    """There and back again, then on: the file is at the third revision, not at the first."""
    for text in ("walking\n", "other\n", "walking\n", "last\n"):
        make_revision(text=text)
    memory = Memory({"articles/walking.md": Seen(2, digest_of(b"other\n"))})
    assert by_path(root, memory)["articles/walking.md"].verdict is BEHIND


@pytest.mark.django_db
def test_an_edit_tells_what_it_overtakes(root: Path) -> None:
    assert by_path(root, Memory())["articles/walking.md"].overtakes == ""
    of_another_database = Memory({"articles/walking.md": Seen(3, digest_of(b"other\n"))})
    assert by_path(root, of_another_database)["articles/walking.md"].overtakes == ""
    make_revision(text="other\n")
    make_revision(live=False)
    found = by_path(root, Memory({"articles/walking.md": Seen(1, digest_of(b"other\n"))}))["articles/walking.md"]
    assert found.overtakes == "Overtakes revision 2, which this file did not hold yet."
    assert len(found.overtakes) < (Revision._meta.get_field("why").max_length or 0)


def test_only_a_changed_file_is_read_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(folder: Path, path: str) -> object:
        read.append(path)
        return read_file(folder, path)

    monkeypatch.setattr(comparing, "read_file", counted)
    monkeypatch.setattr(comparing, "YOUNG", -1)
    folder = comparing.Folder(root)
    before = folder.digests()
    (root / "articles" / "sleep.md").write_text("changed\n")
    after = folder.digests()
    assert before == {f"articles/{slug}.md": digest_of(f"{slug}\n".encode()) for slug in ("walking", "sleep")}
    assert after == before | {"articles/sleep.md": digest_of(b"changed\n")}
    assert sorted(read) == ["articles/sleep.md", "articles/sleep.md", "articles/walking.md"]


def test_a_file_that_was_changed_just_now_is_read_again_whatever_its_times_say(root: Path) -> None:
    """Two edits within a tick of the clock leave the same times."""
    folder = comparing.Folder(root)
    place = root / "articles" / "sleep.md"
    place.write_text("one\n")
    times = (place.stat().st_atime_ns, place.stat().st_mtime_ns)
    folder.digests()
    place.write_text("two\n")
    os.utime(place, ns=times)
    assert folder.digests()["articles/sleep.md"] == digest_of(b"two\n")
