"""A site of a few words behind finished pages, and what a reader gets of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clinic_site.asked import Environ, StartResponse
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
        self.asked.append(f"{'ours ' if 'wsgi.input' in environ else ''}{environ['REQUEST_METHOD']} {key}")
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


def make_site(folder: Path) -> Site:
    return Site(Content({WALK: "<p>A walk</p>" * 50, "/articles/?page=2": "More"}), folder)
