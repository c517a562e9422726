"""The only code that creates a request or changes it.

Each function writes state, audit event and outgoing mails in one transaction: all of it, or none. `request` is always
the request as the caller read it. Where somebody else changed it since then, the function raises ChangedMeanwhile and
overwrites nothing. `actor` is a user name, "" for the patient and for alarms.
"""

import contextlib
import datetime as dt
import secrets
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from appointments import emails
from appointments.answers import Answers
from appointments.before_storing import ask
from appointments.callbacks import next_try
from appointments.choices import TO_PATIENT, WAITING, Action, Attempt, DeclineReason, MailKind, Status
from appointments.consents import consents_for_number
from appointments.erasure import erased_answers
from appointments.intake import TOKEN_BYTES, messages, new_request, new_token
from appointments.limits import free_place, refuse_a_flood
from appointments.models import AuditEvent, ConsultationRequest, DeskNote, OutboxMessage
from appointments.new_rows import add, add_all
from appointments.phones import Phone
from appointments.refusals import ChangedMeanwhile as ChangedMeanwhile  # callers find them beside what raises them
from appointments.refusals import IllegalTransition as IllegalTransition
from appointments.refusals import RefusedStep as RefusedStep
from appointments.refusals import refuse_ended, refuse_erased
from appointments.safe_contact import why_refused
from appointments.transitions import ENDS, MAY_BE_JOINED_TO, TRANSITIONS
from appointments.visit_time import Visit, refusal, to_detail
from clinic_site.clinic import reply_by
from clinic_site.clinic_file import get_clinic
from clinic_site.one_writer import in_turn

TRIES = 5
AN_HOUR = dt.timedelta(hours=1)
CORRECTIONS_AN_HOUR, CORRECTIONS = 5, 20  # by the patient: each gets in the way of whoever works on the request
OUTCOMES = (Status.SCHEDULED, Status.DECLINED)  # the patient is mailed that there is news
RETRIED = (Attempt.NO_ANSWER, Attempt.VOICEMAIL)  # another call follows, at a time that suits the patient


def submit(answers: Answers, now: dt.datetime, promised_from: dt.datetime | None = None) -> ConsultationRequest:
    """Stores the request, once: the same answers from the same showing of the form give the stored one.

    `promised_from`: the moment that the promise on the form was counted from, when it is not `now`.
    A refused insert means that another worker has just stored these answers, or that the reference is taken:
    looking again tells which. Raises limits.NotTaken past what is taken, and IntegrityError when TRIES references in a
    row are taken.
    """
    key = answers.idempotency_key()
    for _ in range(TRIES - 1):
        with contextlib.suppress(IntegrityError):
            return _stored_or_new(answers, key, now, promised_from or now)
    return _stored_or_new(answers, key, now, promised_from or now)


def _stored_or_new(answers: Answers, key: str, now: dt.datetime, promised_from: dt.datetime) -> ConsultationRequest:
    request = new_request(answers, key, now, promised_from)  # made before the transaction: others wait for its end
    with in_turn(), transaction.atomic():
        known = ask(request, answers.nonce)
        if key in known.of_form:
            return ConsultationRequest.objects.get(pk=known.of_form[key].pk)
        request.form_place = free_place(answers.nonce, known)
        refuse_a_flood(known)
        add(request)
        add(AuditEvent(request=request, at=now, action=Action.SUBMITTED, after=request.status))
        add_all([_belonging(message, request, now) for message in messages(request, known.from_address)])
    return request


def _belonging(message: OutboxMessage, request: ConsultationRequest, now: dt.datetime) -> OutboxMessage:
    """A mail that is ready to be stored, to leave at once."""
    message.request, message.created_at, message.next_try_at = request, now, now
    return message


