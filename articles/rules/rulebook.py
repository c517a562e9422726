"""What the rules hold a library against: the lists of words, the events, and where the texts of shared files stand."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from articles.rules.lists import Lists, load_lists
from articles.rules.watch import Event, load_events
from clinic_site.content_files import read_source
from clinic_site.yaml_text import compose

GLOSSARY = "glossary.yaml"
SHOWN_FILES = (GLOSSARY, "topics.yaml", "references.yaml", "clinic.yaml")
FOR_STAFF = ("supports", "note")  # keys of what no page shows


@dataclass(frozen=True)
class Rulebook:
    lists: Lists
    events: tuple[Event, ...]
    # Of each file of YAML whose texts pages show: text -> the line on which it first stands.
    texts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def load_rulebook(root: Path, lists: Lists | None = None) -> Rulebook:
    """With `lists` where they have been read. Raises ContentError for the first file that is wrong or missing."""
    texts = {name: texts_of(read_source(root, root / name).text) for name in SHOWN_FILES}
    return Rulebook(lists or load_lists(root), load_events(root), texts)


def texts_of(text: str) -> dict[str, int]:
    """Return every text in a file of YAML that is not for staff alone, with its line.

    A file that is no YAML has none: the loader tells of that.
    """
    nodes: list[yaml.ScalarNode] = []
    with suppress(yaml.YAMLError, RecursionError, ValueError, OverflowError):
        nodes = list(_scalars(compose(text)))
    return {str(node.value).strip(): int(node.start_mark.line) + 1 for node in reversed(nodes)}


def _scalars(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value not in FOR_STAFF:
                yield from _scalars(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, yaml.ScalarNode):
        yield node
