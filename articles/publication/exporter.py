"""Write every public page as a file, with the pictures and static files that the pages load."""

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.template.loader import render_to_string

from articles.content.pictures import FOLDER as PICTURES
from articles.content.pictures import file_names, read_name
from articles.library import pinned_library
from articles.publication.fingerprints import code_digest, fingerprint
from articles.publication.site_map import Snapshot
from clinic_site.delivery.internal_request import get_page
from clinic_site.delivery.site_folder import ExportedPage, SiteFiles
from clinic_site.delivery.static_files import HASHED
from clinic_site.published import site_hosts
from clinic_site.server.processes import end_with_parent

# Pages that the web server shows on errors, and while the app does not respond.
NOT_FOUND = "/404.html"
NOT_TAKEN = "/not-taken.html"
FORM_IS_DOWN = "/app-is-down.html"
PAGE_IS_DOWN = "/page-is-down.html"
TEMPLATES = {
    NOT_TAKEN: ("400.html", {}),
    FORM_IS_DOWN: ("app_is_down.html", {"form": True}),
    PAGE_IS_DOWN: ("app_is_down.html", {"form": False}),
}
ERROR_PAGES = (NOT_FOUND, *TEMPLATES)
BATCH = 500  # pages renamed into place together
AT_ONCE = 8  # pages per task of a process
MANY = 200  # pages from which several processes and faster compression (files an eighth larger) are worth it
STATIC = "static"
PageResult = tuple[str, bytes, str]  # address, page, error


class NotMadeError(Exception):
    """The page could not be rendered."""


@dataclass(frozen=True)
class ExportOutcome:
    written: int
    unchanged: int
    removed: int
    faults: tuple[str, ...]  # a sentence for each page not rendered and each file not copied


class Publisher:
    """Updates a folder repeatedly, in a process whose code does not change."""

    def __init__(self, files: SiteFiles, progress: Callable[[int, int], object]) -> None:
        self._files = files
        self._progress = progress
        self._code = code_digest()
        self._faults: list[str] = []

    def publish(self, snapshot: Snapshot) -> ExportOutcome:
        """Update the folder to `snapshot`.

        Raises OSError. Every file in the folder is then still whole, and the next run continues.
        """
        self._faults = []
        root = Path(settings.CONTENT_DIR).resolve()
        names = [name for name in file_names(root) if read_name(name)]
        outside = [name for name in names if not _is_inside(root, root / PICTURES / name)]
        missing = [_unusable_message(root / PICTURES / name) for name in outside]
        pictures = [name for name in names if name not in outside]
        missing += self._files.copy(root / PICTURES, PICTURES, pictures)
        missing += self._files.copy(Path(settings.STATIC_ROOT), STATIC, _static_files())
        # Articles come before the lists that lead to them.
        addresses = [*ERROR_PAGES, *reversed(list(snapshot.addresses))]
        removed = self._files.keep_only(set(addresses), copies=(STATIC, PICTURES))  # removals come first
        with pinned_library(snapshot.library):
            written = self._write(snapshot, addresses)
        self._files.write_manifest()
        self._files.drop_others(PICTURES, set(pictures))
        unchanged = len(addresses) - written - len(self._faults)
        return ExportOutcome(written, unchanged, removed, (*missing, *self._faults))

    def _write(self, snapshot: Snapshot, addresses: Sequence[str]) -> int:
        """Render each page whose fingerprint differs from its file. Return the number of files written."""
        fingerprints = {address: fingerprint(self._code, snapshot.fingerprint(address)) for address in addresses}
        changed = [address for address in addresses if not self._files.holds(address, fingerprints[address])]
        many = len(changed) >= MANY
        written = 0
        with _parallel_map() if many else nullcontext(map) as map_pages:
            for start in range(0, len(changed), BATCH):
                bodies = self._successful_pages(map_pages(make, changed[start : start + BATCH]), start, len(changed))
                pages = (_page(address, body, fingerprints[address], snapshot.until) for address, body in bodies)
                written += self._files.put(pages, best=not many)
        return written

    def _successful_pages(self, results: Iterator[PageResult], start: int, total: int) -> Iterator[tuple[str, bytes]]:
        """Yield the pages that were rendered. Collect the errors of the others, and report the progress."""
        for done, (address, body, fault) in enumerate(results, start + 1):
            if fault:
                self._faults.append(fault)
            else:
                yield address, body
            self._progress(done, total)


def _page(address: str, body: bytes, page_fingerprint: str, until: float) -> ExportedPage:
    """Return the rendered page for the folder.

    A page rendered after `until` may already show a later state, so it gets no fingerprint and the next run renders it
    again.
    """
    return ExportedPage(address, body, page_fingerprint if time.time() < until else "")


@contextmanager
def _parallel_map() -> Iterator[Callable[..., Iterator[PageResult]]]:
    """Yield a `map` that runs in one process per core. The forks share the library; no other thread runs then."""
    with ProcessPoolExecutor(mp_context=get_context("fork"), initializer=_end_with_this_process) as pool:
        yield partial(pool.map, chunksize=AT_ONCE)


def _end_with_this_process() -> None:
    """Prepare a forked process: ignore Ctrl-C, which is for the parent, and exit with the parent to free the lock."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


def make(address: str) -> PageResult:
    """Render the page of `address` from the library of pinned_library()."""
    try:
        return address, _body(address), ""
    except NotMadeError as fault:
        return address, b"", str(fault)


def _body(address: str) -> bytes:
    if address in TEMPLATES:
        return render_to_string(*TEMPLATES[address], HttpRequest()).encode()
    hosts = site_hosts()
    response = get_page(_django(), address, hosts.host, hosts.secure)
    if not response.status.startswith("404 " if address == NOT_FOUND else "200 "):
        raise NotMadeError(f"{address} could not be made ({response.status}).")
    return response.body


@cache
def _django() -> WSGIHandler:
    return WSGIHandler()


def _is_inside(folder: Path, path: Path) -> bool:
    """Return True if `path` is a file inside `folder`, links resolved, as the app requires as well."""
    try:
        return path.is_file() and path.resolve().is_relative_to(folder)
    except OSError:  # a link whose target is not accessible
        return False


def _unusable_message(path: Path) -> str:
    return f"{path} is no file, or a link that leads out of the content folder. Upload the picture, or remove it."


def _static_files() -> list[str]:
    """Return the static files with a digest in their names, as pages refer to them.

    Files of earlier versions stay: a page that was opened a moment ago still requests them.
    """
    root = Path(settings.STATIC_ROOT)
    return [path.relative_to(root).as_posix() for path in sorted(root.rglob("*")) if HASHED.search(path.name)]
