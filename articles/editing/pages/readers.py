"""Figures of readers' feedback and searches, each as a chart drawn on the server and as a table.

Searches are those of the last DAYS days in the clinic's time zone. Feedback under a former slug counts for the article.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from articles.editing.pages.base import show
from articles.library import Library, get_library
from articles.models import MissedSearch
from articles.readers.feedback import FeedbackCounts, counts
from articles.readers.missed_searches import OFTEN
from clinic_site.charts.drawing import Value, bars
from clinic_site.charts.panels import MOST_BARS, NOTHING, Panel, with_cut_note
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
        declined=_count_declined(now, library),
    )


def title_of(slug: str, library: Library) -> str:
    """Return the title of the article that has or had the slug; the slug itself if there is no such article."""
    article = library.articles.get(library.aliases.get(slug, slug))
    return article.title if article else slug


def _count_declined(now: dt.datetime, library: Library) -> list[tuple[str, str, int]]:
    totals = Counter[tuple[str, str]]()
    for slug, reasons in hooks.declined_by_article(now).items():
        for reason, count in reasons.items():
            totals[title_of(slug, library), reason] += count
    return [(title, reason, count) for (title, reason), count in totals.most_common()]


def readers_view(request: HttpRequest) -> HttpResponse:
    found = reader_figures(timezone.now())
    return show(request, "readers/readers.html", "What readers say and look for", panels=panels(found))


def panels(found: ReaderFigures) -> list[Panel]:
    return [maker(found) for maker in (_missed, _feedback, _declined)]


def _missed(found: ReaderFigures) -> Panel:
    title = "Searches that found nothing"
    if not (found.missed or found.rare):
        return Panel("missed", title, f"Every search of the last {DAYS} days found something.")
    total = sum(count for _, count in found.missed) + found.rare
    summary = (
        f"{_number(total, 'search', 'searches')} in {DAYS} days. Words are kept once they were typed {OFTEN} times"
    )
    summary += f": {found.rare} of these were for rarer ones." if found.rare else "."
    if not found.missed:
        return Panel("missed", title, summary)
    shown = found.missed[:MOST_BARS]
    chart = bars([words for words, _ in shown], [Value(count, str(count)) for _, count in shown])
    return Panel("missed", title, with_cut_note(summary, found.missed), chart, ("Searched for", "Times"), found.missed)


def _feedback(found: ReaderFigures) -> Panel:
    title = "Was this page helpful?"
    if not found.feedback:
        return Panel("feedback", title, "No reader has said anything yet.")
    voted = [(name, counts) for name, counts in found.feedback if counts.votes]
    waiting = sum(counts.open for _, counts in found.feedback)
    summary = "The share of readers who said yes, of those who said anything. " if voted else "Nobody has voted yet. "
    summary += f"{_number(waiting, 'text waits', 'texts wait')} to be read."
    labels = [f"{name} ({_number(counts.votes, 'answer', 'answers')})" for name, counts in voted[:MOST_BARS]]
    return Panel(
        "feedback",
        title,
        with_cut_note(summary, voted),
        bars(labels, [_share(counts) for _, counts in voted[:MOST_BARS]], full=100) if voted else None,
        ["Article", "Yes", "No", "Share of yes", "Texts that wait"],
        [
            [name, counts.yes, counts.no, _share(counts).shown or NOTHING, counts.open]
            for name, counts in found.feedback
        ],
    )


def _share(counts: FeedbackCounts) -> Value:
    return Value(0, "") if counts.share is None else Value(counts.share, f"{counts.share}%")


def _declined(found: ReaderFigures) -> Panel:
    title = "Requests that were declined, by article"
    if not found.declined:
        return Panel("declined", title, "No request that an article led to was declined lately.")
    shown = found.declined[:MOST_BARS]
    summary = "Why the front desk declined requests that came from an article, where the person let us know which."
    return Panel(
        "declined",
        title,
        with_cut_note(summary, found.declined),
        bars([f"{name} · {reason}" for name, reason, _ in shown], [Value(n, str(n)) for *_, n in shown]),
        ["Article", "Reason", "Requests"],
        found.declined,
    )


def _number(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"
