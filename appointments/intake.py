"""Intake: the validated answers of a patient, the limits, and the request and mails made from the answers.

workflow.submit() stores the result.

The limits use no IP address, and none is stored: see docs/decisions/0011.
"""

import datetime as dt
import json
import logging
import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, Value
from django.db.models.functions import Replace
from django.utils.crypto import salted_hmac

from appointments import emails
from appointments.choices import OPEN_VISIT, WAITING, OthersMay, Status
from appointments.models import ConsultationRequest, OutboxMessage
from appointments.policies.consents import consents_given
from appointments.references import new_reference
from clinic_site.clinic import next_open, reply_by
from clinic_site.clinic_yaml import get_clinic
from clinic_site.crisis_words import speaks_of_crisis
from clinic_site.text.folding import fold, fold_name

CONFIRMATIONS_A_DAY = 3  # to one e-mail address
MOST_UNSEEN = 30  # times in one calendar, picked within a day in requests that nobody at the desk has opened
MOST_OF_A_FORM = 3  # different requests from one form token: two corrections after the first
TOKEN_BYTES = 32
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
logger = logging.getLogger(__name__)


class NotStored(Exception):  # noqa: N818 (reads as what happened)
    """The request was not stored. `sentence` tells the patient why and what to do."""

    sentence: str


class FormUsedUp(NotStored):
    """MOST_OF_A_FORM different requests from one form token are stored already."""

    sentence = (
        "We have this form three times already, each time with other answers, and took no more. "
        "Call us to change something. To ask for someone else, open a new form."
    )


class TooManyRequests(NotStored):
    """REQUESTS_A_MINUTE requests arrived within the last minute."""

    sentence = "More requests reach us at this moment than we can take. Call us, or press the button again in a minute."


class TooManyTimes(NotStored):
    """MOST_UNSEEN times of the calendar are taken by requests of the last day that nobody has opened."""

    sentence = "So many times were chosen today that we take no more for now. Choose “Call me first”, or call us."


@dataclass(frozen=True)
class Answers:
    """The answers of a valid form."""

    nonce: str  # from the form token; one for each time the form was opened
    name: str
    phone_typed: str = ""
    phone: str = ""  # E.164
    phone_extension: str = ""
    email: str = ""
    contact_way: str = ""
    best_times: tuple[str, ...] = ()
    voicemail: bool = False
    others_may: str = OthersMay.NOTHING.value
    texts: bool = False
    office: str = ""
    interpreter: str = ""
    access: tuple[str, ...] = ()
    access_note: str = ""
    reason: str = ""
    for_whom: str = ""
    note: str = ""
    article: str = ""
    not_emergency: bool = True  # ticked; not required in a crisis
    crisis_seen: bool = False  # an earlier or the present note has words of a crisis
    trapped: bool = False  # the hidden field was filled
    by_phone: bool = False  # the desk wrote down what a caller said

    def idempotency_key(self) -> str:
        """Return a key that is equal for equal answers with one form token, so that a double press is one request.

        A corrected answer gives another key, so that no correction is dropped. The key is an HMAC with the site's
        secret and reveals nothing about the answers.
        """
        answers = json.dumps(vars(self), sort_keys=True)
        return salted_hmac("appointments.answers", answers, algorithm="sha256").hexdigest()


