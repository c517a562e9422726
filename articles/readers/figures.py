"""Figures of readers' feedback and searches: searches of the last DAYS days in the clinic's time zone.

Feedback under a former slug of an article counts for the article.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from articles.library import Library, get_library
from articles.models import MissedSearch
from articles.readers.feedback import FeedbackCounts, counts
from clinic_site.clinic_yaml import get_clinic
from clinic_site.hooks import hooks

DAYS = 28


@dataclass(frozen=True)
class ReaderFigures:
    missed: list[tuple[str, int]]  # words that found nothing and how often, the most frequent first
    rare: int  # searches that found nothing, for words typed too seldom to be stored
    feedback: list[tuple[str, FeedbackCounts]]  # title and all that is stored, the most votes first
    declined: list[tuple[str, str, int]]  # title, reason and number of requests, the most frequent first


def reader_figures(now: dt.datetime) -> ReaderFigures:
    library, today = get_library(), get_clinic().today(now)
    missed = dict(MissedSearch.objects.by_term(today - dt.timedelta(days=DAYS - 1)))
    feedback = [(title_of(slug, library), found) for slug, found in counts().items()]
    return ReaderFigures(
        rare=missed.pop("", 0),
        missed=list(missed.items()),
        feedback=sorted(feedback, key=lambda row: (-row[1].votes, row[0].lower())),
        declined=_declined(now, library),
    )


def title_of(slug: str, library: Library) -> str:
    """Return the title of the article that has or had the slug; the slug itself if there is no such article."""
    article = library.articles.get(library.aliases.get(slug, slug))
    return article.title if article else slug


def _declined(now: dt.datetime, library: Library) -> list[tuple[str, str, int]]:
    totals = Counter[tuple[str, str]]()
    for slug, reasons in hooks.declined_by_article(now).items():
        for reason, count in reasons.items():
            totals[title_of(slug, library), reason] += count
    return [(title, reason, count) for (title, reason), count in totals.most_common()]
