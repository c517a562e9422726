"""Differences between two texts: word by word, or side by side.

Lines are compared first, and words only within lines that differ, so that 30 KB take milliseconds. A single line break
counts as a space: wrapping a paragraph differently is no change.
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
MANY_TOKENS = 4000  # from here on ignore frequent words (autojunk): the comparison would take seconds


@dataclass(frozen=True)
class DiffPiece:
    """A piece of text in both versions or in one. The text of a folded piece says how much is left out."""

    text: str
    kind: str  # same, added, removed; after folded() also folded


@dataclass(frozen=True)
class DiffRow:
    """Lines of the old text beside those of the new one. The number is 0 for a side without lines."""

    kind: str  # same, changed or folded; a folded row says in `old` what is left out
    old_line: int  # the first line, from 1
    old: tuple[DiffPiece, ...]
    new_line: int
    new: tuple[DiffPiece, ...]


def word_difference(old: str, new: str) -> list[DiffPiece]:
    """Return pieces: same and added ones joined are `new`, same and removed ones are `old`, apart from wrapping."""
    pieces: list[DiffPiece] = []
    for kind, before, after in _hunks(_lines(old), _lines(new)):
        if kind == "equal":
            pieces.append(DiffPiece("".join(after), SAME))
        else:
            pieces += _words("".join(before), "".join(after))
    return _joined(pieces)


def folded(pieces: Iterable[DiffPiece], context: int = CONTEXT_WORDS) -> list[DiffPiece]:
    """Cut long unchanged stretches to `context` words on each side of a change."""
    listed = list(pieces)
    found: list[DiffPiece] = []
    for index, piece in enumerate(listed):
        head = context if index else 0  # no change before it
        tail = context if index < len(listed) - 1 else 0
        found += _folded(piece, head, tail) if piece.kind == SAME else [piece]
    return found


def side_by_side(old: str, new: str, context: int = CONTEXT_LINES) -> list[DiffRow]:
    """Return rows for a table of two columns, with changed words marked and long unchanged stretches folded."""
    before, after = _lines(old), _lines(new)
    hunks = list(SequenceMatcher(None, before, after, autojunk=False).get_opcodes())
    rows: list[DiffRow] = []
    for index, (kind, start, end, new_start, new_end) in enumerate(hunks):
        if kind == "equal":
            head, tail = context if index else 0, context if index < len(hunks) - 1 else 0
            rows += _unchanged(before[start:end], start, new_start, head, tail)
        else:
            rows.append(_changed(before[start:end], start, after[new_start:new_end], new_start))
    return rows


def _lines(text: str) -> list[str]:
    """Split at line breaks only, and keep the line ends."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _hunks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    for kind, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield kind, old[start:end], new[new_start:new_end]


def _words(old: str, new: str) -> Iterator[DiffPiece]:
    end = "\n" if old.endswith("\n") and new.endswith("\n") else ""
    before, after = (TOKEN.findall(text.removesuffix(end)) for text in (old, new))
    many = len(before) + len(after) > MANY_TOKENS
    matcher = SequenceMatcher(None, [*map(_key, before)], [*map(_key, after)], autojunk=many)
    for kind, start, stop, new_start, new_stop in matcher.get_opcodes():
        if kind == "equal":
            yield DiffPiece("".join(after[new_start:new_stop]), SAME)
        else:
            yield from _replaced("".join(before[start:stop]), "".join(after[new_start:new_stop]))
    yield DiffPiece(end, SAME)


def _key(piece: str) -> str:
    return " " if piece == "\n" else piece


def _replaced(old: str, new: str) -> list[DiffPiece]:
    return [piece for piece in (DiffPiece(old, REMOVED), DiffPiece(new, ADDED)) if piece.text]


def _joined(pieces: Sequence[DiffPiece]) -> list[DiffPiece]:
    """Join changes that only a blank separates, so that they read as one."""
    found: list[DiffPiece] = []
    for unchanged, run in groupby(enumerate(pieces), key=lambda item: _is_unchanged(item[0], pieces)):
        stretch = [piece for _, piece in run]
        texts = _text(stretch, SAME, REMOVED), _text(stretch, SAME, ADDED)
        found += [DiffPiece(texts[1], SAME)] if unchanged else _replaced(*texts)
    return [piece for piece in found if piece.text]


def _is_unchanged(index: int, pieces: Sequence[DiffPiece]) -> bool:
    """Return True if the piece is unchanged and worth showing as such."""
    piece, around = pieces[index], pieces[max(index - 1, 0) : index + 2]
    between = len(around) == 3 and all(neighbor.kind != SAME for neighbor in (around[0], around[2]))
    return piece.kind == SAME and not (between and piece.text in (" ", "\n"))


def _text(pieces: Iterable[DiffPiece], *kinds: str) -> str:
    return "".join(piece.text for piece in pieces if piece.kind in kinds)


def _folded(piece: DiffPiece, head: int, tail: int) -> list[DiffPiece]:
    words = list(WORDS.finditer(piece.text))
    left_out = len(words) - head - tail
    if left_out < LEAST_FOLDED:
        return [piece]
    start = words[head - 1].end() if head else 0
    end = words[-tail].start() if tail else len(piece.text)
    parts = DiffPiece(piece.text[:start], SAME), _folded_note(left_out, "words"), DiffPiece(piece.text[end:], SAME)
    return [part for part in parts if part.text]


def _folded_note(count: int, what: str) -> DiffPiece:
    return DiffPiece(f"{count:,} {what} that did not change", FOLDED)


def _unchanged(lines: Sequence[str], start: int, new_start: int, head: int, tail: int) -> Iterator[DiffRow]:
    left_out = len(lines) - head - tail
    if left_out < LEAST_FOLDED:
        head, left_out, tail = len(lines), 0, 0
    for first, last in ((0, head), (len(lines) - tail, len(lines))):
        if first and left_out:
            yield DiffRow(FOLDED, 0, (_folded_note(left_out, "lines"),), 0, ())
        if first < last:
            same = (DiffPiece("".join(lines[first:last]), SAME),)
            yield DiffRow(SAME, start + first + 1, same, new_start + first + 1, same)


def _changed(before: Sequence[str], start: int, after: Sequence[str], new_start: int) -> DiffRow:
    pieces = word_difference("".join(before), "".join(after))
    old, new = _without(pieces, ADDED), _without(pieces, REMOVED)
    return DiffRow("changed", start + 1 if old else 0, old, new_start + 1 if new else 0, new)


def _without(pieces: Iterable[DiffPiece], kind: str) -> tuple[DiffPiece, ...]:
    return tuple(piece for piece in pieces if piece.kind != kind)
