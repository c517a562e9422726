import datetime as dt
from typing import Any

import pytest

from appointments.choices import Status
from appointments.models import ConsultationRequest
from appointments.policies.duplicates import LookAlike, counted_look_alikes, look_alikes
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
def test_reasons_name_what_two_requests_share(same: dict[str, str], reasons: list[str]) -> None:
    request, other = make_request(**ANA), make_request(**(OTHER | same))
    [found] = look_alikes(request)
    assert (found.other, found.reasons) == (other, reasons)


def test_a_value_missing_in_both_is_not_shared() -> None:
    nothing: dict[str, Any] = {"phone": "", "phone_typed": ""}
    request = make_request(**nothing)
    make_request(**nothing)
    assert [look_alike.reasons for look_alike in look_alikes(request)] == [["Same name and office"]]


def test_an_unrelated_request_is_not_suggested() -> None:
    request = make_request(**ANA)
    make_request(**OTHER)
    assert look_alikes(request) == []


def test_the_five_oldest_are_suggested() -> None:
    request = make_request()
    others = [make_request(now=NOW + dt.timedelta(hours=hours)) for hours in range(6)]
    assert [look_alike.other for look_alike in look_alikes(request)] == others[:5]


def test_an_erased_request_has_no_suggestions() -> None:
    request = make_request()
    make_request()
    erase(request, "dana", NOW)
    assert look_alikes(request) == []


def test_the_older_request_is_the_same_from_both_sides() -> None:
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
def test_an_ended_request_cannot_be_joined(older: Status, newer: Status, can_be: bool) -> None:
    pair = LookAlike(make_request(status=older), make_request(now=LATER, status=newer))
    assert pair.can_be_joined == can_be


def test_a_joined_request_cannot_be_joined_to() -> None:
    first, second, third = (make_request(now=NOW + dt.timedelta(hours=hours)) for hours in range(3))
    join(second, first, "dana", NOW)
    assert not LookAlike(third, second).can_be_joined


@pytest.mark.parametrize("days", [0, 30, 31])
@pytest.mark.parametrize(
    "answers",
    [{}, {"phone": ""}, {"name": "Bo Li"}, {"office": "lake-wren"}, {"email": "ana@example.com", "phone": ""}],
)
def test_python_and_the_database_agree_on_look_alikes(answers: dict[str, Any], days: int) -> None:
    request, other = make_request(**ANA), make_request(now=NOW + dt.timedelta(days=days), **answers)
    alike = ConsultationRequest.objects.like(request).contains(other)
    assert bool(LookAlike(request, other).reasons) == alike
    assert counted_look_alikes([request]) == {request.pk: [other] if alike else []}


def test_no_requests_need_no_query() -> None:
    assert counted_look_alikes([]) == {}
