"""Positions in a text as line numbers."""

import re
from bisect import bisect_right
from collections.abc import Callable


def line_numbers(text: str) -> Callable[[int], int]:
    """Return a function from a position in `text` to its line, from 1; each call after the first is equally short."""
    starts: list[int] = []

    def line(position: int) -> int:
        if not starts:  # not before: most texts are only searched, and nothing is found
            starts.extend([0, *(line_break.end() for line_break in re.finditer("\n", text))])
        return bisect_right(starts, position)

    return line
