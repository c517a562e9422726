"""Pictures below content/pictures/: file names tell all that a page needs, without database or decoding.

`walking-path.3f2a9c01d4e5.960x640.webp`: the name by which an article shows the picture, a digest of the picture in all
its widths, the size in pixels. Another picture has another digest, so one file name always means the same bytes.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from clinic_site.content.files import PICTURES, SLUG, Problem

FOLDER = PICTURES
NAME_LENGTH = 80
FILE_NAME = rf"{SLUG.pattern}\.[0-9a-f]{{12}}\.[1-9][0-9]{{0,4}}x[1-9][0-9]{{0,4}}\.webp"
WHOLE_FILE_NAME = re.compile(FILE_NAME)


@dataclass(frozen=True, order=True)
class PictureFacts:
    """One file of a picture, as its name describes it."""

    name: str
    digest: str
    width: int  # pixels
    height: int

    @property
    def file_name(self) -> str:
        return f"{self.name}.{self.digest}.{self.width}x{self.height}.webp"

    @property
    def path(self) -> str:
        """Path below the content folder."""
        return f"{FOLDER}/{self.file_name}"

    @property
    def url(self) -> str:
        return f"/{FOLDER}/{self.file_name}"


Widths = tuple[PictureFacts, ...]  # of one picture, the narrowest first; never empty
Pictures = Mapping[str, Widths]  # by name


@lru_cache(maxsize=10_000)  # every load of the library asks for all of them
def read_name(file_name: str) -> PictureFacts | None:
    """Return what the name of a picture's file says; None for any other name."""
    if not WHOLE_FILE_NAME.fullmatch(file_name):
        return None
    name, digest, size, _ = file_name.split(".")
    width, height = size.split("x")
    return PictureFacts(name, digest, int(width), int(height))


def file_names(root: Path) -> tuple[str, ...]:
    """Return the names in the folder of pictures, sorted, without hidden files.

    Empty where the folder cannot be read: every page that shows a picture then reports the problem.
    """
    try:
        with os.scandir(root / FOLDER) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError:
        return ()
    return tuple(name for name in names if not name.startswith("."))


def read_names(names: Iterable[str]) -> set[PictureFacts]:
    """Return what these names say; other names are left out."""
    return {facts for facts in map(read_name, names) if facts}


def pictures_of(names: Iterable[str]) -> dict[str, Widths]:
    """Return name -> picture. Of two pictures with one name, during a replacement on disk, one is shown."""
    found: dict[str, list[PictureFacts]] = {}
    for facts in sorted(read_names(names)):
        same = found.setdefault(facts.name, [])
        if same and same[0].digest != facts.digest:
            same.clear()
        same.append(facts)
    return {name: tuple(widths) for name, widths in found.items()}


def strangers(names: Iterable[str]) -> Iterator[Problem]:
    """Return a problem for each file among the pictures that is none: somebody waits for it to be shown."""
    for name in names:
        if not read_name(name):
            message = "Nothing reads this file. Upload pictures at “Pictures” in the editor, and remove it here."
            yield Problem(f"{FOLDER}/{name}", 1, message)
