"""What readers see. These views know the library and the time, never the reader: no user, no session, no cookie."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import InvalidPage, Paginator
from django.core.paginator import Page as Leaf
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import select_template
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from articles.article_page import ARTICLES, HOME, article_context
from articles.counting import count_missed, counted
from articles.documents import Article, Document, Topic
from articles.library import Library, get_library
from articles.listing import Listing
from articles.search import answer as find
from articles.standing import Standing, standing
from clinic_site.content_files import ContentError

PER_PAGE = 20
NEWEST = 5
MOST_CITING = 20  # pages that are named under a source


@require_safe
@counted
def home(request: HttpRequest) -> HttpResponse:
    library = get_library()
    now = timezone.now()
    listing = library.listing(now)
    context = {"newest": _standings(listing.articles[:NEWEST], now), "topics": _topics(library, listing)}
    return render(request, "articles/home.html", context)


@require_safe
@counted
def index(request: HttpRequest) -> HttpResponse:
    library = get_library()
    now = timezone.now()
    listing = library.listing(now)
    context = {
        "leaf": _leaf(request, listing.articles, now),
        "topics": _topics(library, listing),
        "trail": (HOME,),
    }
    return render(request, "articles/index.html", context)


@require_safe
@counted
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """404 for what readers may not see; 301 from an old address; 410 for what was withdrawn."""
    library = get_library()
    now = timezone.now()
    found = library.articles.get(slug) or library.articles.get(library.aliases.get(slug, ""))
    if found is not None and found.status == "archived":
        return render(request, "articles/withdrawn.html", {"article": found}, status=410)
    if found is None or not found.visible(now):
        raise Http404
    if found.slug != slug:
        return HttpResponsePermanentRedirect(found.url)
    try:
        context = article_context(found, library, now)
    except ContentError:
        return _cannot_be_shown(request, found)
    return render(request, "articles/article.html", context)


@require_safe
@counted
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    library = get_library()
    if slug not in library.shared.topics:
        raise Http404
    now = timezone.now()
    chosen = library.listing(now).by_topic.get(slug, ())
    context = {
        "topic": library.shared.topics[slug],
        "leaf": _leaf(request, chosen, now),
        "trail": (HOME, ARTICLES),
    }
    return render(request, "articles/topic.html", context)


@require_safe
@counted
def glossary(request: HttpRequest) -> HttpResponse:
    shared = get_library().shared
    terms = sorted(shared.terms.values(), key=lambda term: term.name.lower())
    entries = [(term, [shared.sources[key] for key in term.sources if key in shared.sources]) for term in terms]
    return render(request, "articles/glossary.html", {"entries": entries, "trail": (HOME,)})


@require_safe
@counted
def references(request: HttpRequest) -> HttpResponse:
    """Every source, those that pages cite first."""
    library = get_library()
    shown = {*library.listed(timezone.now()), *library.pages.values()}
    sources = sorted(library.shared.sources.values(), key=lambda source: source.title.lower())
    entries = [(source, [page for page in library.cited_by[source.key] if page in shown]) for source in sources]
    context = {
        "cited": [(source, pages[:MOST_CITING], len(pages[MOST_CITING:])) for source, pages in entries if pages],
        "uncited": [source for source, pages in entries if not pages],
        "trail": (HOME,),
    }
    return render(request, "articles/references.html", context)


@require_safe
@cache_control(no_store=True)  # the address says what somebody looked for, who may share the computer
def search_page(request: HttpRequest) -> HttpResponse:
    library = get_library()
    now = timezone.now()
    listing = library.listing(now)
    answer = find(request.GET.get("q", ""), library, now)
    count_missed(answer, request.META)
    context = {
        "answer": answer,
        "topics": _topics(library, listing),
        "newest": listing.articles[:NEWEST],
        "trail": (HOME,),
    }
    return render(request, "articles/search.html", context, status=200 if answer.ready else 503)


@require_safe
@counted
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """A plain page. One that shows more than its text, like /offices/, has a template of its own name."""
    found = get_library().pages.get(slug)
    if found is None:
        raise Http404
    try:
        context = {"document": found, "page": found.rendered, "trail": (HOME,)}
    except ContentError:
        return _cannot_be_shown(request, found)
    template = select_template([f"articles/pages/{slug}.html", "articles/page.html"])
    return HttpResponse(template.render(context, request))


def _cannot_be_shown(request: HttpRequest, document: Document) -> HttpResponse:
    """Lists lead there, and it will be back: not 404. Staff find it among the problems of the library."""
    return render(request, "articles/cannot_be_shown.html", {"document": document}, status=503)


@require_safe
def page_redirect(request: HttpRequest, slug: str) -> HttpResponse:
    """/pages/about/ -> /about/."""
    if slug not in get_library().pages:
        raise Http404
    return HttpResponsePermanentRedirect(f"/{slug}/")


def _standings(articles: Iterable[Article], now: dt.datetime) -> list[Standing]:
    """For cards, which say whether a clinician has checked the page."""
    return [standing(each, now) for each in articles]


def _topics(library: Library, listing: Listing) -> list[tuple[Topic, int]]:
    """Topics with the number of their articles; empty ones are left out."""
    counts = [(each, len(listing.by_topic.get(each.slug, ()))) for each in library.shared.topics.values()]
    return [(each, count) for each, count in counts if count]


def _leaf(request: HttpRequest, articles: Sequence[Article], now: dt.datetime) -> "Leaf[Any]":
    """The leaf of the list that ?page= asks for, with the standing of each; Http404 for one that is not there."""
    try:
        leaf: Leaf[Any] = Paginator(articles, PER_PAGE).page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404 from error
    leaf.object_list = _standings(leaf.object_list, now)
    return leaf
