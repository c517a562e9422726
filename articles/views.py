"""Public pages. These views know the library and the time, never the reader: no user, no session, no cookie."""

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.paginator import InvalidPage, Paginator
from django.core.paginator import Page as Leaf
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import select_template
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from articles.article_index import ArticleIndex
from articles.article_page import ARTICLES, HOME, article_context
from articles.content.documents import Article, Document, Topic
from articles.content.pictures import read_name
from articles.library import Library, get_library
from articles.readers.missed_searches import count_missed
from articles.rendering.page_cache import rendered
from articles.review_status import ReviewStatus, review_status
from articles.search import answer as find
from clinic_site.content.files import ContentError

PER_PAGE = 20
NEWEST = 5
FOR_GOOD = "public, max-age=31536000, immutable"  # Cache-Control
MOST_CITING = 20  # pages listed under a source


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    library = get_library()
    now = timezone.now()
    listing = library.listing(now)
    context = {"newest": _review_statuses(listing.articles[:NEWEST], now), "topics": _topics(library, listing)}
    return render(request, "articles/home.html", context)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    library = get_library()
    now = timezone.now()
    listing = library.listing(now)
    context = {
        "leaf": _list_page(request, listing.articles, now),
        "topics": _topics(library, listing),
        "trail": (HOME,),
    }
    return render(request, "articles/index.html", context)


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer 404 if readers may not see the article, 301 for an old address, 410 if it was withdrawn."""
    library = get_library()
    now = timezone.now()
    wanted = library.articles.get(slug) or library.articles.get(library.aliases.get(slug, ""))
    if wanted is not None and wanted.status == "archived":
        return render(request, "articles/withdrawn.html", {"article": wanted}, status=410)
    if wanted is None or not wanted.visible(now):
        raise Http404
    if wanted.slug != slug:
        return HttpResponsePermanentRedirect(wanted.url)
    try:
        context = article_context(wanted, library, now)
    except ContentError:
        return _cannot_be_shown(request, wanted)
    return render(request, "articles/article.html", context)


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    library = get_library()
    if slug not in library.shared.topics:
        raise Http404
    now = timezone.now()
    chosen = library.listing(now).by_topic.get(slug, ())
    context = {
        "topic": library.shared.topics[slug],
        "leaf": _list_page(request, chosen, now),
        "trail": (HOME, ARTICLES),
    }
    return render(request, "articles/topic.html", context)


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    shared = get_library().shared
    terms = sorted(shared.terms.values(), key=lambda term: term.name.lower())
    entries = [(term, [shared.sources[key] for key in term.sources if key in shared.sources]) for term in terms]
    return render(request, "articles/glossary.html", {"entries": entries, "trail": (HOME,)})


@require_safe
def references(request: HttpRequest) -> HttpResponse:
    """Show every source by its kind, those that pages cite first."""
    library = get_library()
    shown = {*library.listed(timezone.now()), *library.pages.values()}
    sources = sorted(library.shared.sources.values(), key=lambda source: (source.kind, source.title.lower()))
    entries = [(source, [page for page in library.cited_by[source.key] if page in shown]) for source in sources]
    context = {
        "cited": [(source, pages[:MOST_CITING], len(pages[MOST_CITING:])) for source, pages in entries if pages],
        "uncited": [source for source, pages in entries if not pages],
        "trail": (HOME,),
    }
    return render(request, "articles/references.html", context)


@require_safe
@cache_control(no_store=True)  # the URL has the query, and the computer may be shared
def search_page(request: HttpRequest) -> HttpResponse:
    library = get_library()
    now = timezone.now()
    listing = library.listing(now)
    answer = find(request.GET.get("q", ""), library, now)
    count_missed(answer)
    context = {
        "answer": answer,
        "topics": _topics(library, listing),
        "newest": listing.articles[:NEWEST],
        "trail": (HOME,),
    }
    return render(request, "articles/search.html", context, status=200 if answer.ready else 503)


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a plain page. A page that shows more than its text, like /offices/, has a template named after it."""
    found = get_library().pages.get(slug)
    if found is None:
        raise Http404
    try:
        context = {"document": found, "page": rendered(found), "trail": (HOME,)}
    except ContentError:
        return _cannot_be_shown(request, found)
    template = select_template([f"articles/pages/{slug}.html", "articles/page.html"])
    return HttpResponse(template.render(context, request))


def _cannot_be_shown(request: HttpRequest, document: Document) -> HttpResponse:
    """Answer 503, not 404: lists link to the page, and it will be back. Staff see it among the problems."""
    return render(request, "articles/cannot_be_shown.html", {"document": document}, status=503)


@require_safe
def page_redirect(request: HttpRequest, slug: str) -> HttpResponse:
    """Redirect /pages/about/ to /about/."""
    if slug not in get_library().pages:
        raise Http404
    return HttpResponsePermanentRedirect(f"/{slug}/")


def _review_statuses(articles: Iterable[Article], now: dt.datetime) -> list[ReviewStatus]:
    """Return review statuses for cards, which say whether a clinician has checked the page."""
    return [review_status(article, now) for article in articles]


def _topics(library: Library, listing: ArticleIndex) -> list[tuple[Topic, int]]:
    """Return topics with their number of articles, without empty topics."""
    counts = [(topic, len(listing.by_topic.get(topic.slug, ()))) for topic in library.shared.topics.values()]
    return [(topic, count) for topic, count in counts if count]


def _list_page(request: HttpRequest, articles: Sequence[Article], now: dt.datetime) -> "Leaf[Any]":
    """Return the page of the list for ?page=, with review statuses. Raises Http404 if there is no such page."""
    try:
        leaf: Leaf[Any] = Paginator(articles, PER_PAGE).page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404 from error
    leaf.object_list = _review_statuses(leaf.object_list, now)
    return leaf


@require_safe
def picture(request: HttpRequest, file_name: str) -> HttpResponse:
    """Return a picture of an article. Browsers may cache it forever: a changed picture has another address.

    Answer 404 for other files; an invalid name never reaches the disk.
    """
    facts = read_name(file_name)
    if facts is None:
        raise Http404
    root = Path(settings.CONTENT_DIR)
    path = root / facts.path
    try:
        if not path.resolve().is_relative_to(root.resolve()):  # a link that leads out of the folder
            raise Http404
        data = path.read_bytes()
    except OSError as error:
        raise Http404 from error
    return HttpResponse(data, content_type="image/webp", headers={"Cache-Control": FOR_GOOD})
