"""What the patient's page says of visits: the booked or picked one, and offered times."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.utils.html import format_html

from appointments.booking import changes_until
from appointments.choices import OFFERS, TO_COME, Attempt, Status, VisitStatus
from appointments.models import ConsultationRequest, Visit
from appointments.policies.office_fit import fitting_offices
from appointments.visit_time import when
from appointments.visits.free_times import Slot
from appointments.visits.holds import find_bookables, find_free_slots, find_slot, slot_of
from appointments.visits.stranded import stranded_because
from clinic_site.clinic import Clinic, Office, VisitKind
from clinic_site.clinic_yaml import get_clinic
from clinic_site.dates import dated

OVER = (VisitStatus.FULFILLED, VisitStatus.NO_SHOW)


@dataclass(frozen=True)
class ShownVisit:
    """A visit in words. `office` and `kind` are None if the clinic no longer has them, or never had."""

    visit: Visit
    when: str
    office: Office | None
    kind: VisitKind | None
    changes_until: dt.datetime  # until when the patient moves it
    is_stranded: bool
    is_to_come: bool
    is_late_to_move: bool
    can_be_moved: bool  # here, by the patient
    can_wait_for_earlier: bool

    @property
    def call_office(self) -> str:
        """The words “call the … office” with its number; without the office, any will do."""
        if self.office is None:
            return "call an office"
        link = format_html('<a href="tel:{}">{}</a>', self.office.phone, self.office.phone_shown)
        return format_html("call the {}, {}", self.office.name, link)

    @property
    def can_be_cancelled(self) -> bool:
        return self.is_to_come and self.visit.status in TO_COME


@dataclass(frozen=True)
class ShownOffer:
    shown: ShownVisit
    is_held: bool
    can_be_taken: bool


def visit_of(stored: ConsultationRequest, now: dt.datetime) -> ShownVisit | None:
    """Return the visit that is picked, booked or over; None without one."""
    visit = stored.visits.open().first() or stored.visits.filter(status__in=OVER).order_by("starts_at").last()
    return show(visit, now) if visit else None


def show(visit: Visit, now: dt.datetime) -> ShownVisit:
    clinic = get_clinic()
    kind, to_come = clinic.visit_kind(visit.kind), now < visit.starts_at
    until = changes_until(visit)
    is_open = visit.status in TO_COME
    return ShownVisit(
        visit=visit,
        when=_when(visit, kind),
        office=clinic.office(visit.office),
        kind=kind,
        changes_until=until,
        is_stranded=bool(stranded_because(clinic, visit)),
        is_to_come=to_come,
        is_late_to_move=now >= until,
        can_be_moved=clinic.scheduling and kind is not None and is_open and now < until,
        can_wait_for_earlier=bool(visit.calendar) and to_come and visit.status == VisitStatus.BOOKED,
    )


def _when(visit: Visit, kind: VisitKind | None) -> str:
    """Return the time with its zone, unless the patient comes to the office, where only one zone counts."""
    if kind is None or kind.by_phone:
        return when(visit.starts_at)
    local = get_clinic().local(visit.starts_at)
    return f"{local:%A}, {dated(local)}"


def offers_of(stored: ConsultationRequest, now: dt.datetime) -> list[ShownOffer]:
    """Return the offered times, also those whose hold ran out, and whether the patient can still take them.

    Beside a booked visit only those that can be taken.
    """
    of_these = (VisitStatus.PROPOSED,) if stored.status == Status.SCHEDULED else OFFERS
    offers = [
        ShownOffer(show(offered, now), bool(offered.held_until and offered.held_until > now), _is_free(offered, now))
        for offered in stored.visits.filter(status__in=of_these).order_by("starts_at", "pk")
    ]
    return [offer for offer in offers if offer.can_be_taken or stored.status != Status.SCHEDULED]


def _is_free(offered: Visit, now: dt.datetime) -> bool:
    clinic = get_clinic()
    if offered.starts_at <= now or stranded_because(clinic, offered):
        return False
    if not offered.calendar:
        return True
    return find_slot(clinic, slot_of(offered).value, now, for_desk=True, holder=offered.request) is not None


def can_be_called(stored: ConsultationRequest) -> bool:
    """Return whether the number that the patient gave can be called, as far as the clinic knows."""
    return bool(stored.phone) and stored.last_attempt != Attempt.WRONG_NUMBER


def _offices_to_move_to(clinic: Clinic, stored: ConsultationRequest, present: str) -> list[Office]:
    """Return the offices that fit, and the `present` one, which the clinic chose knowingly."""
    fitting = fitting_offices(clinic, stored.interpreter, stored.access)
    return [office for office in clinic.offices if office.slug == present or office in fitting]


def times_to_move_to(stored: ConsultationRequest, shown: ShownVisit, now: dt.datetime) -> list[Slot]:
    """Return the free times for the same kind of visit, one for each time and office, without the present one.

    By phone the offices make no difference: one for each time.
    """
    clinic = get_clinic()
    offices = _offices_to_move_to(clinic, stored, shown.visit.office)
    bookables = find_bookables(clinic, offices, shown.kind) if shown.kind else []
    found = find_free_slots(bookables, now, holder=stored)
    by_phone = shown.kind is not None and shown.kind.by_phone
    times = {(slot.starts_at, "" if by_phone else slot.office): slot for slot in reversed(found)}
    times.pop((shown.visit.starts_at, "" if by_phone else shown.visit.office), None)
    return sorted(times.values(), key=lambda slot: (slot.starts_at, slot.office))


def chosen_time(stored: ConsultationRequest, shown: ShownVisit, value: str, now: dt.datetime) -> Slot | None:
    """Return the time with this Slot.value if the patient may move the visit there; None for anything else."""
    clinic = get_clinic()
    slot = find_slot(clinic, value, now, holder=stored)
    if slot is None or slot.kind != shown.visit.kind:
        return None
    offices = _offices_to_move_to(clinic, stored, shown.visit.office)
    return slot if slot.office in [office.slug for office in offices] else None


def by_day_and_office(slots: list[Slot]) -> list[tuple[dt.date, str, list[Slot]]]:
    """Return the days with their times; if there is a choice of offices, each day once for each office, with its name.

    A day of calls has the time zone instead: the patient may be in another one. `slots` are in the order of time.
    """
    clinic = get_clinic()
    with_office = len({slot.office for slot in slots}) > 1
    groups: dict[tuple[dt.date, str], list[Slot]] = defaultdict(list)
    for slot in slots:
        kind, office = clinic.visit_kind(slot.kind), clinic.office(slot.office)
        about = office.name if office and with_office else ""
        if kind and kind.by_phone:
            about = f"{clinic.local(slot.starts_at):%Z}"
        groups[clinic.today(slot.starts_at), about].append(slot)
    return [(day, about, times) for (day, about), times in sorted(groups.items())]
