"""Where figures stand in Markdown: a block of YAML between a line ` ```figure ` and a line ` ``` `."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

OPENS, CLOSES = "```figure", "```"
LIKE_A_FENCE = re.compile(r"[ \t>]*(?:`{3,}|~{3,})[ \t]*figure\b", re.IGNORECASE)


@dataclass(frozen=True)
class Fence:
    line: int  # of the opening line, from 1, in the text it was found in
    end: int  # line of the closing line
    text: str  # the YAML between the two


def find_fences(markdown: str) -> Iterator[Fence]:
    """Yield every figure of `markdown`. A fence that is never closed is none."""
    if OPENS not in markdown:
        return
    opened, lines = 0, markdown.split("\n")
    for number, line in enumerate(lines, 1):
        if opened and line.rstrip() == CLOSES:
            yield Fence(opened, number, "\n".join(lines[opened : number - 1]))
            opened = 0
        elif not opened and line.rstrip() == OPENS:
            opened = number


def find_stray_fences(markdown: str) -> Iterator[int]:
    """Yield the lines that look like the beginning of a figure and are not: indented, quoted, or never closed."""
    inside = {number for fence in find_fences(markdown) for number in range(fence.line, fence.end)}
    for number, line in enumerate(markdown.split("\n"), 1):
        if ("`" in line or "~" in line) and number not in inside and LIKE_A_FENCE.match(line):
            yield number
