"""The only code that books, offers, moves and cancels visits.

Each function writes the visit, its times, the state of the request, the audit event and the mail in one transaction.
`request` is the request as the caller read it, `actor` a user name, "" for the patient: see workflow.py. All functions
raise ChangedMeanwhile and RefusedStep as those of workflow.py do, and TimeTaken if a time is not free any more. They
lock the request before any time, so that PostgreSQL finds no deadlock.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from appointments import emails
from appointments.choices import OFFERS, SENDING_STEPS, WAITING, Action, CancelReason, MailKind, Status, VisitStatus
from appointments.intake import Answers, is_address_used_up, refuse_flood_of_times
from appointments.models import ConsultationRequest, Visit
from appointments.policies.refusals import (
    ChangedTooOften,
    IllegalTransition,
    RefusedStep,
    is_changed_too_often,
    refuse_ended,
    refuse_erased,
)
from appointments.visit_time import VisitTime, refusal, to_detail
from appointments.visits.free_times import Slot, is_open
from appointments.visits.holds import TimeTaken, bookable_or_taken, hold, make_room, slot_of
from appointments.visits.stranded import stranded_because
from appointments.workflow import change, complete, locked, new_promise, record, submit
from clinic_site.clinic import work_day_end
from clinic_site.clinic_yaml import get_clinic
from clinic_site.database.sqlite_queue import sqlite_write_queue

MOST_OFFERS = 3
LEAD_WITHOUT_KIND = dt.timedelta(hours=24)  # of visits that the desk booked with a date alone
MOVES = (Action.MOVED, Action.PICKED)
WAITING_LIST = "waiting list"  # in the audit trail
OUTCOMES = {
    VisitStatus.BOOKED: (VisitStatus.ARRIVED, VisitStatus.FULFILLED, VisitStatus.NO_SHOW),
    VisitStatus.ARRIVED: (VisitStatus.FULFILLED, VisitStatus.NO_SHOW),
    VisitStatus.NO_SHOW: (VisitStatus.ARRIVED, VisitStatus.FULFILLED),
    VisitStatus.FULFILLED: (VisitStatus.ARRIVED, VisitStatus.NO_SHOW),
}


def submit_with_time(
    answers: Answers, slot: Slot, now: dt.datetime, promised_from: dt.datetime | None = None, *, fast: bool = False
) -> ConsultationRequest:
    """Store the request as workflow.submit() does, with the time that the patient picked: both or nothing.

    The visit waits for the desk's answer, or is booked at once if its kind needs none.
    """
    with sqlite_write_queue(), transaction.atomic():
        request = submit(answers, now, promised_from, fast=fast)
        if _is_news(request, slot, now):
            _pick(request, slot, now)
    return request


def _is_news(request: ConsultationRequest, slot: Slot, now: dt.datetime) -> bool:
    """Return whether the pick of `slot` is news: it is not a second press of the button, and nobody acted meanwhile.

    Who goes back and chooses another time gets that one, as often as they may move a visit. Spam holds no time.
    """
    visit = request.visits.open().first()
    if visit is None:
        return request.status in WAITING and not request.visits.exists()
    if request.audit_events.changes().exclude(actor="", action__in=SENDING_STEPS).exists():
        return False
    if is_changed_too_often(request, MOVES, now):
        return False
    return (visit.starts_at, visit.calendar, visit.kind) != (slot.starts_at, slot.calendar, slot.kind)


def _pick(request: ConsultationRequest, slot: Slot, now: dt.datetime) -> None:
    if not request.visits.exists():
        refuse_flood_of_times(request, slot.calendar)
    if not _is_answered_first(request, slot):
        book(request, slot, "", now)
        return
    _set_time(request, slot, VisitStatus.PENDING, now)
    record(request, Action.PICKED, "", now, _detail(slot))


def _is_answered_first(request: ConsultationRequest, slot: Slot) -> bool:
    """Return whether the desk answers before the picked time is booked.

    After words of a crisis it always does: a booked request leaves the queue and raises no alarm. So it does for an
    address that gets no more confirmations today: each booking would be a mail to whoever has that address.
    """
    kind = bookable_or_taken(get_clinic(), slot).kind
    return kind.needs_answer or request.crisis or bool(request.email and is_address_used_up(request))


def book(request: ConsultationRequest, slot: Slot, actor: str, now: dt.datetime) -> Visit:
    """Book the time for the request, and free what else the request holds: its earlier visit, its pick, its offers.

    Raises IllegalTransition for a request that ended in another way, and RefusedStep for an unchanged time.
    """
    refuse_erased(request)
    before = Status(request.status)
    if before not in (*WAITING, Status.SCHEDULED):
        raise IllegalTransition(before, Status.SCHEDULED)
    moves = before == Status.SCHEDULED and request.visit_at is not None
    if moves and request.visits.open().filter(**slot.place, starts_at=slot.starts_at).exists():
        raise RefusedStep(f"{request.reference} has this visit already. Nothing was changed.")
    ends: dict[str, Any] = (
        {} if before == Status.SCHEDULED else {"status": Status.SCHEDULED, "ended_at": now, "try_from": None}
    )
    with transaction.atomic():
        visit = _set_time(request, slot, VisitStatus.BOOKED, now)
        change(
            request, Action.MOVED if moves else Action.TRANSITION, actor, now, _detail(slot), undoable=not moves,
            visit_at=slot.starts_at, visit_office=slot.office, earlier_wanted_at=None,
            mail=MailKind.CHANGED if moves else None, **ends,
        )  # fmt: skip
    return visit


def move(request: ConsultationRequest, slot: Slot, now: dt.datetime) -> None:
    """Move the visit to a time that the patient chose: a booked one stays booked, a picked one waits for the answer.

    The caller checks that `slot` is free for patients. Raises RefusedStep from changes_until() on, and
    ChangedTooOften.
    """
    refuse_erased(request)
    visit = request.visits.to_come(now).first()
    if visit is None or now >= changes_until(visit):
        raise RefusedStep(f"{request.reference} has no visit that can still be moved online.")
    if is_changed_too_often(request, MOVES, now):
        raise ChangedTooOften(request)
    if visit.status == VisitStatus.BOOKED or not _is_answered_first(request, slot):
        book(request, slot, "", now)
        return
    with transaction.atomic():
        _set_time(request, slot, VisitStatus.PENDING, now)
        change(request, Action.PICKED, "", now, _detail(slot), undoable=False)


def changes_until(visit: Visit) -> dt.datetime:
    """Return until when patients move the visit themselves."""
    kind = get_clinic().visit_kind(visit.kind)
    return visit.starts_at - (dt.timedelta(hours=kind.lead_hours) if kind else LEAD_WITHOUT_KIND)


def offer(request: ConsultationRequest, slots: Sequence[Slot], actor: str, now: dt.datetime) -> None:
    """Offer up to MOST_OFFERS times, held until the end of the next working day, instead of what was offered or picked.

    The desk has to act when the hold runs out.
    """
    refuse_ended(request)
    if not 1 <= len(set(slots)) <= MOST_OFFERS:
        raise RefusedStep(f"Choose one to {MOST_OFFERS} times to offer.")
    clinic = get_clinic()
    held_until = work_day_end(clinic, clinic.office(slots[0].office), now, 1)
    with transaction.atomic():
        locked(request)
        make_room(clinic, slots, request.visits.all(), now)
        request.visits.all().cancel(now)
        hold(clinic, [_propose(request, slot, held_until, now) for slot in set(slots)])
        change(
            request, Action.OFFERED, actor, now, str(len(set(slots))), undoable=False, mail=MailKind.OFFERED,
            status=Status.CONTACTING, due_at=held_until, try_from=None,
        )  # fmt: skip


def offer_earlier(request: ConsultationRequest, slot: Slot, held_until: dt.datetime, now: dt.datetime) -> None:
    """Offer an earlier time to somebody on the waiting list, who keeps the booked one until they take it."""
    clinic = get_clinic()
    with transaction.atomic():
        locked(request)
        make_room(clinic, [slot], request.visits.none(), now)
        hold(clinic, [_propose(request, slot, held_until, now)])
        change(request, Action.OFFERED, WAITING_LIST, now, "1", undoable=False, mail=MailKind.OFFERED)


def lapse_offers(request: ConsultationRequest, now: dt.datetime) -> bool:
    """Mark the offers whose hold ran out. The desk has to act now if the request waits and no offer is left.

    Return False if there are none. Several workers may call it.
    """
    with transaction.atomic():
        stored = locked(request)
        if not stored.visits.lapse(now):
            return False
        is_due = stored.status in WAITING and not stored.visits.offered(now).exists()
        due: dict[str, Any] = {"due_at": min(stored.due_at, now), "try_from": None} if is_due else {}
        change(stored, Action.LAPSED, "", now, undoable=False, **due)
    return True


def take_offer(request: ConsultationRequest, offered: Visit, now: dt.datetime) -> Visit:
    """Book the offered time for the patient; the other offers are freed. Also after the hold ran out, if it is free.

    Raises TimeTaken for an offer that was withdrawn, has begun, or no longer lies in open hours.
    """
    if offered.status not in OFFERS or offered.starts_at <= now:
        raise TimeTaken
    if stranded_because(get_clinic(), offered):
        raise TimeTaken
    return book(request, slot_of(offered), "", now)


def refuse_offers(request: ConsultationRequest, now: dt.datetime) -> None:
    """Free the offered times, of which none fits the patient. A request without a visit is the desk's turn again."""
    refuse_erased(request)
    due: dict[str, Any] = {"due_at": new_promise(request, now)} if request.status in WAITING else {}
    with transaction.atomic():
        locked(request)
        request.visits.filter(status__in=OFFERS).cancel(now)
        change(request, Action.NO_TIME_FITS, "", now, undoable=False, **due)


