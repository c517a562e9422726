"""`{claim-ok: reason}` marks a word that is banned elsewhere and right here. Reviewers read it, readers never do."""

import re
from collections.abc import Iterator

from articles.rendering.line_numbers import line_numbers

CLAIM_OK = re.compile(r"(?<![ \t])[ \t]*+\{claim-ok:((?:(?!\{claim-ok:)[^}])*+)\}")


OPENING = re.compile(r"\{claim-ok:")


def find_open_marks(markdown: str) -> Iterator[int]:
    """Find the line, from 1, of each mark that has no end: readers would see it."""
    line = line_numbers(markdown)
    closed = {mark.start() + mark[0].index("{") for mark in CLAIM_OK.finditer(markdown)}
    return (line(mark.start()) for mark in OPENING.finditer(markdown) if mark.start() not in closed)


def without_claim_marks(markdown: str) -> str:
    return CLAIM_OK.sub("", markdown)
