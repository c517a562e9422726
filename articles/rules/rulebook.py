"""What the rules compare a library with: word lists, events, and the lines of texts in shared files."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from articles.content.source_events import FILE as WATCH
from articles.content.source_events import SourceEvent
from articles.content.word_lists import Lists
from articles.library import Library
from clinic_site.content.files import read_source
from clinic_site.content.yaml_fields import compose

GLOSSARY = "glossary.yaml"
SHOWN_FILES = (GLOSSARY, "topics.yaml", "references.yaml", "clinic.yaml")
FOR_STAFF = ("supports", "note")  # keys of texts that no page shows


@dataclass(frozen=True)
class Rulebook:
    lists: Lists
    events: tuple[SourceEvent, ...]
    # For each YAML file with texts for readers: text -> its first line.
    texts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def load_rulebook(root: Path, library: Library) -> Rulebook:
    """Return the rulebook of the library, with the lines of texts read from the folder `root`.

    Raises ContentError for the first file that is invalid or missing.
    """
    texts = {name: texts_of(read_source(root, root / name).text) for name in SHOWN_FILES}
    return Rulebook(library.lists, library.loaded(WATCH).value, texts)


def texts_of(text: str) -> dict[str, int]:
    """Return every text of a YAML file that is not only for staff, with its line.

    Return none for invalid YAML, which the loader reports.
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
