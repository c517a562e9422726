"""A change of the clinic's facts that takes the time of booked visits is asked about first."""

import datetime as dt
from pathlib import Path

import pytest

from appointments.booking import book
from appointments.models import ConsultationRequest
from appointments.visits.holds import find_bookables, find_free_slots
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, make_request, schedule
from tests.appointments.builders import VISIT as DATED
from tests.articles.editing.content_folder import summary
from tests.articles.editing.pages.clinic_facts.facts_desk import ALDER, DESK, Post, difference, facts
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CLOSE = {"first": "2026-11-25", "reason": "Painters"}


@pytest.fixture
def booked() -> ConsultationRequest:
    """A visit at Port Alder, on Wednesday, November 25, in the first calendar."""
    request, clinic = make_request(), get_clinic()
    book(
        request,
        find_free_slots(find_bookables(clinic, clinic.offices[:1], clinic.visit_kinds[1]), NOW)[0],
        "dana",
        NOW,
    )
    return request


def test_they_are_shown_before_the_change_is_saved_and_it_is_asked_once(
    root: Path, post: Post, booked: ConsultationRequest, before: str
) -> None:
    response = post(f"{ALDER}closed-days/", CLOSE)
    assert "This change strands 1 visit." in summary(response)
    text = response.content.decode()
    assert f"{booked.reference}: Wednesday, November 25, 2026" in text.replace("\u00a0", " ")
    assert ", Port Alder office</li>" in text
    assert booked.name not in text
    assert "Save anyway" in text
    assert 'value="Painters"' in text
    assert difference(root, before) == []
    assert post(f"{ALDER}closed-days/", CLOSE | {"anyway": [booked.reference]}).status_code == 303
    assert len(difference(root, before)) == 1


def test_a_visit_booked_since_is_asked_about_too(post: Post, booked: ConsultationRequest) -> None:
    other = make_request()
    schedule(other, DATED._replace(at=dt.datetime(2026, 11, 25, 18, tzinfo=dt.UTC)), "dana", NOW)
    response = post(f"{ALDER}closed-days/", CLOSE | {"anyway": [booked.reference]})
    assert "This change strands 2 visits." in summary(response)
    assert other.reference in response.content.decode()


def test_visits_that_are_stranded_already_are_left_out(post: Post, booked: ConsultationRequest) -> None:
    post(f"{ALDER}closed-days/", CLOSE | {"anyway": [booked.reference]})
    again = {"first": "2026-12-24", "reason": "Christmas Eve"}
    assert post(f"{ALDER}closed-days/", again, base=2).status_code == 303


def test_a_removed_calendar_strands_its_visits(root: Path, post: Post, booked: ConsultationRequest) -> None:
    address = f"{ALDER}calendars/alder-first/"
    text = post(address, {"step": "remove"}).content.decode()
    assert booked.reference in text
    assert "Remove the calendar anyway" in text
    assert post(address, {"step": "remove", "anyway": [booked.reference]}).status_code == 303
    assert facts(root).offices[0].calendars == ()


@pytest.mark.parametrize(("who", "linked"), [("editor", False), ("owner", True)])
def test_those_who_may_see_requests_have_a_link(
    sign_in: Cast, post: Post, booked: ConsultationRequest, who: str, linked: bool
) -> None:
    client = sign_in("owner") if who == "owner" else None
    response = post(f"{ALDER}closed-days/", CLOSE, *([client] if client else []))
    link = f'<a href="/admin/appointments/consultationrequest/{booked.pk}/change/">{booked.reference}</a>'
    assert (link in response.content.decode()) == linked


def test_the_text_of_the_file_asks_too(root: Path, post: Post, booked: ConsultationRequest, before: str) -> None:
    address, text = f"{DESK}files/clinic.yaml", before.replace('wednesday: ["08:00-17:00"]', "wednesday: []")
    response = post(address, {"text": text})
    assert "This change strands 1 visit." in summary(response)
    assert booked.reference in response.content.decode()
    assert "Save anyway" in response.content.decode()
    assert difference(root, before) == []
    assert post(address, {"text": text, "anyway": [booked.reference]}).status_code == 303
    assert (root / "clinic.yaml").read_text() == text
