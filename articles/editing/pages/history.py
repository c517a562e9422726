"""Views of revisions: who changed what, compare two, restore one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from articles.editing.editor import publish
from articles.editing.pages.base import (
    CHANGE,
    address,
    go_to,
    may,
    path_of,
    redirect_get,
    report,
    show,
    user_name,
    whole_number,
)
from articles.editing.revisions import store
from articles.editing.revisions.diff import DiffRow, side_by_side
from articles.library import get_library
from articles.models import Revision

PER_PAGE = 50
TICK_TWO = "Tick two revisions, then press “Compare the two”."
RESTORED = "The text of revision {number} is the newest draft now. It goes on the site when somebody presses “Publish”."
NO_TEXT = "That revision holds no text to bring back. Choose another."
TWO_NUMBERS = re.compile(r"([0-9]{1,9}):([0-9]{1,9})")


@dataclass(frozen=True)
class HistoryEntry:
    """One revision in the list."""

    revision: Revision
    state: str
    before: int  # the number of the revision that came before it; 0: none
    newest: bool

    @property
    def holds_text(self) -> bool:
        return not self.revision.removed

    @property
    def may_come_back(self) -> bool:
        return self.holds_text and not self.newest


@dataclass(frozen=True)
class Comparison:
    old: Revision
    new: Revision
    rows: Sequence[DiffRow]

    @property
    def same(self) -> bool:
        return self.old.text == self.new.text


def entries(revisions: Sequence[Revision], newest: Revision, on_site: Revision | None) -> list[HistoryEntry]:
    """Return `revisions` as list entries; `on_site` is the live revision."""
    return [
        HistoryEntry(revision, state_in_words(revision, on_site), revision.number - 1, revision.number == newest.number)
        for revision in revisions
    ]


def state_in_words(revision: Revision, on_site: Revision | None) -> str:
    if revision.removed:
        return "removed"
    if not revision.live:
        return "kept as a draft"
    return "the file as it is" if on_site and on_site.number == revision.number else "an earlier file"


def compare(path: str, requested: Sequence[str]) -> Comparison | None:
    """Return the comparison of two revisions, requested as ["3:5"] or ["3", "5"]; None unless both exist."""
    found = TWO_NUMBERS.fullmatch(":".join(requested))
    if not found:
        return None
    numbers = sorted({int(found[1]), int(found[2])})
    revisions = list(Revision.objects.of(path).numbered(numbers))
    if len(revisions) != len(numbers):
        return None
    new, old = revisions[0], revisions[-1]
    return Comparison(old, new, side_by_side(old.text, new.text))


def history_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the revisions of an article, including a removed one."""
    library = get_library()
    path = path_of(slug, library)
    document = library.documents.get(path)
    links = {
        "name": document.title if document else slug,
        "here": address("history", slug),
        "up": address("edit", slug) if may(request, CHANGE) else address("review", slug),
        "restore": address("restore", slug) if may(request, CHANGE) else "",
    }
    return show_history(request, path, links)


def restore_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Save the text of a revision as the newest draft. The live page stays as it is."""
    path = path_of(slug, get_library())
    if request.method != "POST":
        return redirect_get(request, "history", slug)
    number = whole_number(request.POST.get("number"))
    revision = Revision.objects.of(path).numbered([number]).first()
    if revision is None or revision.removed:
        messages.warning(request, NO_TEXT)
        return go_to("history", slug)
    base = whole_number(request.POST.get("base"))
    edit = store.Edit(path, revision.text, user_name(request), base, f"Restored from revision {number}")
    error = store.error_message(lambda: publish.save_draft(edit, timezone.now()))
    restored = report(request, error, RESTORED.format(number=number))
    return go_to("edit" if restored else "history", slug)


def show_history(request: HttpRequest, path: str, links: dict[str, Any]) -> HttpResponse:
    """Show the revisions of the file at `path`, or a comparison of two of them (?compare=3:5).

    Raises Http404 if the file has no revision.
    """
    newest = store.newest(path)
    if newest is None:
        raise Http404
    context = {"path": path, "newest": newest, **links}
    requested = request.GET.getlist("compare")
    comparison = compare(path, requested)
    if comparison:
        title = f"{links['name']}: what changed"
        return show(request, "history/compare.html", title, comparison=comparison, **context)
    pages = Paginator(Revision.objects.of(path).defer("text"), PER_PAGE)
    leaf = pages.get_page(request.GET.get("page"))
    listed = entries(list(leaf), newest, store.live_revision(path))
    return show(
        request,
        "history/history.html",
        f"{links['name']}: history",
        leaf=leaf,
        entries=listed,
        some_may_come_back=any(entry.may_come_back for entry in listed),
        error=TICK_TWO if requested or "two" in request.GET else "",
        **context,
    )
