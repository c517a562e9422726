"""An earlier time that is free is offered to one person after another, first come first served."""

import datetime as dt
from itertools import groupby
from typing import Any

import pytest

from appointments import booking
from appointments.booking import book, cancel, offer, refuse_offers, take_offer, want_earlier
from appointments.choices import Action, Attempt, MailKind, Status, VisitStatus
from appointments.models import ConsultationRequest, Visit
from appointments.policies.refusals import RefusedStep
from appointments.visits.free_times import Slot
from appointments.waiting_list import lapse_expired, offer_earlier_times
from appointments.workflow import record_attempt
from clinic_site.background import before_mail
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, make_request
from tests.appointments.visits.slots import free_slots

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
LATER = NOW + HOUR
NOON = NOW + 2 * HOUR  # when an offer made at NOW has run out: both offices are open meanwhile
MAIL = "ana@example.com"


def waiting(slot: Slot, now: dt.datetime = NOW, **overrides: Any) -> ConsultationRequest:
    """Return a request with a visit at the time, on the waiting list since `now`."""
    request = make_request(**({"email": MAIL} | overrides))
    book(request, slot, "dana", now)
    want_earlier(request, True, now)
    return request


@pytest.fixture
def full() -> list[ConsultationRequest]:
    """Requests that have all times before December 3, the last one at the end of December 2."""
    requests, end = [], slots_on(3)[0].starts_at
    while (first := free_slots()[0]).starts_at < end:
        requests.append(make_request())
        book(requests[-1], first, "dana", NOW)
    return requests


def offered(request: ConsultationRequest) -> list[dt.datetime]:
    """Return the times on offer."""
    return [visit.starts_at for visit in request.visits.filter(status=VisitStatus.PROPOSED)]


def slots_on(day: int, office: str = "port-alder") -> list[Slot]:
    clinic = get_clinic()
    return [slot for slot in free_slots() if clinic.today(slot.starts_at).day == day and slot.office == office]


class TestWhoIsOffered:
    def test_the_first_on_the_list_is_offered_a_freed_time_and_told_by_mail(
        self, full: list[ConsultationRequest]
    ) -> None:
        second, first = waiting(slots_on(3)[1], LATER), waiting(slots_on(3)[0], NOW)
        assert offer_earlier_times(LATER) == 0
        freed = full[-1].visit_at
        cancel(full[-1], "dana", LATER)
        assert offer_earlier_times(LATER) == 1
        assert (offered(first), offered(second)) == ([freed], [])
        assert first.messages.filter(kind=MailKind.OFFERED).count() == 1

    def test_a_booked_visit_stays_until_the_offer_is_taken(self) -> None:
        request = waiting(slots_on(3)[0])
        offer_earlier_times(NOW)
        request.refresh_from_db()
        earlier = request.visits.offered(NOW).get()
        assert (request.status, request.visit_at) == (Status.SCHEDULED, request.visits.open().get().starts_at)
        take_offer(request, earlier, NOW)
        assert request.visit_at == earlier.starts_at
        assert request.earlier_wanted_at is None
        assert offer_earlier_times(NOW) == 0

    def test_the_history_names_the_waiting_list(self) -> None:
        request = waiting(slots_on(3)[0])
        offer_earlier_times(NOW)
        assert str(request.audit_events.last()) == "waiting list offered times to choose from: 1"

    def test_each_person_has_one_open_offer(self) -> None:
        requests = [waiting(slots_on(3)[0]), waiting(slots_on(3)[0])]
        assert [offer_earlier_times(NOW), offer_earlier_times(NOW)] == [2, 0]
        assert [len(offered(request)) for request in requests] == [1, 1]
        assert offered(requests[0]) < offered(requests[1])

    def test_who_takes_no_mail_or_did_not_ask_is_not_offered_any(self) -> None:
        waiting(slots_on(3)[0])
        ConsultationRequest.objects.update(email="")
        book(make_request(email=MAIL), slots_on(3)[0], "dana", NOW)
        assert offer_earlier_times(NOW) == 0

    def test_nothing_is_offered_at_night(self) -> None:
        waiting(slots_on(3)[0])
        assert offer_earlier_times(NOW + 12 * HOUR) == 0

    def test_a_visit_of_a_kind_that_is_gone_has_no_offer(self) -> None:
        request = waiting(slots_on(3)[0])
        request.visits.update(kind="gone")
        assert offer_earlier_times(NOW) == 0


