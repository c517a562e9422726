"""Bounds for the Markdown of one file, so that rendering takes time in proportion to its length.

Python-Markdown reads a long paragraph again for each mark in it. No text for readers comes near these bounds.
"""

import re

from clinic_site.content.files import ContentError

LONGEST_LINE = 5_000  # characters
LONGEST_PARAGRAPH = 20_000  # characters without an empty line in between, a list or a table included
MOST_LINES_TOGETHER = 400  # lines without an empty line in between
MOST_LINES = 10_000  # of a file
MOST_PASSAGES = 100  # shared passages placed in the text: each adds its own text
MOST_NOTES = 200  # footnotes and abbreviations: each is searched for in the whole text
DEEPEST_QUOTE = 20
PASSAGE = re.compile(r"\{\{ *block:")
NOTE = re.compile(r"[ \t>]*(?:\*\[|\[\^[^\]]{0,100}\]:)")


def check_limits(path: str, first_line: int, markdown: str) -> None:
    """Check `markdown`, which starts at line `first_line` of the file at `path`.

    Raises ContentError at the first line beyond a bound.
    """
    together, characters, notes, passages = 0, 0, 0, 0
    for number, line in enumerate(markdown.split("\n")):
        together, characters = (together + 1, characters + len(line.strip())) if line.strip(" \t>") else (0, 0)
        notes += "[" in line and NOTE.match(line) is not None
        passages += "{" in line and PASSAGE.match(line) is not None
        message = _too_long(line) or _too_much(together, characters) or _too_many(number, notes, passages)
        if message:
            raise ContentError(path, first_line + number, message)


def _too_long(line: str) -> str:
    if len(line) > LONGEST_LINE:
        return f"This line has more than {LONGEST_LINE:,} characters. Break it into paragraphs."
    if ">" in line and line.replace(" ", "").startswith(">" * (DEEPEST_QUOTE + 1)):
        return f"This line is quoted more than {DEEPEST_QUOTE} times over. Take most of its “>” out."
    return ""


def _too_much(lines: int, characters: int) -> str:
    if lines > MOST_LINES_TOGETHER or characters > LONGEST_PARAGRAPH:
        bounds = f"{MOST_LINES_TOGETHER} lines or {LONGEST_PARAGRAPH:,} characters"
        return f"More than {bounds} stand here without an empty line. Break them into parts."
    return ""


def _too_many(lines: int, notes: int, passages: int) -> str:
    if lines >= MOST_LINES:
        return f"This file has more than {MOST_LINES:,} lines. Split it."
    if passages > MOST_PASSAGES:
        return f"This file places more than {MOST_PASSAGES} shared passages. Take some out."
    if notes > MOST_NOTES:
        return f"This file has more than {MOST_NOTES} footnotes and abbreviations. Split it, or take some out."
    return ""