def transition(
    request: ConsultationRequest, to: Status, actor: str, now: dt.datetime, because: DeclineReason | None = None
) -> None:
    """Moves `request` to the status `to`. `because`: why it is declined. Raises IllegalTransition.

    To mark it as scheduled is schedule()'s: that takes a time.
    """
    refuse_erased(request)
    before = Status(request.status)
    if to not in TRANSITIONS[before]:
        raise IllegalTransition(before, to)
    if to == Status.SCHEDULED:
        raise RefusedStep(f"{request.reference} needs a date, a time and an office before it is scheduled.")
    reason = because.value if because and to == Status.DECLINED else ""
    # Who was never tried keeps the moment they were promised: ending it by a slip must not hide that it is late.
    due = _anew(request, now) if before in ENDS and request.last_attempt else request.due_at
    _change(
        request, Action.TRANSITION, actor, now, reason,
        status=to, declined_because=reason, ended_at=now if to in ENDS else None, joined_to=None, due_at=due,
        try_from=None if to in ENDS or before in ENDS else request.try_from, visit_at=None, visit_office="",
    )  # fmt: skip


def schedule(request: ConsultationRequest, visit: Visit, actor: str, now: dt.datetime) -> None:
    """Marks the request as scheduled for `visit`, or gives a scheduled one this visit in place of the one it has.

    Raises RefusedStep for a time that has passed or at which the office is closed, and for the visit it has already;
    raises IllegalTransition for a request that has ended in another way.
    """
    refuse_erased(request)
    before = Status(request.status)
    moves = before == Status.SCHEDULED
    if not moves and Status.SCHEDULED not in TRANSITIONS[before]:
        raise IllegalTransition(before, Status.SCHEDULED)
    if moves and (request.visit_at, request.visit_office) == visit:
        raise RefusedStep(f"{request.reference} has this visit already. Nothing was changed.")
    if why := refusal(get_clinic(), visit, now):
        raise RefusedStep(f"{why}.")
    ends: dict[str, Any] = {} if moves else {"status": Status.SCHEDULED, "ended_at": now, "try_from": None}
    _change(
        request, Action.MOVED if moves else Action.TRANSITION, actor, now, to_detail(visit),
        visit_at=visit.at, visit_office=visit.office, **ends,
    )  # fmt: skip


def _anew(request: ConsultationRequest, now: dt.datetime) -> dt.datetime:
    """The moment that a request made now would be promised."""
    clinic = get_clinic()
    return reply_by(clinic, clinic.office(request.office), now)


def record_attempt(request: ConsultationRequest, outcome: Attempt, actor: str, now: dt.datetime) -> None:
    """Writes down what came of trying to reach the patient, and sets when to act next.

    Raises RefusedStep for a request that has ended, and for a way that the patient ruled out.
    """
    refuse_ended(request)
    if why := why_refused(request, outcome):
        raise RefusedStep(f"“{outcome.label}” was not written down: {why}.")
    wrong = request.last_attempt == Attempt.WRONG_NUMBER and outcome == Attempt.WROTE
    kept = Attempt.WRONG_NUMBER if wrong else outcome  # a letter does not make the number right
    planned = (
        _next_try(request, request.best_times, now)
        if outcome in RETRIED
        else {"try_from": None, "due_at": _anew(request, now)}
    )
    _change(
        request, Action.ATTEMPT, actor, now, outcome,
        status=Status.CONTACTING, last_attempt=kept, last_attempt_at=now, **planned,
    )  # fmt: skip


def _next_try(request: ConsultationRequest, best_times: list[str], now: dt.datetime) -> dict[str, Any]:
    """The fields that say when to call next."""
    clinic = get_clinic()
    window = next_try(clinic, clinic.office(request.office), best_times, now)
    return {"try_from": window.opens, "due_at": window.closes}


def assign(request: ConsultationRequest, to: str, actor: str, now: dt.datetime) -> None:
    """Puts the request into the hands of the user `to`, "" for nobody."""
    _change(request, Action.ASSIGNED, actor, now, to, assigned_to=to)


def note(request: ConsultationRequest, text: str, author: str, now: dt.datetime) -> None:
    """Adds a note. Notes are only ever added, so two at once do not meet. Raises RefusedStep for an erased request."""
    with transaction.atomic():
        stored = _locked(request)
        refuse_erased(stored)
        DeskNote.objects.create(request=stored, at=now, author=author, text=text)
        record(stored, Action.NOTED, author, now)


