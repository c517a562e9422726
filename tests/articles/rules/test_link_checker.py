"""The check of external links, against a local server."""

import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from articles.library import load_library
from articles.rules.link_checker import check_outside, find_outside, open_page
from tests.content_builders import make_article, make_content

ANSWERS = {"/fine": 200, "/gone": 404, "/shy": 403, "/broken": 500}


class Handler(BaseHTTPRequestHandler):
    """Answers by path; /no-head answers GET only."""

    def do_HEAD(self) -> None:
        self._answer(405 if self.path == "/no-head" else ANSWERS[self.path])

    def do_GET(self) -> None:
        self._answer(200 if self.path == "/no-head" else ANSWERS[self.path])

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Quiet."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("path", "sentences"),
    [("/fine", []), ("/no-head", []), ("/shy", []), ("/gone", ["answers with 404"]), ("/broken", ["answers with 500"])],
)
def test_an_error_status_is_reported(server: str, path: str, sentences: list[str]) -> None:
    found = list(check_outside({server + path: ("articles/a.md", 7)}, open_page))
    assert [str(finding) for finding in found] == [
        f"articles/a.md:7: A27 warn: {server}{path} {words}. Correct it, or take it out." for words in sentences
    ]


def test_an_unreachable_address_is_reported(server: str) -> None:
    def unreachable(request: urllib.request.Request) -> int:
        raise TimeoutError

    (found,) = check_outside({server: ("articles/a.md", 7)}, unreachable)
    assert found.sentence == f"{server} cannot be reached (TimeoutError)."


def test_links_and_cited_sources_are_requested_once(tmp_path: Path) -> None:
    body = "[One](https://one.example/) and [two](/about/), [one](https://one.example/) [@walking2020; @resting2019]."
    root = make_content(tmp_path, one=make_article(body, sources=["walking2020", "resting2019", "unread"]))
    places = find_outside(load_library(root), ["articles/one.md", "pages/about.md"])
    assert list(places) == [
        "https://one.example/",
        "https://pubmed.ncbi.nlm.nih.gov/123/",
        "https://doi.org/10.1000/walk",
    ]
    assert places["https://one.example/"][0] == "articles/one.md"
