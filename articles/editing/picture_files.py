"""The pictures of articles: kept in the database, which hands them over, and as files on every machine."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, transaction

from articles.editing import disk
from articles.editing.safe_pictures import SafePicture
from articles.library import Library
from articles.models import Picture, PictureFile, Revision
from articles.pictures import FOLDER, PictureFacts, Pictures, file_names, pictures_of, read_names
from articles.rendering.pictures import find_pictures
from clinic_site.content_files import SLUG

ARTICLE = re.compile(rf"articles/({SLUG.pattern})\.md")


class NameTakenError(Exception):
    """There is a picture of that name; nothing was stored."""


@dataclass(frozen=True, order=True)
class Use:
    """A file that shows the picture."""

    path: str
    title: str
    slug: str  # of an article, for its editor; "" for any other file
    draft: bool  # only the newest draft shows it


def is_taken(name: str, root: Path) -> bool:
    """By a picture in the database, or by one that somebody put into the folder."""
    return Picture.objects.here().named(name).exists() or name in pictures_on_disk(root)


def store(name: str, picture: SafePicture, by: str, now: dt.datetime) -> None:
    """Files follow with catch_up(). Raises NameTakenError: of two uploads under one name one wins."""
    try:
        with transaction.atomic():
            row = _row(name, by, now)
            PictureFile.objects.bulk_create(
                PictureFile(picture=row, file_name=facts.file_name, data=data) for facts, data in picture.named(name)
            )
    except IntegrityError as error:
        raise NameTakenError from error


def _row(name: str, by: str, now: dt.datetime) -> Picture:
    """A new row, or that of a deleted picture of this name. Raises IntegrityError where there is one already."""
    if Picture.objects.deleted().named(name).update(deleted=False, by=by, at=now):
        return Picture.objects.get(name=name)
    return Picture.objects.create(name=name, by=by, at=now)


def delete(name: str, by: str, now: dt.datetime) -> None:
    """Its files go from every machine with the next catch_up() there."""
    with transaction.atomic():
        Picture.objects.here().named(name).update(deleted=True, by=by, at=now)
        PictureFile.objects.of_deleted(name).delete()


def stored_pictures() -> Pictures:
    return pictures_of(PictureFile.objects.names())


def pictures_on_disk(root: Path) -> Pictures:
    return pictures_of(file_names(root))


def catch_up(root: Path) -> int:
    """Writes what the database has and the folder lacks, and takes away what it no longer has; how many files.

    A picture whose name the database has never known was put there by somebody, and stays. Raises OSError where the
    folder cannot be written to.
    """
    # The folder first: a file is written after its row, so no file seen here can be too new for the rows read next.
    here = set(file_names(root))
    wanted = PictureFile.objects.names()
    over = _known(here - wanted) if here - wanted else []
    written = 0
    # The widest first: it stands for the picture in what a clinician signs.
    for facts in sorted(read_names(wanted - here), key=lambda each: -each.width):
        for data in PictureFile.objects.bytes_of(facts.file_name):
            disk.write_file(root, facts.path, data)
            written += 1
    for facts in over:
        disk.remove_file(root, facts.path)
    return written + len(over)


def _known(names: set[str]) -> list[PictureFacts]:
    """Those of pictures that the database knows, or knew."""
    known = set(Picture.objects.values_list("name", flat=True))
    return [facts for facts in read_names(names) if facts.name in known]


def uses(library: Library) -> dict[str, list[Use]]:
    """Name of a picture -> where it is shown: on the site, or in the newest draft of a file."""
    found: dict[str, set[Use]] = {}
    for path, text, draft in _texts(library):
        document = library.documents.get(path)
        title = document.title if document else path
        article = ARTICLE.fullmatch(path)
        use = Use(path, title, article[1] if article else "", draft)
        for picture in find_pictures(text):
            found.setdefault(picture.name, set()).add(use)
    return {name: _once(each) for name, each in found.items()}


def _texts(library: Library) -> Iterator[tuple[str, str, bool]]:
    """Path, text, and whether it is a draft beside the file."""
    for path, document in library.documents.items():
        yield path, document.body, False
    revisions = Revision.objects.holding(f"/{FOLDER}/").newest_of_each()
    for path, text, live in revisions.values_list("path", "text", "live"):
        yield path, text, not live


def _once(found: set[Use]) -> list[Use]:
    """Sorted, without the draft of a page that shows the picture anyway."""
    shown = {use.path for use in found if not use.draft}
    return sorted(use for use in found if not use.draft or use.path not in shown)
