"""Views of pictures: upload, Markdown to copy, where each picture is used, deletion."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from articles.content.pictures import PictureFacts, Pictures
from articles.editing.pages.base import go_to, show, user_name
from articles.editing.pictures.forms import PictureForm
from articles.editing.pictures.storage import (
    NameTakenError,
    Use,
    delete,
    pictures_on_disk,
    store,
    stored_pictures,
    sync_files,
    uses,
)
from articles.library import get_library
from articles.models import Picture

PER_PAGE = 48
STORED = "The picture “{name}” is stored. Copy its line into the text, and say between [ ] what it shows."
DELETED = "The picture “{name}” is deleted."
SHOWN = "Nothing was deleted: a page shows the picture “{name}”."
NOT_WRITTEN = (
    "The change is kept, and this machine cannot write its content folder ({why}). "
    "It shows as soon as that is mended: tell who runs the site."
)


@dataclass(frozen=True)
class PictureRow:
    """A picture in the list; `by` is "" for a picture that was copied into the folder."""

    small: PictureFacts
    large: PictureFacts
    uses: list[Use]
    by: str = ""
    at: dt.datetime | None = None

    @property
    def name(self) -> str:
        return self.large.name


def pictures_view(request: HttpRequest) -> HttpResponse:
    root = Path(settings.CONTENT_DIR)
    form = PictureForm(root)
    if request.method == "POST":
        form = PictureForm(root, request.POST, request.FILES)
        if form.is_valid() and _try_to_store(form, request):
            _write_out(root, request, STORED.format(name=form.cleaned_data["name"]))
            return go_to("pictures")
    leaf = Paginator(_list(root), PER_PAGE).get_page(request.GET.get("page"))
    return show(request, "pictures/pictures.html", "Pictures", form=form, leaf=leaf)


def delete_view(request: HttpRequest, name: str) -> HttpResponse:
    """Ask for confirmation, then delete the picture, unless a page shows it."""
    widths = stored_pictures().get(name)
    if widths is None:
        raise Http404
    shown = PictureRow(widths[0], widths[-1], uses(get_library()).get(name, []))
    if request.method == "POST" and not shown.uses:
        delete(name, user_name(request), timezone.now())
        _write_out(Path(settings.CONTENT_DIR), request, DELETED.format(name=name))
        return go_to("pictures")
    error = SHOWN.format(name=name) if request.method == "POST" else ""
    return show(request, "pictures/delete.html", f"Delete “{name}”", picture=shown, error=error)


def _try_to_store(form: PictureForm, request: HttpRequest) -> bool:
    """Store the picture. Return False, with a form error, if the name was taken meanwhile."""
    name = form.cleaned_data["name"]
    try:
        store(name, form.cleaned_data["picture"], user_name(request), timezone.now())
    except NameTakenError:
        form.add_error("name", form.taken(name))
        return False
    return True


def _write_out(root: Path, request: HttpRequest, done: str) -> None:
    """Update the files of this machine. Show the message `done`, or why the update failed."""
    try:
        sync_files(root)
    except OSError as error:
        messages.warning(request, NOT_WRITTEN.format(why=error.strerror))
    else:
        messages.success(request, done)


def _list(root: Path) -> list[PictureRow]:
    """Return the stored pictures, newest first, then those that were copied into the folder, by name."""
    stored, uses_by_name = stored_pictures(), uses(get_library())
    rows = [(row.name, row.by, row.at) for row in Picture.objects.here() if row.name in stored]
    others = _unmanaged(root, stored)
    return [
        *(PictureRow(stored[name][0], stored[name][-1], uses_by_name.get(name, []), by, at) for name, by, at in rows),
        *(PictureRow(widths[0], widths[-1], uses_by_name.get(name, [])) for name, widths in others.items()),
    ]


def _unmanaged(root: Path, stored: Pictures) -> Mapping[str, tuple[PictureFacts, ...]]:
    return {name: widths for name, widths in sorted(pictures_on_disk(root).items()) if name not in stored}
