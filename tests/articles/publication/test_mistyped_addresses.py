"""Mistyped addresses redirect to public pages; all others are not found."""

import re
import time
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django import Settings

from tests.content_builders import make_article, make_content

HERE = "http://testserver"
WALK = "/articles/walking/"


@pytest.mark.django_db  # of the request form
@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/articles/walking/)", WALK),
        ("/articles/walking).", WALK),
        ("/articles/walking/,", WALK),
        ("/articles/walking)/", WALK),
        ("/articles/walking/*", WALK),
        ("/articles/walking/”", WALK),
        ("/articles/walking/\u200b", WALK),
        ("/articles/walking/ ", WALK),
        ("/articles/Walking/", WALK),
        ("/ARTICLES/WALKING/).", WALK),
        ("//articles/walking/", WALK),
        ("/articles//walking//", WALK),
        ("/articles/Strolling/", WALK),
        ("//articles/", "/articles/"),
        ("/Topics/Movement/.", "/topics/movement/"),
        ("/About/", "/about/"),
        ("/about.", "/about/"),
        ("/Pages/About/", "/about/"),
        ("/Glossary/)", "/glossary/"),
        ("/Consultation/", "/consultation/"),
        ("/feed.xml.", "/feed.xml"),
        ("/Robots.txt", "/robots.txt"),
        ("/)", "/"),
        ("//", "/"),
    ],
)
def test_a_mistyped_address_redirects_to_the_page(client: Client, path: str, meant: str) -> None:
    answer = client.get(HERE + quote(path))
    assert (answer.status_code, answer["Location"]) == (301, meant)
    assert client.get(meant).status_code == 200


def test_the_query_string_is_preserved(client: Client) -> None:
    answer = client.get("/Search/?q=sleep&x=%0d%0a")
    assert answer["Location"] == "/search/?q=sleep&x=%0d%0a"


def test_capitals_and_a_missing_slash_redirect_in_one_step(client: Client) -> None:
    assert client.get("/articles/Walking", follow=True).redirect_chain == [(WALK, 301)]


def test_a_mistyped_address_of_a_withdrawn_article_says_so(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = make_content(tmp_path, gone=make_article(status="archived"))
    assert client.get("/articles/gone/)", follow=True).status_code == 410


@pytest.mark.parametrize(
    "path",
    [
        "/nope/)",
        "/\x00/",
        "/articles/walking/\r\n",
        "/articles/Nope/",
        "/articles/Draft/",
        "/topics/Nope/",
        "/Nope/",
        "/Admin/",
        "//admin/",
        "/admin/)",
        "/ADMIN/login/)",
        "//admin/appointments/consultationrequest/1/print/",
        "/Preview/token/",
        "/preview/token/)",
        "//preview/token/",
        "/Consultation/Status/token/",
        "/consultation/status/token/)",
        "//consultation/received/token/",
        "/Healthz",
        "/articles/walking/feedback/)",
        "//elsewhere.example/",
        "//elsewhere.example/articles/",
        "///elsewhere.example",
        "/\\elsewhere.example/",
        "/http://elsewhere.example/articles/",
        "//elsewhere.example/../articles/",
    ],
)
@pytest.mark.django_db
def test_other_addresses_are_not_found(client: Client, settings: Settings, tmp_path: Path, path: str) -> None:
    settings.CONTENT_DIR = make_content(tmp_path, draft=make_article(status="draft"), walking=make_article())
    answer = client.get(HERE + quote(path), follow=True)
    signing_in = [address for address, _ in answer.redirect_chain if address.startswith("/admin/login/")]
    assert answer.status_code == 404 or signing_in
    assert not [address for address, _ in answer.redirect_chain if not re.match("/[a-zA-Z]", address)]


def test_a_post_to_a_mistyped_address_is_not_redirected(client: Client) -> None:
    assert client.post("/Consultation/)/", {"name": "x"}).status_code == 404


@pytest.mark.timed
def test_a_long_wrong_address_costs_no_more_than_a_short_one(client: Client) -> None:
    started = time.process_time()
    for filling in ("/", "(", "a(", "A", "//a", "/a"):
        assert client.get(f"{HERE}/articles/{filling * 8_000}!x").status_code == 404
    assert time.process_time() - started < 2  # seconds
