"""Make patients with visits in every state, and print the paths of their pages: `python -m tests.browser.visits_data`.

For the browser tests; the database is that of the environment. Each call makes new ones, in a calendar without visits:
the tests of a worker share a site, and a kind of visit has few times a day.
"""

import json
import secrets
import sys

import django

django.setup()

from django.urls import reverse  # noqa: E402 (the models need Django set up)
from django.utils import timezone  # noqa: E402

from appointments.booking import book, cancel, offer, offer_earlier, submit_with_time, want_earlier  # noqa: E402
from appointments.choices import Action  # noqa: E402
from appointments.models import ConsultationRequest, TakenTime  # noqa: E402
from appointments.visits.free_times import Slot, by_day  # noqa: E402
from appointments.visits.holds import find_bookables, find_free_slots  # noqa: E402
from appointments.workflow import answer, record  # noqa: E402
from clinic_site.clinic import work_day_end  # noqa: E402
from clinic_site.clinic_yaml import get_clinic  # noqa: E402
from tests.appointments.builders import make_answers, make_request  # noqa: E402

NOW = timezone.now()


def free_slots(kind_slug: str) -> list[Slot]:
    """Return the first free time of each day from tomorrow on."""
    clinic = get_clinic()
    kind = clinic.visit_kind(kind_slug)
    assert kind is not None
    days = by_day(clinic, find_free_slots(find_bookables(clinic, clinic.offices, kind), NOW))
    return [slots[0] for day, slots in days.items() if day > clinic.today(NOW)]


def opened(request: ConsultationRequest) -> ConsultationRequest:
    """Open the request at the desk: times of requests that nobody opened are limited."""
    record(request, Action.OPENED, "dana", NOW)
    return request


def booked(kind: str, number: int) -> ConsultationRequest:
    request = opened(make_request(now=NOW, nonce=secrets.token_hex(16), email="ana@example.com"))
    book(request, free_slots(kind)[number], "dana", NOW)
    return request


def picked() -> ConsultationRequest:
    return opened(submit_with_time(make_answers(nonce=secrets.token_hex(16)), free_slots("first-visit")[4], NOW))


def offered() -> ConsultationRequest:
    request = opened(make_request(now=NOW, nonce=secrets.token_hex(16)))
    offer(request, free_slots("first-visit")[2:5], "dana", NOW)
    answer(request, "We have three times for you. Bring a friend if you like.", "dana", NOW)
    return request


def offered_earlier() -> ConsultationRequest:
    request = booked("first-visit", 20)
    want_earlier(request, True, NOW)
    held_until = work_day_end(get_clinic(), None, NOW, 1)
    offer_earlier(request, free_slots("first-visit")[0], held_until, NOW)
    return request


def cancelled() -> ConsultationRequest:
    request = booked("first-visit", 9)
    cancel(request, "", NOW)
    return request


def main() -> None:
    TakenTime.objects.all().delete()
    requests = {
        "booked": booked("first-visit", 6),
        "call": booked("first-call", 5),
        "picked": picked(),
        "offered": offered(),
        "earlier": offered_earlier(),
        "cancelled": cancelled(),
    }
    pages = {state: reverse("appointments:status", args=[request.token]) for state, request in requests.items()}
    json.dump(pages, sys.stdout)


if __name__ == "__main__":
    main()
