"""Access to the page of a request, and what the audit trail records of it."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from appointments.choices import Attempt
from appointments.models import AuditEvent, ConsultationRequest
from appointments.workflow import erase, join, note, record_attempt
from tests.appointments.builders import NOW, make_request
from tests.appointments.desk.request.pages import address, buttons, erase_address, open_page, step_address
from tests.appointments.pages import LIST, Page
from tests.conftest import Cast
from tests.sessions import start_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def reads() -> list[str]:
    return [str(event) for event in AuditEvent.objects.reads()]


class TestPermissions:
    @pytest.mark.parametrize(
        ("who", "status"), [("front desk", 200), ("owner", 200), ("editor", 403), ("patient", 302), ("stranger", 302)]
    )
    def test_the_page_requires_the_permission_to_view(self, sign_in: Cast, who: str, status: int) -> None:
        request = make_request()
        assert sign_in(who).get(address(request)).status_code == status
        assert len(reads()) == (status == 200)

    @pytest.mark.parametrize("who", ["front desk", "owner"])
    def test_nobody_edits_answers_or_audit_events(self, sign_in: Cast, who: str) -> None:
        request = make_request()
        forged = {"name": "Somebody else", "status": "closed", "audit_events-0-actor": "somebody"}
        assert sign_in(who).post(address(request), forged).status_code == 405
        assert ConsultationRequest.objects.get().name == "Ana Torres"
        assert AuditEvent.objects.get().actor == ""

    def test_a_user_who_may_only_view_is_offered_no_step(self) -> None:
        request = make_request()
        auditor = User.objects.create_user("auditor", is_staff=True)
        auditor.user_permissions.set(Permission.objects.filter(codename="view_consultationrequest"))
        client = Client()
        start_session(client, auditor)
        page = open_page(client, request)
        assert buttons(page) == []
        assert "Erase" not in page.text
        for path in (step_address(request, "note"), erase_address(request)):
            assert client.post(path, {"text": "x", "reference": request.reference}).status_code == 403

    @pytest.mark.parametrize("key", ["7", "x", "99999999999999999999"])
    def test_an_unknown_request_is_not_found(self, desk: Client, key: str) -> None:
        assert desk.get(f"{LIST}{key}/change/").status_code == 404


class TestReads:
    def test_each_view_is_recorded_once(self, desk: Client) -> None:
        request = make_request()
        for _ in range(2):
            desk.get(address(request))
        assert reads() == ["front-desk opened the request"] * 2

    def test_a_page_with_errors_counts_as_a_view(self, desk: Client) -> None:
        desk.post(step_address(make_request(), "note"), {"text": ""})
        assert len(reads()) == 1

    def test_head_shows_nothing_and_is_not_recorded(self, desk: Client) -> None:
        response = desk.head(address(make_request()))
        assert (response.status_code, response.content, reads()) == (200, b"", [])

    @pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose", "X-Moz"])
    def test_a_prefetching_browser_is_refused(self, desk: Client, header: str) -> None:
        """A prefetched page would be shown later without a record."""
        response = desk.get(address(make_request()), headers={header: "prefetch;prerender"})
        assert (response.status_code, response.content, reads()) == (403, b"", [])


def test_the_page_works_by_keyboard_and_screen_reader(desk: Client) -> None:
    page = open_page(desk, make_request(email="ana@example.com", voicemail=True))
    assert page.fields_without_label == []
    assert page.descriptions <= page.ids
    assert {link.removeprefix("#") for link in page.links.values() if link.startswith("#")} <= page.ids


def test_it_links_to_the_print_sheet_and_the_queue(desk: Client) -> None:
    request = make_request()
    links = open_page(desk, request).links
    assert links["Back to the queue"] == LIST
    assert links["Print sheet"] == f"{LIST}{request.pk}/print/"


def test_the_heading_is_the_reference_and_the_title_holds_nothing_personal(desk: Client) -> None:
    request = make_request()
    page = open_page(desk, request)
    assert [heading.text for heading in page.all("h1")] == [request.reference]
    assert page.title == f"{request.reference}: New | Clinic desk"


def test_the_chosen_value_remains_after_a_refused_step(desk: Client) -> None:
    request = make_request()
    response = desk.post(step_address(request, "assign"), {"version": "x", "colleague": "front-desk"})
    assert "front-desk" in Page(response).values["colleague"]


def test_the_number_of_queries_is_constant(desk: Client, django_assert_num_queries: Any) -> None:
    request = make_request()
    other = make_request()
    grow(request)
    desk.get(address(request))
    with django_assert_num_queries(24):
        desk.get(address(request))
    for _ in range(4):
        grow(request)
        make_request(now=other.created_at)
    with django_assert_num_queries(24):
        desk.get(address(request))


def grow(request: ConsultationRequest) -> None:
    note(request, "Ask for Ana.", "dana", NOW)
    join(make_request(), request, "dana", NOW)
    request.refresh_from_db()
    record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)


def test_a_duplicate_shown_beside_a_request_is_recorded_and_stays_unopened(desk: Client) -> None:
    request, other = make_request(), make_request()
    desk.get(address(request))
    assert str(other.audit_events.reads().get()) == "front-desk saw the request beside another one"
    assert list(ConsultationRequest.objects.unopened()) == [other]


def test_the_erase_page_names_other_requests_of_the_same_person(desk: Client) -> None:
    older, newer, alike = (make_request() for _ in range(3))
    join(newer, older, "dana", NOW)
    text = Page(desk.get(f"{LIST}{older.pk}/erase/")).text
    assert f"Perhaps from the same person, and not erased by this: {newer.reference}, {alike.reference}." in text
    erase(newer, "dana", NOW)
    erase(alike, "dana", NOW)
    assert "Perhaps from the same person" not in Page(desk.get(f"{LIST}{older.pk}/erase/")).text
