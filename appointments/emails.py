"""The mails that a request causes, one function each. Nothing personal and no health word is in them."""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from appointments.models import ConsultationRequest, OutboxMessage
from appointments.querysets import LINK_LIFE
from clinic_site.clinic_file import get_clinic
from clinic_site.wording import dated, day_and_clock

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


NEWS = """\
There is news about your request. Your reference is {reference}.

{where}
You can always call us and say your reference:
{phones}

Nobody reads replies to this message.

If you did not write to us, somebody typed this address by mistake. You can delete this message.
"""
ON_THE_PAGE = """\
See it on your own page:
{link}
The link works until {end}."""
LINK_OVER = "Your link worked for {days} days, which are over. Call us to hear it."


def new_request_notice(request: ConsultationRequest) -> OutboxMessage:
    """Tells the desk that there is something to see, and no more."""
    return OutboxMessage(
        kind=OutboxMessage.Kind.NOTICE,
        recipient=get_clinic().notices_email,
        subject=f"New request {request.reference}",
        body=f"New request {request.reference}. Sign in to view.",
    )


def alarm(request: ConsultationRequest) -> OutboxMessage:
    """For the fallback address, when the notice did not lead anybody to act."""
    return OutboxMessage(
        kind=OutboxMessage.Kind.ALARM,
        recipient=get_clinic().fallback_email,
        subject=f"Request {request.reference} needs somebody to look at it",
        body=f"Request {request.reference} needs somebody to look at it. Sign in to view.",
    )


def confirmation(request: ConsultationRequest) -> OutboxMessage:
    """For a patient who gave an address. Whoever else reads that mailbox learns nothing from it."""
    return OutboxMessage(
        kind=OutboxMessage.Kind.CONFIRMATION,
        recipient=request.email,
        subject=f"We have your request {request.reference}",
        body=CONFIRMATION.format(
            reference=request.reference,
            reply_by=_moment(request.reply_by),
            link=_link(request),
            days=LINK_LIFE.days,
            phones=_phones(),
        ),
    )


def news(request: ConsultationRequest, version: int, now: dt.datetime) -> OutboxMessage:
    """Tells a patient that the outcome of the request changed, and no more: not what it is. `version`: see occasion."""
    end = link_end(request)
    page = ON_THE_PAGE.format(link=_link(request), end=dated(get_clinic().local(end).date()))
    where = page if now < end else LINK_OVER.format(days=LINK_LIFE.days)
    return OutboxMessage(
        kind=OutboxMessage.Kind.NEWS,
        occasion=version,
        recipient=request.email,
        subject=f"There is news about your request {request.reference}",
        body=NEWS.format(reference=request.reference, where=where, phones=_phones()),
    )


def link_end(request: ConsultationRequest) -> dt.datetime:
    """The moment from which the patient's links open nothing."""
    return request.created_at + LINK_LIFE


def _phones() -> str:
    return " or ".join(office.phone_shown for office in get_clinic().offices)


def _link(request: ConsultationRequest) -> str:
    """The patient's own page."""
    return settings.SITE_URL + reverse("appointments:status", args=[request.token])


def _moment(moment: dt.datetime) -> str:
    """Monday, November 23, 5 p.m. EST."""
    return f"{day_and_clock(moment)} {get_clinic().local(moment):%Z}"
