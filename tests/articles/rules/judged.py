"""Texts as the rules see them, held against the site's own lists and shared files."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from articles.documents import Article, Page, Reviewer
from articles.frontmatter import parse_article, parse_page
from articles.library import load_library
from articles.rules.levels import ACCEPTED
from articles.rules.lists import load_lists
from articles.rules.manuscript import Manuscript, Site, of_block, of_document
from articles.rules.passages import split
from articles.rules.registry import Finding, judge
from clinic_site.content_files import SourceFile
from tests.conftest import REAL_CONTENT
from tests.content_builders import make_article

SHARED = load_library(REAL_CONTENT).shared
LISTS = load_lists(REAL_CONTENT)
NOWHERE = Site()
TODAY = dt.date(2026, 11, 23)
TOPIC = Site(addresses=frozenset({"/topics/ketamine/"}))
WHOLE = (Path(__file__).parent / "whole.md").read_text()


def read_article(text: str, path: str = "articles/a-page.md") -> Article:
    return replace(parse_article(SourceFile(path, text, "digest")), shared=SHARED)


def whole(text: str = WHOLE, site: Site = TOPIC, path: str = "articles/a-page.md") -> Manuscript:
    """An article as it stands in a file."""
    return of_document(read_article(text, path), SHARED, LISTS, TODAY, site)


def article(body: str, site: Site = NOWHERE, /, **front: object) -> Manuscript:
    """An article with that text and a plain front matter."""
    sources = sorted(key for passage in split(body, 1, {}) for key in passage.keys)
    return whole(make_article(body, **{"sources": list(dict.fromkeys(sources)), **front}), site)


def signed(text: Manuscript, on: dt.date) -> Manuscript:
    """The same with a signature for just that text."""
    reviewer = Reviewer("R. Name", "MD", "FL", on, text.article.text_hash)
    return replace(text, document=replace(text.article, signed=reviewer))


def page(body: str, site: Site = NOWHERE, front: str = "") -> Manuscript:
    text = f"---\ntitle: A page\nsummary: A page.\nupdated: 2026-11-02\n{front}---\n{body}"
    document: Page = replace(parse_page(SourceFile("pages/a-page.md", text, "digest")), shared=SHARED)
    return of_document(document, SHARED, LISTS, TODAY, site)


def block(markdown: str) -> Manuscript:
    blocks = {**SHARED.blocks, "risks": replace(SHARED.blocks["risks"], text=markdown)}
    return of_block("risks", replace(SHARED, blocks=blocks), LISTS, TODAY, Site())


def findings(text: Manuscript, rule: str) -> list[Finding]:
    return [finding for finding in judge(text) if finding.rule == rule]


def told(text: Manuscript, rule: str) -> list[str]:
    """What the rule says of the text: level and sentence, one a place; the reason where it was accepted."""
    return [
        f"{each.level}: {each.reason if each.level == ACCEPTED else each.sentence}" for each in findings(text, rule)
    ]


def open_rules(text: Manuscript) -> set[str]:
    """The rules that are not kept."""
    return {finding.rule for finding in judge(text) if finding.level != ACCEPTED}
