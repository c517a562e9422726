"""Public pages come from finished bytes; whatever else is asked for comes from Django."""

import gzip
import random
from pathlib import Path

import brotli
import pytest

from clinic_site.finished import FIRST_FLIGHT, best_encoding, quick_brotli
from clinic_site.published import Front
from tests.clinic_site.published_site import WALK, Content, Site, ask, make_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


def test_a_page_is_made_once_and_then_never_asked_of_django_again(site: Site) -> None:
    published = site.published()
    assert [ask(published).body for _ in range(3)] == [b"<p>A walk</p>" * 50] * 3
    assert site.asked == [f"ours GET {WALK}"]
    assert [answer.closed for answer in site.answers] == [True]
    assert site.reads == [WALK] * 3


def test_before_the_first_look_all_is_djangos(site: Site) -> None:
    published = site.published()
    published._snapshot = None
    assert ask(published).status == "200 OK"
    assert site.asked == [f"GET {WALK}"]


def test_it_comes_with_djangos_headers_and_its_own(site: Site) -> None:
    got = ask(site.published())
    assert got.status == "200 OK"
    assert got.headers["X-Frame-Options"] == "DENY"
    assert (got.headers["Vary"], got.headers["Cache-Control"]) == ("Accept-Encoding", "public, no-cache")
    assert got.headers["Content-Length"] == str(len(got.body))


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=1.0, br;q=0", "gzip"),
        ("br; q=0.0, gzip ; q=0.5", "gzip"),
        ("*", "br"),
        ("*;q=0", ""),
        ("identity", ""),
        ("", ""),
    ],
)
def test_the_best_encoding_that_the_browser_takes_is_sent(site: Site, accepted: str, encoding: str) -> None:
    assert best_encoding(accepted) == encoding
    got = ask(site.published(), HTTP_ACCEPT_ENCODING=accepted)
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding]
    assert got.headers.get("Content-Encoding", "") == encoding
    assert unpack(got.body) == b"<p>A walk</p>" * 50


def page_of(words: int) -> bytes:
    """Words that repeat as little as those of an article."""
    choose = random.Random(7)  # noqa: S311 (no secret: the same page in each run)
    known = ["".join(choose.choices("aeiounrstl", k=choose.randint(2, 9))) for _ in range(1_500)]
    return " ".join(choose.choices(known, k=words)).encode()


def test_a_page_that_just_misses_the_first_round_trip_is_packed_closer(site: Site) -> None:
    body = page_of(6_250)
    assert len(brotli.compress(body, quality=5)) > FIRST_FLIGHT
    site.content = Content({WALK: body.decode()})
    got = ask(site.published(), HTTP_ACCEPT_ENCODING="br")
    assert len(got.body) < FIRST_FLIGHT
    assert brotli.decompress(got.body) == body


@pytest.mark.parametrize("words", [1_000, 20_000])
def test_a_page_for_which_that_changes_nothing_is_packed_quickly(words: int) -> None:
    assert quick_brotli(page_of(words)) == brotli.compress(page_of(words), quality=5)


def test_each_encoding_has_an_etag_of_its_own(site: Site) -> None:
    published = site.published()
    assert len({ask(published, HTTP_ACCEPT_ENCODING=each).headers["ETag"] for each in ("br", "gzip", "")}) == 3


def test_who_has_the_page_is_told_that_it_is_the_same(site: Site) -> None:
    published = site.published()
    etag = ask(published).headers["ETag"]
    for known in (etag, f'"other", W/{etag}', "*"):
        got = ask(published, HTTP_IF_NONE_MATCH=known)
        assert (got.status, got.body, got.headers["ETag"]) == ("304 Not Modified", b"", etag)
        assert "Content-Length" not in got.headers
    assert ask(published, HTTP_IF_NONE_MATCH='"other"').status == "200 OK"


def test_head_is_answered_without_the_body(site: Site) -> None:
    got = ask(site.published(), method="HEAD")
    assert (got.status, got.headers["Content-Length"], got.body) == ("200 OK", "650", b"")


def test_a_known_query_is_a_page_of_its_own_and_another_is_djangos(site: Site) -> None:
    published = site.published()
    assert ask(published, "/articles/", query="page=2").body == b"More"
    assert ask(published, "/articles/", query="page=2").body == b"More"
    assert ask(published, "/articles/", query="page=3").body == b"from Django"
    assert site.asked == ["ours GET /articles/?page=2", "GET /articles/?page=3"]


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", WALK, {}),
        ("GET", "/consultation/", {}),
        ("GET", WALK, {"HTTP_HOST": "evil.example"}),
        ("GET", WALK, {"HTTP_HOST": ""}),
    ],
)
def test_all_else_is_djangos_and_nothing_is_kept(site: Site, method: str, path: str, headers: dict[str, str]) -> None:
    published = site.published()
    for _ in range(2):
        ask(published, path, method, **headers)
    assert site.asked == [f"{method} {path}"] * 2
    assert published._pages == {}
    assert site.reads == []


def test_plain_http_is_djangos_to_redirect_where_the_site_is_secure(site: Site) -> None:
    front = Front(frozenset({"clinic.example"}), "clinic.example", True, "HTTP_X_FORWARDED_PROTO", "https")
    published = site.published(front)
    ask(published)
    ask(published, HTTP_X_FORWARDED_PROTO="http")
    assert site.asked == [f"GET {WALK}"] * 2
    ask(published, HTTP_X_FORWARDED_PROTO="https")
    ask(published, **{"wsgi.url_scheme": "https"})
    assert site.asked[2:] == [f"ours GET {WALK}"]
