"""The only code that creates a request or changes it; booking.py does so for visits.

Each function writes state, audit event and outgoing mails in one transaction. `request` is the request as the caller
read it: if somebody else changed it since then, the function raises ChangedMeanwhile and overwrites nothing. `actor` is
a user name, "" for the patient and for alarms.
"""

import contextlib
import datetime as dt
import secrets
from collections.abc import Iterable
from copy import copy
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from appointments import emails
from appointments.choices import (
    ENDS,
    FAST,
    MAY_BE_JOINED_TO,
    TO_PATIENT,
    TRANSITIONS,
    VISIT_STEPS,
    WAITING,
    Action,
    Attempt,
    DeclineReason,
    MailKind,
    Status,
)
from appointments.intake import (
    TOKEN_BYTES,
    Answers,
    existing_requests,
    free_place,
    messages,
    new_request,
    new_token,
    refuse_flood,
)
from appointments.models import AuditEvent, ConsultationRequest, DeskNote, OutboxMessage, Visit
from appointments.policies.callbacks import next_try
from appointments.policies.contact import refusal_reason
from appointments.policies.refusals import ChangedMeanwhile, IllegalTransition, RefusedStep, refuse_ended, refuse_erased
from clinic_site.backup import erasure_journal
from clinic_site.clinic import reply_by
from clinic_site.clinic_yaml import get_clinic
from clinic_site.database.sqlite_queue import sqlite_write_queue

TRIES = 5
OUTCOMES = (Status.SCHEDULED, Status.DECLINED)  # the patient gets a mail of news
RETRIED = (Attempt.NO_ANSWER, Attempt.VOICEMAIL)  # another call follows, at a time that is good for the patient
# Fields that an erasure leaves: office, times, what the desk did and the outcome. All others are cleared.
REMAINING = frozenset(
    "id reference token idempotency_key created_at reply_by office status version due_at try_from assigned_to "
    "last_attempt last_attempt_at declined_because joined_to ended_at erased_at".split()
)


def submit(
    answers: Answers, now: dt.datetime, promised_from: dt.datetime | None = None, *, actor: str = "", fast: bool = False
) -> ConsultationRequest:
    """Store the request once: for equal answers with one form token, return the stored request.

    `promised_from`: the moment from which the promise on the form counts, if not `now`. `actor`: who wrote down what a
    caller said. `fast`: hardly a person is that fast, so a robot may have sent the form; only the audit trail says it.
    A refused insert means that another worker has just stored these answers, or that the reference is in use:
    the next try tells which. Raises intake.NotStored past the limits, and IntegrityError when TRIES references in a
    row are taken.
    """
    key = answers.idempotency_key()
    for _ in range(TRIES - 1):
        with contextlib.suppress(IntegrityError):
            return _stored_or_new(answers, key, now, promised_from or now, actor, FAST if fast else "")
    return _stored_or_new(answers, key, now, promised_from or now, actor, FAST if fast else "")


def _stored_or_new(
    answers: Answers, key: str, now: dt.datetime, promised_from: dt.datetime, actor: str, detail: str
) -> ConsultationRequest:
    request = new_request(answers, key, now, promised_from)  # before the transaction, which others wait for
    with sqlite_write_queue(), transaction.atomic():
        existing = existing_requests(answers.nonce, key)
        if key in existing:
            return existing[key]
        request.form_place = free_place(answers.nonce, existing.values())
        refuse_flood(request)
        request.save()
        submitted = {"actor": actor, "action": Action.SUBMITTED, "after": request.status, "detail": detail}
        AuditEvent.objects.create(request=request, at=now, **submitted)
        OutboxMessage.objects.bulk_create(complete(message, request, now) for message in messages(request))
    return request


def complete(message: OutboxMessage, request: ConsultationRequest, now: dt.datetime) -> OutboxMessage:
    """Set the fields of a mail of `request` that is due at once."""
    message.request, message.created_at, message.next_try_at = request, now, now
    return message


