import datetime as dt
from typing import Any

import pytest

from appointments.choices import Attempt, Status
from appointments.models import ConsultationRequest
from appointments.policies.contact import attach_look_alikes, contact_permissions, stricter_look_alikes
from appointments.policies.refusals import RefusedStep
from appointments.workflow import erase, join, record_attempt
from tests.appointments.builders import LATER, NOW, make_request

pytestmark = pytest.mark.django_db
CALLS = {Attempt.NO_ANSWER, Attempt.WRONG_NUMBER}


@pytest.mark.parametrize(
    ("contact", "offered"),
    [
        ({}, CALLS),
        ({"voicemail": True}, CALLS | {Attempt.VOICEMAIL}),
        ({"email": "ana@example.com"}, CALLS | {Attempt.WROTE}),
        ({"texts": True}, CALLS | {Attempt.WROTE}),
        ({"contact_way": "no_calls", "voicemail": True, "texts": True}, {Attempt.WROTE}),
        ({"phone": "", "email": "ana@example.com"}, {Attempt.WROTE}),
        ({"phone": "", "voicemail": True, "texts": True}, set()),
    ],
)
def test_ways_the_patient_ruled_out_are_not_offered(contact: dict[str, Any], offered: set[Attempt]) -> None:
    assert set(contact_permissions(make_request(**contact)).attempts) == offered | {Attempt.REACHED}


def survivor(**joined: Any) -> ConsultationRequest:
    """Return a request that allows everything, with another request joined to it."""
    older = make_request(voicemail=True, texts=True, email="ana@example.com")
    join(make_request(now=LATER, **joined), older, "kim", LATER)
    return older


@pytest.mark.parametrize(
    ("joined", "open_ways"),
    [
        ({"voicemail": True, "texts": True}, (True, True, True)),
        ({"contact_way": "no_calls", "texts": True}, (False, False, True)),
        ({"contact_way": "no_calls", "phone": "", "email": "ana@example.com"}, (False, False, True)),
        ({"texts": True}, (True, False, True)),
        ({"voicemail": True}, (True, True, False)),
        ({"phone": "", "email": "ana@example.com"}, (True, True, True)),
    ],
)
def test_the_strictest_joined_request_applies(joined: dict[str, Any], open_ways: tuple[bool, ...]) -> None:
    allowed = contact_permissions(survivor(**joined))
    assert (allowed.may_call, allowed.may_leave_voicemail, allowed.may_text) == open_ways


def test_a_wrong_number_is_not_tried_again() -> None:
    request = make_request(voicemail=True, texts=True, email="ana@example.com")
    record_attempt(request, Attempt.WRONG_NUMBER, "kim", NOW)
    assert contact_permissions(request).attempts == [Attempt.WROTE, Attempt.REACHED]
    assert not contact_permissions(request).may_text


@pytest.mark.parametrize(("number", "callable_again"), [("+17275550111", False), ("+17275550199", True)])
def test_a_wrong_number_stays_wrong_after_joining(number: str, callable_again: bool) -> None:
    older, newer = make_request(phone=number), make_request(now=LATER)
    record_attempt(newer, Attempt.WRONG_NUMBER, "kim", LATER)
    join(newer, older, "kim", LATER)
    assert contact_permissions(older).may_call == callable_again


OPEN: dict[str, Any] = {"voicemail": True, "texts": True, "others_may": "take_message", "email": "ana@example.com"}
ALL_OPEN = (True, True, True, "take_message")
MONTH = dt.timedelta(days=30)


def ways(request: ConsultationRequest) -> tuple[object, ...]:
    allowed = contact_permissions(request)
    return allowed.may_call, allowed.may_leave_voicemail, allowed.may_text, allowed.others_may


