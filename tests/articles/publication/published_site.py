"""A tiny site behind the published pages, and helpers that read it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clinic_site.delivery.internal_request import Environ, StartResponse
from clinic_site.published import Published, SiteHosts

FRONT = SiteHosts(frozenset({"clinic.example"}), "clinic.example", secure=False)
WALK = "/articles/walk/"
MOMENT = 1_000.0


@dataclass(frozen=True)
class Content:
    """A snapshot that maps addresses to the text of their page."""

    pages: Mapping[str, str]
    until: float = MOMENT + 60

    @property
    def addresses(self) -> Collection[str]:
        return self.pages

    def fingerprint(self, address: str) -> str:
        return self.pages[address]


class Answered:
    """A response body, which must be closed after reading."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield self.body

    def close(self) -> None:
        self.closed = True


@dataclass
class Site:
    """A site whose Django answers from its content and records the requests."""

    content: Content
    folder: Path
    now: float = MOMENT
    status: str = "200 OK"
    requested: list[str] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)

    def django(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        query = environ["QUERY_STRING"]
        key = f"{environ['PATH_INFO']}?{query}" if query else environ["PATH_INFO"]
        self.requested.append(f"{'ours ' if 'wsgi.input' in environ else ''}{environ['REQUEST_METHOD']} {key}")
        start_response(self.status, [("Content-Type", "text/html"), ("Vary", "Cookie"), ("X-Frame-Options", "DENY")])
        self.answers.append(Answered(self.content.pages.get(key, "from Django").encode()))
        return self.answers[-1]

    def published(self, front: SiteHosts = FRONT) -> Published:
        published = Published(
            self.django,
            lambda before: self.content,
            front,
            self.folder,
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
    start: list[Any] = []
    body = b"".join(published(environ, lambda status, headers, *_: start.extend((status, headers))))
    return Got(start[0], dict(start[1]), body)


def make_site(folder: Path) -> Site:
    return Site(Content({WALK: "<p>A walk</p>" * 50, "/articles/?page=2": "More"}), folder)
