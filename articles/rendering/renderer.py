"""Render Markdown to safe HTML, in the order in which a page shows it.

One page is rendered in parts (the boxes above the text, the key points, the text, the boxes below) that share one
numbering of sources and one record of glossary terms already linked.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from markdown import Markdown
from markdown.extensions.footnotes import FootnoteInlineProcessor
from markdown.extensions.toc import unique

from articles.content.documents import Document, Shared, Source
from articles.rendering.blocks import InsertionPreprocessor, blocks_around, insert_facts
from articles.rendering.certainty import KNOWN_MARK, CertaintyProcessor
from articles.rendering.extensions.callouts import CalloutLevels, CalloutProcessor
from articles.rendering.extensions.citations import CitationNumbers, CitationProcessor, CitationRegistry
from articles.rendering.extensions.figures import FigureProcessor
from articles.rendering.extensions.footnotes import FOOTNOTE, FootnoteNumbers
from articles.rendering.extensions.glossary import GlossaryProcessor
from articles.rendering.extensions.headings import heading_id
from articles.rendering.extensions.links import BY_REFERENCE, IMAGE, LINK, ImageProcessor, LinkProcessor
from articles.rendering.extensions.pictures import PictureProcessor, PictureText
from articles.rendering.extensions.tables import CardProcessor, TableProcessor
from articles.rendering.extensions.typography import CHARACTERS, PlainTextProcessor
from articles.rendering.sanitizer import clean
from articles.rendering.sections import SectionProcessor, split_key_points
from articles.rendering.structure import StructurePreprocessor

EXTENSIONS = ["tables", "footnotes", "def_list", "abbr", "toc", "sane_lists", "smarty"]
TOP_LEVEL = 2  # of the headings in the contents list
LEAD_BLOCKS = ("off_label",)  # in the first screen, whatever the text does

HEADING = re.compile(r"<h2 id=")  # of a section: a call-out has a class first
WRAPPED = "<section"  # begins the first of the sections that sections.py wraps
EMERGENCY_BOX = re.compile(r'<div class="callout callout-emergency">\s*<h\d class="callout-title" id="([^"]+)"')


@dataclass(frozen=True)
class Heading:
    id: str
    text: str


@dataclass(frozen=True)
class CitedSource:
    """A source as one page cites it."""

    number: int
    source: Source

    @property
    def place(self) -> str:
        """Id of its first citation."""
        return f"cite-{self.number}"


@dataclass(frozen=True)
class Rendered:
    lead: SafeString
    key_points: SafeString
    body: SafeString
    closing: SafeString
    contents: tuple[Heading, ...]
    cited: tuple[CitedSource, ...]
    conflict: str
    help_id: str  # of the heading above the first emergency box; "" without one


def render(document: Document) -> Rendered:
    """Render the whole document, which must have passed the library's checks: every name in it is known."""
    shared = document.shared
    assert shared is not None, "a document is rendered only from a library"  # noqa: S101
    parts = _Parts(shared)
    around = blocks_around(document)
    key_points, text = split_key_points(document.body)
    lead = parts.blocks("top", (name for name in LEAD_BLOCKS if name in around))
    key_points_html = parts.markdown("key", key_points)
    body = parts.markdown("", text)
    contents = parts.headings
    closing = parts.blocks("end", (name for name in around if name not in LEAD_BLOCKS))
    return Rendered(
        lead=lead,
        key_points=key_points_html,
        body=body,
        closing=closing,
        contents=contents,
        cited=parts.cited(),
        conflict=insert_facts(getattr(document, "conflict", ""), shared.clinic),
        help_id=_help_id(body + closing),
    )


def _help_id(html: str) -> str:
    found = EMERGENCY_BOX.search(html)
    return found[1] if found else ""


def render_block(shared: Shared, name: str) -> SafeString:
    """Render one shared passage by itself; return nothing where there is no block of that name."""
    return _Parts(shared).blocks("block", [name] if name in shared.blocks else [])


