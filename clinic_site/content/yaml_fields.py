"""Read YAML strictly: text to nodes by libyaml, or by Python where an error is to be explained; nodes to values."""

import datetime as dt
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, cast

import yaml
from yaml.constructor import SafeConstructor

from clinic_site.content.files import SLUG, ContentError

# What no page or feed can hold, and YAML can spell: halves of characters (\ud800), control characters (\b).
UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
FAST_LOADER = getattr(yaml, "CSafeLoader", None)  # where PyYAML was built with libyaml
OPENS = re.compile(r"[\[{?]|-\s+-")  # may open a level of nesting within a line
MOST_OPENED = 1000
ALIAS = re.compile(r"(?:^|[\s\[\]{},:?-])\*[\w-]")  # a star that may be an alias: before a word, not after one
LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # as YAML counts lines
CUT = "“#” begins a remark here, and leaves “{}” alone. Write the text between quotation marks, or take the remark out."
UNREADABLE = "This cannot be read as YAML: an odd character, or lists nested far too deep. Remove it."
MEND = "Check colons and quotes, and write a text with “ #” in it between quotation marks."
REMARK = re.compile(r"[ \t]+#")
SET_APART = re.compile(r"(?:[ \t]{2,}|\t)#+(?:[ \t]|$)")  # clearly a remark, not part of the text
NO_WORDS = re.compile(r"[\d:. -]*")  # a number, a date, a moment or nothing: not a text that was cut


def compose(text: str) -> yaml.Node | None:
    """Return the node of `text`; None if the text is empty. Raises what PyYAML raises, with the line."""
    return _fast(text) or yaml.compose(text, Loader=_Loader)


def cut_by_remark(text: str, node: yaml.Node) -> Iterator[tuple[int, str]]:
    """Find the places in `text` where a remark seems to cut off a text: yield the line, from 0, and what to do.

    `node` is the parsed `text`. To YAML, “Ketamine is the #1 topic” without quotation marks is “Ketamine is the”. Text
    after two spaces, or after a single word that is no item of a list, with a space behind its “#”, was meant as a
    remark.
    """
    if not REMARK.search(text):
        return
    lines = LINE_BREAK.split(text)
    for scalar, in_list in _plain_scalars(node):
        end = scalar.end_mark
        rest = lines[end.line][end.column :] if end.line < len(lines) else ""
        if REMARK.match(rest) and _seems_cut(scalar.value, rest, in_list):
            yield end.line, CUT.format(" ".join(scalar.value.split()))


def _plain_scalars(node: yaml.Node) -> Iterator[tuple[yaml.ScalarNode, bool]]:
    """Find every text without quotation marks, and whether the text is an item of a list; without recursion."""
    stack: list[tuple[yaml.Node, bool]] = [(node, False)]
    while stack:
        found, in_list = stack.pop()
        if isinstance(found, yaml.MappingNode):
            stack += [(value, False) for pair in reversed(found.value) for value in reversed(pair)]
        elif isinstance(found, yaml.SequenceNode):
            stack += [(item, True) for item in reversed(found.value)]
        elif isinstance(found, yaml.ScalarNode) and not found.style:
            yield found, in_list


def _seems_cut(value: str, rest: str, in_list: bool) -> bool:
    if NO_WORDS.fullmatch(value) or SET_APART.match(rest):
        return False
    return in_list or " " in value or not rest.lstrip().startswith("# ")


def _fast(text: str) -> yaml.Node | None:
    """Compose by libyaml, ten times as fast. Return None if _Loader must read the text.

    _Loader explains errors, refuses aliases, and does not crash on deep nesting as libyaml would.
    """
    if FAST_LOADER is None or ALIAS.search(text) or len(OPENS.findall(text)) > MOST_OPENED:
        return None
    try:
        return yaml.compose(text, Loader=FAST_LOADER)
    except (yaml.YAMLError, ValueError):
        return None


