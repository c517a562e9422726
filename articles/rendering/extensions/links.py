"""Links and pictures in Markdown, for pages, rules and search alike, and text that only looks like them.

Each expression reads a text in time that grows with its length alone: it never reads a passage twice.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass

from markdown.inlinepatterns import InlineProcessor

from articles.rendering.extensions.citations import CITATION
from articles.rendering.line_numbers import line_numbers

SAME_PARAGRAPH = r"\n(?![ \t>]*(?:\n|\Z))"  # a line break with no empty line behind
LABEL = rf"(?:[^\[\]\n]++|{SAME_PARAGRAPH}|\[[^\[\]\n]*+\])*+"  # may hold a citation or a picture
TITLE = r"""(?:"[^"]{0,300}+"|'[^']{0,300}+'|“[^”]{0,300}+”|‘[^’]{0,300}+’)"""
BARE = r"[^\s()<>“”‘’]*+(?:\([^\s()<>]*+\)[^\s()<>“”‘’]*+)*+"
TARGET = rf"\(\s*(?:<(?P<pointed>[^<>\n]*+)>|(?P<bare>{BARE}))(?:\s+(?P<title>{TITLE}))?\s*\)"
LINK = re.compile(rf"(?<![!\\])\[(?![@^])(?P<label>{LABEL})\]{TARGET}")
IMAGE = re.compile(rf"(?<!\\)!\[(?P<label>{LABEL})\]{TARGET}")
AUTOMATIC = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]*://[^<>\n]*+)>")
CODE = re.compile(r"(?<!`)(`++)(?!`)[^`\n]{1,300}+\1(?!`)")
ADDRESS = r"(?:https?://|www\.|mailto:|tel:|/|\#)"
UNLINKED = (
    (
        re.compile(rf"\[{LABEL}\]\([^()\n]*+\)?"),
        "does not become a link: its address holds a space, or has no end.",
        "Write [words](address), the address without spaces.",
    ),
    (
        re.compile(rf"\[{LABEL}\](?:[ \t]++\n?[ \t]*+|\n[ \t]*+)\((?={ADDRESS})[^()\n]*+\)?"),
        "does not become a link: there is a gap between “]” and “(”.",
        "Take the gap out.",
    ),
    (
        re.compile(r"^[ \t>]*+\[(?!\^)[^\[\]\n]++\]:[ \t]*+\S++|\[[^\[\]\n]++\]\[[^\[\]\n]*+\]", re.MULTILINE),
        "does not become a link: links by reference are not known here.",
        "Write [words](address).",
    ),
)
ABBREVIATION = re.compile(r"^[ \t>]*+\*\[[^\[\]\n]++\]:", re.MULTILINE)
PLAIN_ADDRESS = re.compile(r"(?<![\w/@.-])(?:https?://|www\.)[^\s<>()\[\]]++")
# Patterns of Python-Markdown that the renderer removes.
BY_REFERENCE = ("reference", "image_reference", "short_reference", "short_image_ref")


@dataclass(frozen=True)
class Link:
    """A link or a picture as it is typed."""

    label: str  # Markdown
    target: str
    title: str  # with its quotation marks; no page shows it
    line: int  # from 1, in the text it was found in


@dataclass(frozen=True)
class Unlinked:
    """Text that looks like a link and is shown as text."""

    text: str  # as it was typed
    line: int
    why: str
    mend: str
    broken: bool = True  # False: perhaps an address that is not meant to be clicked


def find_links(markdown: str) -> Iterator[Link]:
    """Yield every link, pictures left out, in the order of the text."""
    line = line_numbers(markdown)
    found = [(link.start(), link["label"], _target(link), link["title"]) for link in LINK.finditer(markdown)]
    found += [(link.start(), link[1], link[1], None) for link in AUTOMATIC.finditer(markdown)]
    return (Link(label, target, title or "", line(start)) for start, label, target, title in sorted(found))


def find_images(markdown: str) -> Iterator[Link]:
    """Yield every picture; its label is its text alternative."""
    line = line_numbers(markdown)
    for image in IMAGE.finditer(markdown):
        yield Link(image["label"], _target(image), image["title"] or "", line(image.start()))


def find_unlinked(markdown: str) -> Iterator[Unlinked]:
    """Yield text that was meant for a link and is none, and addresses in plain text."""
    line, rest = line_numbers(markdown), markdown
    for known in (CODE, IMAGE, LINK, AUTOMATIC, ABBREVIATION, re.compile(CITATION)):
        rest = known.sub(_blank, rest)
    for pattern, why, mend in UNLINKED:
        for found in pattern.finditer(rest):
            yield Unlinked(_shown(found[0]), line(found.end() - len(found[0].lstrip())), why, mend)
        rest = pattern.sub(_blank, rest)
    for found in PLAIN_ADDRESS.finditer(rest):
        mend = "Write [words](address), or take the address out."
        yield Unlinked(_shown(found[0]), line(found.start()), "is an address that nobody can press.", mend, False)


def without_links(markdown: str) -> str:
    """Return `markdown` with links and pictures replaced by their words."""
    return LINK.sub(r"\g<label>", IMAGE.sub(r"\g<label>", markdown)) if "](" in markdown else markdown


class LinkProcessor(InlineProcessor):
    def handleMatch(  # type: ignore[override]  # noqa: N802 (the library's name; its stubs know an old signature)
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element, int, int]:
        link = ET.Element("a", {"href": self.unescape(_target(m)).strip()})
        link.text = m["label"]
        return link, m.start(0), m.end(0)


class ImageProcessor(InlineProcessor):
    def handleMatch(  # type: ignore[override]  # noqa: N802 (the library's name; its stubs know an old signature)
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element, int, int]:
        source = self.unescape(_target(m)).strip()
        return ET.Element("img", {"src": source, "alt": self.unescape(m["label"])}), m.start(0), m.end(0)


def _target(link: re.Match[str]) -> str:
    return str(link["bare"] if link["pointed"] is None else link["pointed"])


def _blank(found: re.Match[str]) -> str:
    """Return a text of the same length with the same line breaks: positions stay, and no word joins another."""
    return re.sub(r"[^\n]", " ", found[0])


def _shown(text: str) -> str:
    return " ".join(text.split())
