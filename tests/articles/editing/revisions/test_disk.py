"""Content files are written atomically, and never over bytes that are not stored as a revision."""

import errno
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from articles.editing.revisions import disk
from articles.editing.revisions.disk import NOT_THERE, UNREADABLE, ChangedMeanwhileError, PathRefusedError, digest_of
from clinic_site.content.files import MAX_BYTES

NAMES = [
    "articles/sleep.md",
    "articles/sleep.es.md",
    "articles/series/sleep-and-pain2.md",
    "pages/about.md",
    "blocks/adults_only.md",
    "clinic.yaml",
    "topics.yaml",
    "rules/wording.yaml",
]
NOT_NAMES = [
    "",
    "articles",
    "articles/",
    "../articles/sleep.md",
    "articles/../../sleep.md",
    "articles/./sleep.md",
    "articles//sleep.md",
    "/etc/passwd",
    "/articles/sleep.md",
    "articles\\sleep.md",
    "articles/.sleep.md",
    ".hidden/sleep.md",
    "articles/Sleep.md",
    "articles/sleep.md\n",
    "articles/sleep\0.md",
    "articles/schläf.md",
    "articles/-sleep.md",
    "articles/sleep.html",
    "articles/sleep.yaml",
    "sleep.md",
    "notes/sleep.md",
    "blocks/in/here.md",
    "odd.yaml",
    "rules/odd.yaml",
    f"articles/{'a' * 200}.md",
]
WHOLE = b"whole\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A content folder with one article."""
    (tmp_path / "content" / "articles").mkdir(parents=True)
    (tmp_path / "content" / "articles" / "sleep.md").write_bytes(b"old\n")
    return tmp_path / "content"


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("path", NAMES)
def test_content_paths_are_accepted(path: str) -> None:
    disk.check_path(path)


