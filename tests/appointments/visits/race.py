"""Concurrent takers of times on a separate database: run by test_race.py in a process of its own.

PATIENTS and ROUNDS come from the environment.
"""

import datetime as dt
import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from appointments.booking import book, cancel, offer, refuse_offers, submit_with_time, take_offer
from appointments.models import ConsultationRequest, TakenTime, Visit
from appointments.policies.refusals import ChangedMeanwhile, RefusedStep
from appointments.visits.free_times import Slot
from appointments.visits.holds import TimeTaken, bookable_of, find_slot
from clinic_site.clinic_yaml import get_clinic
from clinic_site.database.sqlite_queue import WAITING_AT_MOST
from tests.appointments.builders import NOW, make_answers, make_request, stored
from tests.appointments.visits.slots import free_slots

PATIENTS = int(os.environ.get("PATIENTS", "40"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
TIMES = 20
LATER = NOW + dt.timedelta(days=3)  # every hold of NOW ran out
Job = Callable[[], object]


def tried(job: Job) -> str:
    """Return how the step ended: done, the kind of refusal, or the kind of error."""
    try:
        job()
    except (TimeTaken, ChangedMeanwhile) as refusal:
        return type(refusal).__name__
    except RefusedStep:
        return "RefusedStep"
    except Exception as error:  # noqa: BLE001 (the test shows what it was)
        return f"{type(error).__name__}: {error}"
    return "done"


def race(*jobs: Job) -> Counter[str]:
    """Run the jobs as a web process with open connections does that gets them all at once. Count how they ended."""
    threads = min(len(jobs), WAITING_AT_MOST)
    gate = threading.Barrier(threads)  # so that each thread opens and closes its own

    def each(step: str) -> None:
        getattr(connection, step)()  # of this thread
        gate.wait()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(each, ["ensure_connection"] * threads))
        outcomes = Counter(pool.map(tried, jobs))
        list(pool.map(each, ["close"] * threads))
    return outcomes


def faults() -> list[str]:
    """Return what is wrong with the visits and times that are stored."""
    found = []
    holding = Visit.objects.exclude(status="cancelled")
    for visit in holding.filter(status__in=("pending", "booked")).exclude(calendar=""):
        bookable = bookable_of(get_clinic(), visit.calendar, visit.kind)
        assert bookable
        calendar, counted = bookable.keys
        taken = TakenTime.objects.filter(visit=visit)
        if set(taken.filter(calendar=calendar).values_list("quarter", flat=True)) != set(
            bookable.quarters(visit.starts_at, visit.ends_at)
        ):
            found.append(f"visit {visit.pk} does not hold its time")
        if taken.filter(calendar=counted).count() != 1:
            found.append(f"visit {visit.pk} does not count once")
    if TakenTime.objects.filter(visit__status="cancelled").exists():
        found.append("a cancelled visit holds a time")
    return found


def one_time(threads: int = 20) -> Any:
    """Pick one time by many patients."""
    slot = free_slots()[0]
    outcomes = race(*[partial(submit_with_time, make_answers(), slot, NOW) for _ in range(threads)])
    return {"outcomes": outcomes, "visits": Visit.objects.filter(starts_at=slot.starts_at).count()}


def many_times() -> Any:
    """Pick TIMES times by PATIENTS patients, and measure when the last ones have their answer."""
    slots = free_slots("call")[::16][:TIMES]  # one a day
    beginnings: list[float] = []
    ends: list[float] = []

    def pick(number: int) -> None:
        beginnings.append(time.perf_counter())
        slot = slots[number % TIMES]
        try:
            if not find_slot(get_clinic(), slot.value, NOW):  # as the form does
                raise TimeTaken
            submit_with_time(make_answers(email=f"{number}@example.com"), slot, NOW)
        finally:
            ends.append(time.perf_counter())

    before = ConsultationRequest.objects.count()
    outcomes = race(*[partial(pick, number) for number in range(PATIENTS)])
    return {
        "outcomes": outcomes,
        "requests": ConsultationRequest.objects.count() - before,
        "times": Visit.objects.filter(kind="call", status="booked").values("starts_at").distinct().count(),
        "p99": round((sorted(ends)[int(len(ends) * 0.99)] - min(beginnings)) * 1000),
    }


def daily_cap() -> Any:
    """Book different times of one day by many; the kind allows four a day."""
    slots = free_slots()
    day = [slot for slot in slots if (slot.calendar, slot.starts_at.date()) == ("alder-first", dt.date(2026, 12, 7))]
    outcomes = race(*[partial(book, make_request(), slot, "dana", NOW) for slot in day])
    return {"times": len(day), "outcomes": outcomes}


def expired_offer(slots: Sequence[Slot]) -> Any:
    """Take an offer that ran out: two others, and in the second race its owner and another."""
    outcomes: list[Any] = []
    for owner_takes, slot in zip((False, True), slots, strict=True):
        owner = make_request()
        offer(owner, [slot], "dana", NOW)
        visit = owner.visits.get()
        takers: list[Job] = [partial(book, make_request(), slot, "", LATER) for _ in range(2)]
        if owner_takes:
            takers[0] = partial(take_offer, owner, visit, LATER)
        outcomes.append(race(*takers))
    return outcomes


def crossed(rounds: int) -> Any:
    """Take steps that lock the same rows in different orders, many times."""
    total: Counter[str] = Counter()
    for _ in range(rounds):
        for jobs in (_offer_of_two_and_booking, _two_steps_on_a_request, _owners_change_places, _cancel_and_take):
            total += race(*jobs())
        with transaction.atomic():
            Visit.objects.all().cancel(NOW)
    return total


def _offer_of_two_and_booking() -> list[Job]:
    """One offers two times of a day while others book the second one."""
    first, second, third = [slot for slot in free_slots(now=LATER) if slot.calendar == "alder-first"][:3]
    return [
        partial(offer, make_request(), [first, second], "dana", LATER),
        partial(offer, make_request(), [third, second], "dana", LATER),
        *[partial(book, make_request(), second, "kim", LATER) for _ in range(4)],
    ]


def _two_steps_on_a_request() -> list[Job]:
    """The desk offers times and cancels, the patient refuses, and somebody books, all for one request."""
    slots = free_slots(now=LATER)
    request = submit_with_time(make_answers(email="ana@example.com"), slots[0], LATER)
    return [
        partial(offer, stored(request), slots[5:8], "dana", LATER),
        partial(cancel, stored(request), "dana", LATER),
        partial(refuse_offers, stored(request), LATER),
        partial(book, stored(request), slots[9], "kim", LATER),
    ]


def _owners_change_places() -> list[Job]:
    """Two offers ran out, and the owner of each books the other's time."""
    slots, owners = free_slots()[20:22], [make_request(), make_request()]
    for owner, slot in zip(owners, slots, strict=True):
        offer(owner, [slot], "dana", NOW)
    return [partial(book, owner, slot, "", LATER) for owner, slot in zip(owners, reversed(slots), strict=True)]


def _cancel_and_take() -> list[Job]:
    """A visit is cancelled, and moved by another, while others take its time."""
    slots = free_slots(now=LATER)
    request, other = make_request(), make_request()
    book(request, slots[30], "dana", LATER)
    book(other, slots[31], "dana", LATER)
    return [
        partial(cancel, stored(request), "dana", LATER),
        partial(book, stored(other), slots[30], "kim", LATER),
        *[partial(book, make_request(), slots[30], "", LATER) for _ in range(3)],
        *[partial(book, make_request(), slots[31], "", LATER) for _ in range(3)],
    ]


def crowd() -> None:
    call_command("migrate", verbosity=0)
    json.dump(many_times(), sys.stdout)


def main() -> None:
    call_command("migrate", verbosity=0)
    slots = free_slots()[10:12]
    result = {
        "one time": one_time(),
        "many times": many_times(),
        "daily cap": daily_cap(),
        "expired": expired_offer(slots),
        "crossed": crossed(ROUNDS),
        "faults": faults(),
    }
    json.dump(result, sys.stdout)