class _Loader(yaml.SafeLoader):
    """Plain YAML without aliases (`*name`): a few lines with aliases can grow to gigabytes.

    An anchor alone (`&name`) does no harm and is ignored. Fields refuses a key that occurs twice.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = cast("Any", self).peek_event().start_mark
            raise yaml.MarkedYAMLError(problem="anchors (&, *) are not used here", problem_mark=mark)
        return super().compose_node(parent, index)


class Fields:
    """A YAML mapping read strictly: the caller takes every value by name and type, and done() refuses the rest."""

    def __init__(self, path: str, node: yaml.MappingNode, first_line: int) -> None:
        self.path = path
        self.node = node
        self.first_line = first_line
        self.line = self._line(node)
        self._nodes: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise ContentError(path, self._line(key), "Expected “name: value” here.")
            if key.value in self._nodes:
                raise ContentError(path, self._line(key), f"“{key.value}” stands twice. Keep one of them.")
            self._nodes[key.value] = value
        self._unread_keys = dict.fromkeys(self._nodes)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text as typed: 2024 and no are texts too. Return `default` when the key is absent, if given."""
        if default is not None and key not in self._nodes:
            return default
        node = self._take(key)
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            raise self.error(key, f"“{key}” must be text. Write it between quotation marks.")
        if UNSHOWABLE.search(node.value):
            raise self.error(key, f"“{key}” holds a character that no page can show, perhaps by a “\\”. Type it anew.")
        return str(node.value).strip()

    def texts(self, key: str, optional: bool = False) -> tuple[str, ...]:
        """Return a list of different texts."""
        if optional and key not in self._nodes:
            return ()
        node = self._take(key)
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        scalars = [item.value for item in items if isinstance(item, yaml.ScalarNode)]
        values = [str(value).strip() for value in scalars if not UNSHOWABLE.search(value)]
        if not isinstance(node, yaml.SequenceNode) or len(values) < len(items) or "" in values:
            raise self.error(key, f"“{key}” must be a list of words, like [first, second].")
        duplicate = next((value for value in values if values.count(value) > 1), None)
        if duplicate is not None:
            raise self.error(key, f"“{key}” names “{duplicate}” twice. Keep one of them.")
        return tuple(map(sys.intern, values))  # many files use the same names

    def date(self, key: str) -> dt.date:
        value = self._value(key)
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise self.error(key, f"“{key}” must be a date, like 2026-11-21.")
        return value

    def moment(self, key: str) -> dt.datetime | None:
        """Return a naive date and time (a date alone means its midnight), or None when the key is absent."""
        if key not in self._nodes:
            return None
        value = self._value(key)
        if isinstance(value, str):  # to YAML a time without seconds is a text
            with suppress(ValueError):
                value = dt.datetime.strptime(value, "%Y-%m-%d %H:%M")  # noqa: DTZ007 (the clinic's wall clock)
        if isinstance(value, dt.datetime) and value.tzinfo is None:
            return value
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return dt.datetime.combine(value, dt.time())
        raise self.error(key, f"“{key}” must be a date and time on the clinic's clock, like 2026-11-21 08:00.")

    def number(self, key: str, default: int | None = None) -> int:
        if default is not None and key not in self._nodes:
            return default
        value = self._value(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(key, f"“{key}” must be a whole number.")
        return value

    def flag(self, key: str, default: bool | None = None) -> bool:
        if default is not None and key not in self._nodes:
            return default
        value = self._value(key)
        if not isinstance(value, bool):
            raise self.error(key, f"“{key}” must be true or false.")
        return value

    def slug(self, key: str) -> str:
        """Return a piece of an address: small letters, digits and hyphens."""
        value = self.text(key)
        if not SLUG.fullmatch(value):
            raise self.error(key, f"“{value}” cannot be part of an address. Use small letters, digits and hyphens.")
        return value

    def choice(self, key: str, options: tuple[str, ...]) -> str:
        value = self.text(key)
        if value not in options:
            raise self.error(key, f"“{key}” is “{value}”. Use one of: {', '.join(options)}.")
        return value

    def fields(self, key: str) -> "Fields":
        """Return the mapping under `key`."""
        return self._as_fields(self._take(key), key)

    def each(self, key: str, optional: bool = False) -> "list[Fields]":
        """Return the list of mappings under `key`."""
        if optional and key not in self._nodes:
            return []
        node = self._take(key)
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(key, f"“{key}” must be a list. Start each entry with a dash.")
        return [self._as_fields(item, key) for item in node.value]

    def keys(self) -> tuple[str, ...]:
        return tuple(self._nodes)

    def line_of(self, key: str) -> int:
        """Return the line on which the value of `key` starts."""
        return self._line(self._nodes[key])

    def done(self) -> None:
        """Raise ContentError for the first key that nobody took: a typo is caught, not ignored."""
        for key in self._unread_keys:
            raise self.error(key, f"“{key}” is not a known key. Check its spelling or remove the line.")

    def error(self, key: str, message: str) -> ContentError:
        """Return an error about `key`, at its line; at the mapping's first line when the key is missing."""
        line = self.line_of(key) if key in self._nodes else self.line
        return ContentError(self.path, line, message)

    def _value(self, key: str) -> Any:
        """Return the value as YAML reads it. Raises ContentError for a date that does not exist."""
        node = self._take(key)
        try:
            return cast("Any", SafeConstructor()).construct_object(node, deep=True)
        except (ArithmeticError, AttributeError, LookupError, ValueError, yaml.YAMLError) as error:
            raise self.error(key, f"“{key}” is not a value that exists. Check it.") from error

    def _take(self, key: str) -> yaml.Node:
        if key not in self._nodes:
            raise self.error(key, f"“{key}” is missing. Add a line “{key}: …”.")
        self._unread_keys.pop(key, None)
        return self._nodes[key]

    def _as_fields(self, node: yaml.Node, key: str) -> "Fields":
        if not isinstance(node, yaml.MappingNode):
            raise ContentError(self.path, self._line(node), f"“{key}” must hold lines of “name: value”.")
        return Fields(self.path, node, self.first_line)

    def _line(self, node: yaml.Node) -> int:
        return int(node.start_mark.line) + self.first_line


def parse_yaml(path: str, text: str, first_line: int = 1) -> Fields:
    """Read the YAML mapping in `text`, which starts at line `first_line` of the file `path`."""
    try:
        node = compose(text)
    except yaml.MarkedYAMLError as error:
        # For a bracket or quote that is never closed, report where it was opened.
        unclosed = re.search("flow|quoted", error.context or "")
        mark = (error.context_mark if unclosed else None) or error.problem_mark
        line = (mark.line if mark else 0) + first_line
        raise ContentError(path, line, f"This is not valid YAML: {error.problem}. {MEND}") from error
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        raise ContentError(path, first_line, UNREADABLE) from error
    if not isinstance(node, yaml.MappingNode):
        raise ContentError(path, first_line, "Expected lines of “name: value” here.")
    for line, message in cut_by_remark(text, node):
        raise ContentError(path, line + first_line, message)
    return Fields(path, node, first_line)