class TestWhatFits:
    @pytest.mark.parametrize(
        ("wishes", "offices"),
        [
            ({}, {"port-alder", "lake-wren"}),
            ({"office": "port-alder"}, {"port-alder"}),
            ({"office": "lake-wren"}, {"port-alder", "lake-wren"}),  # Port Alder: where the visit is
            ({"interpreter": "Haitian Creole"}, {"port-alder"}),
            ({"access": ["step_free"]}, {"port-alder"}),
            ({"interpreter": "Polish"}, set()),
        ],
    )
    def test_offices_where_the_patient_would_go_and_that_meet_the_needs(
        self, wishes: dict[str, Any], offices: set[str]
    ) -> None:
        request = waiting(slots_on(14)[0], **wishes)
        assert offices_of_offers(request) == offices

    @pytest.mark.parametrize(
        ("best_times", "hours"),
        [(["morning"], range(8, 11)), (["afternoon", "midday"], range(11, 21)), ([], range(8, 21))],
    )
    def test_times_that_the_patient_called_good(self, best_times: list[str], hours: range) -> None:
        request = waiting(slots_on(3)[0], best_times=best_times)
        offer_earlier_times(NOW)
        assert {get_clinic().local(at).hour for at in offered(request)} <= set(hours)
        assert offered(request)

    def test_times_within_the_lead_time_are_not_offered(self) -> None:
        request = waiting(slots_on(3)[0])
        offer_earlier_times(NOW)
        assert offered(request)[0] >= NOW + 48 * HOUR

    def test_times_that_begin_before_the_hold_ends_are_not_offered(self) -> None:
        evening = NOW + 6 * HOUR  # 4 p.m.: one hour of work is left; the lead time of a call is 4 hours
        request = waiting(free_slots("call", evening + DAY)[0], evening)
        offer_earlier_times(evening)
        assert offered(request)[0] > evening + 17 * HOUR

    def test_only_the_same_kind_of_visit_is_offered(self) -> None:
        request = waiting(free_slots("call", NOW + 3 * DAY)[0])
        offer_earlier_times(NOW)
        assert {visit.kind for visit in request.visits.all()} == {"call"}


def offices_of_offers(request: ConsultationRequest) -> set[str]:
    """Return the offices of all offers that the patient gets one after the other, each refused."""
    now = NOW
    for _ in range(20):
        offer_earlier_times(now)
        request.refresh_from_db()
        if not offered(request):
            break
        refuse_offers(request, now)
        request.refresh_from_db()
    return {visit.office for visit in request.visits.exclude(status=VisitStatus.BOOKED)}


