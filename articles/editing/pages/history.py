"""Views of revisions: who changed what, compare two, restore one."""

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
from articles.editing.revisions.history import compare, entries
from articles.library import get_library
from articles.models import Revision

PER_PAGE = 50
TICK_TWO = "Tick two revisions, then press “Compare the two”."
RESTORED = "The text of revision {number} is the newest draft now. It goes on the site when somebody presses “Publish”."
NO_TEXT = "That revision holds no text to bring back. Choose another."


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
    return show(
        request,
        "history/history.html",
        f"{links['name']}: history",
        leaf=leaf,
        entries=entries(list(leaf), store.live_revision(path)),
        error=TICK_TWO if requested or "two" in request.GET else "",
        **context,
    )
