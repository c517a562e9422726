"""The headers that every answer carries, whoever makes it: a view, a middleware, or Django itself."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from clinic_site.security_headers import ASK_AGAIN
from tests.content_builders import make_article, make_content


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
