"""The headers that every answer carries, whoever makes it: a view, a middleware, or Django itself."""

from pathlib import Path

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from pytest_django import Settings

from clinic_site.security_headers import ASK_AGAIN
from tests.content_builders import make_article, make_content

ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 200),
        ("/articles/walking", {}, 301),
        ("/nope/", {}, 404),
        ("/feed.xml", {}, 200),
        ("/healthz", {}, 200),
        ("/", {"CONTENT_LENGTH": "65537"}, 413),
        ("/", {"HTTP_HOST": "elsewhere.example"}, 400),
        ("/", {"HTTP_HOST": "_"}, 400),
    ],
)
def test_every_answer_stays_within_this_site(client: Client, path: str, headers: dict[str, str], status: int) -> None:
    answer = client.get(path, **headers)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert {name: answer.get(name) for name in ALWAYS} == ALWAYS
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_the_step_to_https_stays_within_this_site(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    answer = Client().get("/")
    assert answer.status_code == 301
    assert {name: answer.get(name) for name in ALWAYS} == ALWAYS


def test_a_reader_who_came_by_an_old_address_finds_the_article_when_it_gets_that_name_back(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    """A browser that kept the first redirect would go round in circles."""
    renamed = make_content(tmp_path / "renamed", new=make_article(aliases=["old"]))
    renamed_back = make_content(tmp_path / "back", old=make_article(aliases=["new"]))
    for content, path, location in (
        (renamed, "/articles/old/", "/articles/new/"),
        (renamed_back, "/articles/new/", "/articles/old/"),
    ):
        settings.CONTENT_DIR = content
        answer = client.get(path)
        assert (answer.status_code, answer["Location"], answer["Cache-Control"]) == (301, location, ASK_AGAIN)


def test_what_a_browser_keeps_for_good_by_itself_is_asked_for_again(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.CONTENT_DIR = make_content(tmp_path, gone=make_article(status="archived"))
    for path, status in (
        ("/pages/about/", 301),
        ("/articles", 301),
        ("/articles/gone/", 410),
        ("/articles/none/", 404),
    ):
        answer = client.get(path)
        assert (answer.status_code, answer["Cache-Control"]) == (status, ASK_AGAIN), path
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/articles/")["Cache-Control"] == ASK_AGAIN


@pytest.mark.parametrize(
    "path",
    [
        "/consultation/status/token",
        "/consultation/received/token",
        "/preview/token",
        "http://testserver//consultation/status/token/",
    ],
)
def test_no_cache_keeps_an_answer_at_an_address_with_a_token(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (301, 404)
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("no-store", "strict-origin")


def observatory_score(answer: HttpResponseBase) -> int:
    """By the published rules of Mozilla's HTTP Observatory, for what its tests find in one answer over https.

    100, less for what is missing; bonuses count from 90 on. Not counted: HSTS preloading (+5), which is for hosts on
    the browsers' list. No page here loads a script or a style from elsewhere, and http leads to https: neither gives
    or takes points.
    """
    policy = dict(each.split(" ", 1) for each in answer["Content-Security-Policy"].split("; "))
    strict = policy["default-src"] == "'none'" and "unsafe" not in answer["Content-Security-Policy"]
    cookies = list(answer.cookies.values())
    assert all(each["secure"] and each["httponly"] and each["samesite"] for each in cookies)
    assert int(answer["Strict-Transport-Security"].partition(";")[0].removeprefix("max-age=")) >= 15_768_000
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.get("Access-Control-Allow-Origin") is None
    return sum(
        (
            100,
            10 if strict else 0,
            5 if "frame-ancestors" in policy else 0,
            5 if answer["Referrer-Policy"] in ("same-origin", "strict-origin", "no-referrer") else 0,
            10 if answer["Cross-Origin-Resource-Policy"] in ("same-origin", "same-site") else 0,
            5 if cookies else 0,
        )
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "score"), [("/", 130), ("/articles/walking/", 130), ("/consultation/", 130), ("/admin/login/", 135)]
)
def test_mozillas_observatory_gives_every_point_but_the_one_for_the_browsers_list(
    settings: Settings, path: str, score: int
) -> None:
    for name in ("SECURE_SSL_REDIRECT", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_SECURE"):
        setattr(settings, name, True)  # as in production
    settings.SECURE_HSTS_SECONDS = 31_536_000
    assert observatory_score(Client().get(path, secure=True)) >= score
