"""YAML text -> nodes: by libyaml where it can, by Python where something is to be explained."""

import re
from collections.abc import Iterator
from typing import Any, cast

import yaml

FAST_LOADER = getattr(yaml, "CSafeLoader", None)  # where PyYAML was built with libyaml
OPENS = re.compile(r"[\[{?]|-\s+-")  # what may begin a level of nesting without a line of its own
MOST_OPENED = 1000
ALIAS = re.compile(r"(?:^|[\s\[\]{},:?-])\*[\w-]")  # where a star may be an alias: before a word, not behind one
LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # as YAML counts lines
CUT = "“#” begins a remark here, and leaves “{}” alone. Write the text between quotation marks, or take the remark out."
UNREADABLE = "This cannot be read as YAML: an odd character, or lists nested far too deep. Remove it."
MEND = "Check colons and quotes, and write a text with “ #” in it between quotation marks."
REMARK = re.compile(r"[ \t]+#")
SET_APART = re.compile(r"(?:[ \t]{2,}|\t)#+(?:[ \t]|$)")  # a remark that nobody takes for a part of the text
NO_WORDS = re.compile(r"[\d:. -]*")  # a number, a date, a moment, nothing: no text that could have been cut


def compose(text: str) -> yaml.Node | None:
    """The node that `text` is; None where it is empty. Raises what PyYAML raises, with the line."""
    return _fast(text) or yaml.compose(text, Loader=_Loader)


def cut_by_remark(text: str, node: yaml.Node) -> Iterator[tuple[int, str]]:
    """Find where in `text`, which `node` is, a remark seems to cut a text off: the line, from 0, and what to do.

    “Ketamine is the #1 topic” without quotation marks is “Ketamine is the” to YAML. What stands behind two spaces, or
    behind a single word that is no item of a list, and has a space behind its “#”, was meant for a remark.
    """
    if not REMARK.search(text):
        return
    lines = LINE_BREAK.split(text)
    for scalar, in_list in _plain_scalars(node):
        end = scalar.end_mark
        behind = lines[end.line][end.column :] if end.line < len(lines) else ""
        if REMARK.match(behind) and _seems_cut(scalar.value, behind, in_list):
            yield end.line, CUT.format(" ".join(scalar.value.split()))


def _plain_scalars(node: yaml.Node) -> Iterator[tuple[yaml.ScalarNode, bool]]:
    """Every text without quotation marks, and whether it is an item of a list. No more than the stack can hold."""
    waiting: list[tuple[yaml.Node, bool]] = [(node, False)]
    while waiting:
        found, in_list = waiting.pop()
        if isinstance(found, yaml.MappingNode):
            waiting += [(value, False) for pair in reversed(found.value) for value in reversed(pair)]
        elif isinstance(found, yaml.SequenceNode):
            waiting += [(item, True) for item in reversed(found.value)]
        elif isinstance(found, yaml.ScalarNode) and not found.style:
            yield found, in_list


def _seems_cut(value: str, behind: str, in_list: bool) -> bool:
    if NO_WORDS.fullmatch(value) or SET_APART.match(behind):
        return False
    return in_list or " " in value or not behind.lstrip().startswith("# ")


def _fast(text: str) -> yaml.Node | None:
    """What libyaml makes of it, ten times as fast; None for what is better left to _Loader, which explains itself.

    Those are errors, what may be an alias, and text so deep that libyaml would take the process down.
    """
    if FAST_LOADER is None or ALIAS.search(text) or len(OPENS.findall(text)) > MOST_OPENED:
        return None
    try:
        return yaml.compose(text, Loader=FAST_LOADER)
    except (yaml.YAMLError, ValueError):
        return None


class _Loader(yaml.SafeLoader):
    """Plain YAML: nothing that stands for something else (`*name`: a few lines of it can grow to gigabytes).

    A name alone (`&name`) does no harm and is passed over. A key that stands twice is refused by content_files.Fields.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = cast("Any", self).peek_event().start_mark
            raise yaml.MarkedYAMLError(problem="anchors (&, *) are not used here", problem_mark=mark)
        return super().compose_node(parent, index)
