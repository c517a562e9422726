"""The week's mail to whoever keeps the articles: which of those on the site wait for a check. Without any, no mail.

Lease, send, then mark sent: a worker that dies while sending leaves a lease that runs out, and the mail goes out once
more under the same Message-ID. One that the mail server does not take is tried again when the lease runs out, unless it
is refused for good twice.
"""

import datetime as dt
from collections.abc import Iterator
from email.utils import parseaddr
from smtplib import SMTPException

from django.conf import settings
from django.urls import reverse

from articles.documents import Article
from articles.library import Library, get_library
from articles.models import WeeklyReminder
from articles.standing import Due, Standing, standing
from clinic_site.clinic import Clinic
from clinic_site.mail import SevenBitMessage, is_refused_for_good
from clinic_site.wording import dated

MONDAYS_AT = dt.time(8)  # on the clinic's clock
WEEK = dt.timedelta(days=7)
SOON = dt.timedelta(days=30)  # a check that is due within so many days is told of
LEASE = dt.timedelta(minutes=30)
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
    """Sees to the mail of the week of the aware moment `now`, unless somebody did; whether one was sent.

    Any number of workers may call it at any time. Raises what the mail server's refusal raises.
    """
    library = get_library()
    reminder = _lease(week_of(now, library.shared.clinic), now)
    if reminder is None:
        return False
    waiting = articles_that_wait(library, now)
    if waiting:
        try:
            _mail(waiting, reminder.week, library.shared.clinic).send()
        except SMTPException as error:
            if reminder.leased_until and is_refused_for_good(error):  # leased before: this was the second try
                _finish(reminder, now)
            raise
    _finish(reminder, now)
    return bool(waiting)


def week_of(now: dt.datetime, clinic: Clinic) -> dt.date:
    """The latest Monday whose mail is due."""
    today = clinic.local(now).date()
    monday = today - dt.timedelta(days=today.weekday())
    begun = clinic.moment(dt.datetime.combine(monday, MONDAYS_AT)) <= now
    return monday if begun else monday - WEEK


def articles_that_wait(library: Library, now: dt.datetime) -> list[Standing]:
    """Those on the site that are overdue, due soon, not checked, or behind what is known; by the day of the check."""
    soon = library.shared.clinic.local(now).date() + SOON
    standings = [standing(article, now) for article in library.visible(now)]
    waiting = [each for each in standings if each.reviewer is None or each.article.review_due <= soon]
    return sorted(waiting, key=lambda each: (each.article.review_due, each.article.slug))


def _lease(week: dt.date, now: dt.datetime) -> WeeklyReminder | None:
    """The week's mail, taken for LEASE; None where it was sent or another worker has it."""
    reminder, _ = WeeklyReminder.objects.get_or_create(week=week)
    taken = not reminder.sent_at and WeeklyReminder.objects.due(week, now).update(leased_until=now + LEASE) == 1
    return reminder if taken else None


def _finish(reminder: WeeklyReminder, now: dt.datetime) -> None:
    reminder.sent_at = now
    reminder.save(update_fields=["sent_at"])


def _mail(waiting: list[Standing], week: dt.date, clinic: Clinic) -> SevenBitMessage:
    """Nothing personal is in it, and nothing of the articles but their titles."""
    count = f"{len(waiting)} articles wait" if len(waiting) > 1 else "1 article waits"
    # Auto-Submitted (RFC 3834) keeps out-of-office replies away from a mailbox that nobody reads.
    headers = {"Message-ID": message_id(week), "Auto-Submitted": "auto-generated"}
    entries = "\n\n".join(_entry(each) for each in waiting)
    return SevenBitMessage(
        f"{count} for a check",
        BODY.format(entries=entries),
        to=[clinic.articles_email],
        headers=headers,
    )


def message_id(week: dt.date) -> str:
    """The same for every try, so that a repeat is recognized as one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<articles-{week}@{domain}>"


def _entry(stands: Standing) -> str:
    """Title, what it waits for, and where to see to it."""
    return "\n".join([stands.article.title, *_reasons(stands), _address(stands.article)])


def _reasons(stands: Standing) -> Iterator[str]:
    yield OVERDUE[stands.due].format(day=dated(stands.article.review_due))
    if stands.article.reviewer is None:
        yield "No clinician has checked the text as it is."
    for event in stands.news:
        yield f"New about a source, from {dated(event.date)}: {event.event}"


def _address(article: Article) -> str:
    return settings.SITE_URL + reverse("admin:articles_contentfile_edit", args=[article.slug])
