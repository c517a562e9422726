"""YAML text -> nodes: by libyaml where it can, by Python where something is to be explained."""

import re
from typing import Any, cast

import yaml

FAST_LOADER = getattr(yaml, "CSafeLoader", None)  # where PyYAML was built with libyaml
OPENS = re.compile(r"[\[{?]|-\s+-")  # what may begin a level of nesting without a line of its own
MOST_OPENED = 1000
ALIAS = re.compile(r"(?:^|[\s\[\]{},:?-])\*[\w-]")  # where a star may be an alias: before a word, not behind one


def compose(text: str) -> yaml.Node | None:
    """The node that `text` is; None where it is empty. Raises what PyYAML raises, with the line."""
    return _fast(text) or yaml.compose(text, Loader=_Loader)


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
