"""Certainty marks: `{certainty: low}` behind a claim becomes a shape and words; “How we write” explains them."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from markdown.inlinepatterns import InlineProcessor

from articles.content.documents import ShortAnswer
from articles.rendering.line_numbers import line_numbers

LEVELS = ("very low", "low", "moderate", "high", "disputed")
NOT_GRADED = "not graded"  # nobody has graded the finding: of figures and of the three answers alone
ANSWER_LEVELS = (*LEVELS, NOT_GRADED)
MARK = r"\{certainty:[ ]*([^{}\n]*?)[ ]*\}"
KNOWN_MARK = rf"\{{certainty:[ ]*({'|'.join(LEVELS)})[ ]*\}}"
WORDS = {"disputed": "disputed", NOT_GRADED: "not graded"}  # the others: “low certainty”


def words_of(level: str) -> str:
    """Return how a mark of that level reads."""
    return WORDS.get(level, f"{level} certainty")


def class_of(level: str) -> str:
    """Return the classes that draw the shape before the words; see static/css/site.css."""
    return f"certainty certainty-{level.replace(' ', '-')}"


def answer_in_words(answer: ShortAnswer) -> str:
    """Return one of the three answers of an article as readers see it."""
    return f"{answer.question} {answer.text} ({words_of(answer.certainty)})"


def split_answer(text: str) -> tuple[str, str] | None:
    """Return the words and the level of an answer such as “Perhaps. {certainty: low}”; None if it has another form."""
    found = re.fullmatch(rf"([^{{}}]*[^{{}}\s])\s*{MARK}", text)
    return (found[1], found[2]) if found and found[2] in ANSWER_LEVELS else None


def find_unknown_levels(markdown: str) -> Iterator[tuple[int, str]]:
    """Yield the line, from 1, and the text of each mark with a level that is none."""
    line = line_numbers(markdown)
    for mark in re.finditer(MARK, markdown):
        if mark[1] not in LEVELS:
            yield line(mark.start()), mark[1]


def in_words(markdown: str) -> str:
    """Return `markdown` with each mark as readers see it."""
    return re.sub(MARK, lambda mark: words_of(mark[1]), markdown)


class CertaintyProcessor(InlineProcessor):
    """Inline processor for KNOWN_MARK; a mark with an unknown level is reported by the library."""

    def handleMatch(  # type: ignore[override]  # noqa: N802 (the library's name; its stubs know an old signature)
        self, m: re.Match[str], data: str
    ) -> tuple[ET.Element, int, int]:
        mark = ET.Element("span", {"class": class_of(m[1])})
        mark.text = words_of(m[1])
        return mark, m.start(0), m.end(0)
