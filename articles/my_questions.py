"""My questions: readers tick questions on articles, and get one sheet to print or bring.

The choice is in the address alone. A sheet shows questions that are on the site, and nothing that an address says.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from articles.article_page import HOME
from articles.content.documents import Document
from articles.library import Library, get_library
from articles.rendering.page_cache import rendered
from articles.rendering.questions import MOST, NAME, Question, questions_of
from clinic_site.content.files import ContentError

MOST_READ = 20  # questions of an address that are looked up
MOST_ARTICLES = 20  # whose questions are offered, the newest


@dataclass(frozen=True)
class QuestionList:
    """The questions of one page, each with whether it is ticked."""

    document: Document
    questions: tuple[tuple[Question, bool], ...]


@require_safe
def my_questions(request: HttpRequest) -> HttpResponse:
    """Offer the questions of the newest articles to be ticked."""
    library = get_library()
    lists = _question_lists(offered(library, timezone.now()))
    return render(request, "articles/my_questions.html", {"lists": lists, "most": MOST, "trail": (HOME,)})


@require_safe
@cache_control(no_store=True)  # the computer may be shared
def sheet(request: HttpRequest) -> HttpResponse:
    """Show the sheet of the questions that the address names; names of no question are passed over."""
    library, now = get_library(), timezone.now()
    keys = dict.fromkeys(request.GET.getlist(NAME)[:MOST_READ])
    named = _named(keys, library, now)
    chosen = [question for document in named for question in _questions(document) if question.key in keys]
    texts = list(dict.fromkeys(question.text for question in chosen))
    ticked = {question.key for question in chosen if question.text in texts[:MOST]}
    context = {
        "texts": texts[:MOST],
        "left_out": len(texts[MOST:]),
        "gone": len(keys) > len(chosen),
        "lists": _question_lists(dict.fromkeys([*offered(library, now), *named]), ticked),
        "most": MOST,
        "trail": (HOME, ("My questions", "/my-questions/")),
    }
    return render(request, "articles/my_questions_sheet.html", context)


def offered(library: Library, now: dt.datetime) -> list[Document]:
    """Return the pages whose questions are offered."""
    return [*library.listed(now)[:MOST_ARTICLES], *library.pages.values()]


def _named(keys: Iterable[str], library: Library, now: dt.datetime) -> list[Document]:
    """Return the pages that the keys name and readers may see."""
    slugs = dict.fromkeys(key.rpartition(".")[0] for key in keys)
    articles = (library.articles[slug] for slug in slugs if slug in library.articles)
    pages = (library.pages[slug] for slug in slugs if slug in library.pages)
    return [*(article for article in articles if article.visible(now)), *pages]


def _questions(document: Document) -> tuple[Question, ...]:
    """Return the questions of a page; none while it cannot be rendered, which staff see among the problems."""
    with suppress(ContentError):
        return questions_of(rendered(document).body, document.slug)
    return ()


def _question_lists(documents: Iterable[Document], ticked: Collection[str] = ()) -> list[QuestionList]:
    """Return the questions of each page that has some."""
    found = [(document, _questions(document)) for document in documents]
    return [
        QuestionList(document, tuple((question, question.key in ticked) for question in questions))
        for document, questions in found
        if questions
    ]
