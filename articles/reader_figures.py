"""What readers look at, look for and say, in figures: of the last DAYS days, on the clinic's calendar.

What was counted or said under an old address of an article counts for the article.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from articles.feedback import FeedbackCounts, counts
from articles.library import Library, get_library
from articles.models import MissedSearch, PageReads
from clinic_site import outcomes
from clinic_site.clinic_file import get_clinic

DAYS = 28
LISTS = {
    "/": "Home page",
    "/articles/": "List of articles",
    "/glossary/": "Glossary",
    "/references/": "List of sources",
}


@dataclass(frozen=True)
class ReaderFigures:
    days: Mapping[dt.date, int]  # the reads of each of the last DAYS days, the oldest first
    pages: list[tuple[str, int]]  # name of a page and its reads, the most read first
    missed: list[tuple[str, int]]  # words that found nothing and how often, the most frequent first
    rare: int  # searches that found nothing, for words typed too seldom to be kept
    feedback: list[tuple[str, FeedbackCounts]]  # title and all that is stored, the most votes first
    declined: list[tuple[str, str, int]]  # title, reason and number of requests, the most frequent first


def reader_figures(now: dt.datetime) -> ReaderFigures:
    library, today = get_library(), get_clinic().local(now).date()
    days = [today - dt.timedelta(days=ago) for ago in reversed(range(DAYS))]
    read = PageReads.objects.by_day(days[0])
    missed = dict(MissedSearch.objects.by_term(days[0]))
    said = [(title_of(slug, library), found) for slug, found in counts().items()]
    return ReaderFigures(
        days={day: read.get(day, 0) for day in days},
        pages=_pages(days[0], library),
        rare=missed.pop("", 0),
        missed=list(missed.items()),
        feedback=sorted(said, key=lambda each: (-each[1].votes, each[0].lower())),
        declined=_declined(now, library),
    )


def title_of(slug: str, library: Library) -> str:
    """The title of the article that has the slug, or had it; the slug where there is none any more."""
    article = library.articles.get(library.aliases.get(slug, slug))
    return article.title if article else slug


def _pages(since: dt.date, library: Library) -> list[tuple[str, int]]:
    names, totals = _names(library), Counter[str]()
    for path, count in PageReads.objects.by_path(since):
        totals[names.get(path, path)] += count
    return totals.most_common()


def _names(library: Library) -> Mapping[str, str]:
    """Path -> what staff call the page."""
    slugs = (*library.aliases, *library.articles)
    return {
        **LISTS,
        **{page.url: page.title for page in library.pages.values()},
        **{f"/topics/{topic.slug}/": f"Topic: {topic.title}" for topic in library.shared.topics.values()},
        **{f"/articles/{slug}/": title_of(slug, library) for slug in slugs},
    }


def _declined(now: dt.datetime, library: Library) -> list[tuple[str, str, int]]:
    totals = Counter[tuple[str, str]]()
    for slug, reasons in outcomes.declined_by_article(now).items():
        for reason, count in reasons.items():
            totals[title_of(slug, library), reason] += count
    return [(title, reason, count) for (title, reason), count in totals.most_common()]
