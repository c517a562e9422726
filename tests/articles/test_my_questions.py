"""My questions: readers tick questions, and get one sheet; the choice is in the address alone."""

import datetime as dt
import re
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import Settings

from articles.library import get_library, refresh
from articles.my_questions import MOST_ARTICLES
from articles.publication.site_map import Snapshot
from articles.rendering import renderer
from articles.rendering.questions import MOST, questions_of
from clinic_site.content.files import ContentError
from tests.content_builders import make_article, make_content

NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
SHEET = "/my-questions/sheet/"
BOX = re.compile(r'<input type="checkbox"\s+name="q"\s+value="([^"]+)"( checked)?> ([^<]+)</label>')
HOSTILE = [
    "q=",
    "q=.",
    "q=walk.0000",
    "q=nowhere.1234",
    "q=%00%ff%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
    "q=../../etc/passwd.1234",
    "q=Jane+Doe+727+555+0142&name=Jane",
    "x=" + "y" * 4000,
    "&".join(f"q=walk.{number:04}" for number in range(90)),
]


def article(*questions: str, **overrides: Any) -> str:
    items = "\n".join(f"- {question}" for question in questions)
    return make_article(f"## A\n\nText.\n\n## Questions to take to your visit\n\n{items}\n", **overrides)


@pytest.fixture
def two_articles(settings: Settings, tmp_path: Path) -> Path:
    walk = article("How far?", "What does it cost?")
    rest = article("How long?", "What does it cost?", title="Rest")
    hidden = article("Is this secret?", status="draft", title="A draft")
    settings.CONTENT_DIR = make_content(tmp_path, walk=walk, rest=rest, hidden=hidden)
    return Path(settings.CONTENT_DIR)


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def boxes(html: str) -> dict[str, str]:
    """Return the questions that the page offers, by key."""
    return {key: unescape(text) for key, _, text in BOX.findall(html)}


def ticked(html: str) -> list[str]:
    return [text for _, checked, text in BOX.findall(html) if checked]


def sheet_of(client: Client, keys: Sequence[str]) -> str:
    return text_of(client, f"{SHEET}?{urlencode({'q': keys}, doseq=True)}")


def on_the_sheet(html: str) -> list[str]:
    return re.findall(r"<li>([^<]+)</li>", html.partition('<div class="sheet">')[2].partition("</div>")[0])


@pytest.mark.usefixtures("two_articles")
def test_an_article_offers_its_questions_as_boxes_that_lead_to_the_sheet(client: Client) -> None:
    html = text_of(client, "/articles/walk/")
    assert list(boxes(html).values()) == ["How far?", "What does it cost?"]
    assert f'<form action="{SHEET}"' in html


@pytest.mark.usefixtures("two_articles")
def test_the_sheet_shows_what_was_ticked_and_leads_to_a_consultation(client: Client) -> None:
    keys = list(boxes(text_of(client, "/articles/walk/")))
    html = sheet_of(client, keys[:1])
    assert on_the_sheet(html) == ["How far?"]
    assert ticked(html) == ["How far?"]
    assert '<meta name="robots" content="noindex">' in html
    assert 'href="/consultation/"' in html
    assert "Schedule a consultation</a>" in html
    assert 'href="/what-matters-to-me/"' in html


@pytest.mark.usefixtures("two_articles")
def test_questions_of_several_articles_come_together_each_once(client: Client) -> None:
    html = text_of(client, "/my-questions/")
    assert sorted(boxes(html).values()) == ["How far?", "How long?", "What does it cost?", "What does it cost?"]
    chosen = sheet_of(client, list(boxes(html)))
    assert sorted(on_the_sheet(chosen)) == ["How far?", "How long?", "What does it cost?"]
    assert sorted(ticked(chosen)) == sorted(boxes(html).values())


@pytest.mark.usefixtures("two_articles")
@pytest.mark.parametrize("query", HOSTILE)
def test_a_sheet_shows_nothing_that_only_the_address_says(client: Client, query: str) -> None:
    without_query = text_of(client, SHEET)
    html = text_of(client, f"{SHEET}?{query}")
    assert on_the_sheet(html) == []
    assert "No question is ticked yet." in html
    banner = re.compile(r'<p class="banner screen-only">.*?</p>', re.DOTALL)
    assert "".join(banner.sub("", html).split()) == "".join(without_query.split())


