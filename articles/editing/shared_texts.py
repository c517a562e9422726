"""The content files that are no articles: what each is for, and which pages a change of it reaches."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from articles.documents import Article, Document
from articles.editing.addresses import ARTICLES
from articles.editing.judgments import Assessment
from articles.library import Library
from articles.models import Revision
from articles.rules.levels import BLOCK, WARN
from clinic_site.clinic_file import FILE as CLINIC_FILE

BLOCKS = "blocks"
KINDS = {
    "pages": "A plain page",
    BLOCKS: "A passage that several pages share",
    "rules": "Words that the content rules look for",
    CLINIC_FILE: "The clinic’s facts: offices, phones, hours, closed days, mail addresses",
    "topics.yaml": "The topics",
    "references.yaml": "The sources that pages cite",
    "glossary.yaml": "The words that are explained",
    "search.yaml": "How search reads what people type",
    "crisis.yaml": "Words that show the emergency numbers first",
    "watch.yaml": "News about sources, which sends pages back to be checked",
}
UNSIGNING = ("references.yaml", CLINIC_FILE)  # what stands in them is part of the texts that clinicians sign


@dataclass(frozen=True)
class SharedFile:
    path: str
    kind: str
    newest: Revision | None  # without its text; None where it cannot be read as text
    blocks: int
    warnings: int


def shared_files(library: Library, newest: Iterable[Revision], assessment: Assessment) -> list[SharedFile]:
    """Every file that is no article, by path; `newest` is of each file."""
    revisions = {each.path: each for each in newest if not each.removed}
    paths = {path for path in (*library.files, CLINIC_FILE, *revisions) if not path.startswith(ARTICLES)}
    return [_shared_file(path, library, revisions.get(path), assessment) for path in sorted(paths)]


def _shared_file(path: str, library: Library, newest: Revision | None, assessment: Assessment) -> SharedFile:
    levels = [finding.level for finding in assessment.by_path.get(path, ())]
    problems = sum(problem.path == path for problem in library.problems)
    return SharedFile(path, kind_of(path), newest, levels.count(BLOCK) + problems, levels.count(WARN))


def kind_of(path: str) -> str:
    """What the file is for, in words."""
    return KINDS.get(path) or KINDS.get(path.partition("/")[0], "A file that nothing reads")


def carriers(path: str, library: Library) -> list[Document]:
    """The pages that carry the shared passage at `path`, by path; none for any other file."""
    place = PurePosixPath(path)
    if place.parent.name != BLOCKS:
        return []
    found = [each for each in library.documents.values() if place.stem in each.carried]
    return sorted(found, key=lambda each: each.path)


def signed(document: Document) -> bool:
    """Whether a clinician signed its text as it is."""
    return isinstance(document, Article) and document.reviewer is not None
