"""Articles for a large library, and the same texts for Pelican. Seed and day determine the files."""

import datetime as dt
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.bench.sentences import NAMES, QUESTIONS, Writer

SEED = "marigold"
FEWEST_WORDS, MOST_WORDS = 900, 1150
LONGEST_AGO = 700  # days
BLOCKS = (
    "emergency", "not_advice", "medicines_note", "adults_only", "pregnancy_note", "unknowns", "no_treatment",
    "other_options", "report_problem", "language_help",
)  # fmt: skip
FRONT = """\
---
title: "{title}"
summary: "{summary}"
audience: "Whoever measures how fast this site is."
main_message: "This text says nothing; it is here to be counted."
answers:
  works: "This text says nothing. {{certainty: not graded}}"
  safe: "Reading it is. {{certainty: not graded}}"
  for_me: "It is for nobody. {{certainty: not graded}}"
topics: [{topics}]
author: {{name: "Nobody", role: "a program"}}
drafting: "Written by a program from a list of words."
status: published
published: {published}
updated: {updated}
review_due: {review_due}
sources: [{sources}]
blocks: [{blocks}]
conflict: "Nobody gains from this text."
---

{body}"""
PELICAN = """\
Title: {title}
Date: {published}
Modified: {updated}
Category: {category}
Tags: {topics}
Slug: {slug}
Author: Nobody
Summary: {summary}

{body}"""


@dataclass(frozen=True)
class Stock:
    """The names of topics, sources and glossary terms that an article may use."""

    topics: list[str]
    sources: list[str]
    terms: list[str]


@dataclass(frozen=True)
class Draft:
    """An article, before it is written as our file or as a file of Pelican."""

    slug: str
    title: str
    summary: str
    topics: list[str]
    sources: list[str]
    published: dt.date
    updated: dt.date
    review_due: dt.date
    body: str

    def ours(self) -> str:
        lists = {"topics": ", ".join(self.topics), "sources": ", ".join(self.sources), "blocks": ", ".join(BLOCKS)}
        return FRONT.format(**vars(self) | lists)

    def pelican(self) -> str:
        return PELICAN.format(**vars(self) | {"topics": ", ".join(self.topics), "category": self.topics[0]})


def stock_of(content: Path) -> Stock:
    """Read the stock from the files of a content folder."""
    topics, sources, terms = (_entries(content, name) for name in ("topics", "references", "glossary"))
    return Stock(
        [str(topic["slug"]) for topic in topics],
        [str(source["key"]) for source in sources],
        [str(term["term"]) for term in terms],
    )


def _entries(content: Path, name: str) -> list[dict[str, Any]]:
    [entries] = yaml.safe_load((content / f"{name}.yaml").read_text()).values()
    return list(entries)


def drafts(count: int, stock: Stock, today: dt.date, seed: str = SEED) -> Iterator[Draft]:
    """Return `count` articles; the first ones do not depend on `count`."""
    for number in range(1, count + 1):
        yield _draft(number, Writer(f"{seed} {number}", stock.terms), stock, today)


def _draft(number: int, writer: Writer, stock: Stock, today: dt.date) -> Draft:
    sources = writer.random.sample(stock.sources, writer.random.randint(6, 12))
    published = today - dt.timedelta(days=writer.random.randint(1, LONGEST_AGO))
    kind, creature, place = writer.words("kind", "creature", "place")
    return Draft(
        slug=f"{kind}-{creature}-{place}-{number}",
        title=f"The {kind} {creature} of the {place}, number {number}",
        summary=writer.sentence().replace("*", "").replace('"', ""),
        topics=writer.random.sample(stock.topics, writer.random.randint(1, 2)),
        sources=sources,
        published=published,
        updated=published + (today - published) // 2,
        review_due=today + dt.timedelta(days=writer.random.randint(60, 180)),
        body=_body(writer, sources),
    )


def _body(writer: Writer, sources: list[str]) -> str:
    """Return a text with headings, lists, a table, a call-out, questions, citations and shared passages."""
    wanted = writer.random.randint(FEWEST_WORDS, MOST_WORDS)
    opening = ["## Key points", _list(writer, 4), *_section(writer, sources), _table(writer, sources)]
    closing = [_call_out(writer), "{{ block: unknowns }}", *_questions(writer, sources), "{{ block: other_options }}\n"]
    middle: list[str] = []
    while len(" ".join((*opening, *middle, *closing)).split()) < wanted:
        middle += _section(writer, sources)
    return "\n\n".join((*opening, *middle, *closing))


def _section(writer: Writer, sources: list[str]) -> list[str]:
    cited = [writer.random.choice(sources), ""]
    return [f"## {writer.sentence(NAMES)}", *(writer.paragraph(source) for source in cited)]


def _list(writer: Writer, items: int) -> str:
    return "\n".join(f"- {writer.sentence()}" for _ in range(items))


def _table(writer: Writer, sources: list[str]) -> str:
    rows = [
        f"| {writer.words('place')[0]} | {writer.sentence()} [@{source}] | {writer.words('kind')[0]} |"
        for source in sources[:5]
    ]
    return "\n".join(
        ("Table: Places and what they are like\n", "| Place | What happens | Kind |", "|---|---|---|", *rows)
    )


def _call_out(writer: Writer) -> str:
    return f"> [!CARE] {writer.sentence(NAMES)}\n> {writer.sentence()}"


def _questions(writer: Writer, sources: list[str]) -> Iterator[str]:
    yield "## Common questions"
    for source in sources[:3]:
        yield f"### {writer.sentence(QUESTIONS)}"
        yield f"{writer.sentence()[:-1]} [@{source}]."
    yield "## Questions to take to your visit"
    yield _list(writer, 3)
    yield "## Other options"
    yield writer.sentence()


def write_content(folder: Path, content: Path, articles: Iterable[Draft]) -> Path:
    """Write a content folder with `articles` in place of those of `content`."""
    shutil.copytree(content, folder, ignore=lambda path, names: names if Path(path).name == "articles" else [])
    for article in articles:
        (folder / "articles" / f"{article.slug}.md").write_text(article.ours())
    return folder


def write_pelican(folder: Path, articles: Iterable[Draft]) -> Path:
    """Write a content folder for Pelican with the same texts."""
    folder.mkdir(parents=True)
    for article in articles:
        (folder / f"{article.slug}.md").write_text(article.pelican())
    return folder