class TestLapse:
    def test_a_time_goes_to_the_next_person_when_the_hold_runs_out_and_to_nobody_twice(
        self, full: list[ConsultationRequest]
    ) -> None:
        second, first = waiting(slots_on(3)[1], LATER), waiting(slots_on(3)[0], NOW)
        freed = full[-1].visit_at
        cancel(full[-1], "dana", LATER)
        offers = []
        for moment in (LATER + n * HOUR for n in range(7)):
            lapse_expired(moment)
            offer_earlier_times(moment)
            offers.append((len(offered(first)), len(offered(second))))
        assert [state for state, _ in groupby(offers)][:2] == [(1, 0), (0, 1)]
        for request in (first, second):
            times = [visit.starts_at for visit in request.visits.exclude(status=VisitStatus.BOOKED).order_by("pk")]
            assert times[0] == freed
            assert len(set(times)) == len(times)

    def test_an_offer_is_held_for_two_hours_of_work(self) -> None:
        request = waiting(slots_on(3)[0], office="port-alder")
        offer_earlier_times(NOW + 6 * HOUR)  # 4 p.m.; the office opens at 8 the next day
        assert request.visits.get(status=VisitStatus.PROPOSED).held_until == NOW + 23 * HOUR

    def test_somebody_who_answers_no_offer_gets_three_until_they_ask_anew(self) -> None:
        request = waiting(slots_on(14)[0])
        moments = [NOW + n * DAY for n in (0, 1, 7, 8, 9)]
        given = []
        for moment in moments:
            lapse_expired(moment)
            given.append(offer_earlier_times(moment))
        assert given == [1, 1, 1, 0, 0]
        request.refresh_from_db()
        want_earlier(request, False, moments[-1])
        want_earlier(request, True, moments[-1])
        assert offer_earlier_times(moments[-1]) == 1

    def test_a_lapsed_offer_can_be_taken_while_the_time_is_free(self) -> None:
        request = waiting(slots_on(3)[0])
        offer_earlier_times(NOW)
        lapse_expired(NOON)
        request.refresh_from_db()
        lapsed = request.visits.get(status=VisitStatus.LAPSED)
        assert not lapsed.taken_times.exists()
        take_offer(request, lapsed, NOON)
        assert request.visit_at == lapsed.starts_at

    def test_a_request_whose_offers_all_lapsed_is_due_at_the_desk(self) -> None:
        request = make_request()
        offer(request, free_slots()[:2], "dana", NOW)
        held_until = request.due_at
        record_attempt(request, Attempt.NO_ANSWER, "dana", held_until - HOUR)
        assert request.due_at > held_until
        assert lapse_expired(held_until - HOUR) == 0
        assert lapse_expired(held_until) == 1
        request.refresh_from_db()
        assert (request.status, request.due_at, request.try_from) == (Status.CONTACTING, held_until, None)
        assert str(request.audit_events.last()) == "Nobody took the offered times before their hold ran out"
        assert lapse_expired(held_until) == 0

    def test_an_offer_that_still_holds_leaves_the_request_as_it_is(self) -> None:
        request = make_request()
        offer(request, free_slots()[:2], "dana", NOW)
        held_until, due_at = NOW + HOUR, request.due_at
        Visit.objects.filter(pk=request.visits.all()[0].pk).update(held_until=held_until)
        assert lapse_expired(held_until) == 1
        request.refresh_from_db()
        assert request.due_at == due_at
        assert len(offered(request)) == 1


class TestSeveralWorkers:
    @pytest.mark.parametrize("faster", ["a patient", "another worker"])
    def test_who_is_faster_wins_and_nothing_is_offered(self, monkeypatch: pytest.MonkeyPatch, faster: str) -> None:
        request, offer_earlier = waiting(slots_on(3)[0]), booking.offer_earlier

        def late(request: ConsultationRequest, slot: Slot, held_until: dt.datetime, now: dt.datetime) -> None:
            if faster == "a patient":
                book(make_request(), slot, "", now)
            else:
                offer_earlier(ConsultationRequest.objects.get(pk=request.pk), free_slots()[-1], held_until, now)
            offer_earlier(request, slot, held_until, now)

        monkeypatch.setattr(booking, "offer_earlier", late)
        assert offer_earlier_times(NOW) == 0
        assert len(offered(request)) == (faster == "another worker")

    def test_of_two_workers_one_marks_the_lapsed_offer(self) -> None:
        request = waiting(slots_on(3)[0])
        offer_earlier_times(NOW)
        stale = ConsultationRequest.objects.get(pk=request.pk)
        assert [booking.lapse_offers(stale, NOON), booking.lapse_offers(stale, NOON)] == [True, False]
        assert request.audit_events.filter(action=Action.LAPSED).count() == 1

    def test_a_round_of_the_mail_worker_works_on_the_list(self) -> None:
        request = waiting(slots_on(3)[0])
        before_mail(NOW)
        assert offered(request)


def test_a_request_joins_and_leaves_once() -> None:
    request = make_request(email=MAIL)
    book(request, free_slots()[0], "dana", NOW)
    for wanted, since in ((True, NOW), (True, NOW), (False, None), (False, None)):
        want_earlier(request, wanted, NOW)
        assert request.earlier_wanted_at == since
    assert request.audit_events.filter(action=Action.EARLIER_WANTED).count() == len(["on", "off"])


def test_without_a_visit_to_come_nothing_is_earlier() -> None:
    with pytest.raises(RefusedStep, match="no visit to come"):
        want_earlier(make_request(), True, NOW)
