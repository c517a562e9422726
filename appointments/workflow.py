"""The only code that creates a request or changes its status.

Each function writes state, audit event and outgoing mails in one transaction: all of it, or none.
"""

import contextlib
import datetime as dt
import secrets
from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, transaction

from appointments import emails
from appointments.answers import Answers
from appointments.choices import WAITING, Status
from appointments.consents import consents_given
from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage
from appointments.references import new_reference
from clinic_site.clinic import reply_by
from clinic_site.clinic_file import get_clinic

ENDS = frozenset({Status.SCHEDULED, Status.DECLINED, Status.WITHDRAWN, Status.CLOSED, Status.SPAM})
# An end can be undone: the request goes back to the desk.
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.NEW: ENDS | {Status.CONTACTING},
    Status.CONTACTING: ENDS | {Status.NEW},
    Status.SCHEDULED: frozenset({Status.CONTACTING}),
    Status.DECLINED: frozenset({Status.CONTACTING}),
    Status.WITHDRAWN: frozenset({Status.CONTACTING}),
    Status.CLOSED: frozenset({Status.CONTACTING}),
    Status.SPAM: frozenset({Status.NEW}),
}
TRIES = 5
CONFIRMATIONS_A_DAY = 3  # to one address
TOKEN_BYTES = 32


class IllegalTransition(Exception):  # noqa: N818 (reads as what happened)
    """The way from the one status to the other is not in TRANSITIONS."""

    def __init__(self, before: Status, after: Status) -> None:
        super().__init__(f"A request that is “{before.label}” cannot become “{after.label}”.")


class ChangedMeanwhile(Exception):  # noqa: N818 (reads as what happened)
    """Somebody else changed the request since it was read. Nothing was overwritten."""


def submit(answers: Answers, now: dt.datetime) -> ConsultationRequest:
    """Stores the request, once: the same answers from the same showing of the form give the stored one.

    A refused insert means that another worker has just stored these answers, or that the reference is taken:
    looking again tells which. Raises IntegrityError when TRIES references in a row are taken.
    """
    key = answers.idempotency_key()
    for _ in range(TRIES - 1):
        with contextlib.suppress(IntegrityError):
            return _stored_or_new(answers, key, now)
    return _stored_or_new(answers, key, now)


def _stored_or_new(answers: Answers, key: str, now: dt.datetime) -> ConsultationRequest:
    stored = ConsultationRequest.objects.filter(idempotency_key=key).first()
    if stored is not None:
        return stored
    with transaction.atomic():
        return _store(answers, key, now)


def _store(answers: Answers, key: str, now: dt.datetime) -> ConsultationRequest:
    request = _new_request(answers, key, now)
    request.save(force_insert=True)
    AuditEvent.objects.create(request=request, at=now, action=AuditEvent.Action.SUBMITTED, after=request.status)
    for message in _messages(request):
        message.request, message.created_at, message.next_try_at = request, now, now
        message.save(force_insert=True)
    return request


def _messages(request: ConsultationRequest) -> Iterator[OutboxMessage]:
    """Spam is kept for the desk to see, and causes no mail: a robot must not use us to write to others."""
    if request.status == Status.SPAM:
        return
    yield emails.new_request_notice(request)
    if request.email and _may_be_written_to(request):
        yield emails.confirmation(request)


def _may_be_written_to(request: ConsultationRequest) -> bool:
    """Anyone can type anyone's address: past a few requests a day, the confirmation page has to do."""
    today = ConsultationRequest.objects.from_address(request.email, request.created_at - dt.timedelta(days=1))
    return today.count() <= CONFIRMATIONS_A_DAY


def _new_request(answers: Answers, key: str, now: dt.datetime) -> ConsultationRequest:
    clinic = get_clinic()
    return ConsultationRequest(
        reference=new_reference(),
        token=secrets.token_urlsafe(TOKEN_BYTES),
        idempotency_key=key,
        status=Status.SPAM if answers.trapped else Status.NEW,
        created_at=now,
        reply_by=reply_by(clinic, clinic.office(answers.office), now),
        office=answers.office,
        name=answers.name,
        phone_typed=answers.phone_typed,
        phone=answers.phone,
        phone_extension=answers.phone_extension,
        email=answers.email,
        contact_way=answers.contact_way,
        best_times=list(answers.best_times),
        voicemail=answers.voicemail,
        texts=answers.texts,
        interpreter=answers.interpreter,
        access=list(answers.access),
        access_note=answers.access_note,
        reason=answers.reason,
        for_whom=answers.for_whom,
        note=answers.note,
        article=answers.article,
        consents=consents_given(answers, clinic, now),
    )


# What is left of an erased request: that there was one, for which office, when, and how it ended.
ERASED_ANSWERS: dict[str, Any] = {
    **dict.fromkeys(("name", "phone_typed", "phone", "phone_extension", "email", "contact_way"), ""),
    **dict.fromkeys(("interpreter", "access_note", "for_whom", "note", "article"), ""),
    "best_times": [],
    "access": [],
    "consents": [],
    "voicemail": False,
    "texts": False,
}


def erase(request: ConsultationRequest, actor: str, now: dt.datetime) -> None:
    """Erases what the patient sent, and the mails to them, in the name of `actor`. There is no way back.

    A request that waits is withdrawn by it. The old link to its confirmation page stops working.
    """
    with transaction.atomic():
        stored = ConsultationRequest.objects.select_for_update().get(pk=request.pk)
        before = Status(stored.status)
        after = Status.WITHDRAWN if before in WAITING else before
        # The key is made from the answers: it goes too.
        keys = {"token": secrets.token_urlsafe(TOKEN_BYTES), "idempotency_key": secrets.token_hex(TOKEN_BYTES)}
        ConsultationRequest.objects.filter(pk=stored.pk).update(status=after, **keys, **ERASED_ANSWERS)
        stored.messages.filter(kind=OutboxMessage.Kind.CONFIRMATION).delete()
        AuditEvent.objects.create(
            request=stored, at=now, actor=actor, action=AuditEvent.Action.ERASED, before=before, after=after
        )
    request.refresh_from_db()


def transition(request: ConsultationRequest, to: Status, actor: str, now: dt.datetime) -> None:
    """Moves `request` as it was read to the status `to`, in the name of the user `actor`.

    Raises IllegalTransition, or ChangedMeanwhile when the stored status is no longer the one that was read.
    """
    before = Status(request.status)
    if to not in TRANSITIONS[before]:
        raise IllegalTransition(before, to)
    with transaction.atomic():
        if ConsultationRequest.objects.filter(pk=request.pk, status=before).update(status=to) != 1:
            raise ChangedMeanwhile
        AuditEvent.objects.create(
            request=request, at=now, actor=actor, action=AuditEvent.Action.TRANSITION, before=before, after=to
        )
    request.status = to
