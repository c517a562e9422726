"""The shipped site: valid pages, working links, nothing loaded from elsewhere."""

import re
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urldefrag, urljoin

import html5lib
import pytest
from django.test import Client

from tests.shipped import shipped_library

pytestmark = pytest.mark.django_db  # the form counts kept promises

START = "/"
ELSEWHERE = ("https:", "http:", "mailto:", "tel:")
BEHIND_SIGN_IN = "/admin/"


class Reading(HTMLParser):
    """The links, ids, heading levels and loaded addresses of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.levels: list[int] = []
        self.loads: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.ids.append(values["id"])
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        self.loads += [values[name] for name in ("src", "action") if name in values]
        if tag == "link" and values.get("rel") != "canonical":
            self.loads.append(values.get("href", ""))


@cache
def crawl() -> dict[str, str]:
    """Return every internal page that links lead to from the home page: path -> HTML."""
    client, pages, waiting = Client(), {}, [START, "/nope/", "/search/?q=ketmine", "/search/?q=zzzz"]
    while waiting:
        path = waiting.pop()
        if path in pages:
            continue
        response = client.get(path)
        assert response.status_code == (404 if path == "/nope/" else 200), path
        pages[path] = response.content.decode()
        waiting += (
            internal(path, Reading(pages[path]).links) if response["Content-Type"].startswith("text/html") else []
        )
    return pages


def internal(base: str, links: list[str]) -> list[str]:
    return [urldefrag(urljoin(base, link))[0] for link in links if not link.startswith((*ELSEWHERE, BEHIND_SIGN_IN))]


@pytest.fixture
def pages(real_content: object) -> dict[str, Reading]:
    return {path: Reading(html) for path, html in crawl().items() if not path.endswith(".xml")}


def test_every_link_has_a_target_and_every_anchor_exists(pages: dict[str, Reading]) -> None:
    assert len(pages) > 20
    for path, page in pages.items():
        for link in page.links:
            target, anchor = urldefrag(urljoin(path, link))
            if anchor and not link.startswith(ELSEWHERE):
                assert anchor in pages[target].ids, f"{path} links to {link}"


def test_every_article_page_topic_and_tool_is_linked(pages: dict[str, Reading]) -> None:
    library = shipped_library()
    wanted = {"/", "/articles/", "/glossary/", "/references/", "/search/", "/consultation/"}
    wanted |= {document.url for document in (*library.articles.values(), *library.pages.values())}
    wanted |= {f"/topics/{slug}/" for slug in library.shared.topics}
    assert wanted <= pages.keys()


def test_every_page_is_valid_html(real_content: object) -> None:
    for path, html in crawl().items():
        if path.endswith(".xml"):
            continue
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(html)
        assert parser.errors == [], path


def test_every_page_has_one_h1_stepwise_headings_and_unique_ids(pages: dict[str, Reading]) -> None:
    for path, page in pages.items():
        assert page.levels.count(1) == 1, path
        in_order = page.levels[page.levels.index(1) :]
        assert all(later - earlier <= 1 for earlier, later in pairwise(in_order)), path
        assert len(page.ids) == len(set(page.ids)), path


def test_no_page_loads_anything_from_elsewhere(pages: dict[str, Reading]) -> None:
    loads = {load for page in pages.values() for load in page.loads}
    assert all(load.startswith("/") for load in loads), loads


def test_every_page_has_a_title_of_its_own(real_content: object) -> None:
    titles = {path: re.findall("<title>(.+?)</title>", html) for path, html in crawl().items() if "<html" in html}
    assert all(len(title) == 1 for title in titles.values())
    plain = [title[0] for path, title in titles.items() if "?" not in path]
    assert len(plain) == len(set(plain))


def test_the_demo_says_so_and_shows_fictional_numbers(real_content: object) -> None:
    html = crawl()["/"]
    assert "This is a demonstration." in html
    numbers = re.findall(r"\(\d{3}\) \d{3}-\d{4}", html)
    assert numbers
    assert all(re.fullmatch(r"\(\d{3}\) 555-01\d\d", number) for number in numbers)


def test_every_list_of_sources_says_once_when_they_were_looked_for(real_content: object) -> None:
    lists = [html.partition('id="page-sources"')[2] for html in crawl().values() if 'id="page-sources"' in html]
    assert len(lists) > 7
    assert all(html.count("Searched on November 20 and 29, 2026.") == 1 for html in lists)
