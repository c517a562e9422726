"""A folder of finished files that a web server reads while they are replaced: each file is whole at every moment.

Files are staged, flushed to the disk and renamed into place. Before the first rename the manifest withdraws its entries
of those pages, so whenever this process is killed, the next one knows which pages to render again.
"""

import fcntl
import gzip
import hashlib
import json
import os
import re
import shutil
import stat
import time
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import brotli

from clinic_site.delivery.variants import quick_brotli

SITE = "site"  # the folder that the web server reads
STAGE = ".stage"
MANIFEST = "manifest.json"
LOCK = ".lock"
BEST = 11  # brotli: 44 ms an article, and an eighth smaller than compressed quickly
GZIP_LEVEL = 9
ENDINGS = ("", ".gz", ".br")
QUERY = re.compile(r"[a-z]+=[0-9]+")
COMPRESSING = 2  # threads
# The web server runs as another user, whatever the umask is.
FILE_MODE = 0o644
FOLDER_MODE = 0o755


class InUseError(Exception):
    """Another process writes to the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"Another process publishes to {folder}: stop it first, or name another folder.")


@dataclass(frozen=True)
class ExportedPage:
    """A page to write."""

    address: str  # path, with the query if any
    body: bytes
    made_from: str  # fingerprint; "" if the next run must render the page again


@dataclass(frozen=True)
class ManifestEntry:
    """The manifest's entry of an address."""

    file: str  # below SITE
    digest: str  # SHA-256 of the page; "" while it is being replaced
    made_from: str


def file_of(address: str) -> str:
    """Return the file of a page, below SITE: /articles/?page=2 -> articles/index.page-2.html.

    Raises ValueError for a query that cannot be part of a file name.
    """
    path, _, query = address.partition("?")
    if query and not QUERY.fullmatch(query):
        raise ValueError(f"{address} cannot be a file: its query is not one name and a number.")
    whole = Path(f"{path}index.html" if path.endswith("/") else path)
    leaf = f".{query.replace('=', '-')}" if query else ""
    return whole.with_name(f"{whole.stem}{leaf}{whole.suffix}").as_posix().lstrip("/")


@contextmanager
def open_site(folder: Path) -> Iterator["SiteFiles"]:
    """Open the published folder for this process alone, and create the folder if it is missing.

    Raises InUseError, OSError.
    """
    if not folder.exists():
        folder.mkdir(parents=True)
        _make_readable_folder(folder)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUseError(folder) from error
        shutil.rmtree(folder / STAGE, ignore_errors=True)  # of a process that was killed
        yield SiteFiles(folder)