def transition(
    request: ConsultationRequest, to: Status, actor: str, now: dt.datetime, because: DeclineReason | None = None
) -> None:
    """Move `request` to the status `to`. `because`: why it is declined. Raises IllegalTransition.

    Use booking.book() for the status SCHEDULED, which needs a visit.
    """
    refuse_erased(request)
    before = Status(request.status)
    if to not in TRANSITIONS[before]:
        raise IllegalTransition(before, to)
    if to == Status.SCHEDULED:
        raise RefusedStep(f"{request.reference} needs a date, a time and an office before it is scheduled.")
    reason = because.value if because and to == Status.DECLINED else ""
    # Without an attempt the promised time stays: ending the request by mistake must not hide that it is late.
    due = new_promise(request, now) if before in ENDS and request.last_attempt else request.due_at
    change(
        request, Action.TRANSITION, actor, now, reason,
        status=to, declined_because=reason, ended_at=now if to in ENDS else None, joined_to=None, due_at=due,
        try_from=None if to in ENDS or before in ENDS else request.try_from, visit_at=None, visit_office="",
    )  # fmt: skip


def new_promise(request: ConsultationRequest, now: dt.datetime) -> dt.datetime:
    """Return the promised moment of a request made at `now`."""
    clinic = get_clinic()
    return reply_by(clinic, clinic.office(request.office), now)


def record_attempt(request: ConsultationRequest, outcome: Attempt, actor: str, now: dt.datetime) -> None:
    """Record the result of an attempt to reach the patient, and set when to act next.

    Raises RefusedStep for an ended request, and for a way of contact that the patient ruled out.
    """
    refuse_ended(request)
    if refused_because := refusal_reason(request, outcome):
        raise RefusedStep(f"“{outcome.label}” was not written down: {refused_because}.")
    wrong = request.last_attempt == Attempt.WRONG_NUMBER and outcome == Attempt.WROTE
    recorded = Attempt.WRONG_NUMBER if wrong else outcome  # writing to the patient does not correct the number
    planned = (
        next_try_fields(request, request.best_times, now)
        if outcome in RETRIED
        else {"try_from": None, "due_at": new_promise(request, now)}
    )
    change(
        request, Action.ATTEMPT, actor, now, outcome,
        status=Status.CONTACTING, last_attempt=recorded, last_attempt_at=now, **planned,
    )  # fmt: skip


def next_try_fields(request: ConsultationRequest, best_times: list[str], now: dt.datetime) -> dict[str, Any]:
    """Return the fields that say when to call next."""
    clinic = get_clinic()
    window = next_try(clinic, clinic.office(request.office), best_times, now)
    return {"try_from": window.opens, "due_at": window.closes}


def assign(request: ConsultationRequest, to: str, actor: str, now: dt.datetime) -> None:
    """Assign the request to the user `to`, "" for nobody."""
    change(request, Action.ASSIGNED, actor, now, to, assigned_to=to)


def hand_back(user: str, actor: str, now: dt.datetime) -> int:
    """Assign to nobody what waits and is assigned to `user`, who left. Return the number of requests."""
    count = 0
    while request := ConsultationRequest.objects.waiting().filter(assigned_to=user).first():
        with contextlib.suppress(ChangedMeanwhile):  # then the next round reads the request anew
            assign(request, "", actor, now)
            count += 1
    return count


def note(request: ConsultationRequest, text: str, author: str, now: dt.datetime) -> None:
    """Add a note, whatever the version of the request. Raises RefusedStep for an erased request."""
    with transaction.atomic():
        stored = locked(request)
        refuse_erased(stored)
        DeskNote.objects.create(request=stored, at=now, author=author, text=text)
        record(stored, Action.NOTED, author, now)


def join(request: ConsultationRequest, into: ConsultationRequest, actor: str, now: dt.datetime) -> None:
    """Close `request` as a duplicate of `into`; no answer is merged or removed. Raises RefusedStep."""
    refuse_ended(request)
    if request.visits.open().exists():
        raise RefusedStep(f"{request.reference} cannot be joined: the patient picked a time in it. Answer that first.")
    with transaction.atomic():
        stored = locked(into)  # locked: `into` must not end meanwhile, or `request` would be forgotten
        chained = stored.joined_to_id or request.joined.exists()  # contact permissions follow one level of joins
        if stored.pk == request.pk or chained or stored.status not in MAY_BE_JOINED_TO:
            raise RefusedStep(f"{request.reference} cannot be joined to {into.reference}: choose another request.")
        change(
            request, Action.JOINED, actor, now, into.reference, status=Status.CLOSED, joined_to=stored, ended_at=now,
        )  # fmt: skip
        also: dict[str, Any] = {"crisis": True, "due_at": min(stored.due_at, request.due_at)} if request.crisis else {}
        change(stored, Action.JOINED, actor, now, request.reference, undoable=False, **also)


