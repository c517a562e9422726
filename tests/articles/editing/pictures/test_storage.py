"""Pictures are synced through the database: uploads and deletions reach every machine."""

from pathlib import Path

import pytest

from articles.content.pictures import file_names, read_name
from articles.editing.pictures.sanitize import make_safe
from articles.editing.pictures.storage import (
    NameTakenError,
    Use,
    delete,
    is_taken,
    store,
    stored_pictures,
    sync_files,
    uses,
)
from articles.editing.revisions import disk
from articles.library import load_library
from articles.models import Picture, PictureFile
from tests.articles.editing.builders import make_revision
from tests.articles.pictures import MONDAY, make_bytes, make_picture, put_files
from tests.content_builders import make_article, make_content

SHOWS = "## A walk\n\n![A path](/pictures/walking-path)\n"


@pytest.fixture
def root(tmp_path: Path, db: None) -> Path:
    return make_content(tmp_path, good=make_article())


def test_every_machine_gets_a_complete_picture(root: Path, tmp_path: Path) -> None:
    make_picture("walking-path", root)
    other = tmp_path / "other"
    assert (sync_files(root), sync_files(other), sync_files(other)) == (0, 2, 0)
    assert file_names(root) == file_names(other) == tuple(sorted(PictureFile.objects.names()))
    for file in PictureFile.objects.all():
        assert (other / "pictures" / file.file_name).read_bytes() == bytes(file.data)
        assert str(file) == file.file_name
    assert [(str(row), row.by, row.at) for row in Picture.objects.here()] == [("walking-path", "editor", MONDAY)]


def test_the_widest_file_is_written_first(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signed text names the widest file: the page must not change while the others arrive."""
    make_picture("walking-path")
    written: list[int] = []
    monkeypatch.setattr(disk, "write_file", lambda root, path, data: written.append(width_of(path)))
    assert sync_files(root) == 2
    assert written == [600, 480]


def width_of(path: str) -> int:
    facts = read_name(Path(path).name)
    return facts.width if facts else 0


def test_only_one_of_two_uploads_under_one_name_wins(root: Path) -> None:
    make_picture("walking-path")
    with pytest.raises(NameTakenError):
        store("walking-path", make_safe(make_bytes(color="red")), "owner", MONDAY)
    assert Picture.objects.get().by == "editor"
    assert PictureFile.objects.count() == 2


def test_a_name_is_taken_if_the_database_or_the_folder_has_it(root: Path) -> None:
    assert not is_taken("walking-path", root)
    make_picture("walking-path")
    put_files(root, "by-hand")
    assert (is_taken("walking-path", root), is_taken("by-hand", root)) == (True, True)


def test_a_deleted_picture_is_removed_from_every_machine_and_frees_its_name(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    make_picture("walking-path", root)
    make_picture("other-path", root)
    sync_files(other)
    before = {name for name in file_names(root) if name.startswith("other-path")}
    delete("walking-path", "owner", MONDAY)
    assert (sync_files(root), sync_files(other), sync_files(other)) == (2, 2, 0)
    assert set(file_names(root)) == set(file_names(other)) == before
    assert not is_taken("walking-path", root)
    make_picture("walking-path", root, data=make_bytes(color="red"), by="owner")
    assert set(stored_pictures()) == {"walking-path", "other-path"}
    assert Picture.objects.here().named("walking-path").get().by == "owner"


def test_a_new_picture_under_a_name_replaces_the_first_everywhere(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    make_picture("walking-path", root)
    sync_files(other)
    delete("walking-path", "editor", MONDAY)
    make_picture("walking-path", root, data=make_bytes(color="red"))
    sync_files(other)
    assert set(file_names(root)) == set(file_names(other)) == PictureFile.objects.names()


def test_a_picture_added_by_hand_is_left_alone(root: Path) -> None:
    put_files(root, "by-hand")
    (root / "pictures" / "photo.jpg").touch()
    assert sync_files(root) == 0
    assert len(file_names(root)) == 3


def test_a_file_of_a_picture_deleted_during_the_sync_is_skipped(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_picture("walking-path")
    monkeypatch.setattr(type(PictureFile.objects.all()), "bytes_of", lambda self, file_name: [])
    assert sync_files(root) == 0
    assert file_names(root) == ()


def test_uses_include_pages_and_newest_drafts(root: Path) -> None:
    put_files(root)
    (root / "articles" / "good.md").write_text(make_article(body=SHOWS))
    about = root / "pages" / "about.md"
    about.write_text(f"{about.read_text()}\n{SHOWS}")
    for path, text in [
        ("articles/good.md", SHOWS),
        ("articles/drafted.md", SHOWS),
        ("articles/no-more.md", SHOWS),
        ("articles/no-more.md", "Nothing."),
    ]:
        make_revision(path=path, text=text, live=False)
    library = load_library(root)
    assert library.problems == ()
    assert uses(library)["walking-path"] == [
        Use("articles/drafted.md", "articles/drafted.md", "drafted", draft=True),
        Use("articles/good.md", "Walking with a sore back", "good", draft=False),
        Use("pages/about.md", library.documents["pages/about.md"].title, "", draft=False),
    ]