class SiteFiles:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._site = folder / SITE
        self._stage = folder / STAGE
        self.entries = self._read_manifest()
        _make_readable_folder(self._site)
        self._stage.mkdir()

    def holds(self, address: str, made_from: str) -> bool:
        """Return True if the page's files are complete and have the fingerprint `made_from`."""
        entry = self.entries.get(address)
        return bool(entry and entry.digest and entry.made_from == made_from and self._exists(entry))

    def put(self, pages: Iterable[ExportedPage], best: bool) -> int:
        """Write the changed pages, all of them at once, and return their number.

        `best`: compress as closely as possible, which takes longer.
        """
        staged: list[tuple[ExportedPage, Future[None]]] = []
        with ThreadPoolExecutor(COMPRESSING) as pool:  # compressing releases the GIL while the next page is rendered
            for page in pages:
                if self._is_new(page):
                    staged.append((page, pool.submit(self._write, page, best)))
                else:
                    self.entries[page.address] = _entry(page)
        for _, done in staged:
            done.result()
        self._swap([page for page, _ in staged])
        return len(staged)

    def keep_only(self, addresses: Collection[str], copies: Collection[str] = ()) -> int:
        """Remove all other pages, but no file in the folders `copies`. Return how many pages were removed."""
        listed = {entry.file for entry in self.entries.values()}
        obsolete = (listed | self._pages_on_disk(copies)) - {file_of(address) for address in addresses}
        for file in obsolete:
            self._remove(self._site / file)
        self.entries = {address: entry for address, entry in self.entries.items() if entry.file not in obsolete}
        self.write_manifest()
        return len(obsolete)

    def copy(self, source: Path, name: str, files: Iterable[str]) -> list[str]:
        """Copy files from below `source` to below `name`, where they differ.

        Return a sentence for each file that cannot be read.
        """
        changed, faults = [], []
        for file in files:
            try:
                if _is_same_file(source / file, self._site / name / file):
                    continue
                mtime, body = (source / file).stat().st_mtime_ns, (source / file).read_bytes()
            except OSError as error:
                faults.append(f"{source / file} could not be copied ({error.strerror}).")
            else:
                _stage(self._stage / name / file, body, mtime)
                changed.append(f"{name}/{file}")
        self._move(changed)
        return faults

    def drop_others(self, name: str, files: Collection[str]) -> None:
        """Remove the files in the folder `name` that are not among `files`."""
        folder = self._site / name
        for path in folder.iterdir() if folder.exists() else ():
            if path.name not in files:
                path.unlink()

    def _pages_on_disk(self, copies: Collection[str]) -> set[str]:
        """Return the files that exist in every form: all pages, even if the manifest was lost."""
        found: set[str] = set()
        for folder, folders, names in os.walk(self._site):
            below = Path(folder).relative_to(self._site)
            if below == Path():
                folders[:] = [name for name in folders if name not in copies]
            present = set(names)
            complete = (name for name in names if all(f"{name}{ending}" in present for ending in ENDINGS))
            found.update((below / name).as_posix() for name in complete)
        return found

    def _exists(self, entry: ManifestEntry) -> bool:
        return all(_is_readable(self._site / f"{entry.file}{ending}") for ending in ENDINGS)

    def _is_new(self, page: ExportedPage) -> bool:
        entry = self.entries.get(page.address)
        return not entry or entry.digest != _digest(page.body) or not self._exists(entry)

    def _write(self, page: ExportedPage, best: bool) -> None:
        """Write the page and its compressed forms beside the site."""
        file = file_of(page.address)
        smallest = brotli.compress(page.body, quality=BEST) if best else quick_brotli(page.body)
        bodies = (page.body, gzip.compress(page.body, GZIP_LEVEL, mtime=0), smallest)
        moment = self._moment(self._site / file)
        for ending, body in zip(ENDINGS, bodies, strict=True):
            _stage(self._stage / f"{file}{ending}", body, moment * 1_000_000_000)

    def _moment(self, before: Path) -> int:
        """Return a time at least a second after that of the file `before`: nginx makes an ETag of time and length."""
        with suppress(FileNotFoundError):
            return max(int(time.time()), int(before.stat().st_mtime) + 1)
        return int(time.time())

    def _swap(self, pages: list[ExportedPage]) -> None:
        if not pages:
            return
        made = {page.address: _entry(page) for page in pages}
        self.entries |= {address: replace(entry, digest="") for address, entry in made.items()}
        self.write_manifest()
        self._move([entry.file + ending for entry in made.values() for ending in ENDINGS])
        self.entries |= made
        self.write_manifest()

    def _move(self, files: list[str]) -> None:
        """Rename staged files into place, once their bytes are on the disk."""
        if not files:
            return
        os.sync()  # one sync for all files: ten thousand fsyncs take minutes
        for folder in sorted({folder for file in files for folder in Path(file).parents}):
            _make_readable_folder(self._site / folder)
        for file in files:
            (self._stage / file).replace(self._site / file)
        os.sync()

    def _remove(self, file: Path) -> None:
        """Remove a page, its compressed forms, and the folders that are then empty."""
        for ending in ENDINGS:
            file.with_name(file.name + ending).unlink(missing_ok=True)
        for folder in file.relative_to(self._site).parents[:-1]:
            with suppress(OSError):  # not empty
                (self._site / folder).rmdir()

    def _read_manifest(self) -> dict[str, ManifestEntry]:
        """Return the entries; none if the manifest is missing or unreadable, so that all pages are rendered."""
        try:
            entries = json.loads((self._folder / MANIFEST).read_text())
            return {address: ManifestEntry(**entry) for address, entry in entries.items()}
        except (FileNotFoundError, ValueError, TypeError, AttributeError):
            return {}

    def write_manifest(self) -> None:
        """Write the list of finished pages for the next process."""
        staged = self._stage / MANIFEST
        entries = {address: vars(entry) for address, entry in sorted(self.entries.items())}
        with staged.open("w") as file:
            file.write(json.dumps(entries))  # at once and without indents: a tenth of the time, four times a run
            file.flush()
            os.fsync(file.fileno())
        staged.replace(self._folder / MANIFEST)


def _entry(page: ExportedPage) -> ManifestEntry:
    return ManifestEntry(file_of(page.address), _digest(page.body), page.made_from)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _stage(staged: Path, body: bytes, moment: int) -> None:
    """Write a file that every user may read, with the modification time `moment` in nanoseconds since 1970."""
    staged.parent.mkdir(parents=True, exist_ok=True)
    staged.write_bytes(body)
    staged.chmod(FILE_MODE)
    os.utime(staged, ns=(moment, moment))


def _make_readable_folder(folder: Path) -> None:
    """Create the folder if it is missing, and let every user enter it."""
    folder.mkdir(exist_ok=True)
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & FOLDER_MODE != FOLDER_MODE:
        folder.chmod(mode | FOLDER_MODE)


def _is_readable(file: Path) -> bool:
    """Return True if the file exists and every user may read it."""
    with suppress(FileNotFoundError, NotADirectoryError):
        return file.stat().st_mode & FILE_MODE == FILE_MODE
    return False


def _is_same_file(one: Path, other: Path) -> bool:
    """Return True if size and modification time, which `copy` preserves, are equal."""
    if not _is_readable(other):
        return False
    first, second = one.stat(), other.stat()
    return (first.st_size, first.st_mtime_ns) == (second.st_size, second.st_mtime_ns)
