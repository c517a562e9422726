"""Read the files below content/: each once, each only after a change, each into a value or a problem."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from articles.content.language_help import FILE as LANGUAGE_HELP_FILE
from articles.content.language_help import parse_language_help
from articles.content.source_events import FILE as WATCH_FILE
from articles.content.source_events import parse_watch
from articles.content.word_lists import FILES as RULE_LISTS
from articles.content.word_lists import parse_list
from articles.frontmatter import parse_article, parse_page
from articles.loading.shared_files import parse_block, parse_search_words, parse_sources, parse_terms, parse_topics
from clinic_site.canned_answers import FILE as ANSWERS_FILE
from clinic_site.canned_answers import parse_canned_answers
from clinic_site.clinic_yaml import FILE as CLINIC_FILE
from clinic_site.content.files import (
    ContentError,
    Problem,
    Signature,
    SourceFile,
    as_content_error,
    read_source,
    stat_signature,
)
from clinic_site.crisis_words import FILE as CRISIS_FILE
from clinic_site.crisis_words import parse_crisis_words

Parser = Callable[[SourceFile], Any]
FILES: Mapping[str, Parser] = {
    "topics.yaml": parse_topics,
    "references.yaml": parse_sources,
    "glossary.yaml": parse_terms,
    "search.yaml": parse_search_words,
    LANGUAGE_HELP_FILE: parse_language_help,
    CRISIS_FILE: parse_crisis_words,  # only to report problems; clinic_site.crisis_words uses the file
    ANSWERS_FILE: parse_canned_answers,  # likewise
    WATCH_FILE: parse_watch,  # used by articles.rules, like the lists
    **dict.fromkeys(RULE_LISTS, parse_list),
}
FOLDERS: Mapping[str, Parser] = {"articles": parse_article, "pages": parse_page, "blocks": parse_block}


@dataclass(frozen=True, eq=False)
class Loaded:
    """One file as it was last read: its last good value, and its present problem."""

    signature: Signature  # of the file on disk; the same signature is not read again
    digest: str  # SHA-256 of its bytes; the same bytes are not parsed again
    value: Any  # None if the file was never valid
    problem: Problem | None


def load_files(root: Path, previous: Mapping[str, Loaded]) -> dict[str, Loaded]:
    """Return path below `root` -> Loaded, for every file of the library."""
    loaded = {}
    for name, signature in sorted(stat_signature(root).items()):
        if name != CLINIC_FILE:  # read by clinic_site.clinic_yaml
            loaded[name] = _load(root, name, signature, previous.get(name))
    return loaded


def _load(root: Path, name: str, signature: Signature, before: Loaded | None) -> Loaded:
    """Return the file as it is now; `before` itself where the file did not change."""
    if before and before.signature == signature:
        return before
    last_good = before.value if before else None
    try:
        with as_content_error(name):
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
        folders = ", ".join(f"{folder_name}/" for folder_name in FOLDERS)
        raise ContentError(name, 1, f"Nothing reads this file. Articles, pages and blocks (.md) go into {folders}.")
    return parser