@pytest.mark.usefixtures("two_articles")
def test_a_question_that_changed_is_left_out_and_the_page_says_so(client: Client) -> None:
    keys = list(boxes(text_of(client, "/articles/walk/")))
    assert "Not every question is here." not in sheet_of(client, keys)
    html = sheet_of(client, [keys[0], "walk.0000"])
    assert on_the_sheet(html) == ["How far?"]
    assert "Not every question is here." in html


@pytest.mark.usefixtures("two_articles")
def test_questions_of_a_draft_are_never_shown(client: Client) -> None:
    body = renderer.render(get_library().articles["hidden"]).body
    assert on_the_sheet(sheet_of(client, [question.key for question in questions_of(body, "hidden")])) == []


def test_a_sheet_has_room_for_ten_questions(client: Client, settings: Settings, tmp_path: Path) -> None:
    first = article(*(f"Is it {number}?" for number in range(6)))
    second = article(*(f"Or {number}?" for number in range(6)), title="Second")
    settings.CONTENT_DIR = make_content(tmp_path, first=first, second=second)
    html = sheet_of(client, list(boxes(text_of(client, "/my-questions/"))))
    assert len(on_the_sheet(html)) == len(ticked(html)) == MOST
    assert "2 of your questions are left out." in html


def test_the_newest_articles_alone_are_offered_and_each_can_be_chosen_from(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    many = {f"a{number:02}": article(f"Is it {number}?") for number in range(MOST_ARTICLES + 1)}
    settings.CONTENT_DIR = make_content(tmp_path, **many)
    assert len(boxes(text_of(client, "/my-questions/"))) == MOST_ARTICLES
    last = f"/articles/a{MOST_ARTICLES:02}/"
    assert on_the_sheet(sheet_of(client, list(boxes(text_of(client, last))))) == [f"Is it {MOST_ARTICLES}?"]


def test_a_plain_page_may_have_questions(client: Client, settings: Settings, tmp_path: Path) -> None:
    root = make_content(tmp_path, walk=article("How far?"))
    front = "---\ntitle: Other ways\nsummary: Ways.\nupdated: 2026-11-30\n---\n"
    page = f"{front}Text.\n\n## Questions to take to your visit\n\n- Which way?\n"
    (root / "pages" / "ways.md").write_text(page)
    settings.CONTENT_DIR = root
    assert on_the_sheet(sheet_of(client, list(boxes(text_of(client, "/ways/"))))) == ["Which way?"]
    assert "Which way?" in boxes(text_of(client, "/my-questions/")).values()


@pytest.mark.usefixtures("two_articles")
def test_a_page_that_cannot_be_rendered_takes_no_other_down(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(document: Any) -> Any:
        if document.slug == "walk":
            raise ContentError(document.path, 1, "It cannot be rendered.")
        return renderer.render(document)

    monkeypatch.setattr("articles.my_questions.rendered", fail)
    assert "How far?" not in boxes(text_of(client, "/my-questions/")).values()
    assert "How long?" in boxes(text_of(client, "/my-questions/")).values()


@pytest.mark.usefixtures("two_articles")
@pytest.mark.parametrize("path", ["/my-questions/", SHEET])
def test_the_pages_are_read_only_and_set_no_cookie(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
    assert client.get(path).cookies == {}


@pytest.mark.usefixtures("two_articles")
def test_a_sheet_is_stored_nowhere_and_the_list_is_a_finished_page(client: Client) -> None:
    assert client.get(SHEET).headers["Cache-Control"] == "no-store"
    addresses = Snapshot(get_library(), NOW).addresses
    assert "/my-questions/" in addresses
    assert not any(address.startswith(SHEET) for address in addresses)


def test_the_finished_page_changes_with_a_question(settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = make_content(tmp_path, walk=article("How far?"))
    before = Snapshot(get_library(), NOW).fingerprint("/my-questions/")
    (Path(settings.CONTENT_DIR) / "articles" / "walk.md").write_text(article("How fast?"))
    assert Snapshot(refresh(), NOW).fingerprint("/my-questions/") != before


@pytest.mark.usefixtures("real_content")
def test_every_article_of_the_site_has_questions_and_the_second_sheet_is_there(client: Client) -> None:
    html = text_of(client, "/my-questions/")
    for slug in get_library().articles:
        assert any(key.startswith(f"{slug}.") for key in boxes(html)), slug
    assert "<hr" in text_of(client, "/what-matters-to-me/")