class TestLookAlikes:
    """A request that allows everything, and another one probably from the same person."""

    @pytest.mark.parametrize(
        ("other", "open_ways"),
        [
            (OPEN, ALL_OPEN),
            (OPEN | {"contact_way": "no_calls"}, (False, False, True, None)),
            (OPEN | {"voicemail": False}, (True, False, True, "take_message")),
            (OPEN | {"texts": False}, (True, True, False, "take_message")),
            (OPEN | {"others_may": "nothing"}, (True, True, True, "nothing")),
            ({"phone": "", "email": "ana@example.com"}, ALL_OPEN),
            ({"phone": "", "email": "ANA@example.com", "contact_way": "no_calls"}, (False, False, True, None)),
            ({"phone": "", "name": "ana  torres", "contact_way": "no_calls"}, (False, False, True, None)),
            ({"phone": "+17275550199", "name": "Bo Li", "contact_way": "no_calls"}, ALL_OPEN),
        ],
    )
    @pytest.mark.parametrize("sent", [NOW - dt.timedelta(days=1), LATER])
    def test_the_strictest_wish_applies_to_both_requests(
        self, other: dict[str, Any], open_ways: tuple[object, ...], sent: dt.datetime
    ) -> None:
        request = make_request(**OPEN)
        make_request(now=sent, **other)
        assert ways(request) == open_ways

    def test_joining_changes_no_permission(self) -> None:
        older, newer = make_request(**OPEN), make_request(now=LATER, **OPEN | {"contact_way": "no_calls"})
        before = ways(older), ways(newer)
        join(newer, older, "kim", LATER)
        assert (ways(older), ways(newer)) == before == ((False, False, True, None),) * 2

    def test_requests_joined_to_a_look_alike_count(self) -> None:
        request, other = make_request(**OPEN), make_request(now=NOW - MONTH, **OPEN)
        joined = make_request(now=LATER, name="Bo Li", phone="+17275550199", contact_way="no_calls")
        join(joined, other, "kim", LATER)
        assert ways(request) == (False, False, False, None)

    def test_look_alikes_of_a_joined_request_count_in_every_direction(self) -> None:
        """Joining hides the request in between, but not the wishes of that request or of its look-alikes."""
        strict, between = {"contact_way": "no_calls"}, {"name": "Bo Li", "email": "ana@example.com"}
        for first, second, third in [(strict, OPEN, OPEN), (OPEN, strict, OPEN), (OPEN, OPEN, strict)]:
            ConsultationRequest.objects.update(status=Status.SPAM)
            one = make_request(**OPEN | first | {"email": ""})
            two = make_request(now=LATER, **OPEN | second | between)
            three = make_request(now=LATER, **OPEN | third | {"name": "Cy", "phone": "+17275550199"})
            join(two, one, "kim", LATER)
            assert [contact_permissions(request).may_call for request in (one, two, three)] == [False] * 3

    def test_a_joined_request_follows_its_target(self) -> None:
        older, newer = make_request(**OPEN | {"contact_way": "no_calls"}), make_request(now=LATER, **OPEN)
        join(newer, older, "kim", LATER)
        assert ways(newer) == (False, False, True, None)

    @pytest.mark.parametrize("status", Status)
    @pytest.mark.parametrize("sent", [NOW - dt.timedelta(days=1), LATER])
    def test_an_older_look_alike_counts_while_open_and_a_newer_one_always(
        self, status: Status, sent: dt.datetime
    ) -> None:
        request = make_request(**OPEN)
        make_request(now=sent, status=status, **OPEN | {"contact_way": "no_calls"})
        counts = status in (Status.NEW, Status.CONTACTING, Status.SCHEDULED) or sent > NOW
        assert contact_permissions(request).may_call == (not counts or status == Status.SPAM)

    def test_an_erased_look_alike_does_not_count(self) -> None:
        request, other = make_request(**OPEN), make_request(now=LATER, contact_way="no_calls")
        erase(other, "kim", LATER)
        assert ways(request) == ALL_OPEN
        assert contact_permissions(other).attempts == [Attempt.REACHED]

    def test_a_wrong_number_is_wrong_for_both_requests(self) -> None:
        request, other = make_request(**OPEN), make_request(**OPEN)
        record_attempt(other, Attempt.WRONG_NUMBER, "kim", NOW)
        assert not contact_permissions(request).may_call

    @pytest.mark.parametrize("outcome", [Attempt.NO_ANSWER, Attempt.VOICEMAIL, Attempt.WRONG_NUMBER])
    def test_an_attempt_a_look_alike_rules_out_is_refused_with_its_reference(self, outcome: Attempt) -> None:
        request, other = make_request(**OPEN), make_request(now=LATER, **OPEN | {"contact_way": "no_calls"})
        with pytest.raises(RefusedStep, match=f"did not allow that way of contact in {other.reference}."):
            record_attempt(request, outcome, "kim", LATER)
        record_attempt(request, Attempt.WROTE, "kim", LATER)

    def test_stricter_look_alikes_are_listed(self) -> None:
        request = make_request(**OPEN)
        make_request(now=LATER, **OPEN)
        strict = [make_request(now=LATER, **OPEN | {"texts": False}), make_request(now=LATER, contact_way="no_calls")]
        assert stricter_look_alikes(request) == strict

    def test_many_requests_are_looked_up_in_a_constant_number_of_queries(self, django_assert_num_queries: Any) -> None:
        answers = [{}, OPEN, {"contact_way": "no_calls"}, {"phone": ""}, {"name": "Bo Li", "office": "lake-wren"}]
        requests = [make_request(now=NOW + number * MONTH, **answers[number % 5]) for number in range(10)]
        join(requests[3], requests[1], "kim", LATER)
        one_by_one = [ways(request) for request in requests]
        many = list(ConsultationRequest.objects.order_by("pk"))
        with django_assert_num_queries(5):
            attach_look_alikes(many)
            assert [ways(request) for request in many] == one_by_one
