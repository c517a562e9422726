"""What is true of an article at a moment: who stands behind its text, what is new about its sources, is its check due.

Days begin at midnight in the clinic's time zone. A check is overdue from the day after `review_due`.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from articles.documents import Article, Reviewer
from articles.rules.watch import Event
from clinic_site.clinic import Clinic

STAFF_ONLY = dt.timedelta(days=7)  # overdue, and readers are not told: a weekly mail comes first
THEN_UNLISTED = dt.timedelta(days=30)  # after readers were told
DAY = dt.timedelta(days=1)


class Due(IntEnum):
    """How far the check of an article is overdue."""

    NOT_YET = 0
    STAFF = 1  # staff are told
    READERS_TOLD = 2  # the page says so
    UNLISTED = 3  # the page stands at its address and nowhere else


@dataclass(frozen=True)
class Standing:
    article: Article
    reviewer: Reviewer | None  # whose signature holds for the text as it is, and against all that is known
    news: tuple[Event, ...]  # what came out about a source it cites and nobody has cleared, the latest first
    due: Due

    @property
    def readers_told(self) -> bool:
        """Whether the page says that its check is due."""
        return self.due >= Due.READERS_TOLD

    @property
    def unlisted(self) -> bool:
        return self.due is Due.UNLISTED


def standing(article: Article, now: dt.datetime) -> Standing:
    """Of an article of a library, at the aware moment `now`."""
    today = _clinic(article).local(now).date()
    news = sorted((event for event in article.news if event.date <= today), key=lambda event: event.date, reverse=True)
    return Standing(article, None if news else article.reviewer, tuple(news), _due(article, today))


def listed(article: Article, now: dt.datetime) -> bool:
    """Whether readers may see it at the aware moment `now`, and lists offer it."""
    return article.visible(now) and _due(article, _clinic(article).local(now).date()) is not Due.UNLISTED


def changes_at(article: Article, now: dt.datetime) -> dt.datetime | None:
    """The aware moment after `now` at which its standing, or whether readers may see it, next changes by itself.

    None: not before somebody changes a file.
    """
    clinic = _clinic(article)
    days = [*_due_from(article).values(), *(event.date for event in article.news)]
    bounds = (article.publish_from, article.publish_until)
    moments = [*map(clinic.midnight, days), *(clinic.moment(bound) for bound in bounds if bound)]
    return min((moment for moment in moments if moment > now), default=None)


def next_change(articles: Iterable[Article], clinic: Clinic, now: dt.datetime) -> dt.datetime:
    """The moment after the aware `now` at which what is true of these articles may next change by itself.

    That is the next midnight, when a day begins, or before it the moment at which one of them comes or goes.
    """
    midnight = clinic.midnight(clinic.local(now).date() + DAY)
    moments = (changes_at(each, now) for each in articles if each.publish_from or each.publish_until)
    return min([midnight, *(moment for moment in moments if moment)])


def _due(article: Article, today: dt.date) -> Due:
    if today <= article.review_due:  # as most are; lists ask it of each
        return Due.NOT_YET
    begun = [due for due, day in _due_from(article).items() if day <= today]
    return max(begun)


def _due_from(article: Article) -> dict[Due, dt.date]:
    """The first day of each state."""
    overdue = _later(article.review_due, DAY)
    told = _later(overdue, STAFF_ONLY)
    return {Due.STAFF: overdue, Due.READERS_TOLD: told, Due.UNLISTED: _later(told, THEN_UNLISTED)}


def _later(day: dt.date, by: dt.timedelta) -> dt.date:
    """Never later than the calendar goes: a due date may be written as 9999-12-31."""
    return dt.date.fromordinal(min(day.toordinal() + by.days, dt.date.max.toordinal()))


def _clinic(article: Article) -> Clinic:
    assert article.shared is not None, "only an article of a library has a standing"  # noqa: S101
    return article.shared.clinic
