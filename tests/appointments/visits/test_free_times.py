"""Free times, compared with a yardstick that looks at every minute."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from appointments.visits.free_times import (
    Bookable,
    Slot,
    Taken,
    by_day,
    dated_slot,
    free_slots,
    is_free,
    quarter_of,
    slot_at,
)
from clinic_site.clinic import Calendar, Clinic, Office, Span, VisitKind, Week
from clinic_site.clinic_yaml import get_clinic
from tests.soak import often

ZONES = ("America/New_York", "America/Phoenix", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata")
YEARS = (2027, 2028)  # 2028 has a leap day
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
MORNING, AFTERNOON = Span(dt.time(9), dt.time(12)), Span(dt.time(13), dt.time(17))
ODD = Span(dt.time(8, 5), dt.time(11, 50))
ALL_DAY = Span(dt.time(0), dt.time(23, 45))
LATE, EARLY = Span(dt.time(20), dt.time(23, 59)), Span(dt.time(0), dt.time(4))


def a_kind(**changes: int) -> VisitKind:
    rules = {"minutes": 60, "buffer_minutes": 15, "lead_hours": 0, "horizon_days": 3, "most_a_day": 90} | changes
    return VisitKind(slug="visit", name="Visit", needs_answer=True, by_phone=False, bring=(), **rules)


def a_bookable(zone: str, spans: tuple[Span, ...], closures: tuple[dt.date, ...] = (), **rules: int) -> Bookable:
    clinic, kind = get_clinic(), a_kind(**rules)
    week: Week = (spans,) * 7
    calendar = Calendar("room", "Room", week, (kind,))
    office = replace(clinic.offices[0], hours=week, closures=dict.fromkeys(closures, "Closed"), calendars=(calendar,))
    clinic = replace(clinic, time_zone=ZoneInfo(zone), offices=(office,), visit_kinds=(kind,))
    return Bookable(clinic, office, calendar, kind)


def open_minutes(clinic: Clinic, office: Office, calendar: Calendar, start: dt.datetime, days: int) -> dict[int, int]:
    """Return the open minutes since 1970, each with the number of its stretch, as a clock on the wall shows them."""
    found, minute = {}, start
    while minute < start + DAY * days:
        local = minute.astimezone(clinic.time_zone)
        if local.date() not in office.closures:
            for number, span in enumerate(calendar.hours[local.weekday()]):
                if span.opens <= local.time() < span.closes:
                    found[int(minute.timestamp()) // 60] = number
        minute += MINUTE
    return found


def yardstick(bookable: Bookable, taken: Taken, now: dt.datetime, *, for_desk: bool = False) -> Iterator[dt.datetime]:
    """Yield the starts of free slots: go from minute to minute, and try each quarter of an hour."""
    clinic, office, calendar, kind = bookable
    lead = dt.timedelta(hours=0 if for_desk else kind.lead_hours)
    is_open = open_minutes(clinic, office, calendar, now - DAY * 2, kind.horizon_days + 4)
    occupied = {quarter * 15 + minute for quarter in taken.get("room", ()) for minute in range(15)}
    last_day = now.astimezone(clinic.time_zone).date() + DAY * kind.horizon_days
    next_try, stretch = 0, (dt.date.min, 0)
    for minute in sorted(is_open):
        start = dt.datetime.fromtimestamp(minute * 60, dt.UTC)
        day = start.astimezone(clinic.time_zone).date()
        if (day, is_open[minute]) != stretch:
            next_try, stretch = minute, (day, is_open[minute])
        if minute < next_try or minute % 15:
            continue
        if not all(is_open.get(inside) == is_open[minute] for inside in range(minute, minute + kind.minutes)):
            continue
        if occupied & set(range(minute, minute + kind.minutes + kind.buffer_minutes)):
            continue
        next_try = minute + kind.minutes + kind.buffer_minutes
        midnight = quarter_of(dt.datetime.combine(day, dt.time(), clinic.time_zone))
        counted = [q for q in taken.get("room/visit", ()) if midnight <= q < midnight + kind.most_a_day]
        if start >= now + lead and day <= last_day and len(counted) < kind.most_a_day:
            yield start


def starts(bookable: Bookable, taken: Taken, now: dt.datetime, *, for_desk: bool = False) -> list[dt.datetime]:
    return [slot.starts_at for slot in free_slots(bookable, taken, now, for_desk=for_desk)]


def clock_changes(zone: str) -> list[dt.date]:
    """Return the days of YEARS on which the clocks of the zone change."""
    days = (dt.date(YEARS[0], 1, 1) + DAY * number for number in range(2 * 365 + 1))
    offsets = [(day, dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).utcoffset()) for day in days]
    return [day for (day, before), (_, after) in pairwise(offsets) if before != after]


def at(zone: str, day: dt.date, hour: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), ZoneInfo(zone)).astimezone(dt.UTC)


def days_to_try(zone: str) -> list[dt.date]:
    return [*clock_changes(zone), dt.date(2028, 2, 29), dt.date(2027, 12, 31)]


@pytest.mark.soak
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("spans", [(MORNING, AFTERNOON), (ODD,), (EARLY, LATE), (ALL_DAY,)])
def test_the_slots_are_those_of_the_yardstick(zone: str, spans: tuple[Span, ...]) -> None:
    chance = random.Random(f"{zone} {spans}")  # noqa: S311 (chance, not a secret)
    count = 0
    for day in days_to_try(zone):
        for _ in range(often(1, soak=20)):
            rules = {
                "minutes": chance.choice([15, 30, 60, 90]),
                "buffer_minutes": chance.choice([0, 15, 30]),
                "lead_hours": chance.choice([0, 4, 30]),
                "most_a_day": chance.choice([1, 3, 90]),
            }
            closures = tuple(chance.sample([day - DAY, day + DAY, day + DAY * 2], chance.choice([0, 1])))
            bookable = a_bookable(zone, spans, closures, **rules)
            now = at(zone, day - DAY, 5) + MINUTE * chance.randrange(24 * 60)
            first = quarter_of(now)
            taken = {
                "room": set(chance.sample(range(first, first + 4 * 96), 20)),
                "room/visit": {quarter_of(at(zone, day)) + place for place in range(chance.choice([0, 1, 3]))},
            }
            for for_desk in (False, True):
                found = starts(bookable, taken, now, for_desk=for_desk)
                assert found == list(yardstick(bookable, taken, now, for_desk=for_desk))
                assert all(is_free(bookable, start, taken, now, for_desk=for_desk) for start in found)
                count += len(found)
    assert count > len(days_to_try(zone))


@pytest.mark.parametrize("zone", ZONES)
def test_every_day_of_two_years_opens_and_closes_on_the_clock(zone: str) -> None:
    bookable = a_bookable(zone, (MORNING, AFTERNOON), minutes=60, buffer_minutes=0, horizon_days=365)
    seen = 0
    for year in YEARS:
        now = at(zone, dt.date(year, 1, 1))
        for slots in by_day(bookable.clinic, list(free_slots(bookable, {}, now))).values():
            hours = [bookable.clinic.local(slot.starts_at).hour for slot in slots]
            assert hours == [9, 10, 11, 13, 14, 15, 16]
            seen += 1
    assert seen == 2 * 366


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/London", "Australia/Lord_Howe"])
def test_on_the_day_of_a_clock_change_afternoons_are_on_time(zone: str) -> None:
    changes = clock_changes(zone)
    assert len(changes) == 4
    for day in changes:
        bookable = a_bookable(zone, (AFTERNOON,), horizon_days=0, buffer_minutes=0)
        local = [bookable.clinic.local(start) for start in starts(bookable, {}, at(zone, day))]
        assert [(start.date(), start.hour) for start in local] == [(day, hour) for hour in (13, 14, 15, 16)]


@pytest.mark.parametrize("zone", ["America/Phoenix", "Asia/Kolkata"])
def test_without_a_clock_change_all_days_have_the_same_length(zone: str) -> None:
    assert clock_changes(zone) == []


def test_a_day_without_an_hour_has_fewer_slots_and_a_longer_one_more() -> None:
    zone = "America/New_York"
    counts = []
    for day in (dt.date(2027, 3, 13), *clock_changes(zone)[:2]):
        bookable = a_bookable(zone, (Span(dt.time(0), dt.time(4)),), horizon_days=0, buffer_minutes=0)
        counts.append(len(starts(bookable, {}, at(zone, day))))
    assert counts == [4, 3, 5]


def test_a_closure_added_later_removes_the_days_slots_alone() -> None:
    zone, day = "America/New_York", dt.date(2028, 2, 29)
    now = at(zone, day - DAY)
    before = free_slots(a_bookable(zone, (MORNING,)), {}, now)
    after = starts(a_bookable(zone, (MORNING,), (day,)), {}, now)
    clinic = a_bookable(zone, (MORNING,)).clinic
    assert after == [slot.starts_at for slot in before if clinic.today(slot.starts_at) != day]
    assert not is_free(a_bookable(zone, (MORNING,), (day,)), at(zone, day, 9), {}, now)
    assert is_free(a_bookable(zone, (MORNING,)), at(zone, day, 9), {}, now)


def test_the_zone_of_now_makes_no_difference() -> None:
    bookable = a_bookable("America/New_York", (MORNING, AFTERNOON), lead_hours=4, most_a_day=2)
    for hour in range(24):
        now = at("America/New_York", dt.date(2027, 11, 6), hour)
        slots = [starts(bookable, {}, now.astimezone(ZoneInfo(zone))) for zone in ZONES]
        assert slots == [slots[0]] * len(ZONES)


class TestRules:
    ZONE, MONDAY = "America/New_York", dt.date(2027, 6, 7)

    def test_a_slot_starts_after_the_lead_time_to_the_minute(self) -> None:
        bookable = a_bookable(self.ZONE, (MORNING,), lead_hours=24)
        nine = at(self.ZONE, self.MONDAY + DAY, 9)
        assert starts(bookable, {}, nine - DAY)[0] == nine
        late = nine - DAY + dt.timedelta(seconds=1)
        assert starts(bookable, {}, late)[0] == nine + dt.timedelta(minutes=75)
        assert not is_free(bookable, nine, {}, late)
        assert is_free(bookable, nine, {}, late, for_desk=True)

    def test_the_last_day_is_that_of_the_horizon(self) -> None:
        bookable = a_bookable(self.ZONE, (MORNING,), horizon_days=5)
        now = at(self.ZONE, self.MONDAY)
        last = at(self.ZONE, self.MONDAY + DAY * 5, 9)
        assert [is_free(bookable, last + DAY * more, {}, now) for more in (0, 1)] == [True, False]
        assert bookable.clinic.today(starts(bookable, {}, now)[-1]) == self.MONDAY + DAY * 5

    def test_a_full_day_is_not_offered_and_the_next_one_is(self) -> None:
        bookable = a_bookable(self.ZONE, (MORNING,), most_a_day=2)
        now = at(self.ZONE, self.MONDAY)
        taken = {"room/visit": set(bookable.day_quarters(self.MONDAY))}
        assert bookable.clinic.today(starts(bookable, taken, now)[0]) == self.MONDAY + DAY
        assert not is_free(bookable, at(self.ZONE, self.MONDAY, 9), taken, now)
        taken["room/visit"].pop()
        assert is_free(bookable, at(self.ZONE, self.MONDAY, 9), taken, now)

    def test_a_buffer_may_reach_beyond_the_hours_but_not_into_a_visit(self) -> None:
        bookable = a_bookable(self.ZONE, (MORNING,), minutes=60, buffer_minutes=30)
        now, eleven = at(self.ZONE, self.MONDAY), at(self.ZONE, self.MONDAY, 11)
        assert is_free(bookable, eleven, {}, now)
        assert not is_free(bookable, eleven, {"room": {quarter_of(eleven) + 5}}, now)

    @pytest.mark.parametrize("minutes", [-15, 1, 7, 135, 180])
    def test_other_starts_are_not_free(self, minutes: int) -> None:
        nine = at(self.ZONE, self.MONDAY, 9)
        bookable = a_bookable(self.ZONE, (MORNING,))
        assert not is_free(bookable, nine + MINUTE * minutes, {}, nine - DAY)

    def test_a_start_between_the_slots_is_free(self) -> None:
        nine = at(self.ZONE, self.MONDAY, 9)
        assert is_free(a_bookable(self.ZONE, (MORNING,)), nine + MINUTE * 15, {}, nine - DAY)

    def test_visits_of_one_day_never_count_for_the_next(self) -> None:
        for zone in ZONES:
            bookable = a_bookable(zone, (MORNING,), most_a_day=90)
            for day in days_to_try(zone):
                first, second = (bookable.day_quarters(day + DAY * more) for more in (0, 1))
                assert not set(first) & set(second)


def test_a_slot_is_sent_as_one_word() -> None:
    bookable = a_bookable("America/New_York", (MORNING,))
    start = dt.datetime(2027, 6, 7, 13, tzinfo=dt.UTC)
    slot = slot_at(bookable, start)
    assert slot == Slot("port-alder", "room", "visit", start, start + dt.timedelta(hours=1))
    assert slot.value == f"room.visit.{int(start.timestamp()) // 900}"
    assert dated_slot("port-alder", start) == Slot("port-alder", "", "", start, None)
