"""Texts as the rules see them, with the site's own word lists and shared files."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from articles.content.documents import Article, Page, Reviewer
from articles.content.rule_ids import ACCEPTED
from articles.frontmatter import parse_article, parse_page
from articles.rendering.signed_text import text_hash
from articles.rules.registry import Finding, check_page
from articles.rules.text.page_text import PageText, Site, of_block, of_document
from articles.rules.text.passages import split
from clinic_site.content.files import SourceFile
from tests.content_builders import make_article
from tests.shipped import shipped_library

NOWHERE = Site()
TODAY = dt.date(2026, 11, 23)
TOPIC = Site(addresses=frozenset({"/topics/ketamine/"}))
WHOLE = (Path(__file__).parent / "whole.md").read_text()


def read_article(text: str, path: str = "articles/a-page.md") -> Article:
    return replace(parse_article(SourceFile(path, text, "digest")), shared=shipped_library().shared)


def whole(text: str = WHOLE, site: Site = TOPIC, path: str = "articles/a-page.md") -> PageText:
    """Return an article as a file holds it, with front matter and text."""
    return of_document(read_article(text, path), shipped_library().shared, shipped_library().lists, TODAY, site)


def article(body: str, site: Site = NOWHERE, /, **front: object) -> PageText:
    """Return an article with this text and minimal front matter."""
    sources = sorted(key for passage in split(body, 1, {}) for key in passage.keys)
    return whole(make_article(body, **{"sources": list(dict.fromkeys(sources)), **front}), site)


def signed(text: PageText, on: dt.date) -> PageText:
    """Return `text` with a valid signature of the day `on`."""
    reviewer = Reviewer("R. Name", "MD", "FL", on, text_hash(text.article))
    return replace(text, document=replace(text.article, signed=reviewer))


def page(body: str, site: Site = NOWHERE, front: str = "") -> PageText:
    text = f"---\ntitle: A page\nsummary: A page.\nupdated: 2026-11-02\n{front}---\n{body}"
    document: Page = replace(parse_page(SourceFile("pages/a-page.md", text, "digest")), shared=shipped_library().shared)
    return of_document(document, shipped_library().shared, shipped_library().lists, TODAY, site)


def block(markdown: str) -> PageText:
    library = shipped_library()
    blocks = {**library.shared.blocks, "risks": replace(library.shared.blocks["risks"], text=markdown)}
    return of_block("risks", replace(library.shared, blocks=blocks), library.lists, TODAY, Site())


def findings(text: PageText, rule: str) -> list[Finding]:
    return [finding for finding in check_page(text) if finding.rule == rule]


def messages(text: PageText, rule: str) -> list[str]:
    """Return the findings of `rule` as “level: sentence”, or “accepted: reason”."""
    return [
        f"{finding.level}: {finding.reason if finding.level == ACCEPTED else finding.sentence}"
        for finding in findings(text, rule)
    ]


def open_rules(text: PageText) -> set[str]:
    """Return the ids of the rules that the text breaks."""
    return {finding.rule for finding in check_page(text) if finding.level != ACCEPTED}
