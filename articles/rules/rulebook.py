"""What the rules hold a library against: the lists of words, the events, where glossary terms stand."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from articles.rules.lists import Lists, load_lists
from articles.rules.watch import Event, load_events
from clinic_site.content_files import read_source

GLOSSARY = "glossary.yaml"
ENTRY = re.compile(r"[\s-]*(slug|definition):\s*[\"']?([\w-]*)")


@dataclass(frozen=True)
class Rulebook:
    lists: Lists
    events: tuple[Event, ...]
    term_lines: Mapping[str, int]  # slug -> the line of its definition in glossary.yaml


def load_rulebook(root: Path, lists: Lists | None = None) -> Rulebook:
    """With `lists` where they have been read. Raises ContentError for the first file that is wrong or missing."""
    return Rulebook(lists or load_lists(root), load_events(root), term_lines(read_source(root, root / GLOSSARY).text))


def term_lines(text: str) -> dict[str, int]:
    """Slug -> line of the definition that follows it."""
    lines, slug = {}, ""
    for number, line in enumerate(text.split("\n"), 1):
        found = ENTRY.match(line)
        if found and found[1] == "slug":
            slug = found[2]
        elif found:
            lines[slug] = number
    return lines
