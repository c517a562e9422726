"""Structured data for search engines is true, and cannot break out of its element."""

import dataclasses
import datetime as dt
import json
from pathlib import Path

from articles.content.documents import Article, Reviewer
from articles.content.source_events import SourceEvent
from articles.library import load_library
from articles.rendering.page_cache import rendered
from articles.rendering.signed_text import text_hash
from articles.rendering.structured_data import article_data
from articles.review_status import review_status
from tests.content_builders import make_article, make_content

TRAIL = (("Home", "/"), ("Articles", "/articles/"), ("A walk", "/articles/page/"))
SITE = "https://clinic.example"
NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)
NEWS = SourceEvent("A new trial", dt.date(2026, 11, 20), ("walking2020",), cleared=False)


def article(tmp_path: Path, body: str = "A walk may help.\n", **overrides: object) -> Article:
    return load_library(make_content(tmp_path, page=make_article(body, **overrides))).articles["page"]


def script_of(subject: Article) -> str:
    assert subject.shared is not None
    reviewer = review_status(subject, NOW).reviewer
    return article_data(subject, rendered(subject).cited, reviewer, subject.shared.clinic, SITE, TRAIL)


def graph_of(subject: Article) -> list[dict[str, object]]:
    script = script_of(subject)
    data = script.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    graph: list[dict[str, object]] = json.loads(data)["@graph"]
    return graph


def test_the_page_and_its_breadcrumbs_are_described(tmp_path: Path) -> None:
    page, trail = graph_of(article(tmp_path))
    assert (page["@type"], page["url"]) == ("MedicalWebPage", "https://clinic.example/articles/page/")
    assert (page["datePublished"], page["dateModified"]) == ("2026-01-10", "2026-02-01")
    assert "lastReviewed" not in page
    assert "reviewedBy" not in page
    assert [item["name"] for item in trail["itemListElement"]] == ["Home", "Articles", "A walk"]  # type: ignore[attr-defined]


def test_a_reviewer_with_a_valid_signature_is_described(tmp_path: Path) -> None:
    unsigned = article(tmp_path)
    reviewer = Reviewer("R. Name", "MD", "FL", dt.date(2026, 2, 1), text_hash(unsigned))
    signed = dataclasses.replace(unsigned, signed=reviewer)
    assert graph_of(signed)[0]["lastReviewed"] == "2026-02-01"


def test_a_reviewer_whose_check_predates_news_is_not_described(tmp_path: Path) -> None:
    unsigned = article(tmp_path, "It helps [@walking2020].\n", sources=["walking2020"])
    reviewer = Reviewer("R. Name", "MD", "FL", dt.date(2026, 2, 1), text_hash(unsigned))
    page = graph_of(dataclasses.replace(unsigned, signed=reviewer, news=(NEWS,)))[0]
    assert not {"lastReviewed", "reviewedBy"} & page.keys()


def test_text_cannot_end_the_script_element(tmp_path: Path) -> None:
    subject = article(tmp_path, title="</script><script>alert(1)</script> & more")
    assert script_of(subject).count("</script>") == 1
    assert graph_of(subject)[0]["name"] == "</script><script>alert(1)</script> & more"