def undo(request: ConsultationRequest, actor: str, now: dt.datetime) -> None:
    """Undo the last step of the desk: restore the fields that it changed. Raises RefusedStep if there is none."""
    refuse_erased(request)
    step = last_step(request)
    if step is None:
        raise RefusedStep(f"{request.reference} has no step of the desk that could be undone.")
    with transaction.atomic():
        if request.joined_to and step.action == Action.JOINED:
            record(request.joined_to, Action.UNDONE, actor, now, step.action)
        change(request, Action.UNDONE, actor, now, step.action, undoes=step, **_restored_fields(step))


def last_step(request: ConsultationRequest) -> AuditEvent | None:
    """Return the step that undo() would undo; None if there is none.

    What the patient did is not undone, nor what changed or freed the time of a visit: that is booked anew.
    """
    if request.erased_at:
        return None
    step = request.audit_events.steps_to_undo().first()
    if step is None or not step.actor or step.action in VISIT_STEPS:
        return None
    return step if step.was.get("status") != Status.SCHEDULED or "visit_at" not in step.was else None


def _restored_fields(step: AuditEvent) -> dict[str, Any]:
    fields = [field for field in ConsultationRequest._meta.concrete_fields if field.name in step.was]  # noqa: SLF001
    return {field.attname: field.to_python(step.was[field.name]) for field in fields}


def raise_alarm(request: ConsultationRequest, now: dt.datetime) -> bool:
    """Mail the clinic's fallback address about a request that seems lost. Return False if there was an alarm before."""
    with transaction.atomic():
        locked(request)
        if request.messages.filter(kind=MailKind.ALARM).exists():
            return False
        complete(emails.alarm(request), request, now).save()
        record(request, Action.ALARMED, "", now)
    return True


def record(request: ConsultationRequest, action: Action, actor: str, now: dt.datetime, detail: str = "") -> AuditEvent:
    """Write an audit event that changes nothing: a look, a print, a failed confirmation."""
    return AuditEvent.objects.create(
        request=request, at=now, actor=actor, action=action, before=request.status, after=request.status, detail=detail
    )


def record_each(requests: Iterable[ConsultationRequest], action: Action, actor: str, now: dt.datetime) -> None:
    """Call record() for many requests with one query."""
    AuditEvent.objects.bulk_create(
        AuditEvent(request=request, at=now, actor=actor, action=action, before=request.status, after=request.status)
        for request in requests
    )


def erase(request: ConsultationRequest, actor: str, now: dt.datetime) -> None:
    """Erase what the patient sent, the desk's notes and the mails to the patient, for good.

    A waiting request is withdrawn, and the patient's links stop working. Changes since the request was read do not
    prevent the erasure. The journal of erasures names it before the transaction ends, so that no restored backup brings
    it back; an error of the disk prevents the erasure.
    """
    with transaction.atomic():
        stored = locked(request)
        after = Status.WITHDRAWN if stored.status in WAITING else Status(stored.status)
        # The idempotency key is made from the answers, so it is replaced as well.
        keys: dict[str, Any] = {"token": new_token(), "idempotency_key": secrets.token_hex(TOKEN_BYTES)}
        ends: dict[str, Any] = {"status": after, "erased_at": now, "ended_at": stored.ended_at or now}
        change(stored, Action.ERASED, actor, now, undoable=False, **keys, **ends, **_erased_answers())
        stored.visits.all().delete()
        stored.notes.all().delete()
        stored.messages.filter(kind__in=TO_PATIENT).delete()
        erasure_journal.append(request.reference)
    request.refresh_from_db()


def _erased_answers() -> dict[str, Any]:
    """Return the default value of each field that an erasure clears, by name."""
    fields = ConsultationRequest._meta.concrete_fields  # noqa: SLF001 (Django's documented way)
    return {field.name: field.get_default() for field in fields if field.name not in REMAINING}


