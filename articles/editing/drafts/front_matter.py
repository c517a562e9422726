"""Read and write the front matter of an article: one line per key, quoted texts, as in content/articles/.

All values are texts as typed, including dates: a draft may hold an invalid date, which the editor then shows.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, cast

import yaml

from articles.content.documents import Reviewer
from articles.frontmatter import FENCE
from clinic_site.content.files import ContentError
from clinic_site.content.yaml_fields import parse_yaml

KEYS = tuple(
    "title slug summary audience main_message answers topics author drafting reviewer status published updated"
    " review_due publish_from publish_until aliases sources blocks conflict accepted changes".split()
)
UNUSUAL_BREAK = re.compile("\r(?!\n|\\Z)|[\x85\u2028\u2029]")  # a line break in YAML, but not in our files
LINE_BY_LINE = ("answers", "accepted")  # keys with a line for each of their texts
ENTRIES = "changes"  # the key with a list of entries, each of several values
BYTE_ORDER_MARK = "\ufeff"

Texts = tuple[str, ...]
Entries = tuple[Mapping[str, str], ...]
BARE = re.compile(r"[A-Za-z0-9][\w-]*", re.ASCII)  # needs no quotation marks in a list
BARE_VALUES = {
    **dict.fromkeys(("status", "license_state"), BARE),
    **dict.fromkeys(("published", "updated", "review_due", "on"), re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)),
    "unclear": re.compile("true|false"),
    **dict.fromkeys(("publish_from", "publish_until"), re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?", re.ASCII)),
}
ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
# Quotes and backslashes, line breaks of YAML, and characters that YAML does not allow.
TO_ESCAPE = re.compile('["\\\\]|[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]')
Value = str | dt.date | Iterable[str] | Entries | Mapping[str, object] | Reviewer | None


@dataclass(frozen=True)
class FrontMatter:
    """The front matter of an article. "" and empty lists stand for missing or empty values."""

    title: str = ""
    summary: str = ""
    audience: str = ""
    main_message: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)  # by key of QUESTIONS, each with its mark of certainty
    topics: Texts = ()
    author: Mapping[str, str] = field(default_factory=dict)  # name, role
    drafting: str = ""
    reviewer: Mapping[str, str] = field(default_factory=dict)
    status: str = "draft"
    published: str = ""
    updated: str = ""
    review_due: str = ""
    publish_from: str = ""
    publish_until: str = ""
    aliases: Texts = ()
    sources: Texts = ()
    blocks: Texts = ()
    conflict: str = ""
    accepted: Mapping[str, str] = field(default_factory=dict)
    changes: Entries = ()  # on, what and perhaps unclear of each


TEXTS, LISTS, MAPS = (
    frozenset(spec.name for spec in fields(FrontMatter) if spec.type == kind)
    for kind in (str, Texts, Mapping[str, str])
)
MAY_BE_ABSENT = ("answers", "reviewer", "publish_from", "publish_until", "accepted", "changes")  # left out if empty


def write_front(front: FrontMatter) -> str:
    """Return the front matter with both “---” lines."""
    values = {spec.name: getattr(front, spec.name) for spec in fields(front)}
    lines = (
        _format_key(key, values[key]) for key in KEYS if key in values and (values[key] or key not in MAY_BE_ABSENT)
    )
    return "\n".join([FENCE, *lines, FENCE, ""])


def read_front(text: str) -> FrontMatter:
    """Read the front matter of `text`, a whole file. Raises ContentError for what single fields cannot show."""
    values: dict[str, Any] = {
        key: _read(key, entry.node, entry.line) for key, entry in _top(text).entries.items() if key in KEYS
    }
    values.pop("slug", None)  # always the same as the file name
    return FrontMatter(**values)


def with_values(text: str, **changes: Value) -> str:
    """Return `text`, a whole file, with keys changed, added, or (None) removed; every other byte stays.

    Raises ContentError if the front matter cannot be read, or is not written as lines of “name: value”.
    """
    top = _top(text)
    end_of_line = "\r" if top.lines[0].endswith("\r") else ""
    for key, value in changes.items():
        entry = top.entries.get(key)
        if entry and value is not None and _same(key, entry, value):
            continue
        replacement = None if value is None or value == {} else _format_key(key, value) + _comment(top, entry)
        new = [line + end_of_line for line in replacement.split("\n")] if replacement is not None else []
        first = entry.first if entry else top.place_for(key)
        top.lines[first : entry.last if entry else first] = new
        top = _top("\n".join(top.lines))
    return "\n".join(top.lines)


def with_line(text: str, line: int, values: Mapping[str, str]) -> tuple[str, str, range]:
    """Return `text` with the value of `values` for the key on `line`, the key, and its lines; the others stay in place.

    A key that `values` lacks is taken out. Raises ContentError where there is no key, or no readable front matter.
    """
    top = _top(text)
    for key, entry in top.entries.items():
        if entry.first < line <= entry.last:
            lines = [f"{key}: {values[key]}"] if key in values else [""]
            top.lines[entry.first : entry.last] = [*lines, *[""] * (entry.last - entry.first - 1)]
            return "\n".join(top.lines), key, range(entry.first + 1, entry.last + 1)
    raise ContentError("", line, "No key of the front matter stands here.")


def with_new_line(text: str, line: str) -> tuple[str, int]:
    """Return `text` with another line at the end of its front matter, and the number of that line."""
    lines = text.split("\n")
    end = _end(lines)
    return "\n".join([*lines[:end], line, *lines[end:]]), end + 1


def lines_of_keys(text: str) -> list[tuple[int, str]]:
    """Return (line, key) for each key of the front matter, and at the end the closing line with ""."""
    keys = [(entry.line, key) for key, entry in _top(text).entries.items()]
    return [*keys, (_end(text.split("\n")) + 1, "")]


def body_of(text: str) -> tuple[str, int]:
    """Return the text below the front matter and its blank lines, and the line on which that text starts."""
    lines = text.split("\n")
    start = next((number for number in range(_end(lines) + 1, len(lines)) if lines[number].strip()), len(lines))
    return "\n".join(lines[start:]), start + 1


def with_body(text: str, body: str) -> str:
    """Return `text` with another body, ending in one line break."""
    lines = text.split("\n")
    head = lines[: _end(lines) + 1]
    return "\n".join([*head, "", body.strip("\n"), ""])


@dataclass(frozen=True)
class _Entry:
    """One key with its value: the lines from index `first` up to, not including, `last`."""

    node: yaml.Node
    first: int
    last: int

    @property
    def line(self) -> int:
        return self.first + 1


@dataclass(frozen=True)
class _Top:
    lines: list[str]  # of the whole file
    entries: Mapping[str, _Entry]

    def place_for(self, key: str) -> int:
        """Return the line index for a new key: below the keys that come before it in KEYS."""
        above = KEYS[: KEYS.index(key)]
        return max((entry.last for name, entry in self.entries.items() if name in above), default=1)


def _end(lines: list[str]) -> int:
    """Return the index of the line that ends the front matter."""
    if lines[0].removeprefix(BYTE_ORDER_MARK).strip() != FENCE:
        raise ContentError("", 1, "The file must start with a line “---” and its front matter.")
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == FENCE), None)
    if end is None:
        raise ContentError("", 1, "The front matter has no end. Close it with a line “---”.")
    return end


def _top(text: str) -> _Top:
    lines = text.split("\n")
    end = _end(lines)
    top = "\n".join(lines[1:end])
    unusual = UNUSUAL_BREAK.search(top)
    if unusual:  # YAML and we would count lines differently, and a value would be written to the wrong line
        message = "An odd line break stands in this line. Take it out, and press Enter where a line is to end."
        raise ContentError("", top.count("\n", 0, unusual.start()) + 2, message)
    node = parse_yaml("", top, first_line=2).node
    keys = [key for key, _ in node.value]
    if any(key.start_mark.column for key in keys) or node.flow_style:
        raise ContentError("", 2, "Start each line on top of the file with “name: value”, at the very left.")
    starts = [*(key.start_mark.line + 1 for key in keys), end]
    entries = {
        key.value: _Entry(value, start, _last(lines, start, after))
        for (key, value), start, after in zip(node.value, starts, starts[1:], strict=False)
    }
    return _Top(lines, entries)


def _comment(top: _Top, entry: _Entry | None) -> str:
    """Return the comment behind a one-line value. The form does not show it, so an edit there must not drop it."""
    if entry is None or entry.node.end_mark.line + 1 != entry.first:  # the front matter starts on the second line
        return ""
    behind = top.lines[entry.first].rstrip()[entry.node.end_mark.column :]
    return behind if behind.lstrip().startswith("#") else ""


def _last(lines: list[str], start: int, after: int) -> int:
    """Return the end of a value, without the blank lines and comments above the next key."""
    while after - 1 > start and (not lines[after - 1].strip() or lines[after - 1].startswith("#")):
        after -= 1
    return after


def _read(key: str, node: yaml.Node, line: int) -> str | Texts | dict[str, str] | Entries:
    if key == ENTRIES and isinstance(node, yaml.SequenceNode):
        return tuple(_mapping(key, item, line) for item in node.value)
    if isinstance(node, yaml.ScalarNode) and (key not in {*LISTS, *MAPS, ENTRIES} or not node.value):
        return {} if key in MAPS else () if key in {*LISTS, ENTRIES} else str(node.value).strip()
    if isinstance(node, yaml.SequenceNode) and key in LISTS:
        return tuple(_scalar(key, item, line) for item in node.value)
    if key in MAPS:
        return _mapping(key, node, line)
    raise _unexpected_value(key, line)


def _mapping(key: str, node: yaml.Node, line: int) -> dict[str, str]:
    if not isinstance(node, yaml.MappingNode):
        raise _unexpected_value(key, line)
    return {str(name.value): _scalar(key, value, line) for name, value in node.value}


def _scalar(key: str, node: yaml.Node, line: int) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _unexpected_value(key, line)
    return str(node.value).strip()


def _unexpected_value(key: str, line: int) -> ContentError:
    return ContentError("", line, f"“{key}” does not hold what belongs there. Write it as in the other articles.")


def _same(key: str, entry: _Entry, value: Value) -> bool:
    """Return True if the file already has `value`, in whatever notation."""
    try:
        return _format_key(key, _read(key, entry.node, entry.line)) == _format_key(key, value)
    except ContentError:
        return False


def _format_key(key: str, value: Value) -> str:
    """Return the line of a key, or several lines if it needs them."""
    if key in LINE_BY_LINE and isinstance(value, Mapping):
        return "\n".join([f"{key}:", *(f"  {_word(name)}: {quoted(str(text))}" for name, text in value.items())])
    if key == ENTRIES:
        return "\n".join([f"{key}:", *(f"  - {_flow(key, entry)}" for entry in cast("Entries", value))])
    return f"{key}: {_flow(key, value)}"


def _flow(key: str, value: object) -> str:
    if isinstance(value, Reviewer):
        return _flow(key, asdict(value))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_word(name)}: {_flow(name, item)}" for name, item in value.items()) + "}"
    if isinstance(value, str | dt.date):
        text = value.isoformat(" ", "seconds") if isinstance(value, dt.datetime) else str(value)
        return text if key in BARE_VALUES and BARE_VALUES[key].fullmatch(text) else quoted(text)
    return "[" + ", ".join(_words(cast("Iterable[str]", value))) + "]"


def _words(values: Iterable[str]) -> Iterator[str]:
    return (_word(value) for value in values)


def _word(text: str) -> str:
    return text if BARE.fullmatch(text) else quoted(text)


def quoted(text: str) -> str:
    """Return the text between quotation marks, as YAML reads it."""
    return f'"{TO_ESCAPE.sub(_escaped, text)}"'


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if character in ESCAPES:
        return ESCAPES[character]
    code = ord(character)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"
