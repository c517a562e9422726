"""Reading the files that clinic staff edit: bytes to text to checked values, every error with path and line.

Articles, pages and the clinic's facts all come in this way, so that each is read once, hashed from the same bytes, and
refused with one plain sentence when it is wrong.
"""

import datetime as dt
import hashlib
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml
from yaml.constructor import SafeConstructor

from clinic_site.yaml_text import MEND, UNREADABLE, compose, cut_by_remark

MAX_BYTES = 1024 * 1024
PICTURES = "pictures"  # the folder below the content folder that holds no text
HALF = re.compile("[\ud800-\udfff]")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in one file: where (path below the content folder, line from 1) and what to do."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class ContentError(Exception):
    """A file that cannot be used as it is."""

    def __init__(self, path: str, line: int, message: str) -> None:
        self.problem = Problem(path, line, message)
        super().__init__(str(self.problem))


@dataclass(frozen=True)
class SourceFile:
    """A file's text and the SHA-256 of the very bytes it was read from."""

    path: str  # below the content folder, with forward slashes
    text: str
    digest: str


def read_source(root: Path, path: Path) -> SourceFile:
    """Reads `path` once. Raises ContentError when it is outside `root`, over 1 MiB, or not UTF-8."""
    name = path.relative_to(root).as_posix()
    data = _read(root, path, name)
    if len(data) > MAX_BYTES:
        raise ContentError(name, 1, "This file is larger than 1 MiB. Split it or remove what is pasted in.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ContentError(name, line, "This file is not saved as UTF-8. Save it again with that encoding.") from error
    return SourceFile(name, text.replace("\r\n", "\n"), hashlib.sha256(data).hexdigest())


def _read(root: Path, path: Path, name: str) -> bytes:
    """The file's bytes, up to one more than is allowed."""
    try:
        if not path.resolve().is_relative_to(root.resolve()):
            message = "This is a link to a file outside the content folder. Put the file itself here."
            raise ContentError(name, 1, message)
        if path.exists() and not path.is_file():  # a folder, or a pipe that would never end
            raise ContentError(name, 1, "This is not a file that can be read. Remove it.")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
        raise ContentError(name, 1, "This file cannot be read. Check its permissions and where it leads.") from error


@contextmanager
def faults_told(path: str) -> Iterator[None]:
    """Nothing that stands in one file may take the site down: a fault nobody foresaw is told like any other."""
    try:
        yield
    except ContentError:
        raise
    except Exception as error:
        logger.exception("content: %s", path)
        message = f"This file cannot be used ({type(error).__name__}). Undo the last change, or ask who runs the site."
        raise ContentError(path, 1, message) from error


Signature = tuple[int, ...]  # of a file on disk; empty where there is none to look at


def stat_signature(root: Path) -> dict[str, Signature]:
    """Path below `root` -> signature, of every file of content_paths(): another one when a file was edited, added,
    removed or replaced. Asked once a second, of ten thousand files: no object is made that need not be."""
    return {name: file_signature(f"{root}/{name}") for name in _names(root)}


def file_signature(path: str | Path) -> Signature:
    """What changes when this file is edited or replaced."""
    try:
        stat = os.stat(path)  # noqa: PTH116 (a Path for each costs more than the look itself)
    except OSError:  # a dangling link, or gone since it was listed: read_source() will say so
        return ()
    return (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)


def content_paths(root: Path) -> Iterator[Path]:
    """Every .md and .yaml file below `root`, sorted; hidden files and folders and editors' drafts are left out.

    So is the folder of pictures: there may be thousands of files in it.
    """
    yield from sorted(root / name for name in _names(root))


def _names(root: Path) -> Iterator[str]:
    """Those files by their path below `root`, in any order."""
    start = len(f"{root}/")
    for folder, folders, files in os.walk(root):
        folders[:] = [
            name for name in folders if not name.startswith(".") and (name != PICTURES or folder != str(root))
        ]
        for name in (*folders, *files):
            if name.endswith((".md", ".yaml")) and not name.startswith("."):
                yield f"{folder}/{name}"[start:]


class Fields:
    """A YAML mapping read strictly: every value is taken by name and type, and what nobody takes is an error."""

    def __init__(self, path: str, node: yaml.MappingNode, first_line: int) -> None:
        self.path = path
        self.first_line = first_line
        self.line = self._line(node)
        self._nodes: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise ContentError(path, self._line(key), "Expected “name: value” here.")
            if key.value in self._nodes:
                raise ContentError(path, self._line(key), f"“{key.value}” stands twice. Keep one of them.")
            self._nodes[key.value] = value
        self._left = dict.fromkeys(self._nodes)

    def text(self, key: str, default: str | None = None) -> str:
        """A piece of text, as it is typed: 2024 and no are texts too. `default` when the key is absent, if given."""
        if default is not None and key not in self._nodes:
            return default
        node = self._take(key)
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip() or not _encodable(node.value):
            raise self.error(key, f"“{key}” must be text. Write it between quotation marks.")
        return str(node.value).strip()

    def texts(self, key: str, optional: bool = False) -> tuple[str, ...]:
        """A list of texts, each once."""
        if optional and key not in self._nodes:
            return ()
        node = self._take(key)
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        scalars = [item.value for item in items if isinstance(item, yaml.ScalarNode)]
        values = [str(value).strip() for value in scalars if _encodable(value)]
        if not isinstance(node, yaml.SequenceNode) or len(values) < len(items) or "" in values:
            raise self.error(key, f"“{key}” must be a list of words, like [first, second].")
        doubled = next((value for value in values if values.count(value) > 1), None)
        if doubled is not None:
            raise self.error(key, f"“{key}” names “{doubled}” twice. Keep one of them.")
        return tuple(map(sys.intern, values))  # names, which many files use

    def date(self, key: str) -> dt.date:
        value = self._value(key)
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise self.error(key, f"“{key}” must be a date, like 2026-11-21.")
        return value

    def moment(self, key: str) -> dt.datetime | None:
        """A naive date and time (a date alone means its midnight), or None when the key is absent."""
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

    def flag(self, key: str) -> bool:
        value = self._value(key)
        if not isinstance(value, bool):
            raise self.error(key, f"“{key}” must be true or false.")
        return value

    def slug(self, key: str) -> str:
        """A piece of an address: small letters, digits and hyphens."""
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
        """The mapping under `key`."""
        return self._as_fields(self._take(key), key)

    def each(self, key: str, optional: bool = False) -> "list[Fields]":
        """The list of mappings under `key`."""
        if optional and key not in self._nodes:
            return []
        node = self._take(key)
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(key, f"“{key}” must be a list. Start each entry with a dash.")
        return [self._as_fields(item, key) for item in node.value]

    def keys(self) -> tuple[str, ...]:
        return tuple(self._nodes)

    def line_of(self, key: str) -> int:
        """The line on which the value of `key` starts."""
        return self._line(self._nodes[key])

    def done(self) -> None:
        """Raises ContentError for the first key that nobody took: a typo is caught, not ignored."""
        for key in self._left:
            raise self.error(key, f"“{key}” is not a known key. Check its spelling or remove the line.")

    def error(self, key: str, message: str) -> ContentError:
        """An error about `key`, at its line; at the mapping's first line when the key is missing."""
        line = self.line_of(key) if key in self._nodes else self.line
        return ContentError(self.path, line, message)

    def _value(self, key: str) -> Any:
        """The value as YAML reads it. Raises ContentError for a date that does not exist."""
        node = self._take(key)
        try:
            return cast("Any", SafeConstructor()).construct_object(node, deep=True)
        except (ArithmeticError, AttributeError, LookupError, ValueError, yaml.YAMLError) as error:
            raise self.error(key, f"“{key}” is not a value that exists. Check it.") from error

    def _take(self, key: str) -> yaml.Node:
        if key not in self._nodes:
            raise self.error(key, f"“{key}” is missing. Add a line “{key}: …”.")
        self._left.pop(key, None)
        return self._nodes[key]

    def _as_fields(self, node: yaml.Node, key: str) -> "Fields":
        if not isinstance(node, yaml.MappingNode):
            raise ContentError(self.path, self._line(node), f"“{key}” must hold lines of “name: value”.")
        return Fields(self.path, node, self.first_line)

    def _line(self, node: yaml.Node) -> int:
        return int(node.start_mark.line) + self.first_line


def parse_yaml(path: str, text: str, first_line: int = 1) -> Fields:
    """The YAML mapping in `text`, which starts at line `first_line` of the file `path`."""
    try:
        node = compose(text)
    except yaml.MarkedYAMLError as error:
        # What was opened and never closed is wrong where it was opened.
        unclosed = re.search("flow|quoted", error.context or "")
        mark = (error.context_mark if unclosed else None) or error.problem_mark
        line = (mark.line if mark else 0) + first_line
        raise ContentError(path, line, f"This is not valid YAML: {error.problem}. {MEND}") from error
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        raise ContentError(path, first_line, UNREADABLE) from error
    if not isinstance(node, yaml.MappingNode):
        raise ContentError(path, first_line, "Expected lines of “name: value” here.")
    for line, told in cut_by_remark(text, node):
        raise ContentError(path, line + first_line, told)
    return Fields(path, node, first_line)


def _encodable(value: str) -> bool:
    """False for half a character, which YAML can spell (\\ud800) and no page can show."""
    return not HALF.search(value)