@pytest.mark.parametrize("path", NOT_NAMES)
def test_other_paths_are_refused_before_disk_access(path: str, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    for work in (
        lambda: disk.check_path(path),
        lambda: disk.read_file(nowhere, path),
        lambda: disk.write_file(nowhere, path, WHOLE),
        lambda: disk.remove_file(nowhere, path),
        lambda: disk.check_writable(nowhere, path),
    ):
        with pytest.raises(PathRefusedError, match="is not the path of a content file"):
            work()
    assert not nowhere.exists()


def test_a_picture_is_written_and_has_no_revisions(root: Path) -> None:
    disk.write_file(root, "pictures/path.0123456789ab.480.webp", b"\x00picture")
    assert (root / "pictures" / "path.0123456789ab.480.webp").read_bytes() == b"\x00picture"
    with pytest.raises(PathRefusedError):
        disk.check_path("pictures/path.0123456789ab.480.webp")


def test_a_file_is_staged_flushed_renamed_and_its_folder_flushed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = []
    fsync, replace = os.fsync, Path.replace

    def flushed(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def replaced(staged: Path, place: Path) -> Path:
        steps.append(f"{staged.read_text()}over {place.read_text()}")
        return replace(staged, place)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(Path, "replace", replaced)
    disk.write_file(root, "articles/sleep.md", WHOLE)
    assert steps == ["file", "whole\nover old\n", "folder"]
    assert names_in(root / "articles") == ["sleep.md"]


def test_the_file_keeps_its_permissions(root: Path) -> None:
    (root / "articles" / "sleep.md").chmod(0o604)
    disk.write_file(root, "articles/sleep.md", WHOLE)
    assert (root / "articles" / "sleep.md").stat().st_mode & 0o777 == 0o604


def test_a_missing_folder_is_created(root: Path) -> None:
    disk.write_file(root, "blocks/emergency.md", WHOLE)
    assert (root / "blocks" / "emergency.md").read_bytes() == WHOLE


def test_a_failed_write_preserves_the_file_and_leaves_no_temporary_file(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        disk.write_file(root, "articles/sleep.md", WHOLE)
    assert (root / "articles" / "sleep.md").read_bytes() == b"old\n"
    assert names_in(root / "articles") == ["sleep.md"]


@pytest.mark.parametrize(("code", "raised"), [(errno.EINVAL, False), (errno.EIO, True)])
def test_only_unsupported_folder_flushes_are_ignored(
    root: Path, monkeypatch: pytest.MonkeyPatch, code: int, raised: bool
) -> None:
    def fault(handle: int) -> None:
        raise OSError(code, "fault")

    monkeypatch.setattr(os, "fsync", fault)
    if raised:
        with pytest.raises(OSError, match="fault"):
            disk.remove_file(root, "articles/sleep.md")
    else:
        disk.remove_file(root, "articles/sleep.md")
    assert names_in(root / "articles") == []


def test_removing_a_missing_file_is_no_error(root: Path) -> None:
    disk.remove_file(root, "articles/other.md", expected=NOT_THERE)


def test_a_file_changed_since_the_comparison_is_not_overwritten(root: Path) -> None:
    with pytest.raises(ChangedMeanwhileError):
        disk.write_file(root, "articles/sleep.md", WHOLE, expected=digest_of(b"older\n"))
    with pytest.raises(ChangedMeanwhileError):
        disk.remove_file(root, "articles/sleep.md", expected=NOT_THERE)
    assert (root / "articles" / "sleep.md").read_bytes() == b"old\n"
    disk.write_file(root, "articles/sleep.md", WHOLE, expected=digest_of(b"old\n"))
    assert (root / "articles" / "sleep.md").read_bytes() == WHOLE


def test_a_file_that_cannot_be_a_revision_is_moved_aside(root: Path) -> None:
    (root / "articles" / "sleep.md").write_bytes(b"caf\xe9\n")
    disk.write_file(root, "articles/sleep.md", WHOLE, expected=UNREADABLE)
    aside, name = names_in(root / "articles")
    assert name == "sleep.md"
    assert aside.startswith(".sleep.md.")
    assert (root / "articles" / aside).read_bytes() == b"caf\xe9\n"


def test_write_access_is_tested_before_anything_is_stored(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk.check_writable(root, "articles/sleep.md")
    assert names_in(root / "articles") == ["sleep.md"]

    def read_only(*args: object, **kwargs: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "touch", read_only)
    with pytest.raises(OSError, match="Read-only"):
        disk.check_writable(root, "articles/sleep.md")


def test_a_folder_linked_outside_is_neither_read_nor_written(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "about.md").write_text("private")
    (root / "pages").symlink_to(tmp_path / "elsewhere")
    assert disk.read_file(root, "pages/about.md").digest == UNREADABLE
    with pytest.raises(PermissionError, match="leads out of the content folder"):
        disk.write_file(root, "pages/about.md", WHOLE)
    assert "pages/about.md" not in disk.scan(root)
    assert (tmp_path / "elsewhere" / "about.md").read_text() == "private"


def test_a_file_is_read_byte_for_byte(root: Path) -> None:
    data = "\ufeffone\r\ntwo\r\n".encode()
    (root / "articles" / "sleep.md").write_bytes(data)
    file = disk.read_file(root, "articles/sleep.md")
    assert (file.text.encode(), file.digest) == (data, digest_of(data))
    assert disk.read_file(root, "articles/other.md").digest == NOT_THERE


def link_elsewhere(place: Path) -> None:
    (place.parent.parent.parent / "private.md").write_text("private")
    place.symlink_to(place.parent.parent.parent / "private.md")


UNFIT = {
    "not UTF-8": lambda place: place.write_bytes(b"caf\xe9"),
    "NUL": lambda place: place.write_bytes(b"a\0b"),
    "too large": lambda place: place.write_bytes(b"a" * (MAX_BYTES + 1)),
    "folder": lambda place: place.mkdir(),
    "pipe": os.mkfifo,
    "link elsewhere": link_elsewhere,
    "link to nowhere": lambda place: place.symlink_to("nowhere.md"),
    "link to itself": lambda place: place.symlink_to(place.name),
}


@pytest.mark.parametrize("make", UNFIT.values(), ids=UNFIT)
def test_an_unfit_file_is_distinguished_from_a_missing_one(root: Path, make: Callable[[Path], object]) -> None:
    (root / "articles" / "sleep.md").unlink()
    make(root / "articles" / "sleep.md")
    assert disk.read_file(root, "articles/sleep.md") == disk.OnDisk(UNREADABLE, "")
    disk.scan(root)


def test_a_file_without_read_permission_is_unfit(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert disk.read_file(root, "articles/sleep.md").digest == UNREADABLE


def test_a_file_that_grows_while_being_read_is_unfit(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_bytes", lambda path: b"a" * (MAX_BYTES + 1))
    assert disk.read_file(root, "articles/sleep.md").digest == UNREADABLE


def test_a_scan_finds_content_files_only(root: Path) -> None:
    (root / ".git").mkdir()
    (root / ".git" / "config.md").write_text("")
    (root / "articles" / "series").mkdir()
    for name in (".draft.md", "Sleep.md", "notes.txt", "series/pain.md"):
        (root / "articles" / name).write_text("")
    (root / "topics.yaml").write_text("")
    assert sorted(disk.scan(root)) == ["articles/series/pain.md", "articles/sleep.md", "topics.yaml"]


def test_a_scan_detects_an_edited_file(root: Path) -> None:
    before = disk.scan(root)
    assert disk.scan(root) == before
    disk.write_file(root, "articles/sleep.md", b"new\n")
    assert disk.scan(root) != before


def test_only_one_writer_holds_the_lock(root: Path) -> None:
    locked, go_on, second = threading.Event(), threading.Event(), threading.Event()

    def first() -> None:
        with disk.lock(root) as ours:
            assert ours
            locked.set()
            assert go_on.wait(5)
            assert not second.is_set()

    def other() -> None:
        with disk.lock(root):
            second.set()

    threads = [threading.Thread(target=first), threading.Thread(target=other)]
    threads[0].start()
    assert locked.wait(5)
    with disk.lock(root, wait=False) as ours:
        assert not ours
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join()
    assert second.is_set()


def test_old_temporary_files_of_killed_writers_are_removed(root: Path) -> None:
    left, fresh, foreign = (
        root / "articles" / name for name in (".sleep.md.0a1b2c3d.new", ".sleep.md.ffffffff.new", ".mine.new")
    )
    for path in (left, fresh, foreign):
        path.write_text("half")
    for path in (left, foreign):
        os.utime(path, (0, 0))
    disk.sweep(root)
    assert names_in(root / "articles") == [".mine.new", ".sleep.md.ffffffff.new", "sleep.md"]
