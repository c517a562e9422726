"""The top of an article's file as values, and back: one line a key, texts in quotation marks, as in content/articles/.

Values are texts as they are typed, dates too: a draft may hold a date that does not exist, and the editor shows it.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, cast

import yaml

from articles.editing.front_lines import Value, written
from articles.frontmatter import FENCE
from articles.library import Library, get_library
from clinic_site.content_files import ContentError, parse_yaml
from clinic_site.yaml_text import compose

KEYS = tuple(
    "title slug summary audience main_message topics author drafting reviewer status published updated review_due"
    " publish_from publish_until aliases sources blocks conflict accepted".split()
)
ODD_BREAK = re.compile("\r(?!\n|\\Z)|[\x85\u2028\u2029]")  # ends a line in YAML, and in no file of ours
BYTE_ORDER_MARK = "\ufeff"
DAYS_TO_CHECK = 180  # of a new article: ketamine pages are checked at least every six months
STUBS = """## Key points

- Fill in: the first thing a reader should remember.
- Fill in: the second.
- Fill in: the third.

## Fill in: what this page is about

Fill in: short paragraphs in plain words. Put a source behind each claim.

{unknowns}{no_treatment}## Common questions

### Fill in: the first question that readers ask?

Fill in: a short answer.

### Fill in: the second question?

Fill in: a short answer.

### Fill in: the third question?

Fill in: a short answer.

### Fill in: the fourth question?

Fill in: a short answer.

### Fill in: the fifth question?

Fill in: a short answer.

## Questions to take to your visit

- Fill in: a question for the clinician.

## Other options

