"""Change single values of a YAML file: only the lines of these values change; all other text stays as typed.

A path leads to a value: keys of mappings, and the slug or the date of an item in a list, as in
("offices", "port-alder", "closures", "2026-12-24").
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml

from articles.editing.drafts.front_matter import BYTE_ORDER_MARK, UNUSUAL_BREAK, quoted
from clinic_site.clinic import WEEKDAYS
from clinic_site.content.files import ContentError
from clinic_site.content.yaml_fields import parse_yaml

Scalar = str | int | bool | dt.date
Value = Scalar | Sequence[Scalar] | Mapping[str, "Value"]
Path = tuple[str, ...]
NAMES = ("slug", "date")  # the key that names an item of a list
LISTS = ("visits", "calendars", "closures")  # keys whose values are lists of mappings
ODD_BREAK = "An odd line break stands in this line. Take it out in the text of the file."
BARE = re.compile(r"[A-Za-z](?:[\w ’'()/-]*[\w’')])?")  # needs no quotation marks, unless YAML takes it for no text


def has_value(text: str, path: Path) -> bool:
    """Return True if the file has a value at `path`. Raises ContentError if the text cannot be read."""
    return len(list(_walk(_Source.of(text), path))) == len(path)


def with_value(text: str, path: Path, value: Value | None) -> str:
    """Return `text` with another value at `path`: a scalar, a list of scalars, or a new mapping. None removes it.

    What holds nothing afterwards is removed, too. Missing parts of the path are added: a day in the order of the week,
    a date in the order of time, anything else at the end. Raises ContentError if the text cannot be read.
    """
    source = _Source.of(text)
    found = list(_walk(source, path))
    if len(found) == len(path):
        return source.without(found) if value is None else source.with_replaced(found[-1], value)
    if value is None:
        return text
    missing = path[len(found) :]
    return source.with_added(found[-1].node if found else source.root, missing[0], _wrapped(missing, value))


def _wrapped(missing: Path, value: Value) -> Value:
    """Return what to add for the first of the missing parts."""
    for part in reversed(missing[1:]):
        value = {part: value}
    return value


@dataclass(frozen=True)
class _Entry:
    """A value in a mapping or a list."""

    holder: yaml.CollectionNode
    place: int  # in the holder, from 0
    head: yaml.Node  # the key; of a list the item itself
    node: yaml.Node


def _entries(holder: yaml.Node) -> Iterator[tuple[str, _Entry]]:
    """Yield the keys of a mapping or the names of the items of a list, with the entries."""
    if isinstance(holder, yaml.MappingNode):
        for place, (key, node) in enumerate(holder.value):
            yield key.value, _Entry(holder, place, key, node)
    elif isinstance(holder, yaml.SequenceNode):
        for place, item in enumerate(holder.value):
            names = {key: entry.node.value for key, entry in _entries(item)}
            yield next((names[key] for key in NAMES if key in names), ""), _Entry(holder, place, item, item)


def _walk(source: "_Source", path: Path) -> Iterator[_Entry]:
    """Yield the entries along the path, up to the first that is missing."""
    node: yaml.Node = source.root
    for part in path:
        entry = dict(_entries(node)).get(part)
        if entry is None:
            return
        yield entry
        node = entry.node


@dataclass(frozen=True)
class _Source:
    """The text of a file and its root, with positions in the text."""

    text: str
    root: yaml.MappingNode
    starts: Sequence[int]  # of the lines

    @classmethod
    def of(cls, text: str) -> "_Source":
        plain = text.removeprefix(BYTE_ORDER_MARK)
        if unusual := UNUSUAL_BREAK.search(plain):  # YAML counts lines otherwise: a value would be written elsewhere
            raise ContentError("", plain.count("\n", 0, unusual.start()) + 1, ODD_BREAK)
        offset = len(text) - len(plain)
        starts = [offset, *(found.end() for found in re.finditer("\n", text))]
        return cls(text, parse_yaml("", plain).node, starts)

    def start(self, node: yaml.Node) -> int:
        return self.starts[node.start_mark.line] + int(node.start_mark.column)

    def end(self, node: yaml.Node) -> int:
        """Return where the value ends, without blank lines and comments behind it."""
        if _is_block(node):
            *_, (_, last) = _entries(node)
            return self.end(last.node)
        start, mark = self.start(node), node.end_mark
        end = self.starts[mark.line] + int(mark.column) if mark.line < len(self.starts) else len(self.text)
        return start + len(self.text[start:end].rstrip())

    def line_end(self, position: int) -> int:
        """Return the end of the line that contains the position, before its line break."""
        end = self.text.find("\n", position)
        return len(self.text) if end < 0 else end - (self.text[end - 1] == "\r")

    @property
    def line_break(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def with_cut(self, start: int, end: int, new: str = "") -> str:
        return self.text[:start] + new + self.text[end:]

    def with_replaced(self, entry: _Entry, value: Value) -> str:
        start, end = self.start(entry.node), self.end(entry.node)
        if not _is_block(entry.node):
            space = " " if self.text[start - 1] == ":" else ""  # “key:” without a value
            return self.with_cut(start, end, space + _flow(value))
        pad = " " * int(entry.node.start_mark.column)
        items = [f"- {_flow(item)}" for item in value] if isinstance(value, list | tuple) else [_flow(value)]
        return self.with_cut(start, end, f"{self.line_break}{pad}".join(items))

    def without(self, found: Sequence[_Entry]) -> str:
        """Return the text without the last of the entries along a path, and without holders that become empty."""
        *above, entry = found
        siblings = [other for _, other in _entries(entry.holder)]
        if len(siblings) == 1 and above:
            return self.without(above)
        after = siblings[entry.place + 1] if entry.place + 1 < len(siblings) else None
        start, end = self.start(entry.head), self.end(entry.node)
        if not _is_block(entry.holder):
            if after:
                return self.with_cut(start, self.start(after.head))
            return self.with_cut(self.end(siblings[entry.place - 1].node), end)
        if isinstance(entry.holder, yaml.SequenceNode):
            start = self.text.rindex("-", 0, start)
        line = self.text.rfind("\n", 0, start) + 1
        if after and self.text[line:start].strip():  # the key is behind a dash, which remains
            return self.with_cut(start, self.start(after.head))
        return self.with_cut(max(line, self.starts[0]), min(self.line_end(end) + len(self.line_break), len(self.text)))

    def with_added(self, holder: yaml.Node, name: str, value: Value) -> str:
        """Return the text with another entry in a mapping or a list."""
        entries = list(_entries(holder))
        before = [entry for other, entry in entries if _precedes(other, name)]
        if not _is_block(holder):
            new = _flow(value) if isinstance(holder, yaml.SequenceNode) else f"{name}: {_flow_of(name, value)}"
            if before:
                return self.with_cut(end := self.end(before[-1].node), end, f", {new}")
            inside = self.start(holder) + 1
            return self.with_cut(inside, inside, f"{new}, " if entries else new)
        lines = _item(value) if isinstance(holder, yaml.SequenceNode) else _lines(name, value)
        pad = " " * int(holder.start_mark.column)
        block = [pad + line for line in lines]
        if before:
            end = self.line_end(self.end(before[-1].node))
            return self.with_cut(end, end, "".join(self.line_break + line for line in block))
        first = self.starts[holder.start_mark.line]
        return self.with_cut(first, first, "".join(line + self.line_break for line in block))


def _is_block(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def _precedes(name: str, new: str) -> bool:
    if new in WEEKDAYS:
        return WEEKDAYS.index(name) < WEEKDAYS.index(new)
    return not new[:1].isdigit() or name < new  # a date


def _lines(key: str, value: Value) -> list[str]:
    """Return the lines of a key with its value."""
    if not isinstance(value, Mapping):
        return [f"{key}: {_flow(value)}"]
    if key in LISTS:
        return [f"{key}:", *(f"  {line}" for item in value.values() for line in _item(item))]
    return [f"{key}:", *(f"  {line}" for name, item in value.items() for line in _lines(name, item))]


def _item(value: Value) -> list[str]:
    """Return the lines of an item of a list; a closed day is one line."""
    if not isinstance(value, Mapping) or "date" in value:
        return [f"- {_flow(value)}"]
    first, *rest = [line for key, item in value.items() for line in _lines(key, item)]
    return [f"- {first}", *(f"  {line}" for line in rest)]


def _flow(value: Value) -> str:
    """Return the value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow_of(key, item)}" for key, item in value.items()) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value if BARE.fullmatch(value) and yaml.safe_load(value) == value else quoted(value)
    if isinstance(value, int):
        return str(value)
    return value.isoformat() if isinstance(value, dt.date) else "[" + ", ".join(map(_flow, value)) + "]"


def _flow_of(key: str, value: Value) -> str:
    if key in LISTS and isinstance(value, Mapping):
        return "[" + ", ".join(map(_flow, value.values())) + "]"
    return _flow(value)