def join(request: ConsultationRequest, into: ConsultationRequest, actor: str, now: dt.datetime) -> None:
    """Closes `request` as a duplicate of `into`. Both keep all that they hold. Raises RefusedStep."""
    refuse_ended(request)
    with transaction.atomic():
        stored = _locked(into)  # nobody is forgotten behind a request that has just ended
        chained = stored.joined_to_id or request.joined.exists()  # how to contact safely is read one step deep
        if stored.pk == request.pk or chained or stored.status not in MAY_BE_JOINED_TO:
            raise RefusedStep(f"{request.reference} cannot be joined to {into.reference}: choose another request.")
        _change(
            request, Action.JOINED, actor, now, into.reference, status=Status.CLOSED, joined_to=stored, ended_at=now,
        )  # fmt: skip
        crisis = stored.crisis or request.crisis
        _change(stored, Action.JOINED, actor, now, request.reference, keep=False, crisis=crisis)


def undo(request: ConsultationRequest, actor: str, now: dt.datetime) -> None:
    """Takes back the desk's last step: the fields it changed are as they were. Raises RefusedStep without one."""
    refuse_erased(request)
    step = last_step(request)
    if step is None:
        raise RefusedStep(f"{request.reference} has no step of the desk that could be undone.")
    with transaction.atomic():
        if request.joined_to and step.action == Action.JOINED:
            record(request.joined_to, Action.UNDONE, actor, now, step.action)
        _change(request, Action.UNDONE, actor, now, step.action, undoes=step, **_as_it_was(step))


def last_step(request: ConsultationRequest) -> AuditEvent | None:
    """What undo() would take back. None also where the patient has taken the request back: that is theirs."""
    if request.erased_at:
        return None
    step = request.audit_events.steps_to_undo().first()
    return step if step is not None and step.actor else None


def _as_it_was(step: AuditEvent) -> dict[str, Any]:
    fields = [field for field in ConsultationRequest._meta.concrete_fields if field.name in step.was]  # noqa: SLF001
    return {field.attname: field.to_python(step.was[field.name]) for field in fields}


def correct_phone(request: ConsultationRequest, phone: Phone, now: dt.datetime) -> None:
    """The patient's new number, with what they agree to for it. After a wrong one the clinic owes an answer anew.

    Raises RefusedStep once nobody waits any more, and after too many changes.
    """
    refuse_ended(request)
    number = {"phone": phone.number, "phone_typed": phone.typed, "phone_extension": phone.extension}
    consents = consents_for_number(request.consents, phone.number, get_clinic(), now)
    anew = {"last_attempt": "", "last_attempt_at": None, "try_from": None, "due_at": _anew(request, now)}
    also = anew if request.last_attempt == Attempt.WRONG_NUMBER else {}
    _correct(request, "phone number", now, number, consents=[*request.consents, *consents], **also)


def change_times(request: ConsultationRequest, best_times: list[str], now: dt.datetime) -> None:
    """The patient's good times, all of them; the next try moves with them. Raises RefusedStep like correct_phone()."""
    refuse_ended(request)
    also = _next_try(request, best_times, now) if request.last_attempt in RETRIED else {}
    _correct(request, "good times", now, {"best_times": best_times}, **also)


def _correct(request: ConsultationRequest, what: str, now: dt.datetime, answers: dict[str, Any], **also: Any) -> None:
    """Writes nothing where no answer changes, so that a second press is not a second event."""
    if all(getattr(request, name) == value for name, value in answers.items()):
        return
    corrections = request.audit_events.filter(action=Action.CORRECTED)
    if corrections.since(now - AN_HOUR).count() >= CORRECTIONS_AN_HOUR or corrections.count() >= CORRECTIONS:
        raise RefusedStep(f"{request.reference} was changed too often. The patient has to call.")
    _change(request, Action.CORRECTED, "", now, what, keep=False, **answers, **also)


