"""Dataclasses of what the content folder contains: frozen, comparable, free of Django."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

from articles.content.compressed_text import CompressedText
from articles.content.language_help import LanguageHelp
from articles.content.pictures import Pictures
from articles.content.source_events import SourceEvent
from clinic_site.clinic import Clinic

EMERGENCY = "emergency"  # the block with the emergency box
WARNING_SIGNS = "warning_signs"  # the block with the signs for 911 and for a call on the same day
STATUSES = ("draft", "published", "archived")
QUESTIONS = {"works": "Does it work?", "safe": "Is it safe?", "for_me": "Is it for me?"}  # by key of the front matter


@dataclass(frozen=True)
class RawHtml:
    """An HTML comment or a tag that was removed from a text."""

    text: str  # as typed; only the beginning of a comment
    line: int  # from 1, in the text it was found in
    comment: bool = False


@dataclass(frozen=True)
class Topic:
    slug: str
    title: str
    description: str


@dataclass(frozen=True)
class Source:
    """One entry of references.yaml."""

    key: str
    authors: tuple[str, ...]
    title: str
    container: str
    year: str  # "" when the source has no date of its own
    kind: str  # as shown: "guideline", "drug label", ...
    volume_pages: str
    url: str  # best address of the source; "" when none is known
    checked: bool  # against a public record; False: still to be checked


@dataclass(frozen=True)
class Term:
    """One glossary entry."""

    slug: str
    name: str
    aliases: tuple[str, ...]
    definition: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """A shared passage, such as the emergency box."""

    name: str
    text: str  # Markdown, without HTML
    cites: frozenset[str]
    html: tuple[RawHtml, ...] = ()  # what was taken out


@dataclass(frozen=True)
class OnTop:
    """What search shows above its results for words of contact."""

    words: frozenset[str]
    title: str
    text: str
    to: str  # an address of this site


@dataclass(frozen=True)
class SearchWords:
    """Words by which search reads what patients type."""

    stop_words: frozenset[str]
    synonyms: Mapping[str, tuple[str, ...]]  # a word, small -> what else to look for
    on_top: tuple[OnTop, ...] = ()
    beside: frozenset[str] = frozenset()  # may stand beside words of contact

    @property
    def contact(self) -> frozenset[str]:
        """Every word of contact."""
        return frozenset[str]().union(*(entry.words for entry in self.on_top))


@dataclass(frozen=True)
class Shared:
    """Content that every page may draw on."""

    clinic: Clinic
    topics: Mapping[str, Topic]
    sources: Mapping[str, Source]
    terms: Mapping[str, Term]
    blocks: Mapping[str, Block]
    pictures: Pictures = field(default_factory=dict)
    language_help: tuple[LanguageHelp, ...] = ()
    missing: frozenset[str] = frozenset()  # shared files that were never valid: names are not checked against these

    @property
    def waits_for_speakers(self) -> bool:
        """True if a sentence of the notice of language help was not checked by somebody who speaks the language."""
        return not all(language.checked for language in self.language_help)


@dataclass(frozen=True, eq=False)
class Document:
    """A Markdown file that becomes a page. Compared by identity: an unchanged file stays the same object."""

    path: str  # below the content folder
    digest: str  # SHA-256 of the file's bytes
    slug: str
    title: str
    summary: str
    updated: dt.date
    sources: tuple[str, ...]
    blocks: tuple[str, ...]
    body: str  # Markdown, without HTML
    body_line: int  # where the body starts in the file, from 1
    accepted: Mapping[str, str]  # id of a rule -> why the page stays as it is
    line_of: Mapping[str, int] = field(repr=False)  # front matter key -> its line
    shared: Shared | None = field(default=None, repr=False)  # set once the document was checked against it
    stored: bool = False  # of a library: its rendered page is cached on disk
    html: tuple[RawHtml, ...] = ()  # what was taken out of the body; lines are those of the body

    @cached_property
    def cites(self) -> frozenset[str]:
        """Keys of the sources cited by the text itself or by a block on the page."""
        blocks = self.shared.blocks if self.shared else {}
        return frozenset(self.sources).union(*(blocks[name].cites for name in self.carried))

    @property
    def url(self) -> str:
        """Path on the site."""
        return f"/{self.slug}/"

    @property
    def carried(self) -> tuple[str, ...]:
        """Names of the shared passages on the page."""
        return self.blocks

    @property
    def about_health(self) -> bool:
        """Return whether the page has the emergency box, because it tells patients about treatments."""
        return EMERGENCY in self.carried


# Set after the class: dataclasses would take the descriptor for a default.
Document.body = CompressedText("body")  # type: ignore[assignment]


@dataclass(frozen=True, eq=False)
class Page(Document):
    """A plain page: about, privacy, ..."""


@dataclass(frozen=True)
class Reviewer:
    """The clinician who checked an article, and the text that they checked."""

    name: str
    credentials: str
    license_state: str  # two letters
    on: dt.date
    text: str  # the hash of the text they signed, as articles.rendering.signed_text gives it


@dataclass(frozen=True)
class ShortAnswer:
    """The short answer of an article to one of QUESTIONS."""

    question: str
    text: str
    certainty: str  # one of ANSWER_LEVELS in articles.rendering.certainty
    line: int  # of the file


@dataclass(frozen=True)
class PageChange:
    """What changed on an article, as readers are told."""

    on: dt.date
    what: str
    unclear: bool  # readers had found that part unclear
    line: int  # of the file


@dataclass(frozen=True, eq=False, kw_only=True)
class Article(Document):
    audience: str
    main_message: str  # the one sentence to remember, printed above the answers
    topics: tuple[str, ...]
    author_name: str
    author_role: str
    drafting: str
    signed: Reviewer | None  # from the front matter; valid_signature() says whether it is valid
    status: str
    published: dt.date
    review_due: dt.date
    publish_from: dt.datetime | None  # naive: the clinic's wall clock
    publish_until: dt.datetime | None
    aliases: tuple[str, ...]
    conflict: str
    answers: tuple[ShortAnswer, ...] = ()  # to each of QUESTIONS; empty in a file that has none yet
    changes: tuple[PageChange, ...] = ()  # the newest first
    # News about cited sources that is not cleared, of any date; set by the library.
    news: tuple[SourceEvent, ...] = ()

    @property
    def url(self) -> str:
        return f"/articles/{self.slug}/"

    @property
    def carried(self) -> tuple[str, ...]:
        """Names of the shared passages, with the emergency box where the article lists no box about emergencies."""
        has_box = self.shared is not None and EMERGENCY in self.shared.blocks
        lists_one = EMERGENCY in self.blocks or WARNING_SIGNS in self.blocks
        return (EMERGENCY, *self.blocks) if has_box and not lists_one else self.blocks

    @property
    def about_health(self) -> bool:
        return True

    def visible(self, now: dt.datetime) -> bool:
        """Return whether readers may see the article at the aware moment `now`."""
        if self.shared is None or self.status != "published":
            return False
        moment = self.shared.clinic.moment
        has_begun = self.publish_from is None or moment(self.publish_from) <= now
        return has_begun and (self.publish_until is None or now < moment(self.publish_until))

    def with_news(self, events: Iterable[SourceEvent]) -> Self:
        """Return the article with those `events` that concern its sources; the same object where nothing changes."""
        news = tuple(event for event in events if not event.cleared and not self.cites.isdisjoint(event.sources))
        return self if news == self.news else replace(self, news=news)
