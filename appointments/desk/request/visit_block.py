"""The block “Visit” of a request's page: the visit with its status, and the free times that fit."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from appointments.booking import OUTCOMES
from appointments.choices import OFFERS, TO_COME, WAITING, Status, VisitStatus
from appointments.desk.visit_labels import current_visit, in_full, office_and_calendar
from appointments.models import ConsultationRequest, Visit
from appointments.policies.callbacks import is_good_time
from appointments.policies.office_fit import gaps_in_words, offices_for
from appointments.visit_time import parse_date
from appointments.visits.free_times import Slot, by_day
from appointments.visits.holds import find_bookables, find_free_slots
from appointments.visits.stranded import stranded_because
from clinic_site.clinic import Clinic, Office, VisitKind
from clinic_site.clinic_yaml import get_clinic
from clinic_site.dates import clock

DAYS_SHOWN = 4
CHOICES = frozenset(("kind", "at", "since", "slots"))  # parameters of the page's address


@dataclass(frozen=True)
class FreeTime:
    value: str  # see Slot.value
    label: str
    good: bool  # at a time that the patient called good
    ticked: bool


@dataclass(frozen=True)
class Wanted:
    """What the free times are for, as the address of the page or the refused step says."""

    kinds: list[VisitKind]  # to choose from
    kind: VisitKind | None  # None if there is none to choose from
    office: Office | None  # None: the offices that fit
    offices: list[Office]
    since: dt.date | None
    ticked: tuple[str, ...]

    def query(self, since: dt.date) -> str:
        kind, office = self.kind.slug if self.kind else "", self.office.slug if self.office else ""
        return urlencode({"kind": kind, "at": office, "since": since})


def wanted(clinic: Clinic, request: ConsultationRequest, query: QueryDict) -> Wanted:
    """Return the choice. Without one, the kind of the request's visit, else the first that the offices have."""
    visit = current_visit(request)
    office = clinic.office(query.get("at", ""))
    offices = [office] if office else offices_for(clinic, request.office, request.interpreter, request.access)
    kinds = [kind for kind in clinic.visit_kinds if find_bookables(clinic, clinic.offices, kind)]
    slug = query.get("kind") or (visit.kind if visit else "")
    chosen = [kind for kind in kinds if kind.slug == slug]
    possible = [kind for kind in kinds if find_bookables(clinic, offices, kind)]
    return Wanted(
        kinds=kinds,
        kind=next(iter(chosen or possible or kinds), None),
        office=office,
        offices=offices,
        since=parse_date(query.get("since", "")),
        ticked=tuple(query.getlist("slots")),
    )


def visit_block(request: ConsultationRequest, query: QueryDict, now: dt.datetime) -> dict[str, Any]:
    clinic, visit = get_clinic(), current_visit(request)
    choice = wanted(clinic, request, query)
    offers = [offered for offered in request.visits.all() if offered.status in OFFERS]
    proposed = [offered for offered in offers if offered.status == VisitStatus.PROPOSED]
    held = [offered for offered in proposed if offered.held_until and offered.held_until > now]
    held.sort(key=lambda offered: offered.starts_at)
    may_book = request.status in WAITING or request.status == Status.SCHEDULED
    stranded = stranded_because(clinic, visit) if visit and visit.status in TO_COME else ""
    needs_a_time = visit is None or bool(stranded) or request.earlier_wanted_at is not None
    return {
        "current": visit,
        "current_in_full": in_full(visit) if visit else "",
        "stranded": stranded,
        "unknown": request.status == Status.SCHEDULED and request.visit_at is None,
        "offers": [
            (in_full(offered), offered.held_until) for offered in sorted(held, key=lambda visit: visit.starts_at)
        ],
        "offers_ran_out": request.status in WAITING and len(offers) > len(held) == 0,
        "wants_earlier": request.earlier_wanted_at,
        "picked": visit is not None and visit.status == VisitStatus.PENDING,
        "to_cancel": visit is not None and visit.status in TO_COME,
        "outcomes": _outcomes(clinic, visit, now),
        "may_book": may_book,
        "may_offer": request.status in WAITING,
        "moves": request.status == Status.SCHEDULED,
        # A visit that is well has no need of a long list of times before the next steps.
        "folded": request.status == Status.SCHEDULED and not needs_a_time and not CHOICES.intersection(query),
        "choice": choice,
        **(_free_times(clinic, request, choice, choice.kind, now) if may_book and choice.kind else {}),
    }


def _outcomes(clinic: Clinic, visit: Visit | None, now: dt.datetime) -> list[VisitStatus]:
    """Return what can be recorded about the visit now: nothing before its day."""
    if visit is None or clinic.today(now) < clinic.today(visit.starts_at):
        return []
    return list(OUTCOMES.get(VisitStatus(visit.status), ()))


def _free_times(
    clinic: Clinic, request: ConsultationRequest, choice: Wanted, kind: VisitKind, now: dt.datetime
) -> dict[str, Any]:
    """Return the first days with free times, the link to later ones, and what the chosen offices lack."""
    slots = find_free_slots(find_bookables(clinic, choice.offices, kind), now, for_desk=True, holder=request)
    since = choice.since or clinic.today(now)
    all_days = by_day(clinic, [slot for slot in slots if clinic.today(slot.starts_at) >= since])
    days = dict(islice(all_days.items(), DAYS_SHOWN))
    later = next(islice(all_days, DAYS_SHOWN, None), None)
    return {
        "days": [
            (day, office_and_calendar(clinic, *place), [_free_time(clinic, request, slot, choice) for slot in slots])
            for day, times in days.items()
            for place, slots in _by_calendar(times)
        ],
        "later": choice.query(later) if later else "",
        "lacks": [
            sentence
            for office in choice.offices
            for sentence in gaps_in_words(clinic, office.slug, request.interpreter, request.access)
        ],
    }


def _by_calendar(slots: list[Slot]) -> list[tuple[tuple[str, str], list[Slot]]]:
    """Group the slots of a day by the slugs of office and calendar."""
    groups = groupby(sorted(slots, key=lambda slot: slot[:2]), key=lambda slot: slot[:2])
    return [(calendar, list(of_one)) for calendar, of_one in groups]


def _free_time(clinic: Clinic, request: ConsultationRequest, slot: Slot, choice: Wanted) -> FreeTime:
    good = is_good_time(clinic, request.best_times, slot.starts_at)
    return FreeTime(slot.value, clock(slot.starts_at), good, slot.value in choice.ticked)
