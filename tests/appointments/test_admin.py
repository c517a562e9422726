import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from appointments.choices import Status
from appointments.models import AuditEvent, ConsultationRequest
from appointments.workflow import transition
from tests.appointments.builders import NOW, make_request
from tests.appointments.pages import LIST, Page, cells
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
OUTBOX = "/admin/appointments/outboxmessage/"


def detail(request: ConsultationRequest) -> str:
    return f"{LIST}{request.pk}/change/"


def rows(response: Any) -> list[list[str]]:
    table = next(each for each in Page(response).tree.iter("table") if each.get("id") == "result_list")
    return [cells(each) for each in table.iter("tr")][1:]


def references(response: Any) -> list[str]:
    return [row[0] for row in rows(response)]


class TestWhoMayWhat:
    @pytest.mark.parametrize(
        ("who", "status"),
        [("front desk", 200), ("owner", 200), ("editor", 403), ("patient", 302), ("stranger", 302)],
    )
    @pytest.mark.parametrize("page", ["list", "detail"])
    def test_the_requests(self, sign_in: Cast, who: str, status: int, page: str) -> None:
        path = detail(make_request()) if page == "detail" else LIST
        assert sign_in(who).get(path).status_code == status

    @pytest.mark.parametrize(
        ("who", "status"), [("front desk", 403), ("owner", 200), ("editor", 403), ("patient", 302)]
    )
    def test_the_outbox(self, sign_in: Cast, who: str, status: int) -> None:
        assert sign_in(who).get(OUTBOX).status_code == status

    @pytest.mark.parametrize("who", ["front desk", "owner", "editor"])
    @pytest.mark.parametrize("path", [LIST, OUTBOX])
    def test_nobody_adds_or_deletes(self, sign_in: Cast, who: str, path: str) -> None:
        request = make_request()
        key = request.pk if path == LIST else request.messages.get().pk
        client = sign_in(who)
        assert client.get(f"{path}add/").status_code == 403
        assert client.post(f"{path}{key}/delete/", {"post": "yes"}).status_code == 403
        client.post(path, {"action": "delete_selected", "_selected_action": [key], "post": "yes"})
        assert ConsultationRequest.objects.filter(pk=request.pk).exists()

    @pytest.mark.parametrize("who", ["front desk", "owner"])
    def test_nobody_edits_what_was_sent_or_what_happened(self, sign_in: Cast, who: str) -> None:
        request = make_request()
        client = sign_in(who)
        event = request.audit_events.get()
        forged = {
            "name": "Somebody else",
            "status": "closed",
            "audit_events-TOTAL_FORMS": "1",
            "audit_events-INITIAL_FORMS": "1",
            "audit_events-0-id": event.pk,
            "audit_events-0-actor": "somebody",
        }
        assert client.post(detail(request), forged).status_code == 403
        request.refresh_from_db()
        assert (request.name, request.status) == ("Ana Torres", "new")
        assert AuditEvent.objects.get().actor == ""

    def test_the_front_desk_does_not_hear_of_the_outbox(self, desk: Client) -> None:
        assert "outbox" not in desk.get("/admin/").content.decode().lower()

    def test_an_editor_is_offered_no_action_on_requests(self, sign_in: Cast) -> None:
        request = make_request()
        client = sign_in("editor")
        data = {"action": "move_to_closed", "_selected_action": [request.pk]}
        assert client.post(LIST, data).status_code == 403
        request.refresh_from_db()
        assert request.status == Status.NEW


