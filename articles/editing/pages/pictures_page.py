"""Pictures for articles: upload, the line to paste, where each is shown, deletion."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone

from articles.editing.pages.base import StaffPages
from articles.editing.pages.steps import go_to, user_name
from articles.editing.picture_files import (
    NameTakenError,
    Use,
    catch_up,
    delete,
    pictures_on_disk,
    store,
    stored_pictures,
    uses,
)
from articles.editing.picture_form import PictureForm
from articles.library import get_library
from articles.models import Picture
from articles.pictures import PictureFacts, Pictures

PER_PAGE = 48
STORED = "The picture “{name}” is stored. Copy its line into the text, and say between [ ] what it shows."
DELETED = "The picture “{name}” is deleted."
SHOWN = "Nothing was deleted: a page shows the picture “{name}”."
NOT_WRITTEN = (
    "The change is kept, and this machine cannot write its content folder ({why}). "
    "It shows as soon as that is mended: tell who runs the site."
)


@dataclass(frozen=True)
class Shown:
    """A picture in the list."""

    small: PictureFacts
    large: PictureFacts
    uses: list[Use]
    by: str = ""  # "": somebody put it into the folder
    at: dt.datetime | None = None

    @property
    def name(self) -> str:
        return self.large.name


class PicturesPage(StaffPages):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.route("pictures/", self.pictures_view, "pictures"),
            self.route("pictures/<slug:name>/delete/", self.delete_picture_view, "delete_picture"),
            *super().get_urls(),
        ]

    def pictures_view(self, request: HttpRequest) -> HttpResponse:
        root = Path(settings.CONTENT_DIR)
        form = PictureForm(root)
        if request.method == "POST":
            form = PictureForm(root, request.POST, request.FILES)
            if form.is_valid() and _stored(form, request):
                _write_out(root, request, STORED.format(name=form.cleaned_data["name"]))
                return go_to("pictures")
        leaf = Paginator(_list(root), PER_PAGE).get_page(request.GET.get("page"))
        return self.show(request, "pictures.html", "Pictures", form=form, leaf=leaf)

    def delete_picture_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """Asks first; refuses while a page shows the picture, as the list and the page say."""
        widths = stored_pictures().get(name)
        if widths is None:
            raise Http404
        shown = Shown(widths[0], widths[-1], uses(get_library()).get(name, []))
        if request.method == "POST" and not shown.uses:
            delete(name, user_name(request), timezone.now())
            _write_out(Path(settings.CONTENT_DIR), request, DELETED.format(name=name))
            return go_to("pictures")
        error = SHOWN.format(name=name) if request.method == "POST" else ""
        return self.show(request, "pictures_delete.html", f"Delete “{name}”", picture=shown, error=error)


def _stored(form: PictureForm, request: HttpRequest) -> bool:
    """False where somebody took the name just now; the form then says so."""
    name = form.cleaned_data["name"]
    try:
        store(name, form.cleaned_data["picture"], user_name(request), timezone.now())
    except NameTakenError:
        form.add_error("name", form.taken(name))
        return False
    return True


def _write_out(root: Path, request: HttpRequest, done: str) -> None:
    """Brings this machine's files up to date at once, and says how it went."""
    try:
        catch_up(root)
    except OSError as error:
        messages.warning(request, NOT_WRITTEN.format(why=error.strerror))
    else:
        messages.success(request, done)


def _list(root: Path) -> list[Shown]:
    """The newest first; then those that somebody put into the folder, by name."""
    stored, shown_in = stored_pictures(), uses(get_library())
    rows = [(row.name, row.by, row.at) for row in Picture.objects.here() if row.name in stored]
    others = _others(root, stored)
    return [
        *(Shown(stored[name][0], stored[name][-1], shown_in.get(name, []), by, at) for name, by, at in rows),
        *(Shown(widths[0], widths[-1], shown_in.get(name, [])) for name, widths in others.items()),
    ]


def _others(root: Path, stored: Pictures) -> Mapping[str, tuple[PictureFacts, ...]]:
    return {name: widths for name, widths in sorted(pictures_on_disk(root).items()) if name not in stored}
