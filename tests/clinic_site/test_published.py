"""Public pages come from finished bytes; whatever else is asked for comes from Django."""

import gzip
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import brotli
import pytest

from clinic_site.asked import FINISHING, Environ, StartResponse
from clinic_site.finished import best_encoding
from clinic_site.published import Front, Published

FRONT = Front(frozenset({"clinic.example"}), "clinic.example", secure=False)
WALK = "/articles/walk/"
MOMENT = 1_000.0


@dataclass(frozen=True)
class Content:
    """A snapshot: address -> the text of its page."""

    pages: Mapping[str, str]
    until: float = MOMENT + 60

    @property
    def addresses(self) -> Collection[str]:
        return self.pages

    def stale_since(self, before: "Content") -> list[str]:
        return [key for key in self.pages if self.pages[key] != before.pages.get(key)]


class Answered:
    """An answer's body, which must be closed once it was read."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield self.body

    def close(self) -> None:
        self.closed = True


@dataclass
class Site:
    """A site whose Django answers what its content says, and remembers what it was asked."""

    content: Content
    folder: Path
    now: float = MOMENT
    status: str = "200 OK"
    asked: list[str] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)

    def django(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        query = environ["QUERY_STRING"]
        key = f"{environ['PATH_INFO']}?{query}" if query else environ["PATH_INFO"]
        self.asked.append(f"{'ours ' if FINISHING in environ else ''}{environ['REQUEST_METHOD']} {key}")
        start_response(self.status, [("Content-Type", "text/html"), ("Vary", "Cookie"), ("X-Frame-Options", "DENY")])
        self.answers.append(Answered(self.content.pages.get(key, "from Django").encode()))
        return self.answers[-1]

    def published(self, front: Front = FRONT) -> Published:
        published = Published(
            self.django,
            lambda before: self.content,
            front,
            self.folder,
            lambda environ: self.reads.append(environ["PATH_INFO"]),
            lambda: self.now,
        )
        published.refresh()
        return published


@dataclass
class Got:
    status: str
    headers: dict[str, str]
    body: bytes


def ask(published: Published, path: str = WALK, method: str = "GET", query: str = "", **headers: str) -> Got:
    environ: Environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "clinic.example",
        "wsgi.url_scheme": "http",
        **headers,
    }
    told: list[Any] = []
    body = b"".join(published(environ, lambda status, headers, *_: told.extend((status, headers))))
    return Got(told[0], dict(told[1]), body)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(Content({WALK: "<p>A walk</p>" * 50, "/articles/?page=2": "More"}), tmp_path)


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


def test_a_page_is_made_anew_once_it_may_not_be_true_any_more(site: Site) -> None:
    published = site.published()
    ask(published)
    site.now, site.content = MOMENT + 60, Content({WALK: "Closed now"}, until=MOMENT + 3_600)
    published.refresh()
    assert ask(published).body == b"Closed now"
    assert len(site.asked) == 2


def test_after_a_change_the_old_page_is_served_until_the_new_one_is_ready(site: Site) -> None:
    published = site.published()
    old = ask(published).body
    before, site.content = site.content, Content({WALK: "New"})
    published._mark(site.content)
    assert ask(published).body == old
    assert len(site.asked) == 1
    published.refresh()
    assert ask(published).body == b"New"
    assert before.pages[WALK].encode() == old


def test_pages_that_did_not_change_are_not_made_anew(site: Site) -> None:
    published = site.published()
    ask(published)
    ask(published, "/articles/", query="page=2")
    site.content = Content({**site.content.pages, WALK: "New"})
    published.refresh()
    assert site.asked == [f"ours GET {WALK}", "ours GET /articles/?page=2", f"ours GET {WALK}"]


def test_what_was_asked_for_is_made_before_the_others(site: Site) -> None:
    site.content = Content({"/a/": "a", "/b/": "b", "/c/": "c"})
    published = site.published()
    for path in site.content.pages:
        ask(published, path)
    site.content = Content(dict.fromkeys(site.content.pages, "new"))
    published._mark(site.content)
    ask(published, "/c/")
    ask(published, "/c/")
    site.asked.clear()
    published.refresh()
    assert site.asked == ["ours GET /c/", "ours GET /a/", "ours GET /b/"]


def test_a_page_whose_address_is_gone_is_gone(site: Site) -> None:
    published = site.published()
    ask(published)
    site.content = Content({})
    published.refresh()
    assert ask(published).body == b"from Django"


def test_a_page_that_readers_may_not_see_any_more_is_gone_at_its_moment(site: Site) -> None:
    published = site.published()
    ask(published)
    site.now, site.status = MOMENT + 60, "404 Not Found"
    assert ask(published).status == "404 Not Found"
    assert published._pages == {}


def test_where_django_fails_the_page_as_it_was_goes_on(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    published = site.published()
    old = ask(published).body
    site.now, site.status = MOMENT + 60, "500 Internal Server Error"
    assert [ask(published).body for _ in range(2)] == [old] * 2
    assert site.asked == [f"ours GET {WALK}"] * 2
    assert "could not be made" in caplog.text


def test_what_changes_while_a_page_is_made_is_not_missed(site: Site) -> None:
    published = site.published()
    old = site.content
    make = site.django

    def change_meanwhile(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        published.django = make
        answer = make(environ, start_response)
        site.content = Content({WALK: "New"})
        published._mark(site.content)
        return answer

    published.django = change_meanwhile
    assert ask(published).body == old.pages[WALK].encode()
    ask(published)
    published.refresh()
    assert ask(published).body == b"New"


def test_two_readers_at_once_do_not_make_the_same_page_twice(site: Site) -> None:
    published = site.published()
    ask(published)
    site.now = MOMENT + 60
    began, go_on = threading.Event(), threading.Event()
    make = site.django

    def slowly(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        began.set()
        assert go_on.wait(10)
        return make(environ, start_response)

    published.django = slowly
    first = threading.Thread(target=ask, args=(published,))
    first.start()
    assert began.wait(10)
    assert ask(published).status == "200 OK"
    go_on.set()
    first.join()
    assert len(site.asked) == 2


def test_the_file_of_bytes_does_not_grow_for_ever(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinic_site.published.PACK_AT_LEAST", 0)
    published = site.published()
    for number in range(20):
        site.content = Content({WALK: f"{number}" * 1_000})
        published.refresh()
        assert ask(published).body == f"{number}".encode() * 1_000
    assert published._pack.size < 5_000


def test_a_look_that_fails_does_not_end_the_watch(
    site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = site.published()
    stop, failed = threading.Event(), threading.Event()

    def look(before: object) -> Content:
        if not failed.is_set():
            failed.set()
            raise RuntimeError("away")
        stop.set()
        return site.content

    published.look = look
    monkeypatch.setattr("clinic_site.published.LOOK_EVERY", 0.01)
    published.keep_fresh(stop)
    assert "could not be refreshed (RuntimeError)" in caplog.text