{other_options}"""
REQUIRED = "rules/required.yaml"
PLACED = ("unknowns", "no_treatment", "other_options")  # shared passages that stand in the text

Texts = tuple[str, ...]


@dataclass(frozen=True)
class Front:
    """What stands on top of an article. A text that is "" and a list that is empty were left out or left empty."""

    title: str = ""
    summary: str = ""
    audience: str = ""
    main_message: str = ""
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


TEXTS, LISTS, MAPS = (
    frozenset(each.name for each in fields(Front) if each.type == kind) for kind in (str, Texts, Mapping[str, str])
)
MAY_BE_ABSENT = ("reviewer", "publish_from", "publish_until", "accepted")  # left out where there is nothing to say


def write_front(front: Front) -> str:
    """The lines from “---” to “---”."""
    values = {each.name: getattr(front, each.name) for each in fields(front)}
    lines = (written(key, values[key]) for key in KEYS if key in values and (values[key] or key not in MAY_BE_ABSENT))
    return "\n".join([FENCE, *lines, FENCE, ""])


def read_front(text: str) -> Front:
    """The values in `text`, a whole file. Raises ContentError for what a form of single fields cannot show."""
    values: dict[str, Any] = {
        key: _read(key, entry.node, entry.line) for key, entry in _top(text).entries.items() if key in KEYS
    }
    values.pop("slug", None)  # it can only repeat the name of the file
    return Front(**values)


def with_values(text: str, **changes: Value) -> str:
    """`text`, a whole file, with these keys changed, added, or (None) taken out; every other byte stays.

    Raises ContentError for a file whose top cannot be read, or does not stand in lines of “name: value”.
    """
    top = _top(text)
    end_of_line = "\r" if top.lines[0].endswith("\r") else ""
    for key, value in changes.items():
        entry = top.entries.get(key)
        if entry and value is not None and _same(key, entry, value):
            continue
        told = None if value is None or value == {} else written(key, value) + _remark(top, entry)
        new = [line + end_of_line for line in told.split("\n")] if told is not None else []
        first = entry.first if entry else top.place_for(key)
        top.lines[first : entry.last if entry else first] = new
        top = _top("\n".join(top.lines))
    return "\n".join(top.lines)


def lines_of_keys(text: str) -> list[tuple[int, str]]:
    """Each line of the file on which a key starts, with the key; at last the line that ends them, with ""."""
    keys = [(entry.line, key) for key, entry in _top(text).entries.items()]
    return [*keys, (_end(text.split("\n")) + 1, "")]


def body_of(text: str) -> tuple[str, int]:
    """The text below the front matter without the blank lines above it, and the line of the file it starts on."""
    lines = text.split("\n")
    start = next((number for number in range(_end(lines) + 1, len(lines)) if lines[number].strip()), len(lines))
    return "\n".join(lines[start:]), start + 1


def with_body(text: str, body: str) -> str:
    """`text` with another text below its front matter; it ends with one line break."""
    lines = text.split("\n")
    head = lines[: _end(lines) + 1]
    return "\n".join([*head, "", body.strip("\n"), ""])


def skeleton(title: str, today: dt.date) -> str:
    """A new draft with the required passages and sections. Rule A01 stops each “Fill in:” from being published."""
    library = get_library()
    blocks = tuple(name for name in _required_blocks(library) if name in library.shared.blocks)
    front = Front(
        title=title,
        summary="Fill in: what this page covers and what it does not, in up to 60 words.",
        audience="Fill in: who this page is for.",
        main_message="Fill in: the one sentence that a reader should remember.",
        author={"name": "Website team", "role": "writers, not clinicians"},
        drafting="Fill in: who or what drafted this page.",
        published=str(today),
        updated=str(today),
        review_due=str(today + dt.timedelta(days=DAYS_TO_CHECK)),
        blocks=blocks,
        conflict="This site is run by {{ clinic: name }}. {{ clinic: sells }}",
    )
    placed = {name: f"{{{{ block: {name} }}}}\n\n" if name in blocks else "" for name in PLACED}
    return with_body(write_front(front), STUBS.format(**placed))


def _required_blocks(library: Library) -> tuple[str, ...]:
    """The shared passages that every article must have, as far as the lists can be read."""
    loaded = library.files.get(REQUIRED)
    return loaded.value["required.article_blocks"] if loaded and loaded.value else ()


@dataclass(frozen=True)
class _Entry:
    """One key with its value: from the line at index `first` up to the one at `last`."""

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
        """Where a new key goes: below those that stand above it in KEYS."""
        above = KEYS[: KEYS.index(key)]
        return max((entry.last for each, entry in self.entries.items() if each in above), default=1)


def _end(lines: list[str]) -> int:
    """The index of the line that ends the front matter."""
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
    odd = ODD_BREAK.search(top)
    if odd:  # lines would be counted in two ways, and a value written into the wrong one
        message = "An odd line break stands in this line. Take it out, and press Enter where a line is to end."
        raise ContentError("", top.count("\n", 0, odd.start()) + 2, message)
    parse_yaml("", top, first_line=2)  # raises what is wrong with it
    node = cast("yaml.MappingNode", compose(top))
    keys = [key for key, _ in node.value]
    if any(key.start_mark.column for key in keys) or node.flow_style:
        raise ContentError("", 2, "Start each line on top of the file with “name: value”, at the very left.")
    starts = [*(key.start_mark.line + 1 for key in keys), end]
    entries = {
        key.value: _Entry(value, start, _last(lines, start, after))
        for (key, value), start, after in zip(node.value, starts, starts[1:], strict=False)
    }
    return _Top(lines, entries)


def _remark(top: _Top, entry: _Entry | None) -> str:
    """What stands behind a value of one line: nobody who edits in fields has seen it, so it stays."""
    if entry is None or entry.node.end_mark.line + 1 != entry.first:  # the front matter starts on the second line
        return ""
    behind = top.lines[entry.first].rstrip()[entry.node.end_mark.column :]
    return behind if behind.lstrip().startswith("#") else ""


def _last(lines: list[str], start: int, after: int) -> int:
    """The end of a value: blank lines and remarks above the next key do not belong to it."""
    while after - 1 > start and (not lines[after - 1].strip() or lines[after - 1].startswith("#")):
        after -= 1
    return after


def _read(key: str, node: yaml.Node, line: int) -> str | Texts | dict[str, str]:
    if isinstance(node, yaml.ScalarNode) and (key not in LISTS | MAPS or not node.value):
        return () if key in LISTS else {} if key in MAPS else str(node.value).strip()
    if isinstance(node, yaml.SequenceNode) and key in LISTS:
        return tuple(_scalar(key, item, line) for item in node.value)
    if isinstance(node, yaml.MappingNode) and key in MAPS:
        return {str(name.value): _scalar(key, value, line) for name, value in node.value}
    raise _odd(key, line)


def _scalar(key: str, node: yaml.Node, line: int) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise _odd(key, line)
    return str(node.value).strip()


def _odd(key: str, line: int) -> ContentError:
    return ContentError("", line, f"“{key}” does not hold what belongs there. Write it as in the other articles.")


def _same(key: str, entry: _Entry, value: Value) -> bool:
    """Whether the file says `value` already, however it is written there."""
    try:
        return written(key, _read(key, entry.node, entry.line)) == written(key, value)
    except ContentError:
        return False
