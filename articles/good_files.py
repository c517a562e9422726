"""Which files of a library are good as they stand on disk: those are saved, for a start after a typo."""

from pathlib import Path
from typing import TYPE_CHECKING

from articles.documents import Block, Document
from clinic_site import last_good
from clinic_site.clinic_file import FILE as CLINIC_FILE
from clinic_site.crisis import FILE as CRISIS_FILE

if TYPE_CHECKING:
    from articles.library import Library


def save_good_files(root: Path, library: "Library", previous: "Library | None") -> None:
    """Save what became good since `previous`; compare every file where that is None. Forget files that are gone."""
    before = _good(previous) if previous else {}
    last_good.save(root, {path: digest for path, digest in _good(library).items() if before.get(path) != digest})
    if previous is None or previous.files.keys() - library.files.keys():
        last_good.forget_all_but(root, {*library.files, CLINIC_FILE, CRISIS_FILE})  # those two keep their own


def replaced(library: "Library") -> frozenset[str]:
    """Return the paths of the files in whose place something older is in use."""
    standing, refused = _standing(library)
    wrong = library.files.keys() - standing | refused
    return frozenset(path for path in wrong if _in_use(library, path) is not None)


def _good(library: "Library") -> dict[str, str]:
    """Path -> digest of each file that is in use as it stands on disk and passed every check.

    While one is refused that was good before, what it draws on is to blame. None of the shared files counts then: with
    those that are saved, a start can still use the page.
    """
    standing, refused = _standing(library)
    return {
        path: library.files[path].digest
        for path in standing - refused
        if not refused or isinstance(library.files[path].value, Document)
    }


def _standing(library: "Library") -> tuple[set[str], set[str]]:
    """The files whose text on disk is the one in use, and those of them that the shared files of today refuse."""
    told = {problem.path for problem in library.found}
    standing, refused = set(), set()
    for path, loaded in library.files.items():
        used = _in_use(library, path)
        if isinstance(used, Document):
            stands, fits = used.digest == loaded.digest, used.shared is library.shared
        else:
            stands = loaded.problem is None and used is loaded.value
            fits = path not in told or not isinstance(used, Block)  # a term without its source is still a term
        if stands:
            standing.add(path)
        if stands and not fits:
            refused.add(path)
    return standing, refused


def _in_use(library: "Library", path: str) -> object:
    """Return the page, the block or the list that comes from the file; None where nothing does."""
    value = library.files[path].value
    if isinstance(value, Block):
        return library.shared.blocks.get(value.name)
    return library.documents.get(path) if isinstance(value, Document) else value
