"""The web server runs as another user and may read every published file under any umask."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_site.delivery.site_folder import ExportedPage, open_site

WALK = ExportedPage("/articles/walk/", b"A walk", "1")


@pytest.fixture(autouse=True)
def _for_nobody_else() -> Iterator[None]:
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "published"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder of static files, private because of the umask."""
    (tmp_path / "static" / "css").mkdir(parents=True)
    (tmp_path / "static" / "css" / "site.css").write_text("p {}")
    return tmp_path / "static"


def publish(folder: Path, source: Path) -> None:
    with open_site(folder) as files:
        files.copy(source, "static", ["css/site.css"])
        files.put([WALK], best=False)


def modes(folder: Path) -> set[str]:
    """Return the modes of folders and of files below the folder."""
    paths = [folder, folder / "site", *(folder / "site").rglob("*")]
    return {f"{'folder' if path.is_dir() else 'file'} {path.stat().st_mode & 0o777:o}" for path in paths}


def test_pages_copies_and_folders_are_world_readable(folder: Path, source: Path) -> None:
    publish(folder, source)
    assert modes(folder) == {"folder 755", "file 644"}


def test_a_copy_keeps_the_modification_time(folder: Path, source: Path) -> None:
    os.utime(source / "css/site.css", ns=(1, 1_234_567_890))
    publish(folder, source)
    assert (folder / "site/static/css/site.css").stat().st_mtime_ns == 1_234_567_890


def test_private_files_of_an_earlier_run_are_made_readable(folder: Path, source: Path) -> None:
    publish(folder, source)
    for path in (folder / "site").rglob("*"):
        path.chmod(0o750 if path.is_dir() else 0o640)
    publish(folder, source)
    assert modes(folder) == {"folder 755", "file 644"}


def test_an_existing_folder_keeps_its_other_permissions(folder: Path, source: Path) -> None:
    (folder / "site").mkdir(parents=True)
    (folder / "site").chmod(0o770)
    publish(folder, source)
    assert folder.stat().st_mode & 0o777 == 0o700  # the owner controls access to the folder itself
    assert (folder / "site").stat().st_mode & 0o777 == 0o775
