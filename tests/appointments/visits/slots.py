"""Slots of the tests' clinic, and the clinic with other facts."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from appointments.models import ConsultationRequest
from appointments.visits.free_times import Slot, quarter_of
from appointments.visits.holds import find_bookables, find_free_slots, find_slot
from clinic_site.clinic_yaml import get_clinic, pinned_clinic
from tests.appointments.builders import NOW, VISIT


def free_slots(
    kind_slug: str = "visit",
    now: dt.datetime = NOW,
    *,
    for_desk: bool = False,
    holder: ConsultationRequest | None = None,
) -> list[Slot]:
    """Return the free slots of the kind in all calendars."""
    clinic = get_clinic()
    kind = clinic.visit_kind(kind_slug)
    assert kind is not None
    return find_free_slots(find_bookables(clinic, clinic.offices, kind), now, for_desk=for_desk, holder=holder)


def value_of(at: dt.datetime = VISIT.at, kind: str = "visit", calendar: str = "alder-first") -> str:
    """Return Slot.value of a time, free or not."""
    return f"{calendar}.{kind}.{quarter_of(at)}"


def desk_slot(at: dt.datetime = VISIT.at, kind: str = "visit", calendar: str = "alder-first") -> Slot:
    """Return the slot of a time that is free for the desk."""
    found = find_slot(get_clinic(), value_of(at, kind, calendar), NOW, for_desk=True)
    assert found is not None
    return found


@contextmanager
def patients_choose() -> Iterator[None]:
    """Let patients choose times themselves, as `scheduling: on` does."""
    with pinned_clinic(replace(get_clinic(), scheduling=True)):
        yield


@contextmanager
def closed_on(day: dt.date) -> Iterator[None]:
    """Close all offices on `day`, as an editor does after visits were booked."""
    clinic = get_clinic()
    offices = tuple(replace(office, closures={**office.closures, day: "Storm"}) for office in clinic.offices)
    with pinned_clinic(replace(clinic, offices=offices)):
        yield
