"""A page as the rules read it: its passages with their lines, what it may draw on, and the day."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from articles.content.documents import Article, Document, RawHtml, Shared
from articles.content.source_events import SourceEvent
from articles.content.word_lists import Lists
from articles.loading.validation import PLAIN_FIELDS
from articles.rendering.certainty import answer_in_words
from articles.rendering.extensions.headings import heading_name
from articles.rendering.structure import ABBREVIATION
from articles.rules.text.passages import RUNNING, Passage, split
from articles.rules.text.visible_text import Sentence

ARTICLE, HEALTH_PAGE, PAGE, BLOCK, GLOSSARY = KINDS = ("article", "health page", "page", "block", "glossary")
SHARED_FILE = "shared file"  # any other with texts for readers; checked only for markup shown as typed
FRONT_TEXTS = (*PLAIN_FIELDS, "author")  # the front matter that readers see, the title first


@dataclass(frozen=True)
class SharedRun:
    """Words that two articles share: from word `start` to `end` of the one, and in the article at path `other`."""

    start: int
    end: int
    other: str


@dataclass(frozen=True)
class Site:
    """What lies beyond the file: targets of links, news about sources, words that articles share."""

    addresses: frozenset[str] = frozenset()
    documents: Mapping[str, Document] = field(default_factory=dict)  # address -> page
    moved: Mapping[str, str] = field(default_factory=dict)  # an article's old address -> its address
    events: tuple[SourceEvent, ...] = ()
    shared_runs: Mapping[str, tuple[SharedRun, ...]] = field(default_factory=dict)  # by path


@dataclass(frozen=True)
class Section:
    heading: Passage | None  # None above the first heading
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
class PageText:
    path: str
    kind: str
    front: tuple[Passage, ...]  # the front matter that readers see
    shared: Shared
    lists: Lists
    today: dt.date
    site: Site
    markdown: str = ""
    first_line: int = 1  # of `markdown` in the file
    document: Document | None = None  # None for a block and for the glossary
    definitions: tuple[Passage, ...] = ()  # of the glossary, each below the names of its term
    html: tuple[RawHtml, ...] = ()  # HTML removed from `markdown`

    @property
    def article(self) -> Article:
        """The page as an article, for rules about articles."""
        return cast("Article", self.document)

    @property
    def page(self) -> Document:
        """The page, for rules about articles and pages."""
        return cast("Document", self.document)

    @cached_property
    def _passages(self) -> tuple[Passage, ...]:
        return self.definitions or split(self.markdown, self.first_line, self.shared.blocks if self.document else {})

    @cached_property
    def body(self) -> tuple[Passage, ...]:
        """The text with shared passages in place, without the meanings of abbreviations: the page hides those."""
        return tuple(passage for passage in self._passages if passage.kind != ABBREVIATION)

    @property
    def typed(self) -> tuple[Passage, ...]:
        """Texts that are no Markdown and are shown as they are typed."""
        return (*self.front, *self.definitions)

    @cached_property
    def own(self) -> tuple[Passage, ...]:
        """The text of this very file with meanings of abbreviations: shared passages have files of their own."""
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
        """Return the line of the file for line `number` of the Markdown."""
        return self.first_line + number - 1

    def line_of(self, key: str) -> int:
        """Return the line of a key of the front matter; 1 where the key is left out."""
        return self.page.line_of.get(key, 1)

    def section(self, name: str) -> Section | None:
        return next((section for section in self.sections if section.name == name), None)


def sections(passages: Iterable[Passage], level: int) -> Iterator[Section]:
    """Split `passages` at each heading of that level."""
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


def of_document(document: Document, shared: Shared, lists: Lists, today: dt.date, site: Site) -> PageText:
    front = tuple(
        Passage("front", document.line_of[key], _front_text(document, key), plain=True)
        for key in FRONT_TEXTS
        if key in document.line_of
    )
    kind = ARTICLE if isinstance(document, Article) else HEALTH_PAGE if document.about_health else PAGE
    if isinstance(document, Article):
        front += tuple(
            Passage("front", answer.line, answer_in_words(answer), plain=True) for answer in document.answers
        )
        front += tuple(Passage("front", change.line, change.what, plain=True) for change in document.changes)
    return PageText(
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


def of_block(name: str, shared: Shared, lists: Lists, today: dt.date, site: Site) -> PageText:
    block = shared.blocks[name]
    return PageText(f"blocks/{name}.md", BLOCK, (), shared, lists, today, site, block.text, html=block.html)


def of_glossary(lines: Mapping[str, int], shared: Shared, lists: Lists, today: dt.date, site: Site) -> PageText:
    """Return every term: its names, and its definition as an item of its own. `lines` has the lines of these texts."""
    texts = (
        Passage(kind, lines.get(text, 1), text, plain=True)
        for term in shared.terms.values()
        for kind, text in (*(("name", name) for name in (term.name, *term.aliases)), ("item", term.definition))
    )
    return PageText("glossary.yaml", GLOSSARY, (), shared, lists, today, site, definitions=tuple(texts))


def of_shared_file(path: str, lines: Mapping[str, int], shared: Shared, lists: Lists, today: dt.date) -> PageText:
    """Return what readers see of a YAML file; `lines` has its texts, each with its line."""
    texts = tuple(Passage("front", line, text, plain=True) for text, line in lines.items())
    return PageText(path, SHARED_FILE, texts, shared, lists, today, Site())
