"""A file is written whole or not at all."""

from pathlib import Path

import pytest

from clinic_site.atomic_files import whole_file


def test_a_file_replaces_the_old_one_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    for text in (b"old", b"new"):
        with whole_file(path) as opened:
            opened.write(text)
    assert path.read_bytes() == b"new"
    assert (path.stat().st_mode & 0o077, path.parent.stat().st_mode & 0o077) == (0, 0)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), whole_file(path) as opened:
        opened.writelines([b"half", "no bytes"])  # type: ignore[list-item]
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("file", b"old")]
