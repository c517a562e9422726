"""What readers see. These views know the library and the time, never the reader: no user, no session, no cookie."""

from typing import Any

from django.conf import settings
from django.core.paginator import InvalidPage, Paginator
from django.core.paginator import Page as Leaf
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.template.loader import select_template
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.documents import Article, Topic
from articles.library import Library, get_library
from articles.related import related
from articles.rendering.structured_data import article_data
from articles.search import get_index, search

PER_PAGE = 20
NEWEST = 5
HOME = ("Home", "/")
ARTICLES = ("Articles", "/articles/")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    library = get_library()
    visible = library.visible(timezone.now())
    return render(request, "articles/home.html", {"newest": visible[:NEWEST], "topics": _topics(library, visible)})


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    library = get_library()
    visible = library.visible(timezone.now())
    context = {"leaf": _leaf(request, visible), "topics": _topics(library, visible), "trail": (HOME,)}
    return render(request, "articles/index.html", context)


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """404 for what readers may not see; 301 from an old address; 410 for what was withdrawn."""
    library = get_library()
    now = timezone.now()
    found = library.articles.get(slug)
    renamed = library.articles.get(library.aliases.get(slug, ""))
    if found is None and renamed and renamed.visible(now):
        return HttpResponsePermanentRedirect(renamed.url)
    if found is not None and found.status == "archived":
        return render(request, "articles/withdrawn.html", {"article": found}, status=410)
    if found is None or not found.visible(now):
        raise Http404
    return render(request, "articles/article.html", _article_context(found, library, library.visible(now)))


def _article_context(found: Article, library: Library, visible: list[Article]) -> dict[str, Any]:
    trail = (HOME, ARTICLES)
    full_trail = (*trail, (found.title, found.url))
    return {
        "article": found,
        "page": found.rendered,
        "topics": [library.shared.topics[slug] for slug in found.topics if slug in library.shared.topics],
        "related": related(found, visible),
        "trail": trail,
        "structured_data": article_data(found, library.shared.clinic, settings.SITE_URL, full_trail),
    }


@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    library = get_library()
    if slug not in library.shared.topics:
        raise Http404
    chosen = [each for each in library.visible(timezone.now()) if slug in each.topics]
    context = {
        "topic": library.shared.topics[slug],
        "leaf": _leaf(request, chosen),
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
    """Every source, those that pages cite first."""
    library = get_library()
    shown = {*library.visible(timezone.now()), *library.pages.values()}
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
    visible = library.visible(now)
    context = {
        "answer": search(request.GET.get("q", ""), get_index(library), now),
        "topics": _topics(library, visible),
        "newest": visible[:NEWEST],
        "trail": (HOME,),
    }
    return render(request, "articles/search.html", context)


@require_safe
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


def _topics(library: Library, visible: list[Article]) -> list[tuple[Topic, int]]:
    """Topics with the number of their articles; empty ones are left out."""
    counts = [
        (each, sum(each.slug in article.topics for article in visible)) for each in library.shared.topics.values()
    ]
    return [(each, count) for each, count in counts if count]


def _leaf(request: HttpRequest, articles: list[Article]) -> "Leaf[Article]":
    """The leaf of the list that ?page= asks for; Http404 for one that is not there."""
    try:
        return Paginator(articles, PER_PAGE).page(request.GET.get("page", 1))
    except InvalidPage as error:
        raise Http404 from error