class TestList:
    def test_a_row_says_what_the_desk_needs(self, desk: Client) -> None:
        sent = NOW - dt.timedelta(minutes=30)
        request = make_request(now=sent, office="lake-wren", contact_way="no_calls", texts=True)
        assert rows(desk.get(LIST)) == [
            [
                request.reference,
                "New",
                "Ana Torres",
                "Lake Wren office",
                "30 minutes",
                "Tuesday, November 24, 5 p.m.",
                "Do not call, No voicemail, Texts OK",
            ]
        ]

    def test_overdue_is_told_in_words(self, desk: Client) -> None:
        make_request(now=NOW - dt.timedelta(days=5))
        assert rows(desk.get(LIST))[0][4:6] == ["5 days", "Overdue: Thursday, November 19, 6 p.m."]

    def test_the_waiting_come_first(self, desk: Client) -> None:
        ended = make_request(now=NOW, status=Status.CLOSED)
        old, new = make_request(now=NOW - dt.timedelta(days=1)), make_request(now=NOW)
        assert references(desk.get(LIST)) == [each.reference for each in (new, old, ended)]

    def test_the_number_of_queries_does_not_grow(self, desk: Client, django_assert_num_queries: Any) -> None:
        for path in (LIST, OUTBOX):
            desk.get(path)
        make_request()
        with django_assert_num_queries(7):
            desk.get(LIST)
        for _ in range(10):
            make_request()
        with django_assert_num_queries(7):
            desk.get(LIST)

    @pytest.mark.parametrize("text", ["(727) 555 0199", "727.555.0199", "+17275550199", "bo li", "BO@EXAMPLE.COM"])
    def test_search_finds_one_however_it_is_typed(self, desk: Client, text: str) -> None:
        make_request()
        wanted = make_request(name="Bo Li", phone="+17275550199", email="bo@example.com")
        assert references(desk.get(LIST, {"q": text})) == [wanted.reference]

    def test_search_finds_a_reference(self, desk: Client) -> None:
        make_request()
        wanted = make_request()
        typed = wanted.reference.replace("-", "").lower()
        assert references(desk.get(LIST, {"q": f" {typed} "})) == [wanted.reference]

    @pytest.mark.parametrize("text", ["", "   "])
    def test_search_for_nothing_shows_all(self, desk: Client, text: str) -> None:
        make_request()
        assert len(rows(desk.get(LIST, {"q": text}))) == 1

    @pytest.mark.parametrize(
        ("filters", "wanted"),
        [
            ({"office": "lake-wren"}, {"wren"}),
            ({"office": "none"}, {"none", "late", "ended"}),
            ({"due": "overdue"}, {"late"}),
            ({"due": "today"}, {"wren"}),
            ({"due": "waiting"}, {"wren", "none", "late"}),
            ({"status__exact": "closed"}, {"ended"}),
            ({"due": "nonsense"}, {"wren", "none", "late", "ended"}),
        ],
    )
    def test_filters(
        self, desk: Client, clock: time_machine.Traveller, filters: dict[str, str], wanted: set[str]
    ) -> None:
        """On Monday: one is due today, one tomorrow, one was due last week, one has ended."""
        friday, saturday = NOW - dt.timedelta(days=3), NOW - dt.timedelta(days=2)
        names = {
            "wren": make_request(now=saturday, office="lake-wren"),
            "none": make_request(),
            "late": make_request(now=friday - dt.timedelta(days=2)),
            "ended": make_request(now=friday - dt.timedelta(days=2), status=Status.CLOSED),
        }
        found = references(desk.get(LIST, filters))
        assert {name for name, request in names.items() if request.reference in found} == wanted


class TestDetail:
    def test_safe_contact_stands_above_the_number(self, desk: Client) -> None:
        text = Page(desk.get(detail(make_request(contact_way="email", email="ana@example.com")))).text
        assert text.index("E-mail first, No voicemail") < text.index("(727) 555-0111")

    def test_everything_the_patient_sent_is_there(self, desk: Client) -> None:
        request = make_request(
            email="ana@example.com",
            phone_extension="12",
            best_times=("morning",),
            interpreter="Spanish",
            access=("asl",),
            access_note="Low light",
            reason="visit",
            for_whom="someone_else",
            note="After 3",
            article="ketamine-basics",
        )
        text = Page(desk.get(detail(request))).text
        shown = [
            "Ana Torres", "(727) 555-0111 ext. 12", "ana@example.com", "Morning", "Spanish", "Low light", "After 3",
            "American Sign Language interpreter", "A question about a visit", "Someone else", "ketamine-basics",
            "“I am 18 or older” (version 1, Monday, November 23, 10 a.m.)",
        ]  # fmt: skip
        assert [each for each in shown if each not in text] == []

    def test_what_was_left_open_is_told_too(self, desk: Client) -> None:
        text = Page(desk.get(detail(make_request(phone="", phone_typed="", email="a@b.example")))).text
        assert "No phone number" in text
        assert "Not said" in text

    def test_nothing_can_be_typed_into(self, desk: Client) -> None:
        page = Page(desk.get(detail(make_request())))
        assert [
            each.get("name") for each in page.all("input", "select", "textarea") if each.get("type") != "hidden"
        ] == []

    def test_the_history_is_in_plain_words(self, desk: Client) -> None:
        request = make_request()
        transition(request, Status.CONTACTING, "demo-desk", NOW)
        trail = list(Page(desk.get(detail(request))).all("table"))[-1]
        assert [cells(row) for row in trail.iter("tr")] == [
            ["When", "What"],
            ["Monday, November 23, 10 a.m.", "The patient sent the request; status New"],
            ["Monday, November 23, 10 a.m.", "demo-desk changed the status from New to Contacting"],
        ]

    @pytest.mark.parametrize("field", ["name", "phone_typed", "interpreter", "access_note", "note", "article"])
    def test_what_was_typed_is_never_run(self, desk: Client, field: str) -> None:
        attack: dict[str, Any] = {field: "<script>alert('x')</script>"}
        request = make_request(**attack)
        for path in (LIST, detail(request)):
            assert "<script>alert" not in desk.get(path).content.decode()


class TestOutbox:
    def test_it_tells_how_mails_fare_and_neither_recipient_nor_text(self, sign_in: Cast) -> None:
        request = make_request(email="ana@example.com")
        owner = sign_in("owner")
        message = request.messages.get(kind="confirmation")
        for path in (OUTBOX, f"{OUTBOX}{message.pk}/change/"):
            text = Page(owner.get(path)).text
            assert request.reference in text
            assert "Confirmation to the patient" in text
            assert "Waiting" in text
            assert "ana@example.com" not in text
            assert "We have your request" not in text

    def test_the_number_of_queries_does_not_grow(self, sign_in: Cast, django_assert_num_queries: Any) -> None:
        owner = sign_in("owner")
        for _ in range(10):
            make_request()
        with django_assert_num_queries(5):
            owner.get(OUTBOX)
