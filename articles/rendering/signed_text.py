"""The text that a clinician signs: the article as a reader meets it, as plain lines, and its hash.

The text contains every word on the page, with shared passages, the clinic's facts and cited sources in place; what an
abbreviation stands for; where each link leads; which picture is shown. It leaves out what changes no meaning: emphasis,
which words the glossary explains, and how, dates, topics, addresses, and our note that an entry in the list of sources
is still to be checked.

Any change of this form, however small, removes the signature from every page: each would have to be read and signed
again. tests/articles/rendering/signed_text.txt is there so that nobody does it by accident.
"""

import hashlib
from collections.abc import Iterator
from html.parser import HTMLParser
from weakref import WeakKeyDictionary

from articles.content.documents import Article, Document, Reviewer
from articles.rendering.certainty import answer_in_words
from articles.rendering.page_cache import rendered
from articles.rendering.renderer import CitedSource
from clinic_site.content.files import ContentError

LINES = frozenset(
    """p li dt dd tr caption pre blockquote div section ul ol dl table figure figcaption hr br h2 h3 h4 h5 h6
    details summary svg""".split()
)
HEADINGS = {f"h{level}": "#" * level for level in range(2, 7)}
CELLS = ("td", "th", "text")  # and the words in a drawing
NOTE, BACK_FROM_NOTE = "footnote-ref", "footnote-backref"  # classes of links
DEFINITION = "term-note"  # class of what opens at a term
TO_SOURCE = "#source-"  # target of a citation, before its number
Attributes = dict[str, str]
_hashes: WeakKeyDictionary[Article, str] = WeakKeyDictionary()


def signed_text(article: Article) -> str:
    """Return one line for each line of the page. The article must come from a library.

    Raises ContentError where the page cannot be rendered.
    """
    page = rendered(article)
    fields = [
        ("Title", article.title),
        ("Summary", article.summary),
        ("Main message", article.main_message),
        ("For", article.audience),
        ("Written by", f"{article.author_name}, {article.author_role}"),
        ("Drafted", article.drafting),
        ("Who gains", page.conflict),
    ]
    parts = [
        ("Above the text", page.lead),
        ("Key points", page.key_points),
        ("Text", page.body),
        ("Below the text", page.closing),
    ]
    lines = [f"{name}: {text}" for name, text in fields]
    lines += map(answer_in_words, article.answers)
    for name, html in parts:
        lines += [f"{name}:", *_lines(html)]
    lines += ["Sources:", *(_source(cited) for cited in page.cited)]
    return "\n".join(" ".join(line.split()) for line in lines)


def digest(text: str) -> str:
    """Return the SHA-256 of what signed_text() gave, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def text_hash(article: Article) -> str:
    """Return the digest of what a clinician would sign. The article must come from a library.

    Raises ContentError where the page cannot be rendered.
    """
    found = _hashes.get(article)
    if found is None:
        found = _hashes[article] = digest(signed_text(article))
    return found


def valid_signature(document: Document) -> Reviewer | None:
    """Return who signed this very text; None for a signature of another text, or of one that cannot be shown.

    A plain page is never signed.
    """
    if not isinstance(document, Article) or document.signed is None or document.shared is None:
        return None
    try:
        return document.signed if document.signed.text == text_hash(document) else None
    except ContentError:
        return None


def _source(cited: CitedSource) -> str:
    source = cited.source
    authors = ", ".join(source.authors)
    parts = (authors, source.title, source.container, source.year, source.volume_pages, source.kind, source.url)
    return f"[{cited.number}] " + ". ".join(filter(None, parts))


def _lines(html: str) -> Iterator[str]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return (line for line in "".join(reader.pieces).split("\n") if line.strip())


class _Reader(HTMLParser):
    """Parser that collects the words of the safe HTML of one part of a page, in which every tag is closed in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.mark = ""  # prefix of the next words, such as the number of a list item
        self.lists: list[int | None] = []  # of the open lists: the number of the next item, or none
        self.links: list[str | None] = []  # suffix of each open link; None leaves out the link with its words
        self.stands_for = ""  # of an open abbreviation
        self.words: list[str] = []  # since the last abbreviation began
        self.known: set[tuple[str, str]] = set()  # abbreviations that were explained already
        self.as_typed = False
        self.in_definition = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if attributes.get("class") == DEFINITION:
            self.in_definition = True
        elif not self.in_definition:
            self._start(tag, attributes)

    def _start(self, tag: str, attributes: Attributes) -> None:
        if tag in LINES:
            self._start_line(tag, attributes)
        elif tag in CELLS:
            self._add_words(" | ")
        elif tag == "a":
            self._start_link(attributes)
        elif tag == "abbr":
            self.words.clear()
            self.stands_for = attributes.get("title", "")
        elif tag == "img":
            self._add_words(f" [picture {attributes.get('src', '')}: {attributes.get('alt', '')}] ")

    def handle_endtag(self, tag: str) -> None:
        if not self.in_definition:
            self._end(tag)
        elif tag == "span":  # a definition holds no other
            self.in_definition = False

    def _end(self, tag: str) -> None:
        if tag in LINES:
            self.pieces.append("\n")
            self.as_typed = False
        elif tag == "a":
            self.pieces.append(self.links.pop() or "")
        elif tag == "abbr" and (abbreviation := ("".join(self.words), self.stands_for)) not in self.known:
            self.known.add(abbreviation)
            self.pieces.append(f" ({self.stands_for})")
        if tag in ("ol", "ul"):
            self.lists.pop()

    def handle_data(self, data: str) -> None:
        if self.in_definition:
            return
        self.words.append(data)
        arrow = self.links and self.links[-1] is None
        if not arrow and (data.strip() or not self.mark):
            self._add_words(data if self.as_typed else data.replace("\n", " "))

    def _start_line(self, tag: str, attributes: Attributes) -> None:
        self.pieces.append("\n")
        self.as_typed = tag == "pre"
        if tag in ("ol", "ul"):
            self.lists.append(int(attributes.get("start", 1)) if tag == "ol" else None)
        elif tag == "li":
            self.mark = self._item()
        elif tag in HEADINGS:
            self.mark = f"{HEADINGS[tag]} "

    def _item(self) -> str:
        number = self.lists[-1]
        if number is None:
            return "- "
        self.lists[-1] = number + 1
        return f"{number}. "

    def _start_link(self, attributes: Attributes) -> None:
        classes, target = attributes.get("class", "").split(), attributes.get("href", "")
        if NOTE in classes:
            self._add_words(" [note ")
            self.links.append("]")
        elif BACK_FROM_NOTE in classes:
            self.links.append(None)
        else:
            self.links.append("" if target.startswith(TO_SOURCE) or not target else f" <{target}>")

    def _add_words(self, words: str) -> None:
        self.pieces += (self.mark, words)
        self.mark = ""
