"""What readers see. These views know the library and the time, never the reader: no user, no session, no cookie."""

import datetime as dt
from collections.abc import Iterable

from django.core.paginator import InvalidPage, Paginator
from django.core.paginator import Page as Leaf
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import select_template
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.article_page import ARTICLES, HOME, article_context
from articles.counting import count_missed, counted
from articles.documents import Article, Topic
from articles.library import Library, get_library
from articles.search import get_index, search
from articles.standing import Standing, standing

PER_PAGE = 20
NEWEST = 5


@require_safe
@counted
def home(request: HttpRequest) -> HttpResponse:
    library = get_library()
    now = timezone.now()
    listed = library.listed(now)
    context = {"newest": _standings(listed[:NEWEST], now), "topics": _topics(library, listed)}
    return render(request, "articles/home.html", context)


@require_safe
@counted
def index(request: HttpRequest) -> HttpResponse:
    library = get_library()
    now = timezone.now()
    listed = library.listed(now)
    context = {"leaf": _leaf(request, listed, now), "topics": _topics(library, listed), "trail": (HOME,)}
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
    return render(request, "articles/article.html", article_context(found, library, now))


@require_safe
@counted
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    library = get_library()
    if slug not in library.shared.topics:
        raise Http404
    now = timezone.now()
    chosen = [each for each in library.listed(now) if slug in each.topics]
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
        "cited": [entry for entry in entries if entry[1]],
        "uncited": [source for source, pages in entries if not pages],
        "trail": (HOME,),
    }
    return render(request, "articles/references.html", context)


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    library = get_library()
    now = timezone.now()
    listed = library.listed(now)
    answer = search(request.GET.get("q", ""), get_index(library), now)
    count_missed(answer, request.META)
    context = {
        "answer": answer,
        "topics": _topics(library, listed),
        "newest": listed[:NEWEST],
        "trail": (HOME,),
    }
    return render(request, "articles/search.html", context)


@require_safe
@counted
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """A plain page. One that shows more than its text, like /offices/, has a template of its own name."""
    found = get_library().pages.get(slug)
    if found is None:
        raise Http404
    template = select_template([f"articles/pages/{slug}.html", "articles/page.html"])
    return HttpResponse(template.render({"document": found, "page": found.rendered, "trail": (HOME,)}, request))


@require_safe
def page_redirect(request: HttpRequest, slug: str) -> HttpResponse:
    """/pages/about/ -> /about/."""
    if slug not in get_library().pages:
        raise Http404
    return HttpResponsePermanentRedirect(f"/{slug}/")


def _standings(articles: Iterable[Article], now: dt.datetime) -> list[Standing]:
    """For cards, which say whether a clinician has checked the page."""
    return [standing(each, now) for each in articles]


def _topics(library: Library, listed: list[Article]) -> list[tuple[Topic, int]]:
    """Topics with the number of their articles; empty ones are left out."""
    counts = [(each, sum(each.slug in article.topics for article in listed)) for each in library.shared.topics.values()]
    return [(each, count) for each, count in counts if count]


def _leaf(request: HttpRequest, articles: list[Article], now: dt.datetime) -> "Leaf[Standing]":
    """The leaf of the list that ?page= asks for; Http404 for one that is not there."""
    try:
        return Paginator(_standings(articles, now), PER_PAGE).page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404 from error
