"""The weekly mail to editors: which live articles are due for review. No mail if there are none.

A mail that the server rejects is tried again when its lease expires, and given up if the server rejects it permanently
twice.
"""

import datetime as dt
from collections.abc import Iterator
from smtplib import SMTPException

from django.conf import settings
from django.urls import reverse

from articles.content.documents import Article
from articles.library import Library, get_library
from articles.models import WeeklyReminder
from articles.rendering.signed_text import valid_signature
from articles.review_status import Due, ReviewStatus, review_status
from clinic_site.clinic import Clinic
from clinic_site.dates import dated
from clinic_site.mail.messages import LEASE, is_permanent_failure, send

MONDAYS_AT = dt.time(8)  # in the clinic's time zone
WEEK = dt.timedelta(days=7)
SOON = dt.timedelta(days=30)  # the mail lists checks due within this time
BODY = """\
These articles wait for somebody to look at them. Sign in to open one.

{entries}

Nobody reads replies to this message.
"""
OVERDUE = {
    Due.NOT_YET: "The next check is due on {day}.",
    Due.STAFF: "The check was due on {day}. Readers are not told yet.",
    Due.READERS_TOLD: "The check was due on {day}. The page tells readers so.",
    Due.UNLISTED: "The check was due on {day}. The page is not listed any more.",
}


def remind(now: dt.datetime) -> bool:
    """Send the mail of the week of the aware moment `now`, once. Return True if this call sent a mail.

    Safe to call from any number of workers at any time. Raises what the mail backend raises.
    """
    library = get_library()
    reminder = _lease(week_of(now, library.shared.clinic), now)
    if reminder is None:
        return False
    waiting = articles_that_wait(library, now)
    if waiting:
        try:
            _send(waiting, reminder.week, library.shared.clinic)
        except SMTPException as error:
            if reminder.leased_until and is_permanent_failure(error):  # leased before: this was the second try
                _finish(reminder, now)
            raise
    _finish(reminder, now)
    return bool(waiting)


def week_of(now: dt.datetime, clinic: Clinic) -> dt.date:
    """Return the latest Monday whose mail is due."""
    today = clinic.today(now)
    monday = today - dt.timedelta(days=today.weekday())
    begun = clinic.moment(dt.datetime.combine(monday, MONDAYS_AT)) <= now
    return monday if begun else monday - WEEK


def articles_that_wait(library: Library, now: dt.datetime) -> list[ReviewStatus]:
    """Return the visible articles that are due within SOON, unsigned or have news about sources, by due day."""
    soon = library.shared.clinic.today(now) + SOON
    statuses = [review_status(article, now) for article in library.visible(now)]
    waiting = [status for status in statuses if status.reviewer is None or status.article.review_due <= soon]
    return sorted(waiting, key=lambda status: (status.article.review_due, status.article.slug))


def _lease(week: dt.date, now: dt.datetime) -> WeeklyReminder | None:
    """Lease the week's mail for LEASE. Return None if the mail was sent or another worker holds its lease."""
    reminder, _ = WeeklyReminder.objects.get_or_create(week=week)
    taken = not reminder.sent_at and WeeklyReminder.objects.due(week, now).update(leased_until=now + LEASE) == 1
    return reminder if taken else None


def _finish(reminder: WeeklyReminder, now: dt.datetime) -> None:
    reminder.sent_at = now
    reminder.save(update_fields=["sent_at"])


def _send(waiting: list[ReviewStatus], week: dt.date, clinic: Clinic) -> None:
    """Send a mail with the titles of the articles, and no personal data."""
    count = f"{len(waiting)} articles wait" if len(waiting) > 1 else "1 article waits"
    body = BODY.format(entries="\n\n".join(_entry(status) for status in waiting))
    send(clinic.articles_email, f"{count} for a check", body, f"articles-{week}")


def _entry(status: ReviewStatus) -> str:
    """Return the title, the reasons, and the address of the editor."""
    return "\n".join([status.article.title, *_reasons(status), _address(status.article)])


def _reasons(status: ReviewStatus) -> Iterator[str]:
    yield OVERDUE[status.due].format(day=dated(status.article.review_due))
    if valid_signature(status.article) is None:
        yield "No clinician has checked the text as it is."
    for event in status.news:
        yield f"New about a source, from {dated(event.date)}: {event.event}"


def _address(article: Article) -> str:
    return settings.SITE_URL + reverse("admin:articles_contentfile_edit", args=[article.slug])
