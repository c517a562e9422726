"""Security headers of every response: of a view, a middleware, or Django itself."""

from pathlib import Path

import pytest
from django.http.response import HttpResponseBase
from django.test import Client
from pytest_django import Settings

from clinic_site.http.security_headers import ASK_AGAIN
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
def test_every_response_has_the_security_headers(
    client: Client, path: str, headers: dict[str, str], status: int
) -> None:
    response = client.get(path, **headers)  # type: ignore[arg-type]
    assert response.status_code == status
    assert {name: response.get(name) for name in ALWAYS} == ALWAYS
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_the_redirect_to_https_has_the_security_headers(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get("/")
    assert response.status_code == 301
    assert {name: response.get(name) for name in ALWAYS} == ALWAYS


def test_a_redirect_is_followed_back_after_an_article_is_renamed_back(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    """A browser that cached the first redirect for good would loop."""
    renamed = make_content(tmp_path / "renamed", new=make_article(aliases=["old"]))
    renamed_back = make_content(tmp_path / "back", old=make_article(aliases=["new"]))
    for content, path, location in (
        (renamed, "/articles/old/", "/articles/new/"),
        (renamed_back, "/articles/new/", "/articles/old/"),
    ):
        settings.CONTENT_DIR = content
        response = client.get(path)
        assert (response.status_code, response["Location"], response["Cache-Control"]) == (301, location, ASK_AGAIN)


def test_responses_that_browsers_cache_by_default_are_revalidated(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.CONTENT_DIR = make_content(tmp_path, gone=make_article(status="archived"))
    for path, status in (
        ("/pages/about/", 301),
        ("/articles", 301),
        ("/articles/gone/", 410),
        ("/articles/none/", 404),
    ):
        response = client.get(path)
        assert (response.status_code, response["Cache-Control"]) == (status, ASK_AGAIN), path
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
def test_a_response_at_an_address_with_a_token_is_not_cached(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code in (301, 404)
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "strict-origin")


def observatory_score(response: HttpResponseBase) -> int:
    """Return the score by the published rules of Mozilla's HTTP Observatory, for the tests of one https response.

    The score starts at 100, less for what is missing; bonuses count from 90 on. Not counted: HSTS preloading (+5),
    which is for hosts on the browsers' list. No page loads a script or style from elsewhere, and http redirects to
    https: neither changes the score.
    """
    policy = dict(directive.split(" ", 1) for directive in response["Content-Security-Policy"].split("; "))
    strict = policy["default-src"] == "'none'" and "unsafe" not in response["Content-Security-Policy"]
    cookies = list(response.cookies.values())
    assert all(cookie["secure"] and cookie["httponly"] and cookie["samesite"] for cookie in cookies)
    assert int(response["Strict-Transport-Security"].partition(";")[0].removeprefix("max-age=")) >= 15_768_000
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.get("Access-Control-Allow-Origin") is None
    return sum(
        (
            100,
            10 if strict else 0,
            5 if "frame-ancestors" in policy else 0,
            5 if response["Referrer-Policy"] in ("same-origin", "strict-origin", "no-referrer") else 0,
            10 if response["Cross-Origin-Resource-Policy"] in ("same-origin", "same-site") else 0,
            5 if cookies else 0,
        )
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "score"), [("/", 130), ("/articles/walking/", 130), ("/consultation/", 130), ("/admin/login/", 135)]
)
def test_the_observatory_gives_every_point_except_for_preloading(settings: Settings, path: str, score: int) -> None:
    for name in ("SECURE_SSL_REDIRECT", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_SECURE"):
        setattr(settings, name, True)  # as in production
    settings.SECURE_HSTS_SECONDS = 31_536_000
    assert observatory_score(Client().get(path, secure=True)) >= score
