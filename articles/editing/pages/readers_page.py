"""What readers say and look for, in figures: each as a chart, drawn here and not by a script, and as a table."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone

from articles.counting import OFTEN
from articles.editing.pages.base import VIEW, StaffPages
from articles.feedback import FeedbackCounts
from articles.reader_figures import DAYS, ReaderFigures, reader_figures
from clinic_site.charts import Value, bars, columns
from clinic_site.panels import MOST_BARS, NOTHING, Panel, cut_told
from clinic_site.wording import day

MONDAY = 0
THOUSAND = 1000  # from here on a column has no room for each digit


class ReadersPage(StaffPages):
    def get_urls(self) -> list[URLPattern]:
        return [self.route("readers/", self.readers_view, "readers", VIEW), *super().get_urls()]

    def readers_view(self, request: HttpRequest) -> HttpResponse:
        found = reader_figures(timezone.now())
        return self.show(request, "readers.html", "What readers say and look for", days=DAYS, panels=panels(found))


def panels(found: ReaderFigures) -> list[Panel]:
    return [maker(found) for maker in (_days, _pages, _missed, _feedback, _declined)]


def _days(found: ReaderFigures) -> Panel:
    title, total = "Reads a day", sum(found.days.values())
    if not total:
        return Panel("days", title, f"No read was counted in the last {DAYS} days.")
    return Panel(
        "days",
        title,
        f"{_number(total, 'read', 'reads')} in {DAYS} days. Dates stand below Mondays. The last day is not over.",
        columns([_monday(each) for each in found.days], [Value(count, _short(count)) for count in found.days.values()]),
        ["Day", "Reads"],
        [[day(each), count] for each, count in found.days.items()],
    )


def _monday(each: dt.date) -> str:
    return f"{each:%b} {each.day}" if each.weekday() == MONDAY else ""


def _short(count: int) -> str:
    """As it fits above a column: nothing, 950 or 1.2k."""
    return f"{count / THOUSAND:.1f}k" if count >= THOUSAND else str(count or "")


def _pages(found: ReaderFigures) -> Panel:
    title, summary = "Most read pages", f"Reads of each page in the last {DAYS} days."
    if not found.pages:
        return Panel("pages", title, f"No read was counted in the last {DAYS} days.")
    return _counted("pages", title, summary, ("Page", "Reads"), found.pages)


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
    return _counted("missed", title, summary, ("Searched for", "Times"), found.missed)


def _counted(key: str, title: str, summary: str, head: tuple[str, str], rows: list[tuple[str, int]]) -> Panel:
    shown = rows[:MOST_BARS]
    chart = bars([name for name, _ in shown], [Value(count, str(count)) for _, count in shown])
    return Panel(key, title, cut_told(summary, rows), chart, head, rows)


def _feedback(found: ReaderFigures) -> Panel:
    title = "Was this page helpful?"
    if not found.feedback:
        return Panel("feedback", title, "No reader has said anything yet.")
    voted = [(name, said) for name, said in found.feedback if said.votes]
    waiting = sum(said.open for _, said in found.feedback)
    summary = "The share of readers who said yes, of those who said anything. " if voted else "Nobody has voted yet. "
    summary += f"{_number(waiting, 'text waits', 'texts wait')} to be read."
    labels = [f"{name} ({_number(said.votes, 'answer', 'answers')})" for name, said in voted[:MOST_BARS]]
    return Panel(
        "feedback",
        title,
        cut_told(summary, voted),
        bars(labels, [_share(said) for _, said in voted[:MOST_BARS]], full=100) if voted else None,
        ["Article", "Yes", "No", "Share of yes", "Texts that wait"],
        [[name, said.yes, said.no, _share(said).shown or NOTHING, said.open] for name, said in found.feedback],
    )


def _share(said: FeedbackCounts) -> Value:
    return Value(0, "") if said.share is None else Value(said.share, f"{said.share}%")


def _declined(found: ReaderFigures) -> Panel:
    title = "Requests that were declined, by article"
    if not found.declined:
        return Panel("declined", title, "No request that an article led to was declined lately.")
    shown = found.declined[:MOST_BARS]
    summary = "Why the front desk declined requests that came from an article, where the person let us know which."
    return Panel(
        "declined",
        title,
        cut_told(summary, found.declined),
        bars([f"{name} · {reason}" for name, reason, _ in shown], [Value(n, str(n)) for *_, n in shown]),
        ["Article", "Reason", "Requests"],
        found.declined,
    )


def _number(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"
