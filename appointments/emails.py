"""The mails about a request. They contain nothing personal and no word about health."""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from appointments.choices import MailKind
from appointments.models import ConsultationRequest, OutboxMessage, Visit
from appointments.models.requests import AFTER_VISIT, LINK_LIFE
from appointments.visit_time import when
from appointments.visits.calendar_file import calendar_file
from clinic_site.clinic_yaml import get_clinic
from clinic_site.dates import dated, day_and_clock

CONFIRMATION = """\
We have your request. Your reference is {reference}.

You will hear from us by {reply_by}.

See where your request stands, change something, or take it back:
{link}
The link works for {days} days. You can always call us and say your reference:
{phones}

Nobody reads replies to this message.

If you did not write to us, somebody typed this address by mistake. You can delete this message.
"""


TO_PATIENT = """\
{first} Your reference is {reference}.

{where}
You can always call us and say your reference:
{phones}

Nobody reads replies to this message.

If you did not write to us, somebody typed this address by mistake. You can delete this message.
"""
# Subject and first line of the mails after the first one. Each is neutral for others who read the mailbox.
TEXTS = {
    MailKind.NEWS: ("There is news about your request {reference}", "There is news about your request."),
    MailKind.OFFERED: ("Times to choose from: {reference}", "There are times for you to choose from."),
    MailKind.BOOKED: ("Your appointment is booked: {reference}", "Your appointment is on {when}."),
    MailKind.CHANGED: ("Your appointment has changed: {reference}", "Your appointment is on {when} now."),
    MailKind.CANCELLED: ("Your appointment is cancelled: {reference}", "Your appointment on {when} is cancelled."),
    MailKind.REMINDER: ("Your appointment: {reference}", "A reminder: your appointment is on {when}."),
}
ON_THE_PAGE = """\
See it on your own page:
{link}
The link works until {end}."""
WITH_CALENDAR_FILE = (MailKind.BOOKED, MailKind.CHANGED, MailKind.CANCELLED)
LINK_OVER = "Your link worked for {days} days, which are over. Call us to hear it."


def new_request_notice(request: ConsultationRequest) -> OutboxMessage:
    """Return the mail that tells the desk about a new request, without details, and so without why to read it first."""
    first = " Read this one first." if request.crisis else ""
    return OutboxMessage(
        kind=MailKind.NOTICE,
        recipient=get_clinic().notices_email,
        subject=f"New request {request.reference}",
        body=f"New request {request.reference}.{first} Sign in to view.",
    )


def alarm(request: ConsultationRequest) -> OutboxMessage:
    """Return the mail to the fallback address about a request that nobody acted on."""
    return OutboxMessage(
        kind=MailKind.ALARM,
        recipient=get_clinic().fallback_email,
        subject=f"Request {request.reference} needs somebody to look at it",
        body=f"Request {request.reference} needs somebody to look at it. Sign in to view.",
    )


def confirmation(request: ConsultationRequest) -> OutboxMessage:
    """Return the confirmation for the patient. It reveals nothing to others who read the mailbox."""
    return OutboxMessage(
        kind=MailKind.CONFIRMATION,
        recipient=request.email,
        **confirmation_words(request.reference, request.reply_by, _link(request)),
    )


def confirmation_words(reference: str, reply_by: dt.datetime, link: str) -> dict[str, str]:
    """Return subject and body of the confirmation, also for a request that is not sent yet."""
    body = CONFIRMATION.format(
        reference=reference, reply_by=_moment(reply_by), link=link, days=LINK_LIFE.days, phones=_phones()
    )
    return {"subject": f"We have your request {reference}", "body": body}


def to_patient(
    kind: MailKind, request: ConsultationRequest, occasion: int, now: dt.datetime, visit: Visit | None
) -> OutboxMessage:
    """Return the mail to the patient, with the calendar file of `visit` if it has one.

    It does not tell why the patient wrote or what was decided. `occasion`: see OutboxMessage.
    """
    end = link_end(request)
    page = ON_THE_PAGE.format(link=_link(request), end=dated(get_clinic().today(end)))
    where = page if now < end else LINK_OVER.format(days=LINK_LIFE.days)
    at = visit.starts_at if visit else request.visit_at
    subject, first = (text.format(reference=request.reference, when=when(at) if at else "") for text in TEXTS[kind])
    return OutboxMessage(
        kind=kind,
        occasion=occasion,
        recipient=request.email,
        subject=subject,
        body=TO_PATIENT.format(first=first, reference=request.reference, where=where, phones=_phones()),
        calendar_file=calendar_file(visit, request, now) if visit and kind in WITH_CALENDAR_FILE else "",
    )


def link_end(request: ConsultationRequest) -> dt.datetime:
    """Return the moment at which the patient's links expire, as RequestQuerySet.with_link() counts."""
    visits = request.visits.values_list("starts_at", flat=True)
    return max([request.created_at + LINK_LIFE, *(starts_at + AFTER_VISIT for starts_at in visits)])


def _phones() -> str:
    return " or ".join(office.phone_shown for office in get_clinic().offices)


def _link(request: ConsultationRequest) -> str:
    """Return the address of the patient's page."""
    return settings.SITE_URL + reverse("appointments:status", args=[request.token])


def _moment(moment: dt.datetime) -> str:
    """Return a moment as in Monday, November 23, 5 p.m. EST."""
    return f"{day_and_clock(moment)} {get_clinic().local(moment):%Z}"
