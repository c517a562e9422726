"""What a clinician signs: the article as a reader meets it, as plain lines, and its hash.

In it is every word on the page, with shared passages, the clinic's facts and cited sources in place; what an
abbreviation stands for; where each link leads; which picture is shown. Not in it, because they change no meaning: how
words are set off, which words lead to the glossary, dates, topics, addresses, and our note that an entry in the list of
sources is still to be checked.

Any change of this form, however small, takes the signature off every page there is: each would have to be read and
signed again. tests/articles/signed_text.txt is there so that nobody does it by accident.
"""

import hashlib
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from articles.documents import Article
    from articles.rendering import CitedSource

LINES = frozenset(
    "p li dt dd tr caption pre blockquote div section ul ol dl table figure figcaption hr br h2 h3 h4 h5 h6".split()
)
HEADINGS = {f"h{level}": "#" * level for level in range(2, 7)}
CELLS = ("td", "th")
TERM, NOTE, BACK_FROM_NOTE = "term", "footnote-ref", "footnote-backref"  # classes of links
TO_SOURCE = "#source-"  # where a citation leads; its number says which
Attributes = dict[str, str]


def signed_text(article: "Article") -> str:
    """One line for each line of the page. Only for articles of a library."""
    page = article.rendered
    fields = [
        ("Title", article.title),
        ("Summary", article.summary),
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
    for name, html in parts:
        lines += [f"{name}:", *_lines(html)]
    lines += ["Sources:", *(_source(cited) for cited in page.cited)]
    return "\n".join(" ".join(line.split()) for line in lines)


def text_hash(text: str) -> str:
    """SHA-256 of what signed_text() gave, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def _source(cited: "CitedSource") -> str:
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
    """Collects the words of the safe HTML of one part of a page. That is whole: what is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.mark = ""  # what stands before the next words, such as the number of a list item
        self.lists: list[int | None] = []  # of the open lists: the number of the next item, or none
        self.links: list[str | None] = []  # of the open links: what stands behind their words; None leaves both out
        self.stands_for = ""  # of an open abbreviation
        self.words: list[str] = []  # since the last abbreviation began
        self.known: set[tuple[str, str]] = set()  # abbreviations with what they stand for, once that has been said
        self.as_typed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in LINES:
            self._start_line(tag, given)
        elif tag in CELLS:
            self._say(" | ")
        elif tag == "a":
            self._start_link(given)
        elif tag == "abbr":
            self.words.clear()
            self.stands_for = given.get("title", "")
        elif tag == "img":
            self._say(f" [picture {given.get('src', '')}: {given.get('alt', '')}] ")

    def handle_endtag(self, tag: str) -> None:
        if tag in LINES:
            self.pieces.append("\n")
            self.as_typed = False
        elif tag == "a":
            self.pieces.append(self.links.pop() or "")
        elif tag == "abbr" and (said := ("".join(self.words), self.stands_for)) not in self.known:
            self.known.add(said)
            self.pieces.append(f" ({self.stands_for})")
        if tag in ("ol", "ul"):
            self.lists.pop()

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        arrow = self.links and self.links[-1] is None
        if not arrow and (data.strip() or not self.mark):
            self._say(data if self.as_typed else data.replace("\n", " "))

    def _start_line(self, tag: str, given: Attributes) -> None:
        self.pieces.append("\n")
        self.as_typed = tag == "pre"
        if tag in ("ol", "ul"):
            self.lists.append(int(given.get("start", 1)) if tag == "ol" else None)
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

    def _start_link(self, given: Attributes) -> None:
        classes, target = given.get("class", "").split(), given.get("href", "")
        if NOTE in classes:
            self._say(" [note ")
            self.links.append("]")
        elif BACK_FROM_NOTE in classes:
            self.links.append(None)
        else:
            inside = target.startswith(TO_SOURCE) or TERM in classes
            self.links.append("" if inside or not target else f" <{target}>")

    def _say(self, words: str) -> None:
        self.pieces += (self.mark, words)
        self.mark = ""
