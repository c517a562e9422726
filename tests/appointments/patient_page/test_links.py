"""Links that do not open a request."""

import datetime as dt

import pytest
from django.test import Client

from appointments import workflow
from appointments.models.requests import LINK_LIFE
from tests.appointments.builders import NOW, make_request
from tests.appointments.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
UNKNOWN = "/consultation/status/unknown/"


@pytest.mark.parametrize("rest", ["", "unknown/", "a.b/", "a/b/", "%00/", "unknown>/"])
def test_an_invalid_link_says_what_to_do(client: Client, rest: str) -> None:
    response = client.get(f"/consultation/status/{rest}")
    text = Page(response).text
    assert response.status_code == 404
    assert "This link does not work" in text
    assert f"works for {LINK_LIFE.days} days" in text
    assert "Call an office and say your reference." in text
    assert "Port Alder office (727) 555-0142" in text
    assert 'href="tel:988"' in response.content.decode()


def test_expired_erased_and_unknown_links_look_the_same(client: Client) -> None:
    old, erased = make_request(now=NOW - dt.timedelta(days=30)), make_request()
    workflow.erase(erased, "dana", NOW)
    pages = [client.get(f"/consultation/status/{token}/").content for token in (old.token, erased.token, "x" * 43)]
    assert len(set(pages)) == 1


def test_the_page_is_not_cached_or_indexed(client: Client) -> None:
    for response in (client.get(UNKNOWN), client.post(UNKNOWN, {"known": "0111"}), client.get("/consultation/status/")):
        assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex")
        assert '<meta name="robots" content="noindex">' in response.content.decode()


@pytest.mark.parametrize("page", ["received", "status"])
def test_a_missing_final_slash_redirects_to_the_page(client: Client, page: str) -> None:
    address = f"/consultation/{page}/{make_request().token}"
    assert client.get(address)["Location"] == f"{address}/"
