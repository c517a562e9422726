"""Content files other than articles: their purpose, and which pages a change affects."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from articles.content.documents import Document
from articles.content.language_help import FILE as LANGUAGE_HELP_FILE
from articles.content.rule_ids import BLOCK, WARN
from articles.editing.revisions.paths import ARTICLES
from articles.library import Library
from articles.models import Revision
from articles.rules.results import RuleResults
from clinic_site.clinic_yaml import FILE as CLINIC_FILE

BLOCKS = "blocks"
KINDS = {
    "pages": "A plain page",
    BLOCKS: "A passage that several pages share",
    "rules": "Words that the content rules look for",
    CLINIC_FILE: "The clinic’s facts: offices, phones, hours, closed days, mail addresses",
    "topics.yaml": "The topics",
    "references.yaml": "The sources that pages cite",
    "glossary.yaml": "The words that are explained",
    LANGUAGE_HELP_FILE: "The notice of free language help, in 16 languages",
    "search.yaml": "How search reads what people type",
    "answers.yaml": "Sentences that the front desk can show on a patient’s page",
    "crisis.yaml": "Words that show the emergency numbers first",
    "watch.yaml": "News about sources, which sends pages back to be checked",
}
UNSIGNING = ("references.yaml", CLINIC_FILE)  # their content is part of the texts that clinicians sign


@dataclass(frozen=True)
class SharedFile:
    path: str
    kind: str
    newest: Revision | None  # without its text; None if the file is not text
    blocks: int
    warnings: int


def shared_files(library: Library, newest: Iterable[Revision], results: RuleResults) -> list[SharedFile]:
    """Return every file that is not an article, by path; `newest` is the newest revision of each file."""
    revisions = {revision.path: revision for revision in newest if not revision.removed}
    paths = {path for path in (*library.files, CLINIC_FILE, *revisions) if not path.startswith(ARTICLES)}
    return [_shared_file(path, library, revisions.get(path), results) for path in sorted(paths)]


def _shared_file(path: str, library: Library, newest: Revision | None, results: RuleResults) -> SharedFile:
    levels = [finding.level for finding in results.by_path.get(path, ())]
    problems = sum(problem.path == path for problem in library.problems)
    return SharedFile(path, kind_of(path), newest, levels.count(BLOCK) + problems, levels.count(WARN))


def kind_of(path: str) -> str:
    """Return the purpose of the file, in words."""
    return KINDS.get(path) or KINDS.get(path.partition("/")[0], "A file that nothing reads")


def carriers(path: str, library: Library) -> list[Document]:
    """Return the pages that include the shared passage at `path`, by path; none for any other file."""
    file = PurePosixPath(path)
    if file.parent.name != BLOCKS:
        return []
    pages = [document for document in library.documents.values() if file.stem in document.carried]
    return sorted(pages, key=lambda document: document.path)