def locked(request: ConsultationRequest) -> ConsultationRequest:
    """Return the stored request, locked until the transaction ends."""
    return ConsultationRequest.objects.select_for_update().get(pk=request.pk)


def answer(request: ConsultationRequest, text: str, actor: str, now: dt.datetime) -> None:
    """Show `text` on the patient's page, instead of an earlier answer, and mail that there is news."""
    change(request, Action.ANSWERED, actor, now, undoable=False, mail=MailKind.NEWS, answer=text, answered_at=now)


def change(
    request: ConsultationRequest,
    action: Action,
    actor: str,
    now: dt.datetime,
    detail: str = "",
    *,
    undoes: AuditEvent | None = None,
    undoable: bool = True,
    mail: MailKind | None = None,
    **changes: Any,
) -> None:
    """Write `changes`, the next version, the audit event, and a mail if the change is news to the patient.

    For workflow.py, booking.py and corrections.py alone. A request that ends or loses its visit frees its times.
    `undoable`: the event stores the old values, for undo(). It must never store what the patient typed.
    `mail`: the kind of mail; without it the change of status and visit decides.
    """
    fields = {name.removesuffix("_id"): getattr(request, name) for name in changes} if undoable and not undoes else {}
    was = {name: getattr(value, "pk", value) for name, value in fields.items()}
    before, after = Status(request.status), Status(changes.get("status", request.status))
    refuse_erased(request)
    with transaction.atomic():
        unchanged = ConsultationRequest.objects.filter(pk=request.pk, version=request.version)
        if unchanged.update(version=F("version") + 1, **changes) != 1:
            raise ChangedMeanwhile(request)
        AuditEvent.objects.create(
            request=request, at=now, actor=actor, action=action, detail=detail,
            before=before, after=after, was=was, undoes=undoes,
        )  # fmt: skip
        visit = request.visits.open().first()
        loses_visit = request.visit_at is not None and changes.get("visit_at", request.visit_at) is None
        if loses_visit or (before != after and after in ENDS - {Status.SCHEDULED}):
            request.visits.all().cancel(now)
        request.messages.unsent(*_outdated_mails(request, changes)).delete()
        _tell_patient(request, mail or _kind_of_news(request, changes, visit, now), visit, now, changes)
    request.version += 1
    for name, value in changes.items():
        setattr(request, name, value)


def _outdated_mails(request: ConsultationRequest, changes: dict[str, Any]) -> tuple[MailKind, ...]:
    """Return the kinds of mail that must not leave after the change: about another time, or offers that are over."""
    if changes.get("visit_at", request.visit_at) != request.visit_at:
        return MailKind.REMINDER, MailKind.OFFERED
    return (MailKind.OFFERED,) if changes.get("status", request.status) != request.status else ()


def _tell_patient(
    request: ConsultationRequest, kind: MailKind | None, visit: Visit | None, now: dt.datetime, changes: dict[str, Any]
) -> None:
    """Store the mail about a change; none without an address. `visit` is the visit before the change."""
    after = copy(request)  # how long the link in the mail works depends on the visit after the change
    for name, value in changes.items():
        setattr(after, name, value)
    if kind is None or not after.email:
        return
    if visit:
        visit.refresh_from_db()
    complete(emails.to_patient(kind, after, request.version + 1, now, visit), request, now).save()


def _kind_of_news(
    request: ConsultationRequest, changes: dict[str, Any], visit: Visit | None, now: dt.datetime
) -> MailKind | None:
    """Return the kind of mail for a changed outcome on the patient's page; None if that stays.

    A move names its mail itself. Nobody is written that a visit is cancelled whose time has come, or that is over.
    """
    names = ("status", "visit_at", "visit_office")
    before = [getattr(request, name) for name in names]
    after = [changes.get(name, value) for name, value in zip(names, before, strict=True)]
    outcome_before, outcome_after = (outcome if outcome[0] in OUTCOMES else None for outcome in (before, after))
    if outcome_before == outcome_after:
        return None
    booked_before, booked_after = (status == Status.SCHEDULED and at for status, at, _ in (before, after))
    if booked_after:
        return MailKind.BOOKED
    return MailKind.CANCELLED if booked_before and visit and visit.starts_at > now else MailKind.NEWS
