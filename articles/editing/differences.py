"""What changed between two texts: word by word, or side by side.

Lines are compared first and words only where lines differ, so that a text of 30 KB takes milliseconds. A paragraph that
is only wrapped anew has not changed: a single line break inside it counts as a space.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

SAME, ADDED, REMOVED, FOLDED = "same", "added", "removed", "folded"
TOKEN = re.compile(r"\s+|\w+(?:['’]\w+)*|[^\w\s]")
WORDS = re.compile(r"\S+\s*")
CONTEXT_WORDS = 30
CONTEXT_LINES = 3
LEAST_FOLDED = 10  # words or lines: fewer are shown as they are
MANY_TOKENS = 4000  # from here on words that stand everywhere are no landmarks: it would take seconds


@dataclass(frozen=True)
class Piece:
    """Some text that both have, or only one of the two. A folded one says in words what is left out."""

    text: str
    kind: str  # same, added, removed; after folded() also folded


@dataclass(frozen=True)
class Row:
    """Some lines of the old text beside those of the new one. Where one of the two has none, its number is 0."""

    kind: str  # same, changed or folded; a folded row says in `old` what is left out
    old_line: int  # the first line, from 1
    old: tuple[Piece, ...]
    new_line: int
    new: tuple[Piece, ...]


def word_difference(old: str, new: str) -> list[Piece]:
    """Same and added pieces, joined, are `new`; same and removed ones are `old`, wrapping aside."""
    pieces: list[Piece] = []
    for kind, before, after in _hunks(_lines(old), _lines(new)):
        if kind == "equal":
            pieces.append(Piece("".join(after), SAME))
        else:
            pieces += _words("".join(before), "".join(after))
    return _joined(pieces)


def folded(pieces: Iterable[Piece], context: int = CONTEXT_WORDS) -> list[Piece]:
    """With long unchanged stretches cut to `context` words on each side of a change."""
    listed = list(pieces)
    found: list[Piece] = []
    for place, piece in enumerate(listed):
        head = context if place else 0  # nothing before it changed
        tail = context if place < len(listed) - 1 else 0
        found += _folded(piece, head, tail) if piece.kind == SAME else [piece]
    return found


def side_by_side(old: str, new: str, context: int = CONTEXT_LINES) -> list[Row]:
    """Rows for a table of two columns, with the changed words marked and long unchanged stretches folded."""
    before, after = _lines(old), _lines(new)
    hunks = list(SequenceMatcher(None, before, after, autojunk=False).get_opcodes())
    rows: list[Row] = []
    for place, (kind, start, end, new_start, new_end) in enumerate(hunks):
        if kind == "equal":
            head, tail = context if place else 0, context if place < len(hunks) - 1 else 0
            rows += _unchanged(before[start:end], start, new_start, head, tail)
        else:
            rows.append(_changed(before[start:end], start, after[new_start:new_end], new_start))
    return rows


def _lines(text: str) -> list[str]:
    """With their ends, split at line breaks alone."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield kind, old[start:end], new[new_start:new_end]


def _words(old: str, new: str) -> Iterator[Piece]:
    end = "\n" if old.endswith("\n") and new.endswith("\n") else ""
    before, after = (TOKEN.findall(text.removesuffix(end)) for text in (old, new))
    many = len(before) + len(after) > MANY_TOKENS
    matcher = SequenceMatcher(None, [*map(_key, before)], [*map(_key, after)], autojunk=many)
    for kind, start, stop, new_start, new_stop in matcher.get_opcodes():
        if kind == "equal":
            yield Piece("".join(after[new_start:new_stop]), SAME)
        else:
            yield from _replaced("".join(before[start:stop]), "".join(after[new_start:new_stop]))
    yield Piece(end, SAME)


def _key(piece: str) -> str:
    return " " if piece == "\n" else piece


def _replaced(old: str, new: str) -> list[Piece]:
    return [piece for piece in (Piece(old, REMOVED), Piece(new, ADDED)) if piece.text]


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """What changed in one go is read in one go: a blank between two changed words belongs to both."""
    found: list[Piece] = []
    for unchanged, run in groupby(enumerate(pieces), key=lambda each: _stands(each[0], pieces)):
        stretch = [piece for _, piece in run]
        both = _text(stretch, SAME, REMOVED), _text(stretch, SAME, ADDED)
        found += [Piece(both[1], SAME)] if unchanged else _replaced(*both)
    return [piece for piece in found if piece.text]


def _stands(place: int, pieces: Sequence[Piece]) -> bool:
    """Whether the piece is an unchanged one that is worth showing as such."""
    piece, around = pieces[place], pieces[max(place - 1, 0) : place + 2]
    between = len(around) == 3 and all(each.kind != SAME for each in (around[0], around[2]))
    return piece.kind == SAME and not (between and piece.text in (" ", "\n"))


def _text(pieces: Iterable[Piece], *kinds: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind in kinds)


def _folded(piece: Piece, head: int, tail: int) -> list[Piece]:
    words = list(WORDS.finditer(piece.text))
    left_out = len(words) - head - tail
    if left_out < LEAST_FOLDED:
        return [piece]
    start = words[head - 1].end() if head else 0
    end = words[-tail].start() if tail else len(piece.text)
    parts = Piece(piece.text[:start], SAME), _told(left_out, "words"), Piece(piece.text[end:], SAME)
    return [part for part in parts if part.text]


def _told(count: int, what: str) -> Piece:
    return Piece(f"{count:,} {what} that did not change", FOLDED)


def _unchanged(lines: Sequence[str], start: int, new_start: int, head: int, tail: int) -> Iterator[Row]:
    left_out = len(lines) - head - tail
    if left_out < LEAST_FOLDED:
        head, left_out, tail = len(lines), 0, 0
    for first, last in ((0, head), (len(lines) - tail, len(lines))):
        if first and left_out:
            yield Row(FOLDED, 0, (_told(left_out, "lines"),), 0, ())
        if first < last:
            same = (Piece("".join(lines[first:last]), SAME),)
            yield Row(SAME, start + first + 1, same, new_start + first + 1, same)


def _changed(before: Sequence[str], start: int, after: Sequence[str], new_start: int) -> Row:
    pieces = word_difference("".join(before), "".join(after))
    old, new = _without(pieces, ADDED), _without(pieces, REMOVED)
    return Row("changed", start + 1 if old else 0, old, new_start + 1 if new else 0, new)


def _without(pieces: Iterable[Piece], kind: str) -> tuple[Piece, ...]:
    return tuple(piece for piece in pieces if piece.kind != kind)
