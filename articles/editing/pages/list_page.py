"""The list of articles, with what is wrong with any content file."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone

from articles.editing import disk, review_state, second_person
from articles.editing.addresses import ARTICLES, slug_of
from articles.editing.listing import choice
from articles.editing.moving import lost
from articles.editing.overview import overview
from articles.editing.pages.base import CHANGE, SIGN, VIEW, StaffPages, may
from articles.editing.pages.steps import address
from articles.library import get_library
from clinic_site.content_files import SLUG

PER_PAGE = 50


class ListPage(StaffPages):
    def get_urls(self) -> list[URLPattern]:
        return [self.route("", self.list_view, "changelist", VIEW), *super().get_urls()]

    def list_view(self, request: HttpRequest) -> HttpResponse:
        library, now = get_library(), timezone.now()
        whole = overview(library, now)
        asked = choice(request.GET.dict(), library.shared.topics)
        rows = asked.rows(whole.rows)
        may_change, may_sign = may(request, CHANGE), may(request, SIGN)
        return self.show(
            request,
            "list.html",
            "Articles",
            problems=[(problem, _editor_of(problem.path) if may_change else "") for problem in library.problems],
            rules_problem=whole.assessment.problem,
            waiting=review_state.waiting() if may_sign else [],
            changes=second_person.waiting(whole.newest) if may_change else [],
            lost=lost(library, whole.newest) if may_change else [],
            targets=library.visible(now),
            choice=asked,
            total=len(whole.rows),
            found=len(rows),
            leaf=Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
            query=f"{asked.query(asked.sort)}&",
            may_change=may_change,
        )


def _editor_of(path: str) -> str:
    """The address of the page on which the file is edited; "" for one that can only be mended on disk."""
    slug = slug_of(path)
    if path.startswith(ARTICLES):
        return address("edit", slug) if SLUG.fullmatch(slug) else ""
    return address("file", path) if disk.is_content(path) else ""
