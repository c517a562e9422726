"""Takes times of calendars for visits, so that no two visits share one.

The unique constraint of TakenTime decides between two that want one time. An offer whose hold ran out gives way in the
transaction of the one who takes its time: no worker has to clean up first.

All transactions lock in one order, so that PostgreSQL finds no deadlock: the request, then the rows to free, then the
quarters to take, then the places on the days; rows in ascending order.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import suppress

from django.db import IntegrityError, transaction
from django.db.models import Q

from appointments.models import ConsultationRequest, TakenTime, Visit
from appointments.models.visits import VisitQuerySet
from appointments.policies.refusals import RefusedStep
from appointments.visits.free_times import (
    Bookable,
    Slot,
    Taken,
    free_slots,
    is_free,
    moment_of,
    quarter_of,
    slot_at,
)
from clinic_site.clinic import Clinic, Office, VisitKind

QUARTER = re.compile("[0-9]{1,8}")
LONGER_THAN_A_DAY = dt.timedelta(hours=26)  # on which clocks are set back


class TimeTaken(RefusedStep):
    """The time is not free, or not any more."""

    def __init__(self) -> None:
        super().__init__("That time is no longer free. Choose another one.")


def find_bookables(clinic: Clinic, offices: Iterable[Office], kind: VisitKind) -> list[Bookable]:
    """Return what is bookable for this kind of visit in the calendars of `offices`."""
    return [
        Bookable(clinic, office, calendar, kind)
        for office in offices
        for calendar in office.calendars
        if kind in calendar.kinds
    ]


def bookable_of(clinic: Clinic, calendar_slug: str, kind_slug: str) -> Bookable | None:
    """Return the calendar with the kind of visit; None if the clinic no longer has both together."""
    for office in clinic.offices:
        calendar, kind = office.calendar(calendar_slug), clinic.visit_kind(kind_slug)
        if calendar and kind and kind in calendar.kinds:
            return Bookable(clinic, office, calendar, kind)
    return None


def bookable_or_taken(clinic: Clinic, time: Slot | Visit) -> Bookable:
    """Return bookable_of() the slot or the visit. Raises TimeTaken if the clinic no longer has both together."""
    bookable = bookable_of(clinic, time.calendar, time.kind)
    if bookable is None:
        raise TimeTaken
    return bookable


def slot_of(visit: Visit) -> Slot:
    """Return the time of the visit as a slot, whether the time is free or not."""
    return Slot(visit.office, visit.calendar, visit.kind, visit.starts_at, visit.ends_at)


def find_slot(
    clinic: Clinic, value: str, now: dt.datetime, *, for_desk: bool = False, holder: ConsultationRequest | None = None
) -> Slot | None:
    """Return the slot with this Slot.value if it is free now; None for anything else.

    `holder`: the request that the time is for. What the request itself holds does not block it.
    """
    calendar, kind, quarter = [*value.split("."), "", "", ""][:3]
    bookable = bookable_of(clinic, calendar, kind)
    if bookable is None or not QUARTER.fullmatch(quarter):
        return None
    starts_at = moment_of(int(quarter))
    taken = taken_times([bookable], now, around=starts_at, holder=holder)
    free = is_free(bookable, starts_at, taken, now, for_desk=for_desk)
    return slot_at(bookable, starts_at) if free else None


def find_free_slots(
    bookables: Collection[Bookable],
    now: dt.datetime,
    *,
    for_desk: bool = False,
    holder: ConsultationRequest | None = None,
) -> list[Slot]:
    """Return the free slots of `bookables`, in the order of time, with one query. `holder`: see find_slot()."""
    taken = taken_times(bookables, now, holder=holder)
    found = (slot for bookable in bookables for slot in free_slots(bookable, taken, now, for_desk=for_desk))
    return sorted(found, key=lambda slot: (slot.starts_at, slot.calendar))


def taken_times(
    bookables: Iterable[Bookable],
    now: dt.datetime,
    *,
    around: dt.datetime | None = None,
    holder: ConsultationRequest | None = None,
) -> Taken:
    """Return what is taken in the calendars of `bookables` for others than `holder`; holds that ran out are not.

    From the day of `now` on, or on the day of `around` alone.
    """
    keys = {key for bookable in bookables for key in bookable.keys}
    start = quarter_of((around or now) - LONGER_THAN_A_DAY)  # places of a day are counted from its midnight on
    rows = TakenTime.objects.filter(calendar__in=keys, quarter__gte=start).exclude(visit__in=Visit.objects.expired(now))
    if around:
        rows = rows.filter(quarter__lte=quarter_of(around + LONGER_THAN_A_DAY))
    if holder:
        rows = rows.exclude(visit__request=holder)
    taken = defaultdict(set)
    for calendar, quarter in rows.values_list("calendar", "quarter"):
        taken[calendar].add(quarter)
    return taken


def make_room(clinic: Clinic, slots: Iterable[Slot], held: VisitQuerySet, now: dt.datetime) -> None:
    """Free the times of `held`, and the offers that ran out and are in the way of `slots`. Raises TimeTaken.

    All in one go, before hold() takes anything: see above.
    """
    in_the_way = Q(pk__in=())
    for slot in slots:
        if slot.calendar:
            bookable = bookable_or_taken(clinic, slot)
            calendar, counted = bookable.keys
            quarters = bookable.quarters(slot.starts_at, slot.ends_at)
            places = bookable.day_quarters(clinic.today(slot.starts_at))
            in_the_way |= Q(taken_times__calendar=calendar, taken_times__quarter__in=quarters)
            in_the_way |= Q(taken_times__calendar=counted, taken_times__quarter__in=places)
    expired = Visit.objects.expired(now).filter(in_the_way)
    TakenTime.objects.filter(Q(visit__in=expired.values("pk")) | Q(visit__in=held.values("pk"))).free()


def hold(clinic: Clinic, visits: Iterable[Visit]) -> None:
    """Take the times of the stored visits; those without a calendar take none. Raises TimeTaken.

    Must run in a transaction, after make_room().
    """
    times = [(visit, bookable_or_taken(clinic, visit)) for visit in visits if visit.calendar]
    for visit, bookable in sorted(times, key=lambda time: (time[0].calendar, time[0].starts_at)):
        _take(visit, visit.calendar, bookable.quarters(visit.starts_at, visit.ends_at))
    for visit, bookable in sorted(times, key=lambda time: (time[0].calendar, time[0].kind, time[0].starts_at)):
        _take_first_free(visit, bookable.keys[1], bookable.day_quarters(clinic.today(visit.starts_at)))


def _take(visit: Visit, calendar: str, quarters: Collection[int]) -> None:
    """Write one row for each quarter. Raises TimeTaken if another visit has one of them."""
    # Whoever comes late is refused at once: two who wait for each other's visits to move would wait for ever.
    if TakenTime.objects.filter(calendar=calendar, quarter__in=quarters).exists():
        raise TimeTaken
    times = [TakenTime(visit=visit, calendar=calendar, quarter=quarter) for quarter in quarters]
    try:
        with transaction.atomic():
            TakenTime.objects.bulk_create(times)
    except IntegrityError as error:
        raise TimeTaken from error


def _take_first_free(visit: Visit, calendar: str, quarters: Iterable[int]) -> None:
    """Write one row for the first free quarter. Raises TimeTaken if all are taken."""
    taken = set(TakenTime.objects.filter(calendar=calendar, quarter__in=quarters).values_list("quarter", flat=True))
    for quarter in quarters:
        if quarter not in taken:
            with suppress(TimeTaken):  # another transaction was faster
                return _take(visit, calendar, [quarter])
    raise TimeTaken
