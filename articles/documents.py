"""What the content folder holds once it is read: frozen, comparable, free of Django."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

from articles.packed_text import PackedText
from articles.pictures import Pictures
from articles.rules.watch import Event
from clinic_site.clinic import Clinic
from clinic_site.content_files import ContentError

if TYPE_CHECKING:
    from articles.rendering import Rendered
    from articles.rendering.raw_html import RawHtml

EMERGENCY = "emergency"  # the block with the emergency box
STATUSES = ("draft", "published", "archived")
WORDS_A_MINUTE = 200  # a slow, careful reader of plain text
WORD = re.compile(r"\w[\w'’-]*")


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
    checked: bool  # a public record was seen; otherwise it is still to be checked


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
    html: tuple["RawHtml", ...] = ()  # what was taken out


@dataclass(frozen=True)
class SearchWords:
    """How search reads what patients type."""

    stop_words: frozenset[str]
    synonyms: Mapping[str, tuple[str, ...]]  # a word, small -> what else to look for


@dataclass(frozen=True)
class Shared:
    """What every page may draw on."""

    clinic: Clinic
    topics: Mapping[str, Topic]
    sources: Mapping[str, Source]
    terms: Mapping[str, Term]
    blocks: Mapping[str, Block]
    pictures: Pictures = field(default_factory=dict)
    missing: frozenset[str] = frozenset()  # shared files that have never been right: nothing is held against them


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
    accepted: Mapping[str, str]  # id of a rule that may warn -> why the page stays as it is
    line_of: Mapping[str, int] = field(repr=False)  # front matter key -> its line
    shared: Shared | None = field(default=None, repr=False)  # set once the document was checked against it
    stored: bool = False  # a library's: its rendered page is kept on disk
    html: tuple["RawHtml", ...] = ()  # what was taken out of the body; lines are those of the body

    @property
    def rendered(self) -> "Rendered":
        """The document as safe HTML, for one that has its shared content. Raises ContentError if it cannot be made."""
        from articles.rendered_store import rendered

        return rendered(self)

    @cached_property
    def cites(self) -> frozenset[str]:
        """Keys of the sources cited here, by the text itself or by a block it carries."""
        blocks = self.shared.blocks if self.shared else {}
        return frozenset(self.sources).union(*(blocks[name].cites for name in self.carried))

    @property
    def url(self) -> str:
        """Its path on the site."""
        return f"/{self.slug}/"

    @property
    def carried(self) -> tuple[str, ...]:
        """Names of the shared passages on the page."""
        return self.blocks

    @property
    def full_text(self) -> str:
        """The Markdown of all that stands on the page: the body with its blocks in place, and those around it."""
        from articles.rendering.blocks import whole_text

        return whole_text(self)

    @cached_property
    def minutes(self) -> int:
        """Reading time in minutes, at least 1."""
        return max(1, round(len(WORD.findall(self.full_text)) / WORDS_A_MINUTE))


# In place of the plain attribute: dataclasses would take it for a default.
Document.body = PackedText("body")  # type: ignore[assignment]


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
    text: str  # the hash of the text they signed, as articles.signed_text gives it


@dataclass(frozen=True, eq=False, kw_only=True)
class Article(Document):
    audience: str
    main_message: str  # for editors and reviewers: what every change is held against
    topics: tuple[str, ...]
    author_name: str
    author_role: str
    drafting: str
    signed: Reviewer | None  # as the front matter says; `reviewer` knows whether it holds
    status: str
    published: dt.date
    review_due: dt.date
    publish_from: dt.datetime | None  # naive: the clinic's wall clock
    publish_until: dt.datetime | None
    aliases: tuple[str, ...]
    conflict: str
    # What is new about a source it cites and not yet cleared, of whatever date; set by the library.
    news: tuple[Event, ...] = ()

    @property
    def url(self) -> str:
        return f"/articles/{self.slug}/"

    @cached_property
    def text_hash(self) -> str:
        """Of what a clinician would sign. Only for articles of a Library."""
        from articles.signed_text import signed_text, text_hash

        return text_hash(signed_text(self))

    @cached_property
    def reviewer(self) -> Reviewer | None:
        """Who signed this very text. A signature for another text, or for one that cannot be shown, is none."""
        if self.signed is None or self.shared is None:
            return None
        try:
            return self.signed if self.signed.text == self.text_hash else None
        except ContentError:
            return None

    @property
    def carried(self) -> tuple[str, ...]:
        """Every article carries the emergency box, listed or not."""
        has_box = self.shared is not None and EMERGENCY in self.shared.blocks
        return (EMERGENCY, *self.blocks) if has_box and EMERGENCY not in self.blocks else self.blocks

    def visible(self, now: dt.datetime) -> bool:
        """Whether readers may see it at the aware moment `now`."""
        if self.shared is None or self.status != "published":
            return False
        moment = self.shared.clinic.moment
        begun = self.publish_from is None or moment(self.publish_from) <= now
        return begun and (self.publish_until is None or now < moment(self.publish_until))

    def with_news(self, events: Iterable[Event]) -> Self:
        """With what is new about its sources among `events`; the very object where that is as it was."""
        news = tuple(each for each in events if not each.cleared and not self.cites.isdisjoint(each.sources))
        return self if news == self.news else replace(self, news=news)
