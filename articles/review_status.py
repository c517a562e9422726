"""Review status of an article at a moment: valid signature, open news about its sources, overdue check.

Days begin at midnight in the clinic's time zone. A check is overdue from the day after `review_due`.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from articles.content.documents import Article, Reviewer
from articles.content.source_events import SourceEvent
from articles.rendering.signed_text import valid_signature
from clinic_site.clinic import Clinic

STAFF_ONLY = dt.timedelta(days=7)  # overdue, but readers are not told yet: staff get a weekly mail first
THEN_UNLISTED = dt.timedelta(days=30)  # after readers were told
DAY = dt.timedelta(days=1)


class Due(IntEnum):
    """How far the check of an article is overdue."""

    NOT_YET = 0
    STAFF = 1  # overdue; only staff are told
    READERS_TOLD = 2  # the page says that it is overdue
    UNLISTED = 3  # the page is available at its address, but not listed


@dataclass(frozen=True)
class ReviewStatus:
    article: Article
    signature: Reviewer | None  # the signer of the current text
    news: tuple[SourceEvent, ...]  # news about cited sources that nobody has cleared, the latest first
    due: Due

    @property
    def reviewer(self) -> Reviewer | None:
        """The signer of the current text; None if there is open news about its sources."""
        return None if self.news else self.signature

    @property
    def readers_told(self) -> bool:
        """Whether the page says that its check is overdue."""
        return self.due >= Due.READERS_TOLD

    @property
    def unlisted(self) -> bool:
        return self.due is Due.UNLISTED


def review_status(article: Article, now: dt.datetime) -> ReviewStatus:
    """Return the review status of `article` at the aware moment `now`. The article must come from a library."""
    today = _clinic(article).today(now)
    news = sorted((event for event in article.news if event.date <= today), key=lambda event: event.date, reverse=True)
    return ReviewStatus(article, valid_signature(article), tuple(news), _due(article, today))


def is_listed(article: Article, now: dt.datetime) -> bool:
    """Return True if readers may see the article at the aware moment `now` and lists include it."""
    return article.visible(now) and _due(article, _clinic(article).today(now)) is not Due.UNLISTED


def changes_at(article: Article, now: dt.datetime) -> dt.datetime | None:
    """Return the aware moment after `now` at which status or visibility next changes by itself.

    None: only a changed file can change them.
    """
    clinic = _clinic(article)
    days = [*_due_from(article).values(), *(event.date for event in article.news)]
    bounds = (article.publish_from, article.publish_until)
    moments = [*map(clinic.midnight, days), *(clinic.moment(bound) for bound in bounds if bound)]
    return min((moment for moment in moments if moment > now), default=None)


def next_change(articles: Iterable[Article], clinic: Clinic, now: dt.datetime) -> dt.datetime:
    """Return the next moment after the aware `now` at which the status of any of these articles may change by itself.

    That is the next midnight, or the moment before it at which an article appears or disappears.
    """
    midnight = clinic.midnight(clinic.today(now) + DAY)
    moments = (changes_at(article, now) for article in articles if article.publish_from or article.publish_until)
    return min([midnight, *(moment for moment in moments if moment)])


def _due(article: Article, today: dt.date) -> Due:
    if today <= article.review_due:  # shortcut for most articles: lists call this for each
        return Due.NOT_YET
    reached = [due for due, day in _due_from(article).items() if day <= today]
    return max(reached)


def _due_from(article: Article) -> dict[Due, dt.date]:
    """Return the first day of each state."""
    overdue = _later(article.review_due, DAY)
    readers_told = _later(overdue, STAFF_ONLY)
    return {Due.STAFF: overdue, Due.READERS_TOLD: readers_told, Due.UNLISTED: _later(readers_told, THEN_UNLISTED)}


def _later(day: dt.date, by: dt.timedelta) -> dt.date:
    """Return the later day, but at most the last day of the calendar: a due date may be 9999-12-31."""
    return dt.date.fromordinal(min(day.toordinal() + by.days, dt.date.max.toordinal()))


def _clinic(article: Article) -> Clinic:
    assert article.shared is not None, "only an article of a library has a review status"  # noqa: S101
    return article.shared.clinic