def cancel(
    request: ConsultationRequest, actor: str, now: dt.datetime, because: CancelReason = CancelReason.PATIENT_ASKED
) -> None:
    """Cancel the booked or picked visit. The clinic owes an answer again, until somebody ends the request."""
    refuse_erased(request)
    if not request.visits.open().exists():
        raise RefusedStep(f"{request.reference} has no visit that could be cancelled.")
    was_booked = request.status == Status.SCHEDULED
    with transaction.atomic():
        locked(request)
        if not was_booked:
            request.visits.all().cancel(now)
        change(
            request, Action.VISIT_CANCELLED, actor, now, because, undoable=False,
            mail=None if was_booked else MailKind.NEWS,
            status=Status.CONTACTING, ended_at=None, due_at=new_promise(request, now), try_from=None,
            visit_at=None, visit_office="", earlier_wanted_at=None,
        )  # fmt: skip


def record_outcome(request: ConsultationRequest, visit: Visit, to: VisitStatus, actor: str, now: dt.datetime) -> None:
    """Record that the patient arrived, was treated or did not come; from the day of the visit on."""
    clinic = get_clinic()
    if to not in OUTCOMES.get(VisitStatus(visit.status), ()):
        raise RefusedStep(f"A visit that is “{visit.get_status_display()}” cannot become “{to.label}”.")
    if clinic.today(now) < clinic.today(visit.starts_at):
        raise RefusedStep(f"The visit of {request.reference} is not today: say what came of it on its day.")
    if request.visits.open().exclude(pk=visit.pk).exists():
        raise RefusedStep(f"{request.reference} has another visit meanwhile. Nothing was changed.")
    with transaction.atomic():
        locked(request)
        request.visits.filter(pk=visit.pk).update(status=to, changed_at=now)
        change(request, Action.VISITED, actor, now, to, undoable=False)


