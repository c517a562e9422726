"""Public pages are served from finished bytes; Django answers all other requests."""

import gzip
import random
from pathlib import Path

import brotli
import pytest

from clinic_site.delivery.variants import FIRST_FLIGHT, best_encoding, quick_brotli
from clinic_site.published import SiteHosts
from tests.articles.publication.published_site import WALK, Content, Site, ask, make_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


def test_a_page_is_rendered_by_django_only_once(site: Site) -> None:
    published = site.published()
    assert [ask(published).body for _ in range(3)] == [b"<p>A walk</p>" * 50] * 3
    assert site.requested == [f"ours GET {WALK}"]
    assert [answer.closed for answer in site.answers] == [True]


def test_before_the_first_snapshot_django_answers_all_requests(site: Site) -> None:
    published = site.published()
    published._snapshot = None
    assert ask(published).status == "200 OK"
    assert site.requested == [f"GET {WALK}"]


def test_a_finished_page_has_the_headers_of_django_and_its_own(site: Site) -> None:
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
def test_the_best_accepted_encoding_is_sent(site: Site, accepted: str, encoding: str) -> None:
    assert best_encoding(accepted) == encoding
    got = ask(site.published(), HTTP_ACCEPT_ENCODING=accepted)
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding]
    assert got.headers.get("Content-Encoding", "") == encoding
    assert unpack(got.body) == b"<p>A walk</p>" * 50


def page_of(words: int) -> bytes:
    """Return a page with as little repetition as an article."""
    choose = random.Random(7)  # noqa: S311 (no secret: the same page in each run)
    known = ["".join(choose.choices("aeiounrstl", k=choose.randint(2, 9))) for _ in range(1_500)]
    return " ".join(choose.choices(known, k=words)).encode()


def test_a_page_slightly_too_large_for_the_first_round_trip_is_compressed_harder(site: Site) -> None:
    body = page_of(6_250)
    assert len(brotli.compress(body, quality=5)) > FIRST_FLIGHT
    site.content = Content({WALK: body.decode()})
    got = ask(site.published(), HTTP_ACCEPT_ENCODING="br")
    assert len(got.body) < FIRST_FLIGHT
    assert brotli.decompress(got.body) == body


@pytest.mark.parametrize("words", [1_000, 20_000])
def test_other_pages_are_compressed_quickly(words: int) -> None:
    assert quick_brotli(page_of(words)) == brotli.compress(page_of(words), quality=5)


def test_every_encoding_has_its_own_etag(site: Site) -> None:
    published = site.published()
    assert len({ask(published, HTTP_ACCEPT_ENCODING=encoding).headers["ETag"] for encoding in ("br", "gzip", "")}) == 3


def test_a_matching_etag_gets_304(site: Site) -> None:
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


def test_a_known_query_is_its_own_page_and_others_go_to_django(site: Site) -> None:
    published = site.published()
    assert ask(published, "/articles/", query="page=2").body == b"More"
    assert ask(published, "/articles/", query="page=2").body == b"More"
    assert ask(published, "/articles/", query="page=3").body == b"from Django"
    assert site.requested == ["ours GET /articles/?page=2", "GET /articles/?page=3"]


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("POST", WALK, {}),
        ("GET", "/consultation/", {}),
        ("GET", WALK, {"HTTP_HOST": "evil.example"}),
        ("GET", WALK, {"HTTP_HOST": ""}),
    ],
)
def test_all_other_requests_go_to_django_uncached(site: Site, method: str, path: str, headers: dict[str, str]) -> None:
    published = site.published()
    for _ in range(2):
        ask(published, path, method, **headers)
    assert site.requested == [f"{method} {path}"] * 2
    assert published._pages == {}


def test_plain_http_goes_to_django_on_a_secure_site(site: Site) -> None:
    front = SiteHosts(frozenset({"clinic.example"}), "clinic.example", True, "HTTP_X_FORWARDED_PROTO", "https")
    published = site.published(front)
    ask(published)
    ask(published, HTTP_X_FORWARDED_PROTO="http")
    assert site.requested == [f"GET {WALK}"] * 2
    ask(published, HTTP_X_FORWARDED_PROTO="https")
    ask(published, **{"wsgi.url_scheme": "https"})
    assert site.requested[2:] == [f"ours GET {WALK}"]
