"""What a clinician signs: the article as a reader meets it, as plain lines, and its hash.

Every word on the page is in it, with shared passages and cited sources in place, and where each link leads. How the
page is marked up is not, nor are links to the glossary, dates, topics and addresses: they change no meaning.
"""

import hashlib
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from articles.documents import Article
    from articles.rendering import CitedSource

LINES = {"p", "li", "dt", "dd", "tr", "caption", "pre", "blockquote", "div", "section", "ul", "ol", "table", "hr", "br"}
HEADINGS = {f"h{level}": "#" * level for level in range(2, 7)}
CELLS = {"td", "th"}
TERM = "term"  # class of a link to the glossary


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
    lines = [f"{name}: {text}" for name, text in fields]
    for part in (page.lead, page.key_points, page.body, page.closing):
        lines += _lines(part)
    lines += (_source(cited) for cited in page.cited)
    return "\n".join(" ".join(line.split()) for line in lines)


def text_hash(text: str) -> str:
    """SHA-256 of what signed_text() gave, in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def _source(cited: "CitedSource") -> str:
    source = cited.source
    parts = (", ".join(source.authors), source.title, source.container, source.year, source.volume_pages, source.url)
    return f"Source [{cited.number}] " + ". ".join(filter(None, parts))


def _lines(html: str) -> Iterator[str]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return (line for line in "".join(reader.pieces).split("\n") if line.strip())


class _Reader(HTMLParser):
    """Collects the words of safe HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.targets: list[str] = []  # of the links that are open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in LINES or tag in HEADINGS:
            self.pieces.append("\n" + HEADINGS.get(tag, ""))
            self.pieces.append(" " if tag in HEADINGS else "")
        elif tag in CELLS:
            self.pieces.append(" | ")
        elif tag == "a":
            plain = given.get("href", "").startswith("#") or TERM in given.get("class", "").split()
            self.targets.append("" if plain else given.get("href", ""))
        elif tag == "img":
            self.pieces.append(f" [picture {given.get('src', '')}: {given.get('alt', '')}] ")

    def handle_endtag(self, tag: str) -> None:
        if tag in LINES or tag in HEADINGS:
            self.pieces.append("\n")
        elif tag == "a" and self.targets:
            target = self.targets.pop()
            self.pieces.append(f" <{target}>" if target else "")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data.replace("\n", " "))
