"""Take half of the time of ten calendars and find what is free: `python -m tests.bench.visits_inside ROUNDS`.

Prints milliseconds of server time, as JSON.
"""

import datetime as dt
import json
import random
import statistics
import sys
import time
from dataclasses import replace
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402 (needs Django set up)
from django.db import connection  # noqa: E402 (the same)
from django.utils import timezone  # noqa: E402 (the same)

from appointments.choices import VisitStatus  # noqa: E402 (the same)
from appointments.models import TakenTime, Visit  # noqa: E402 (the same)
from appointments.visits.free_times import Bookable, open_quarters  # noqa: E402 (the same)
from appointments.visits.holds import find_bookables, find_free_slots  # noqa: E402 (the same)
from clinic_site.clinic_yaml import get_clinic  # noqa: E402 (the same)
from tests.appointments.builders import make_request  # noqa: E402 (the same)

CALENDARS, HORIZON = 10, 42
KIND = "first-call"
AT_LEAST = 20  # rounds: one takes milliseconds


def bookables() -> list[Bookable]:
    """Return the kind of visit in CALENDARS calendars of the first office."""
    clinic = get_clinic()
    kind = replace(clinic.visit_kinds[0], horizon_days=HORIZON)
    [calendar, *_] = clinic.offices[0].calendars
    calendars = tuple(replace(calendar, slug=f"room-{number}", kinds=(kind,)) for number in range(CALENDARS))
    office = replace(clinic.offices[0], calendars=calendars)
    return find_bookables(replace(clinic, offices=(office,), visit_kinds=(kind,)), [office], kind)


def take_half(places: list[Bookable]) -> tuple[int, int]:
    """Take each open hour with a chance of one half. Return the numbers of open and taken quarters."""
    chance, now = random.Random(1), timezone.now()  # noqa: S311 (chance, not a secret)
    visit = Visit.objects.create(
        request=make_request(), status=VisitStatus.BOOKED, office="port-alder", starts_at=now, changed_at=now
    )
    rows, all_open = [], 0
    for place in places:
        days = (place.clinic.today(now) + dt.timedelta(days=ahead) for ahead in range(HORIZON + 1))
        for day in days:
            for opens, closes in open_quarters(place.clinic, place.office, place.calendar, day):
                all_open += closes - opens
                hours = [hour for hour in range(opens, closes, 4) if chance.random() < 1 / 2]
                rows += [
                    TakenTime(visit=visit, calendar=place.calendar.slug, quarter=quarter)
                    for hour in hours
                    for quarter in range(hour, min(hour + 4, closes))
                ]
    TakenTime.objects.bulk_create(rows, batch_size=500)
    return all_open, len(rows)


def main(rounds: int) -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    places = bookables()
    all_open, taken = take_half(places)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    times = []
    for _ in range(max(rounds, AT_LEAST)):
        start = time.perf_counter()
        slots = find_free_slots(places, timezone.now())
        times.append((time.perf_counter() - start) * 1000)
    assert slots
    return {"calendars": CALENDARS, "open": all_open, "taken": taken, "milliseconds": statistics.median(times)}


if __name__ == "__main__":
    json.dump(main(int(sys.argv[1])), sys.stdout)