def raise_alarm(request: ConsultationRequest, now: dt.datetime) -> bool:
    """Tells the clinic's fallback address of a request that seems lost. True the first time, False when it was told."""
    with transaction.atomic():
        _locked(request)
        if request.messages.filter(kind=MailKind.ALARM).exists():
            return False
        add_all([_belonging(emails.alarm(request), request, now)])
        record(request, Action.ALARMED, "", now)
    return True


def record(request: ConsultationRequest, action: Action, actor: str, now: dt.datetime, detail: str = "") -> AuditEvent:
    """Writes down what changes nothing: a look, a print, a failed confirmation."""
    return AuditEvent.objects.create(
        request=request, at=now, actor=actor, action=action, before=request.status, after=request.status, detail=detail
    )


def record_each(requests: Iterable[ConsultationRequest], action: Action, actor: str, now: dt.datetime) -> None:
    """record() for many requests at once."""
    AuditEvent.objects.bulk_create(
        AuditEvent(request=each, at=now, actor=actor, action=action, before=each.status, after=each.status)
        for each in requests
    )


def erase(request: ConsultationRequest, actor: str, now: dt.datetime) -> None:
    """Erases what the patient sent, the desk's notes and the mails to the patient. There is no way back.

    A request that waits is withdrawn by it, and the patient's links stop working. It is erased whatever happened
    since it was read.
    """
    with transaction.atomic():
        stored = _locked(request)
        after = Status.WITHDRAWN if stored.status in WAITING else Status(stored.status)
        # The key is made from the answers: it goes too.
        keys: dict[str, Any] = {"token": new_token(), "idempotency_key": secrets.token_hex(TOKEN_BYTES)}
        ends: dict[str, Any] = {"status": after, "erased_at": now, "ended_at": stored.ended_at or now}
        _change(stored, Action.ERASED, actor, now, keep=False, **keys, **ends, **erased_answers())
        stored.notes.all().delete()
        stored.messages.filter(kind__in=TO_PATIENT).delete()
    request.refresh_from_db()


def _locked(request: ConsultationRequest) -> ConsultationRequest:
    """The request as it is stored, which nobody else changes until the transaction ends."""
    return ConsultationRequest.objects.select_for_update().get(pk=request.pk)


def _change(
    request: ConsultationRequest,
    action: Action,
    actor: str,
    now: dt.datetime,
    detail: str = "",
    *,
    undoes: AuditEvent | None = None,
    keep: bool = True,
    **changes: Any,
) -> None:
    """Writes `changes`, the next version, the audit event, and the mail where the change is news to the patient.

    `keep`: the event remembers the fields as they were. What the patient typed is never kept there.
    """
    fields = {name.removesuffix("_id"): getattr(request, name) for name in changes} if keep and not undoes else {}
    was = {name: getattr(value, "pk", value) for name, value in fields.items()}
    before = Status(request.status)
    refuse_erased(request)
    with transaction.atomic():
        as_read = ConsultationRequest.objects.filter(pk=request.pk, version=request.version)
        if as_read.update(version=F("version") + 1, **changes) != 1:
            raise ChangedMeanwhile(request)
        AuditEvent.objects.create(
            request=request, at=now, actor=actor, action=action, detail=detail,
            before=before, after=changes.get("status", before), was=was, undoes=undoes,
        )  # fmt: skip
        add_all(_news(request, changes, now))
    request.version += 1
    for name, value in changes.items():
        setattr(request, name, value)


def _news(request: ConsultationRequest, changes: dict[str, Any], now: dt.datetime) -> list[OutboxMessage]:
    """The mail for a change of what the patient's page says of the outcome; none without an address."""
    names = ("status", "visit_at", "visit_office")
    before = [getattr(request, name) for name in names]
    after = [changes.get(name, value) for name, value in zip(names, before, strict=True)]
    told_before, told_after = (outcome if outcome[0] in OUTCOMES else None for outcome in (before, after))
    if told_before == told_after or not changes.get("email", request.email):
        return []
    return [_belonging(emails.news(request, request.version + 1, now), request, now)]
