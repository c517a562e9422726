import datetime as dt
from typing import Any

import pytest

from appointments.choices import Status
from appointments.duplicates import LookAlike, counted_look_alikes, look_alikes
from appointments.models import ConsultationRequest
from appointments.workflow import erase, join
from tests.appointments.builders import LATER, NOW, make_request

pytestmark = pytest.mark.django_db
OTHER: dict[str, Any] = {"name": "Bo Li", "phone": "+17275550199", "email": "bo@example.com", "office": "lake-wren"}
ANA: dict[str, Any] = {"email": "ana@example.com"}


@pytest.mark.parametrize(
    ("same", "reasons"),
    [
        ({"phone": "+17275550111"}, ["Same phone number"]),
        ({"email": "Ana@Example.com"}, ["Same e-mail address"]),
        ({"name": "ana torres", "office": ""}, ["Same name and office"]),
        ({"name": "Ana‑Torres", "office": ""}, ["Same name and office"]),
        ({"name": "Ａｎａ Tor\u00adres", "office": ""}, ["Same name and office"]),
        ({"email": "ANA@example\u200b.com"}, ["Same e-mail address"]),
        ({"phone": "+17275550111", "email": "ana@example.com"}, ["Same phone number", "Same e-mail address"]),
    ],
)
def test_it_says_why_two_look_alike(same: dict[str, str], reasons: list[str]) -> None:
    request, other = make_request(**ANA), make_request(**(OTHER | same))
    [found] = look_alikes(request)
    assert (found.other, found.reasons) == (other, reasons)


def test_what_is_missing_in_both_is_not_the_same() -> None:
    nothing: dict[str, Any] = {"phone": "", "phone_typed": ""}
    request = make_request(**nothing)
    make_request(**nothing)
    assert [each.reasons for each in look_alikes(request)] == [["Same name and office"]]


def test_a_stranger_is_not_suggested() -> None:
    request = make_request(**ANA)
    make_request(**OTHER)
    assert look_alikes(request) == []


def test_at_most_five_the_oldest_first() -> None:
    request = make_request()
    others = [make_request(now=NOW + dt.timedelta(hours=hours)) for hours in range(6)]
    assert [each.other for each in look_alikes(request)] == others[:5]


def test_nothing_is_suggested_for_what_was_erased() -> None:
    request = make_request()
    make_request()
    erase(request, "dana", NOW)
    assert look_alikes(request) == []


def test_which_is_older_does_not_depend_on_whose_page_it_is() -> None:
    one, two = make_request(), make_request(now=LATER)
    twin = make_request(now=LATER)
    for pair in (LookAlike(one, two), LookAlike(two, one)):
        assert (pair.older, pair.newer) == (one, two)
    assert LookAlike(twin, two).older == two


@pytest.mark.parametrize(
    ("older", "newer", "can_be"),
    [
        (Status.NEW, Status.NEW, True),
        (Status.CONTACTING, Status.CONTACTING, True),
        (Status.SCHEDULED, Status.NEW, True),
        (Status.CLOSED, Status.NEW, False),
        (Status.SPAM, Status.NEW, False),
        (Status.NEW, Status.CLOSED, False),
    ],
)
def test_nobody_is_forgotten_behind_a_request_that_has_ended(older: Status, newer: Status, can_be: bool) -> None:
    pair = LookAlike(make_request(status=older), make_request(now=LATER, status=newer))
    assert pair.can_be_joined == can_be


def test_nothing_is_joined_to_what_is_joined_itself() -> None:
    first, second, third = (make_request(now=NOW + dt.timedelta(hours=hours)) for hours in range(3))
    join(second, first, "dana", NOW)
    assert not LookAlike(third, second).can_be_joined


@pytest.mark.parametrize("days", [0, 30, 31])
@pytest.mark.parametrize(
    "answers",
    [{}, {"phone": ""}, {"name": "Bo Li"}, {"office": "lake-wren"}, {"email": "ana@example.com", "phone": ""}],
)
def test_a_pair_is_told_alike_by_the_same_rule_as_by_the_database(answers: dict[str, Any], days: int) -> None:
    request, other = make_request(**ANA), make_request(now=NOW + dt.timedelta(days=days), **answers)
    alike = ConsultationRequest.objects.like(request).contains(other)
    assert bool(LookAlike(request, other).reasons) == alike
    assert counted_look_alikes([request]) == {request.pk: [other] if alike else []}


def test_nothing_is_looked_up_for_nobody() -> None:
    assert counted_look_alikes([]) == {}
