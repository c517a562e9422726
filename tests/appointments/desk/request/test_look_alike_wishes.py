"""Two requests, probably of one person and not joined: the stricter contact wish applies everywhere at the desk."""

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from appointments.models import ConsultationRequest
from appointments.workflow import join
from tests.appointments.builders import LATER, NOW, make_request
from tests.appointments.desk.request.pages import buttons, open_page, press
from tests.appointments.pages import LIST, Page, cells, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ALL: dict[str, Any] = {"voicemail": True, "texts": True, "others_may": "take_message"}
NO_CALLS = ALL | {"contact_way": "no_calls"}
BANNER = "Probably the same person allows less elsewhere. Until you join them, the strictest wish of all counts:"


@pytest.fixture
def pair() -> tuple[ConsultationRequest, ConsultationRequest]:
    """Return an older request that may be called, and a newer one that says “Do not call”."""
    return make_request(**ALL), make_request(now=LATER, **NO_CALLS)


Pair = tuple[ConsultationRequest, ConsultationRequest]


def test_the_contact_card_follows_the_stricter_request(desk: Client, pair: Pair) -> None:
    page = open_page(desk, pair[0])
    assert "Preferred way: Do not call ✗ Calls: Do not call ✗ Voicemail: Do not leave a message" in page.text
    assert "Phone number (727) 555-0111 Do not call" in page.text
    assert "If others answer" not in page.text
    assert not any(link.startswith("tel:") for link in page.links.values())


def test_a_banner_explains_why_and_links_to_the_other_request(desk: Client, pair: Pair) -> None:
    older, newer = pair
    page = open_page(desk, older)
    assert f"{BANNER} {newer.reference} {newer.reference}, Ana Torres: Do not call, No voicemail" in page.text
    assert page.links[newer.reference] == f"{LIST}{newer.pk}/change/"
    card = next(section for section in page.all("section") if section.get("aria-labelledby") == "contact")
    assert words(card).startswith(f"Before you make contact {BANNER}")


def test_the_stricter_request_has_no_banner(desk: Client, pair: Pair) -> None:
    assert BANNER not in open_page(desk, pair[1]).text


def test_the_banner_includes_the_stricter_answer_on_others(desk: Client) -> None:
    request, other = make_request(**ALL), make_request(now=LATER, **ALL | {"others_may": "nothing"})
    page = open_page(desk, request)
    assert (
        f"{other.reference}, Ana Torres: If others answer: Say nothing about the clinic. Ask only for me" in page.text
    )
    assert "If others answer Say nothing about the clinic. Ask only for me" in page.text


def test_joining_removes_the_banner_and_keeps_the_wish(desk: Client, pair: Pair) -> None:
    older, newer = pair
    join(newer, older, "dana", LATER)
    page = open_page(desk, older)
    assert BANNER not in page.text
    assert "Calls: Do not call" in page.text


def test_attempts_the_other_request_rules_out_are_not_offered(desk: Client, pair: Pair) -> None:
    offered = buttons(open_page(desk, pair[0]))
    assert not {"No answer", "Left a voicemail", "Wrong number"} & set(offered)
    assert {"Reached", "Sent an e-mail or a text"} <= set(offered)
    [message] = press(desk, pair[0], "attempt", outcome="no_answer")
    assert message.endswith(f"the patient did not allow that way of contact in {pair[1].reference}.")


def test_the_comparison_shows_the_answers_of_each_request(desk: Client, pair: Pair) -> None:
    table = next(open_page(desk, pair[0]).all("table"))
    rows = {row[0]: row[1:] for row in map(cells, table.iter("tr"))}
    assert rows["Contact safely"] == ["Voicemail OK, Texts OK", "Do not call, No voicemail, Texts OK"]


def test_queue_print_sheet_and_export_agree(desk: Client, pair: Pair) -> None:
    older, newer = pair
    label = f"Do not call, No voicemail, Texts OK (see {newer.reference})"
    queue = Page(desk.get(LIST))
    [chips] = [cells(row)[6] for row in queue.all("tr") if f"Ana Torres {older.reference}" in cells(row)]
    assert chips == f"Do not call No voicemail Texts OK see {newer.reference}"
    assert f"How to contact safely: {label}" in Page(desk.get(f"{LIST}{older.pk}/print/")).text
    ticked = {"action": "export_as_csv", "_selected_action": [older.pk]}
    [row] = csv.DictReader(io.StringIO(desk.post(LIST, ticked).content.decode("utf-8-sig"), newline=""))
    assert (row["How to contact safely"], row["If others answer"]) == (label, "Nobody is called")


@pytest.mark.parametrize("action", ["", "export_as_csv", "print_sheets"])
def test_the_number_of_queries_is_constant(desk: Client, action: str, django_assert_num_queries: Any) -> None:
    def add(count: int) -> None:
        for _ in range(count):
            own: dict[str, Any] = {"phone": f"+1727555{len(keys):04}", "name": f"Ana {len(keys)}"}
            older, newer, third = (make_request(now=NOW, **ALL | own | {"texts": texts == 1}) for texts in range(3))
            join(newer, older, "dana", NOW)
            keys.extend((older.pk, newer.pk, third.pk))

    def look() -> None:
        data = {"action": action, "_selected_action": keys}
        assert (desk.post(LIST, data) if action else desk.get(LIST)).status_code == 200

    keys: list[int] = []
    add(1)
    look()
    with CaptureQueriesContext(connection) as few:
        look()
    add(10)
    with django_assert_num_queries(len(few)):
        look()
