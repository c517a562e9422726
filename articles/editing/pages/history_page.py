"""Revisions: who changed what; compare two, bring one back."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone

from articles.editing import publishing, store
from articles.editing.attempts import attempt
from articles.editing.histories import compare, entries
from articles.editing.pages.base import CHANGE, VIEW, StaffPages, may
from articles.editing.pages.steps import address, go_to, not_taken, path_of, user_name, whole_number
from articles.library import get_library
from articles.models import Revision

PER_PAGE = 50
TICK_TWO = "Tick two revisions, then press “Compare the two”."
RESTORED = "The text of revision {number} is the newest draft now. It goes on the site when somebody presses “Publish”."
NO_TEXT = "That revision holds no text to bring back. Choose another."


class HistoryPage(StaffPages):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.route("history/<slug:slug>/", self.revisions_view, "history", VIEW),
            self.route("history/<slug:slug>/restore/", self.restore_view, "restore", CHANGE),
            *super().get_urls(),
        ]

    def revisions_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Of an article, one that was removed included."""
        library = get_library()
        path = path_of(slug, library)
        document = library.documents.get(path)
        links = {
            "name": document.title if document else slug,
            "here": address("history", slug),
            "up": address("edit", slug) if may(request, CHANGE) else address("review", slug),
            "restore": address("restore", slug) if may(request, CHANGE) else "",
        }
        return show_history(self, request, path, links)

    def restore_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The text of a revision becomes the newest draft: nothing goes on the site by it."""
        path = path_of(slug, get_library())
        if request.method != "POST":
            return not_taken(request, "history", slug)
        number = whole_number(request.POST.get("number"))
        revision = Revision.objects.of(path).numbered([number]).first()
        if revision is None or revision.removed:
            messages.warning(request, NO_TEXT)
            return go_to("history", slug)
        base = whole_number(request.POST.get("base"))
        edit = store.Edit(path, revision.text, user_name(request), base, f"Restored from revision {number}")
        refused = attempt(lambda: publishing.save_draft(edit, timezone.now()))
        if refused:
            messages.warning(request, refused)
            return go_to("history", slug)
        messages.success(request, RESTORED.format(number=number))
        return go_to("edit", slug)


def show_history(page: StaffPages, request: HttpRequest, path: str, links: dict[str, Any]) -> HttpResponse:
    """The revisions of the file at `path`, or two of them side by side where the address names them (?compare=3:5)."""
    newest = store.newest(path)
    if newest is None:
        raise Http404
    context = {"path": path, "newest": newest, **links}
    asked = request.GET.getlist("compare")
    comparison = compare(path, asked)
    if comparison:
        title = f"{links['name']}: what changed"
        return page.show(request, "compare.html", title, comparison=comparison, **context)
    leaves = Paginator(Revision.objects.of(path).defer("text"), PER_PAGE)
    leaf = leaves.get_page(request.GET.get("page"))
    return page.show(
        request,
        "history.html",
        f"{links['name']}: history",
        leaf=leaf,
        entries=entries(list(leaf), store.on_site(path)),
        error=TICK_TWO if asked or "two" in request.GET else "",
        **context,
    )
