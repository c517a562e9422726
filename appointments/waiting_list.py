"""The waiting list: an earlier time that is free is offered to one person after another, first come first served.

Each offer is held for HOLD of the office's open hours. Then the time is offered to the next person, and never again to
the one who let it pass; that person comes after those who let fewer offers pass.
"""

import datetime as dt
from collections.abc import Iterator

from appointments import booking
from appointments.choices import VisitStatus
from appointments.models import ConsultationRequest, Visit
from appointments.policies.callbacks import is_good_time
from appointments.policies.office_fit import fitting_offices
from appointments.policies.refusals import ChangedMeanwhile
from appointments.reminders import is_mail_hour
from appointments.visits.free_times import Slot
from appointments.visits.holds import TimeTaken, find_bookables, find_free_slots
from clinic_site.clinic import Clinic, Office, after_working_time
from clinic_site.clinic_yaml import get_clinic

HOLD = dt.timedelta(hours=2)
MOST_UNANSWERED = 3  # offers; who answers none gets no more mails until they ask anew


def lapse_expired(now: dt.datetime) -> int:
    """Mark the offers whose hold ran out; return for how many requests. Several workers may run it at once."""
    requests = ConsultationRequest.objects.filter(visits__in=Visit.objects.expired(now)).distinct()
    return sum(booking.lapse_offers(request, now) for request in requests)


def offer_earlier_times(now: dt.datetime) -> int:
    """Offer free times to those on the waiting list whom they fit, one to each; return how many.

    Several workers may run it at once: the times that are taken and the version of the request let one succeed.
    """
    clinic = get_clinic()
    if not is_mail_hour(clinic, now):
        return 0
    free: dict[str, list[Slot]] = {}  # by kind of visit; a new offer changes what is free
    offered = 0
    for visit in sorted(Visit.objects.on_waiting_list(now), key=_unanswered):
        if visit.kind not in free:
            free[visit.kind] = _free_slots(clinic, visit.kind, now)
        if found := next(_fitting(clinic, visit, free[visit.kind], now), None):
            offered += _offer(visit.request, *found, now)
            free.clear()
    return offered


def _free_slots(clinic: Clinic, kind_slug: str, now: dt.datetime) -> list[Slot]:
    kind = clinic.visit_kind(kind_slug)
    return find_free_slots(find_bookables(clinic, clinic.offices, kind), now) if kind else []


def _offer(request: ConsultationRequest, slot: Slot, held_until: dt.datetime, now: dt.datetime) -> bool:
    try:
        booking.offer_earlier(request, slot, held_until, now)
    except (TimeTaken, ChangedMeanwhile):  # another worker or the patient was faster; the next round looks again
        return False
    return True


def _fitting(clinic: Clinic, visit: Visit, slots: list[Slot], now: dt.datetime) -> Iterator[tuple[Slot, dt.datetime]]:
    """Yield the slots to offer instead of the visit, the earliest first, each with the end of its hold."""
    others = visit.request.visits.all()  # prefetched
    if _unanswered(visit) >= MOST_UNANSWERED or any(other.status == VisitStatus.PROPOSED for other in others):
        return
    holds = {office.slug: after_working_time(clinic, office, now, HOLD) for office in _offices(clinic, visit)}
    known = {(other.office, other.starts_at) for other in others}
    for slot in slots:
        held_until = holds.get(slot.office, slot.starts_at)
        is_new = (slot.office, slot.starts_at) not in known
        if is_new and held_until < slot.starts_at < visit.starts_at and _suits(clinic, visit.request, slot):
            yield slot, held_until


def _unanswered(visit: Visit) -> int:
    """Return how many offers the patient let pass since they asked for an earlier time."""
    since = visit.request.earlier_wanted_at or visit.changed_at
    offers = visit.request.visits.all()  # prefetched
    return sum(other.status == VisitStatus.LAPSED and other.changed_at >= since for other in offers)


def _offices(clinic: Clinic, visit: Visit) -> list[Office]:
    """Return the offices that the patient would go to and that have what the patient needs."""
    request = visit.request
    wanted = (request.office, visit.office) if request.office else [office.slug for office in clinic.offices]
    offices = fitting_offices(clinic, request.interpreter, request.access)
    return [office for office in offices if office.slug in wanted]


def _suits(clinic: Clinic, request: ConsultationRequest, slot: Slot) -> bool:
    return not request.best_times or is_good_time(clinic, request.best_times, slot.starts_at)
