"""Reads the files below content/: each once, each only when it changed, each into a value or a problem."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from articles.frontmatter import parse_article, parse_page
from articles.rules.lists import FILES as RULE_LISTS
from articles.rules.lists import parse_list
from articles.rules.watch import FILE as WATCH_FILE
from articles.rules.watch import parse_watch
from articles.shared_files import parse_block, parse_search_words, parse_sources, parse_terms, parse_topics
from clinic_site.clinic_file import FILE as CLINIC_FILE
from clinic_site.content_files import (
    ContentError,
    Problem,
    Signature,
    SourceFile,
    faults_told,
    read_source,
    stat_signature,
)
from clinic_site.crisis import FILE as CRISIS_FILE
from clinic_site.crisis import parse_crisis_words

Parser = Callable[[SourceFile], Any]
FILES: Mapping[str, Parser] = {
    "topics.yaml": parse_topics,
    "references.yaml": parse_sources,
    "glossary.yaml": parse_terms,
    "search.yaml": parse_search_words,
    CRISIS_FILE: parse_crisis_words,  # read here to tell what is wrong with it; clinic_site.crisis uses it
    WATCH_FILE: parse_watch,  # this and the lists: articles.rules uses them
    **dict.fromkeys(RULE_LISTS, parse_list),
}
FOLDERS: Mapping[str, Parser] = {"articles": parse_article, "pages": parse_page, "blocks": parse_block}


@dataclass(frozen=True, eq=False)
class Loaded:
    """One file as it was last read: its last good value, and what is wrong with it now."""

    signature: Signature  # of the file on disk; the same signature is not read again
    digest: str  # SHA-256 of its bytes; the same bytes are not parsed again
    value: Any  # None when the file has never been right
    problem: Problem | None


def load_files(root: Path, previous: Mapping[str, Loaded]) -> dict[str, Loaded]:
    """Path below `root` -> Loaded, for every file that belongs to the library."""
    loaded = {}
    for name, signature in sorted(stat_signature(root).items()):
        if name != CLINIC_FILE:  # the whole project reads that one: clinic_site.clinic_file
            loaded[name] = _load(root, name, signature, previous.get(name))
    return loaded


def _load(root: Path, name: str, signature: Signature, before: Loaded | None) -> Loaded:
    """`before` itself when the file is as it was."""
    if before and before.signature == signature:
        return before
    last_good = before.value if before else None
    try:
        with faults_told(name):
            source = read_source(root, root / name)
            if before and before.digest == source.digest:
                return replace(before, signature=signature)
            return Loaded(signature, source.digest, _parser(name)(source), problem=None)
    except ContentError as error:
        return Loaded(signature, "", last_good, error.problem)


def _parser(name: str) -> Parser:
    folder, _, _ = name.partition("/")
    parser = FILES.get(name) or (FOLDERS.get(folder) if name.endswith(".md") else None)
    if parser is None:
        folders = ", ".join(f"{each}/" for each in FOLDERS)
        raise ContentError(name, 1, f"Nothing reads this file. Articles, pages and blocks (.md) go into {folders}.")
    return parser
