"""Two requests of one person that were not joined yet: the strictest wish rules all that the desk sees and does."""

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
from tests.appointments.desk.request_pages import buttons, press, seen
from tests.appointments.pages import LIST, Page, cells

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ALL: dict[str, Any] = {"voicemail": True, "texts": True, "others_may": "take_message"}
NO_CALLS = ALL | {"contact_way": "no_calls"}
BANNER = "Probably the same person allows less elsewhere. Until you join them, the strictest wish of all counts:"


@pytest.fixture
def pair() -> tuple[ConsultationRequest, ConsultationRequest]:
    """The older one may be called, the newer one says “Do not call”."""
    return make_request(**ALL), make_request(now=LATER, **NO_CALLS)


Pair = tuple[ConsultationRequest, ConsultationRequest]


def test_the_card_follows_the_stricter_request(desk: Client, pair: Pair) -> None:
    page = seen(desk, pair[0])
    assert "Preferred way: Do not call ✗ Calls: Do not call ✗ Voicemail: Do not leave a message" in page.text
    assert "Phone number (727) 555-0111 Do not call" in page.text
    assert "If others answer" not in page.text
    assert not any(link.startswith("tel:") for link in page.links.values())


def test_a_banner_says_why_and_leads_to_the_other_request(desk: Client, pair: Pair) -> None:
    older, newer = pair
    page = seen(desk, older)
    assert f"{BANNER} {newer.reference} {newer.reference}: Do not call, No voicemail" in page.text
    assert page.links[newer.reference] == f"{LIST}{newer.pk}/change/"
    assert page.text.index(BANNER) < page.text.index("Before you make contact")


def test_the_stricter_request_itself_has_no_such_banner(desk: Client, pair: Pair) -> None:
    assert BANNER not in seen(desk, pair[1]).text


def test_what_may_be_said_to_others_is_in_the_banner_too(desk: Client) -> None:
    request, other = make_request(**ALL), make_request(now=LATER, **ALL | {"others_may": "nothing"})
    page = seen(desk, request)
    assert f"{other.reference}: If others answer: Say nothing about the clinic. Ask only for me" in page.text
    assert "If others answer Say nothing about the clinic. Ask only for me" in page.text


def test_once_they_are_joined_the_banner_goes_and_the_wish_stays(desk: Client, pair: Pair) -> None:
    older, newer = pair
    join(newer, older, "dana", LATER)
    page = seen(desk, older)
    assert BANNER not in page.text
    assert "Calls: Do not call" in page.text


def test_no_button_offers_what_the_other_request_rules_out(desk: Client, pair: Pair) -> None:
    offered = buttons(seen(desk, pair[0]))
    assert not {"No answer", "Left a voicemail", "Wrong number"} & set(offered)
    assert {"Reached", "Sent an e-mail or a text"} <= set(offered)
    [told] = press(desk, pair[0], "attempt", outcome="no_answer")
    assert told.endswith(f"the patient did not allow that way of contact in {pair[1].reference}.")


def test_the_comparison_still_tells_what_each_request_says(desk: Client, pair: Pair) -> None:
    table = next(seen(desk, pair[0]).all("table"))
    rows = {row[0]: row[1:] for row in map(cells, table.iter("tr"))}
    assert rows["Contact safely"] == ["Voicemail OK, Texts OK", "Do not call, No voicemail, Texts OK"]


def test_the_queue_the_sheet_and_the_file_say_the_same(desk: Client, pair: Pair) -> None:
    older, newer = pair
    said = f"Do not call, No voicemail, Texts OK (see {newer.reference})"
    queue = Page(desk.get(LIST))
    chips = [cells(row)[6] for row in queue.all("tr") if older.reference in cells(row)]
    assert chips == [said]
    assert f"How to contact safely: {said}" in Page(desk.get(f"{LIST}{older.pk}/print/")).text
    ticked = {"action": "export_as_csv", "_selected_action": [older.pk]}
    [row] = csv.DictReader(io.StringIO(desk.post(LIST, ticked).content.decode("utf-8-sig"), newline=""))
    assert (row["How to contact safely"], row["If others answer"]) == (said, "Nobody is called")


@pytest.mark.parametrize("action", ["", "export_as_csv", "print_sheets"])
def test_the_number_of_queries_does_not_grow(desk: Client, action: str, django_assert_num_queries: Any) -> None:
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