def want_earlier(request: ConsultationRequest, wanted: bool, now: dt.datetime) -> None:
    """Put a request with a booked visit on the waiting list for an earlier time, or take it off."""
    if bool(request.earlier_wanted_at) == wanted:
        return
    if wanted and not request.visits.filter(status=VisitStatus.BOOKED, starts_at__gt=now).exists():
        raise RefusedStep(f"{request.reference} has no visit to come.")
    if wanted and not request.email:
        raise RefusedStep(f"{request.reference} has no e-mail address, and an earlier time is offered by mail alone.")
    if is_changed_too_often(request, (Action.EARLIER_WANTED,), now):
        raise ChangedTooOften(request)
    since = now if wanted else None
    change(request, Action.EARLIER_WANTED, "", now, "on" if wanted else "off", undoable=False, earlier_wanted_at=since)


def remind(visit: Visit, days: int, now: dt.datetime) -> bool:
    """Write the mail that reminds of a booked visit so many days before it. Several workers may call it.

    Return False if there is one already, or if the visit was moved or cancelled since it was read.
    """
    occasion = occasion_of(visit.starts_at, days)
    with transaction.atomic():
        request = locked(visit.request)
        same = request.visits.filter(pk=visit.pk, status=VisitStatus.BOOKED, starts_at=visit.starts_at)
        if not same.exists() or request.messages.filter(kind=MailKind.REMINDER, occasion=occasion).exists():
            return False
        complete(emails.to_patient(MailKind.REMINDER, request, occasion, now, visit), request, now).save()
    return True


def occasion_of(starts_at: dt.datetime, days: int) -> int:
    """Return OutboxMessage.occasion of a reminder: the minute of the visit since 1970, and one digit for the days."""
    return int(starts_at.timestamp()) // 60 * 10 + days


def _propose(request: ConsultationRequest, slot: Slot, held_until: dt.datetime, now: dt.datetime) -> Visit:
    visit = Visit(request=request, status=VisitStatus.PROPOSED, held_until=held_until, changed_at=now)
    _store(visit, slot, now)
    return visit


def _set_time(request: ConsultationRequest, slot: Slot, status: VisitStatus, now: dt.datetime) -> Visit:
    """Store the time as the request's open visit, and free its offers. The same visit moves: its UID stays."""
    locked(request)  # two steps at once must not both find that the request has no visit
    make_room(get_clinic(), [slot], request.visits.all(), now)
    request.visits.filter(status__in=OFFERS).cancel(now)
    visit = request.visits.open().first() or Visit(request=request, sequence=-1)
    visit.status, visit.changed_at = status, now
    visit.sequence += 1
    _store(visit, slot, now)
    hold(get_clinic(), [visit])
    return visit


def _store(visit: Visit, slot: Slot, now: dt.datetime) -> None:
    """Store the visit at the time of `slot`. Raises RefusedStep for a time that has passed or is not open any more."""
    clinic = get_clinic()
    if slot.calendar:
        _, office, calendar, _ = bookable_or_taken(clinic, slot)
        if slot.starts_at <= now or not is_open(
            clinic, office, calendar, slot.starts_at, slot.ends_at or slot.starts_at
        ):
            raise TimeTaken
    elif refused_because := refusal(clinic, VisitTime(slot.starts_at, slot.office), now):
        raise RefusedStep(f"{refused_because}.")
    visit.office, visit.calendar, visit.kind = slot.office, slot.calendar, slot.kind
    visit.starts_at, visit.ends_at = slot.starts_at, slot.ends_at
    visit.save()


def _detail(slot: Slot) -> str:
    return to_detail(VisitTime(slot.starts_at, slot.office))