class _Parts:
    """Renderer of the parts of one page, with the state that they share."""

    def __init__(self, shared: Shared) -> None:
        self.shared = shared
        self.registry = CitationRegistry()
        self.linked: set[str] = set()
        self.headings: tuple[Heading, ...] = ()
        self.ids = set[str]()  # of the headings of all parts
        self.counts: dict[str, int] = {}  # the highest number behind each of them

    def markdown(self, part: str, text: str) -> SafeString:
        """Return safe HTML, and set `headings` to its second-level headings. `part` keeps ids of one page apart."""
        md = self._engine(part)
        html = md.convert(text)
        top = [token for token in getattr(md, "toc_tokens", []) if token["level"] == TOP_LEVEL]
        self.headings = tuple(Heading(token["id"], unescape(token["name"])) for token in top)
        return clean(html)

    def blocks(self, part: str, names: Iterable[str]) -> SafeString:
        return self.markdown(part, "\n\n".join(self.shared.blocks[name].text for name in names))

    def new_id(self, heading: str) -> str:
        """Return an id that no heading of the page has yet."""
        # The stubs know an old signature.
        return unique(heading_id(heading), self.ids, self.counts)

    def cited(self) -> tuple[CitedSource, ...]:
        return tuple(CitedSource(number, self.shared.sources[key]) for key, number in self.registry.numbers.items())

    def _engine(self, part: str) -> Markdown:
        """Return Python-Markdown with our extensions; raw HTML is text like any other."""
        settings: dict[str, dict[str, Any]] = {
            "toc": {"slugify": lambda text, separator: self.new_id(f"{part} {text}")},
            "footnotes": {"SEPARATOR": f":{part}-" if part else ":"},  # in their ids
            "smarty": {"substitutions": CHARACTERS},
        }
        md = Markdown(extensions=EXTENSIONS, extension_configs=settings, output_format="html")
        md.preprocessors.deregister("html_block")
        for name in ("html", "link", "image_link", *BY_REFERENCE):
            md.inlinePatterns.deregister(name)
        for name in ("reference", "code", "setextheader", "abbr"):
            md.parser.blockprocessors.deregister(name)
        abbreviations = md.treeprocessors["abbr"].abbrs  # type: ignore[attr-defined]
        structure = StructurePreprocessor(md, abbreviations)
        md.preprocessors.register(structure, "structure", 25)  # after "normalize_whitespace" (30)
        footnotes = FootnoteInlineProcessor(FOOTNOTE, md.inlinePatterns["footnote"].footnotes)  # type: ignore[attr-defined]
        md.inlinePatterns.register(footnotes, "footnote", 175)
        md.inlinePatterns.register(LinkProcessor(LINK.pattern, md), "link", 160)
        md.inlinePatterns.register(ImageProcessor(IMAGE.pattern, md), "image_link", 150)
        shared = self.shared
        md.preprocessors.register(InsertionPreprocessor(md, shared.blocks, shared.clinic), "insertions", 100)
        md.inlinePatterns.register(CitationProcessor(md, frozenset(shared.sources)), "citations", 175)
        md.inlinePatterns.register(CertaintyProcessor(KNOWN_MARK, md), "certainty", 175)
        md.parser.blockprocessors.register(FigureProcessor(md.parser, part), "figures", 200)  # before all others
        md.parser.blockprocessors.register(CalloutProcessor(md.parser), "callouts", 25)  # before quotations
        md.parser.blockprocessors.register(PictureProcessor(md.parser, shared.pictures), "pictures", 12)
        # Before the inline patterns (20): these read the text as it was typed.
        md.treeprocessors.register(CalloutLevels(md), "callout_levels", 40)
        md.treeprocessors.register(TableProcessor(md, part), "tables", 39)
        md.treeprocessors.register(SectionProcessor(md), "sections", 38)
        md.treeprocessors.register(PictureText(md), "picture_text", 18)
        md.treeprocessors.register(FootnoteNumbers(md), "footnote_numbers", 16)  # before "footnote-duplicate" (15)
        md.treeprocessors.register(GlossaryProcessor(md, shared.terms.values(), self.linked), "glossary", 15)
        md.treeprocessors.register(PlainTextProcessor(md), "plain_text", 6.5)  # after "abbr" (7), before "smarty" (6)
        md.treeprocessors.register(CardProcessor(md), "cards", 5)
        # After "toc" (5): a number in the name and the id of a heading would change them when a source is added.
        md.treeprocessors.register(CitationNumbers(md, self.registry), "citation_numbers", 4)
        return md


def halves(body: SafeString) -> tuple[SafeString, SafeString]:
    """Return the HTML of a text up to the section that begins nearest to its middle, and the rest.

    The rest is empty for a text of one section. Common questions and the worksheet are not split.
    """
    middle = len(body) / 2
    last = body.find(WRAPPED)
    starts = [found.start() for found in HEADING.finditer(body, 1, last if last > 0 else len(body))]
    cut = min(starts, key=lambda start: abs(start - middle), default=len(body))
    return mark_safe(body[:cut]), mark_safe(body[cut:])  # noqa: S308 (the body is safe, and so are its parts)
