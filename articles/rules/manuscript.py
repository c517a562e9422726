"""A page as the rules see it: its passages with their lines, what it may draw on, and the day."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from articles.checking import PLAIN_FIELDS
from articles.documents import Article, Document, Shared
from articles.rendering.headings import heading_name
from articles.rendering.raw_html import RawHtml
from articles.rendering.structure import ABBREVIATION
from articles.rules.lists import Lists
from articles.rules.passages import RUNNING, Passage, split
from articles.rules.visible_text import Sentence
from articles.rules.watch import Event

ARTICLE, PAGE, BLOCK, GLOSSARY = KINDS = ("article", "page", "block", "glossary")
SHARED_FILE = "shared file"  # any other that holds texts for readers: only what pages would show as typed is looked for
FRONT_TEXTS = (*PLAIN_FIELDS, "author")  # what readers see of the front matter, the title first


@dataclass(frozen=True)
class SharedRun:
    """Words that stand in two articles: from word `start` up to `end` of the one, and in the one at path `other`."""

    start: int
    end: int
    other: str


@dataclass(frozen=True)
class Site:
    """What lies beyond the file: where links may lead, what is new about sources, what articles have in common."""

    addresses: frozenset[str] = frozenset()
    documents: Mapping[str, Document] = field(default_factory=dict)  # address -> page
    moved: Mapping[str, str] = field(default_factory=dict)  # an article's old address -> its address
    events: tuple[Event, ...] = ()
    shared_runs: Mapping[str, tuple[SharedRun, ...]] = field(default_factory=dict)  # by path


@dataclass(frozen=True)
class Section:
    heading: Passage | None  # none above the first heading
    passages: tuple[Passage, ...]  # below the heading, shared passages in place

    @property
    def line(self) -> int:
        return self.heading.line if self.heading else min((passage.line for passage in self.passages), default=1)

    @property
    def name(self) -> str:
        return heading_name(self.heading.markdown) if self.heading else ""

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(sentence for passage in self.passages for sentence in passage.sentences)


@dataclass(frozen=True, eq=False)
class Manuscript:
    path: str
    kind: str
    front: tuple[Passage, ...]  # what the front matter shows to readers
    shared: Shared
    lists: Lists
    today: dt.date
    site: Site
    markdown: str = ""
    first_line: int = 1  # of `markdown` in the file
    document: Document | None = None  # none for a block and for the glossary
    definitions: tuple[Passage, ...] = ()  # of the glossary, each below the names of its term
    html: tuple[RawHtml, ...] = ()  # what was taken out of `markdown`

    @property
    def article(self) -> Article:
        """For rules about articles."""
        return cast("Article", self.document)

    @property
    def page(self) -> Document:
        """For rules about articles and pages."""
        return cast("Document", self.document)

    @cached_property
    def _passages(self) -> tuple[Passage, ...]:
        return self.definitions or split(self.markdown, self.first_line, self.shared.blocks if self.document else {})

    @cached_property
    def body(self) -> tuple[Passage, ...]:
        """The text with shared passages in place, without what abbreviations stand for: the page hides that."""
        return tuple(passage for passage in self._passages if passage.kind != ABBREVIATION)

    @property
    def typed(self) -> tuple[Passage, ...]:
        """What is no Markdown and shown as it is typed."""
        return (*self.front, *self.definitions)

    @cached_property
    def own(self) -> tuple[Passage, ...]:
        """What stands in this very file, abbreviations included: shared passages are judged in theirs."""
        return (*self.front, *(passage for passage in self._passages if not passage.block))

    @cached_property
    def own_sentences(self) -> tuple[Sentence, ...]:
        return tuple(sentence for passage in self.own for sentence in passage.sentences)

    @cached_property
    def running(self) -> tuple[Passage, ...]:
        """Paragraphs and list items of this very file."""
        return tuple(passage for passage in self.own if passage.kind in RUNNING)

    @cached_property
    def running_sentences(self) -> tuple[Sentence, ...]:
        return tuple(sentence for passage in self.running for sentence in passage.sentences)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        return tuple(sections(self.body, level=2))

    @property
    def about_ketamine(self) -> bool:
        return not set(self.lists["required.ketamine_topics"]).isdisjoint(self.article.topics)

    def line(self, number: int) -> int:
        """The line of the file on which line `number` of the Markdown stands."""
        return self.first_line + number - 1

    def line_of(self, key: str) -> int:
        """The line of a key of the front matter; the first of the file where the key is left out."""
        return self.page.line_of.get(key, 1)

    def section(self, name: str) -> Section | None:
        return next((section for section in self.sections if section.name == name), None)


def sections(passages: Iterable[Passage], level: int) -> Iterator[Section]:
    """Cuts `passages` at each heading of that level."""
    heading, inside = None, list[Passage]()
    for passage in passages:
        if passage.kind == "heading" and passage.level == level:
            if heading or inside:
                yield Section(heading, tuple(inside))
            heading, inside = passage, []
        else:
            inside.append(passage)
    if heading or inside:
        yield Section(heading, tuple(inside))


def of_document(document: Document, shared: Shared, lists: Lists, today: dt.date, site: Site) -> Manuscript:
    front = tuple(
        Passage("front", document.line_of[key], _front_text(document, key), plain=True)
        for key in FRONT_TEXTS
        if key in document.line_of
    )
    kind = ARTICLE if isinstance(document, Article) else PAGE
    return Manuscript(
        document.path,
        kind,
        front,
        shared,
        lists,
        today,
        site,
        document.body,
        document.body_line,
        document,
        html=document.html,
    )


def _front_text(document: Document, key: str) -> str:
    """Return what readers see of that key of the front matter, one of FRONT_TEXTS."""
    if key == "author" and isinstance(document, Article):
        return f"{document.author_name}, {document.author_role}"
    return str(getattr(document, key))


def of_block(name: str, shared: Shared, lists: Lists, today: dt.date, site: Site) -> Manuscript:
    block = shared.blocks[name]
    return Manuscript(f"blocks/{name}.md", BLOCK, (), shared, lists, today, site, block.text, html=block.html)


def of_glossary(lines: Mapping[str, int], shared: Shared, lists: Lists, today: dt.date, site: Site) -> Manuscript:
    """Every term: its names, and its definition as an item of its own; `lines` says where these texts stand."""
    texts = (
        Passage(kind, lines.get(text, 1), text, plain=True)
        for term in shared.terms.values()
        for kind, text in (*(("name", name) for name in (term.name, *term.aliases)), ("item", term.definition))
    )
    return Manuscript("glossary.yaml", GLOSSARY, (), shared, lists, today, site, definitions=tuple(texts))


def of_shared_file(path: str, lines: Mapping[str, int], shared: Shared, lists: Lists, today: dt.date) -> Manuscript:
    """What readers see of a file of YAML: `lines` holds its texts, each with its line."""
    texts = tuple(Passage("front", line, text, plain=True) for text, line in lines.items())
    return Manuscript(path, SHARED_FILE, texts, shared, lists, today, Site())
