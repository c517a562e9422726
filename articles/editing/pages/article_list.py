"""The list of articles, with the problems of all content files."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from articles.editing.article_list.filters import list_filter
from articles.editing.article_list.rows import overview
from articles.editing.pages.base import CHANGE, SIGN, address, may, show
from articles.editing.rename import broken_addresses
from articles.editing.review import state
from articles.editing.revisions import disk
from articles.editing.revisions.paths import ARTICLES, slug_of
from articles.editing.shared_files import second_person
from articles.library import get_library
from clinic_site.content.files import SLUG

PER_PAGE = 50


def list_view(request: HttpRequest) -> HttpResponse:
    library, now = get_library(), timezone.now()
    everything = overview(library, now)
    filters = list_filter(request.GET.dict(), library.shared.topics)
    rows = filters.rows(everything.rows)
    may_change, may_sign = may(request, CHANGE), may(request, SIGN)
    return show(
        request,
        "article_list/list.html",
        "Articles",
        problems=[(problem, _editor_of(problem.path) if may_change else "") for problem in library.problems],
        rules_problem=everything.results.problem,
        waiting=state.waiting() if may_sign else [],
        changes=second_person.waiting(everything.newest) if may_change else [],
        lost=broken_addresses(library, everything.newest) if may_change else [],
        targets=library.visible(now),
        choice=filters,
        total=len(everything.rows),
        found=len(rows),
        leaf=Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        query=f"{filters.query(filters.sort)}&",
        may_change=may_change,
    )


def _editor_of(path: str) -> str:
    """Return the address of the page that edits the file; "" if the file can only be fixed on disk."""
    slug = slug_of(path)
    if path.startswith(ARTICLES):
        return address("edit", slug) if SLUG.fullmatch(slug) else ""
    return address("file", path) if disk.is_content(path) else ""
