"""The end of a patient's link."""

import datetime as dt

import pytest
from django.test import Client

from appointments import workflow
from appointments.querysets import LINK_LIFE
from tests.appointments.builders import NOW, make_request
from tests.appointments.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
UNKNOWN = "/consultation/status/unknown/"


@pytest.mark.parametrize("rest", ["", "unknown/", "a.b/", "a/b/", "%00/", "unknown>/"])
def test_a_link_that_opens_nothing_says_what_to_do(client: Client, rest: str) -> None:
    response = client.get(f"/consultation/status/{rest}")
    text = Page(response).text
    assert response.status_code == 404
    assert "This link does not work" in text
    assert f"works for {LINK_LIFE.days} days" in text
    assert "Call an office and say your reference." in text
    assert "Port Alder office (727) 555-0142" in text
    assert 'href="tel:988"' in response.content.decode()


def test_an_old_an_erased_and_an_unknown_link_look_alike(client: Client) -> None:
    old, erased = make_request(now=NOW - dt.timedelta(days=30)), make_request()
    workflow.erase(erased, "dana", NOW)
    pages = [client.get(f"/consultation/status/{each}/").content for each in (old.token, erased.token, "x" * 43)]
    assert len(set(pages)) == 1


def test_it_stays_out_of_caches_and_search_engines(client: Client) -> None:
    for response in (client.get(UNKNOWN), client.post(UNKNOWN, {"known": "0111"}), client.get("/consultation/status/")):
        assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex")
        assert '<meta name="robots" content="noindex">' in response.content.decode()


@pytest.mark.parametrize("page", ["received", "status"])
def test_a_link_that_lost_only_its_last_slash_opens_the_page(client: Client, page: str) -> None:
    address = f"/consultation/{page}/{make_request().token}"
    assert client.get(address)["Location"] == f"{address}/"