def new_token() -> str:
    """Return a token that opens a patient's pages and cannot be guessed."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_request(answers: Answers, key: str, now: dt.datetime, promised_from: dt.datetime) -> ConsultationRequest:
    """Return an unsaved request with its promise. `key`: the idempotency key of the answers."""
    clinic = get_clinic()
    promise = reply_by(clinic, clinic.office(answers.office), promised_from)
    crisis = answers.crisis_seen or speaks_of_crisis(answers.note, answers.access_note)
    spam = answers.trapped and not crisis  # a browser may have filled the hidden field
    request = ConsultationRequest(
        reference=new_reference(),
        token=new_token(),
        idempotency_key=key,
        status=(Status.SPAM if spam else Status.NEW).value,
        created_at=now,
        reply_by=promise,
        due_at=min(promise, (crisis and next_open(clinic, now)) or promise),  # in a crisis while an office is open
        ended_at=now if spam else None,
        office=answers.office,
        name=answers.name,
        name_key=fold_name(answers.name),
        phone_typed=answers.phone_typed,
        phone=answers.phone,
        phone_extension=answers.phone_extension,
        email=answers.email,
        email_key=fold(answers.email),
        contact_way=answers.contact_way,
        best_times=list(answers.best_times),
        voicemail=answers.voicemail,
        others_may=answers.others_may,
        texts=answers.texts,
        interpreter=answers.interpreter,
        access=list(answers.access),
        access_note=answers.access_note,
        reason=answers.reason,
        for_whom=answers.for_whom,
        note=answers.note,
        article=answers.article,
        crisis=crisis,
        by_phone=answers.by_phone,
    )
    request.consents = consents_given(request, clinic, not_emergency=answers.not_emergency)
    return request


def existing_requests(nonce: str, key: str) -> dict[str, ConsultationRequest]:
    """Return the stored requests of one form token and the one with `key`, by idempotency key.

    Requests older than form_place are found by `key` alone. Other fields are deferred: there is rarely a request.
    """
    same_form = Q(form_place__in=_form_places(nonce)) | Q(idempotency_key=key)
    found = ConsultationRequest.objects.filter(same_form).only("idempotency_key", "form_place", "token")
    return {request.idempotency_key: request for request in found}


def free_place(nonce: str, existing: Collection[ConsultationRequest]) -> str:
    """Return a form_place that none of the `existing` requests has. Raises FormUsedUp."""
    taken = {request.form_place for request in existing}
    for place in _form_places(nonce):
        if place not in taken:
            return place
    raise FormUsedUp


def _form_places(nonce: str) -> list[str]:
    """Return all values of form_place, a unique column, for one form token."""
    return [f"{nonce}:{number}" for number in range(1, MOST_OF_A_FORM + 1)]


def refuse_flood(request: ConsultationRequest) -> None:
    """Raise TooManyRequests if `settings.REQUESTS_A_MINUTE` requests arrived in the minute before this unsaved one.

    Spam is counted separately, so that a robot blocks nobody, and a caller is never refused. On PostgreSQL a few more
    may pass if many arrive at the same moment.
    """
    most = settings.REQUESTS_A_MINUTE
    if not most or request.by_phone:
        return
    spam = request.status == Status.SPAM
    kind = [status for status in Status if (status == Status.SPAM) == spam]  # an exclusion could not use the index
    since = request.created_at - MINUTE
    arrived = ConsultationRequest.objects.filter(status__in=kind, created_at__gt=since).count()
    if arrived >= most:
        logger.warning("%d requests arrived within a minute: one more was not taken.", arrived)
        raise TooManyRequests


def refuse_flood_of_times(request: ConsultationRequest, calendar: str) -> None:
    """Raise TooManyTimes if MOST_UNSEEN picked times of the calendar wait for somebody to look.

    So a robot takes no whole calendar, and whoever opens its requests decides what becomes of the times.
    """
    since = request.created_at - DAY
    status = (*WAITING, Status.SCHEDULED)
    new = ConsultationRequest.objects.filter(status__in=status, created_at__gt=since, by_phone=False).unopened()
    taken = new.filter(visits__calendar=calendar, visits__status__in=OPEN_VISIT).count()
    if taken >= MOST_UNSEEN:
        logger.warning("%d picked times of %s wait for somebody to look: one more was not taken.", taken, calendar)
        raise TooManyTimes


def messages(request: ConsultationRequest) -> Iterator[OutboxMessage]:
    """Yield the mails of a request that was just stored.

    Spam is stored for the desk and causes no mail: a robot must not use the site to write to others. Anyone can type
    anyone's address, so each gets at most CONFIRMATIONS_A_DAY; after that there is only the confirmation page.
    """
    if request.status == Status.SPAM:
        return
    yield emails.new_request_notice(request)
    if request.email and not is_address_used_up(request):
        yield emails.confirmation(request)


def is_address_used_up(request: ConsultationRequest) -> bool:
    """Return whether more than CONFIRMATIONS_A_DAY requests had this address in the day before this one, included.

    Neither dots nor what stands behind a plus sign make another address: large providers have one mailbox for them all.
    """
    local, _, domain = request.email_key.replace(".", "").rpartition("@")
    mailbox = local.partition("+")[0]
    same = Q(key=f"{mailbox}@{domain}") | Q(key__startswith=f"{mailbox}+", key__endswith=f"@{domain}")
    # Naming all statuses lets the database use the index on status and time: no index has the key without dots.
    recent = ConsultationRequest.objects.filter(status__in=list(Status), created_at__gte=request.created_at - DAY)
    without_dots = recent.annotate(key=Replace("email_key", Value("."), Value("")))
    return without_dots.filter(same).count() > CONFIRMATIONS_A_DAY
