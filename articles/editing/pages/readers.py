"""Figures of readers' feedback and searches, each as a chart drawn on the server and as a table."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from articles.editing.pages.base import show
from articles.readers.feedback import FeedbackCounts
from articles.readers.figures import DAYS, ReaderFigures, reader_figures
from articles.readers.missed_searches import OFTEN
from clinic_site.charts.drawing import Value, bars
from clinic_site.charts.panels import MOST_BARS, NOTHING, Panel, with_cut_note


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
