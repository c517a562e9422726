"""Pictures of articles: stored in the database, and copied to files on every machine."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import IntegrityError, transaction

from articles.content.pictures import FOLDER, PictureFacts, Pictures, file_names, pictures_of, read_names
from articles.editing.pictures.sanitize import SafePicture
from articles.editing.revisions import disk
from articles.library import Library
from articles.models import Picture, PictureFile, Revision
from articles.rendering.extensions.pictures import find_pictures
from clinic_site.content.files import SLUG

ARTICLE = re.compile(rf"articles/({SLUG.pattern})\.md")


class NameTakenError(Exception):
    """A picture has that name; nothing was stored."""


@dataclass(frozen=True, order=True)
class Use:
    """A file that shows the picture."""

    path: str
    title: str
    slug: str  # of an article, for the link to its editor; "" for any other file
    draft: bool  # only the newest draft shows it


def is_taken(name: str, root: Path) -> bool:
    """Return True if a picture in the database or in the folder has that name."""
    return Picture.objects.here().named(name).exists() or name in pictures_on_disk(root)


def store(name: str, picture: SafePicture, by: str, now: dt.datetime) -> None:
    """Store the picture; sync_files() writes its files. Raises NameTakenError, also if two uploads race."""
    try:
        with transaction.atomic():
            row = _row(name, by, now)
            PictureFile.objects.bulk_create(
                PictureFile(picture=row, file_name=facts.file_name, data=data) for facts, data in picture.named(name)
            )
    except IntegrityError as error:
        raise NameTakenError from error


def _row(name: str, by: str, now: dt.datetime) -> Picture:
    """Return a new row, or the row of a deleted picture of this name. Raises IntegrityError if the name is taken."""
    if Picture.objects.deleted().named(name).update(deleted=False, by=by, at=now):
        return Picture.objects.get(name=name)
    return Picture.objects.create(name=name, by=by, at=now)


def delete(name: str, by: str, now: dt.datetime) -> None:
    """Delete the picture. Each machine removes its files at its next sync_files()."""
    with transaction.atomic():
        Picture.objects.here().named(name).update(deleted=True, by=by, at=now)
        PictureFile.objects.of_deleted(name).delete()


def stored_pictures() -> Pictures:
    return pictures_of(PictureFile.objects.names())


def pictures_on_disk(root: Path) -> Pictures:
    return pictures_of(file_names(root))


def sync_files(root: Path) -> int:
    """Write the files that the folder lacks, and remove those of deleted pictures. Return the number of files.

    Pictures whose name was never in the database stay. Raises OSError if the folder cannot be written.
    """
    # List the folder first: a file is written after its row, so each file listed here has its row in the next query.
    on_disk = set(file_names(root))
    stored = PictureFile.objects.names()
    outdated = _managed(on_disk - stored) if on_disk - stored else []
    written = 0
    # Widest first: the text that a clinician signs names the widest file.
    for facts in sorted(read_names(stored - on_disk), key=lambda facts: -facts.width):
        for data in PictureFile.objects.bytes_of(facts.file_name):
            disk.write_file(root, facts.path, data)
            written += 1
    for facts in outdated:
        disk.remove_file(root, facts.path)
    return written + len(outdated)


def _managed(names: set[str]) -> list[PictureFacts]:
    """Return the files of pictures that are, or were, in the database."""
    known = set(Picture.objects.values_list("name", flat=True))
    return [facts for facts in read_names(names) if facts.name in known]


def uses(library: Library) -> dict[str, list[Use]]:
    """Map the name of a picture to the files that show it, live or in the newest draft."""
    found: dict[str, set[Use]] = {}
    for path, text, draft in _texts(library):
        document = library.documents.get(path)
        title = document.title if document else path
        article = ARTICLE.fullmatch(path)
        use = Use(path, title, article[1] if article else "", draft)
        for picture in find_pictures(text):
            found.setdefault(picture.name, set()).add(use)
    return {name: _without_duplicates(found_uses) for name, found_uses in found.items()}


def _texts(library: Library) -> Iterator[tuple[str, str, bool]]:
    """Yield (path, text, whether the text is a draft beside the file)."""
    for path, document in library.documents.items():
        yield path, document.body, False
    revisions = Revision.objects.holding(f"/{FOLDER}/").newest_of_each()
    for path, text, live in revisions.values_list("path", "text", "live"):
        yield path, text, not live


def _without_duplicates(found: set[Use]) -> list[Use]:
    """Return the uses sorted, without the draft of a page that already shows the picture."""
    shown = {use.path for use in found if not use.draft}
    return sorted(use for use in found if not use.draft or use.path not in shown)
