"""Writes every page that readers may ask for as a file, with all that those pages load."""

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

from articles.addresses import Snapshot
from articles.library import held
from articles.pictures import FOLDER as PICTURES
from articles.pictures import file_names, read_name
from clinic_site.asked import ask
from clinic_site.fingerprints import Fingerprints, code_digest
from clinic_site.front_door import front
from clinic_site.processes import end_with_parent
from clinic_site.site_files import Page, SiteFiles
from clinic_site.static_files import HASHED

# What a web server shows where there is no page: by itself, and while the app does not answer.
NOT_FOUND = "/404.html"
NOT_TAKEN = "/not-taken.html"
FORM_IS_DOWN = "/app-is-down.html"
PAGE_IS_DOWN = "/page-is-down.html"
TEMPLATES = {
    NOT_TAKEN: ("400.html", {}),
    FORM_IS_DOWN: ("app_is_down.html", {"form": True}),
    PAGE_IS_DOWN: ("app_is_down.html", {"form": False}),
}
SHOWN_INSTEAD = (NOT_FOUND, *TEMPLATES)
BATCH = 500  # pages that are renamed into place together
AT_ONCE = 8  # pages that a process takes with it
MANY = 200  # pages, from which on being up to date soon is worth several processes, and compressing an eighth less
STATIC = "static"
Made = tuple[str, bytes, str]  # address, page, and why there is none


class NotMadeError(Exception):
    """Django gave no page."""


@dataclass(frozen=True)
class Outcome:
    written: int
    unchanged: int
    removed: int
    faults: tuple[str, ...]  # a sentence for each page that could not be made, and each file that could not be copied


class Publisher:
    """Brings a folder up to date again and again, for one process whose code stays as it is."""

    def __init__(self, files: SiteFiles, progress: Callable[[int, int], object]) -> None:
        self._files = files
        self._progress = progress
        self._code = code_digest()
        self._faults: list[str] = []

    def publish(self, snapshot: Snapshot) -> Outcome:
        """The folder then shows `snapshot`. Raises OSError: what is there then is whole, and the next run goes on."""
        self._faults = []
        root = Path(settings.CONTENT_DIR).resolve()
        names = [name for name in file_names(root) if read_name(name)]
        strange = [name for name in names if not _is_inside(root, root / PICTURES / name)]
        missing = [_refused(root / PICTURES / name) for name in strange]
        pictures = [name for name in names if name not in strange]
        missing += self._files.copy(root / PICTURES, PICTURES, pictures)
        missing += self._files.copy(Path(settings.STATIC_ROOT), STATIC, _static_files())
        # Articles come before the lists that lead to them.
        addresses = [*SHOWN_INSTEAD, *reversed(list(snapshot.addresses))]
        removed = self._files.keep_only(set(addresses), copies=(STATIC, PICTURES))  # what must go waits for nothing
        with held(snapshot.library):
            written = self._write(snapshot, addresses)
        self._files.write_manifest()
        self._files.drop_others(PICTURES, set(pictures))
        unchanged = len(addresses) - written - len(self._faults)
        return Outcome(written, unchanged, removed, (*missing, *self._faults))

    def _write(self, snapshot: Snapshot, addresses: Sequence[str]) -> int:
        """Makes what is not made from the same as what stands there."""
        fingerprints = Fingerprints(snapshot, self._code)
        made_from = {address: fingerprints.of(address) for address in addresses}
        wanted = [address for address in addresses if not self._files.holds(address, made_from[address])]
        many = len(wanted) >= MANY
        written = 0
        with _side_by_side() if many else nullcontext(map) as each:
            for start in range(0, len(wanted), BATCH):
                bodies = self._told(each(make, wanted[start : start + BATCH]), start, len(wanted))
                pages = (_page(address, body, made_from[address], snapshot.until) for address, body in bodies)
                written += self._files.put(pages, best=not many)
        return written

    def _told(self, made: Iterator[Made], start: int, total: int) -> Iterator[tuple[str, bytes]]:
        """Those that could be made; the faults of the others are noted, and how far it is is shown."""
        for done, (address, body, fault) in enumerate(made, start + 1):
            if fault:
                self._faults.append(fault)
            else:
                yield address, body
            self._progress(done, total)


def _page(address: str, body: bytes, made_from: str, until: float) -> Page:
    """Just made. One that the time overtook may show what came after the snapshot: the next run makes it again."""
    return Page(address, body, made_from if time.time() < until else "")


@contextmanager
def _side_by_side() -> Iterator[Callable[..., Iterator[Made]]]:
    """`map`, in as many processes as there are cores. Forked, they have what this one has read; no thread runs yet."""
    with ProcessPoolExecutor(mp_context=get_context("fork"), initializer=_end_with_this_process) as pool:
        yield partial(pool.map, chunksize=AT_ONCE)


def _end_with_this_process() -> None:
    """For the others: Ctrl-C is for this one to obey, and once it is gone nobody else may hold the folder's lock."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_with_parent()


def make(address: str) -> Made:
    """The page of that address, of the library that is held."""
    try:
        return address, _body(address), ""
    except NotMadeError as fault:
        return address, b"", str(fault)


def _body(address: str) -> bytes:
    if address in TEMPLATES:
        return render_to_string(*TEMPLATES[address], HttpRequest()).encode()
    door = front()
    answer = ask(_django(), address, door.host, door.secure)
    if not answer.status.startswith("404 " if address == NOT_FOUND else "200 "):
        raise NotMadeError(f"{address} could not be made ({answer.status}).")
    return answer.body


@cache
def _django() -> WSGIHandler:
    return WSGIHandler()


def _is_inside(folder: Path, path: Path) -> bool:
    """Whether it is a file of that folder: none that a link leads out to, which the app does not show either."""
    try:
        return path.is_file() and path.resolve().is_relative_to(folder)
    except OSError:  # a link with a target that cannot even be looked at
        return False


def _refused(path: Path) -> str:
    return f"{path} is no file, or a link that leads out of the content folder. Upload the picture, or remove it."


def _static_files() -> list[str]:
    """Those with a digest in their names, which is how pages name them. Those of earlier versions stay: a page that a
    reader opened a moment ago still asks for them."""
    root = Path(settings.STATIC_ROOT)
    return [path.relative_to(root).as_posix() for path in sorted(root.rglob("*")) if HASHED.search(path.name)]
