"""Remove HTML comments and tags from Markdown when a file is read: neither is ever part of a page.

The words between two tags stay, and every line keeps its number. Rule A25 names what was removed.
"""

import re
from collections.abc import Iterator

from articles.content.documents import RawHtml
from articles.rendering.line_numbers import line_numbers

OPENS, CLOSES = "<!--", "-->"
IN_PARAGRAPH = r"(?:[^<>\n]|\n(?![ \t]*\n))*"  # up to the end of the tag, but not beyond the paragraph
NO_TARGET = r"(?<!\]\()"  # not where the address of a link stands: [words](</about/>)
TAG = re.compile(rf"{NO_TARGET}</?(?P<name>[A-Za-z][\w:.-]*)(?:\s{IN_PARAGRAPH}|/)?>|<[!?]{IN_PARAGRAPH}>")
LEFT = re.compile(rf"{NO_TARGET}<\s*[/!?]?\s*[A-Za-z][\w:.-]*")  # what looks like HTML and has no end
ADDRESS = re.compile(r"<(?:[A-Za-z][A-Za-z0-9+.-]*://[^<>\s]*|[^<>\s@]+@[^<>\s@]+)>")  # a link of Markdown
PARAGRAPH_END = re.compile(r"\n[ \t]*\n|\Z")
# Words on both sides of one of these would run together. Inside a word (CO<sub>2</sub>) nothing may stand between.
SEPARATES = frozenset("br p div li ul ol dl dt dd tr td th table hr h1 h2 h3 h4 h5 h6 section article option".split())
SHOWN = 40  # characters of a comment


def without_html(markdown: str) -> tuple[str, tuple[RawHtml, ...]]:
    """Return `markdown` without comments and tags, and what was removed, by line."""
    if "<" not in markdown:
        return markdown, ()
    comments, line = list(_comments(markdown)), line_numbers(markdown)
    found = [RawHtml(_beginning(markdown[start:end]), line(start), True) for start, end in comments]
    text = _without(markdown, comments)
    line = line_numbers(text)
    found += [RawHtml(tag[0], line(tag.start())) for tag in TAG.finditer(text)]
    return TAG.sub(_replaced, text), tuple(sorted(found, key=lambda html: html.line))


def find_html(text: str) -> list[RawHtml]:
    """Return comments, tags, and text that looks like a tag without an end."""
    rest, found = without_html(text)
    line = line_numbers(rest)
    endless = (left for left in LEFT.finditer(rest) if not ADDRESS.match(rest, left.start()))
    return [*found, *(RawHtml(left[0], line(left.start())) for left in endless)]


def _comments(markdown: str) -> Iterator[tuple[int, int]]:
    """Yield where each comment starts and ends. A comment that is never closed ends with its paragraph."""
    start, closed = markdown.find(OPENS), True
    while start >= 0:
        end = markdown.find(CLOSES, start + len(OPENS)) if closed else -1
        if end >= 0:
            end += len(CLOSES)
        else:
            closed = False  # nor is any later one, which need not be looked for
            paragraph_end = PARAGRAPH_END.search(markdown, start)
            end = paragraph_end.start() if paragraph_end else len(markdown)
        yield start, end
        start = markdown.find(OPENS, end)


def _without(markdown: str, places: list[tuple[int, int]]) -> str:
    """Return `markdown` with only the line breaks of these places."""
    pieces, last = [], 0
    for start, end in places:
        pieces += [markdown[last:start], "\n" * markdown.count("\n", start, end)]
        last = end
    return "".join([*pieces, markdown[last:]])


def _replaced(tag: re.Match[str]) -> str:
    """Return what takes the place of a tag."""
    return "\n" * tag[0].count("\n") or (" " if (tag["name"] or "").lower() in SEPARATES else "")


def _beginning(comment: str) -> str:
    line = " ".join(comment.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN].rstrip()} …"
