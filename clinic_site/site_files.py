"""A folder of finished files that a web server reads while they are renewed: each of them whole, at every moment.

Files are staged, flushed to the disk and renamed into place. Before the first rename the manifest takes back what it
said of those pages, so whatever kills this process, the next one knows which to make again.
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
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import brotli

from clinic_site.finished import quick_brotli

SITE = "site"  # what the web server sees
STAGE = ".stage"
MANIFEST = "manifest.json"
LOCK = ".lock"
BEST = 11  # brotli: 44 ms an article, and an eighth smaller than packed quickly
GZIP_LEVEL = 9
ENDINGS = ("", ".gz", ".br")
QUERY = re.compile(r"[a-z]+=[0-9]+")
COMPRESSING = 2  # threads
# The web server is another user, and the umask may be anything.
FILE_MODE = 0o644
FOLDER_MODE = 0o755


class InUseError(Exception):
    """Another process writes to the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"Another process publishes to {folder}: stop it first, or name another folder.")


@dataclass(frozen=True)
class Page:
    """A page as it is to be."""

    address: str  # its path, with its query where it has one
    body: bytes
    made_from: str  # the same for a page made from the same; "" for one that no next run is to trust


@dataclass(frozen=True)
class Entry:
    """What the manifest says of an address."""

    file: str  # below SITE
    digest: str  # SHA-256 of the page; "" while it is being replaced
    made_from: str


def file_of(address: str) -> str:
    """Below SITE: /articles/?page=2 -> articles/index.page-2.html. Raises ValueError for a query that has no file."""
    path, _, query = address.partition("?")
    if query and not QUERY.fullmatch(query):
        raise ValueError(f"{address} cannot be a file: its query is not one name and a number.")
    whole = Path(f"{path}index.html" if path.endswith("/") else path)
    leaf = f".{query.replace('=', '-')}" if query else ""
    return whole.with_name(f"{whole.stem}{leaf}{whole.suffix}").as_posix().lstrip("/")


@contextmanager
def open_site(folder: Path) -> Iterator["SiteFiles"]:
    """The published folder, made where it is missing, for this process alone. Raises InUseError, OSError."""
    if not folder.exists():
        folder.mkdir(parents=True)
        _let_in(folder)
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
        _let_in(self._site)
        self._stage.mkdir()

    def holds(self, address: str, made_from: str) -> bool:
        """Whether the page made from that stands there whole."""
        entry = self.entries.get(address)
        return bool(entry and entry.digest and entry.made_from == made_from and self._is_there(entry))

    def put(self, pages: Iterable[Page], best: bool) -> int:
        """Writes those that are not as they were, all of them at once; how many. `best`: as small as can be."""
        staged: list[tuple[Page, Future[None]]] = []
        with ThreadPoolExecutor(COMPRESSING) as pool:  # compressing leaves the interpreter to the next page's making
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
        """Removes all other pages, but none in `copies`; how many went."""
        told = {entry.file for entry in self.entries.values()}
        gone = (told | self._found(copies)) - {file_of(address) for address in addresses}
        for file in gone:
            self._remove(self._site / file)
        self.entries = {address: entry for address, entry in self.entries.items() if entry.file not in gone}
        self.write_manifest()
        return len(gone)

    def copy(self, source: Path, name: str, files: Iterable[str]) -> list[str]:
        """Those files below `source` stand below `name` as they are there. A sentence for each that cannot be read."""
        changed, faults = [], []
        for file in files:
            try:
                if _same(source / file, self._site / name / file):
                    continue
                moment, body = (source / file).stat().st_mtime_ns, (source / file).read_bytes()
            except OSError as error:
                faults.append(f"{source / file} could not be copied ({error.strerror}).")
            else:
                _stage(self._stage / name / file, body, moment)
                changed.append(f"{name}/{file}")
        self._move(changed)
        return faults

    def drop_others(self, name: str, files: Collection[str]) -> None:
        """Removes what stands in the folder `name` and is not among `files`."""
        folder = self._site / name
        for path in folder.iterdir() if folder.exists() else ():
            if path.name not in files:
                path.unlink()

    def _found(self, copies: Collection[str]) -> set[str]:
        """The pages that stand there, also those of which a manifest that was lost told: what stands in all forms."""
        found: set[str] = set()
        for folder, folders, names in os.walk(self._site):
            below = Path(folder).relative_to(self._site)
            if below == Path():
                folders[:] = [name for name in folders if name not in copies]
            there = set(names)
            whole = (name for name in names if all(f"{name}{ending}" in there for ending in ENDINGS))
            found.update((below / name).as_posix() for name in whole)
        return found

    def _is_there(self, entry: Entry) -> bool:
        return all(_is_readable(self._site / f"{entry.file}{ending}") for ending in ENDINGS)

    def _is_new(self, page: Page) -> bool:
        entry = self.entries.get(page.address)
        return not entry or entry.digest != _digest(page.body) or not self._is_there(entry)

    def _write(self, page: Page, best: bool) -> None:
        """The page and its compressed forms, beside the site."""
        file = file_of(page.address)
        packed = brotli.compress(page.body, quality=BEST) if best else quick_brotli(page.body)
        bodies = (page.body, gzip.compress(page.body, GZIP_LEVEL, mtime=0), packed)
        moment = self._moment(self._site / file)
        for ending, body in zip(ENDINGS, bodies, strict=True):
            _stage(self._stage / f"{file}{ending}", body, moment * 1_000_000_000)

    def _moment(self, before: Path) -> int:
        """A whole second after that of the file that goes: nginx makes an ETag from it and the length."""
        with suppress(FileNotFoundError):
            return max(int(time.time()), int(before.stat().st_mtime) + 1)
        return int(time.time())

    def _swap(self, pages: list[Page]) -> None:
        if not pages:
            return
        made = {page.address: _entry(page) for page in pages}
        self.entries |= {address: replace(entry, digest="") for address, entry in made.items()}
        self.write_manifest()
        self._move([entry.file + ending for entry in made.values() for ending in ENDINGS])
        self.entries |= made
        self.write_manifest()

    def _move(self, files: list[str]) -> None:
        """Renames staged files into place, once their bytes are on the disk."""
        if not files:
            return
        os.sync()  # once for all: ten thousand single fsyncs take minutes
        for folder in sorted({folder for file in files for folder in Path(file).parents}):
            _let_in(self._site / folder)
        for file in files:
            (self._stage / file).replace(self._site / file)
        os.sync()

    def _remove(self, file: Path) -> None:
        """With its compressed forms, and the folders that are then empty."""
        for ending in ENDINGS:
            file.with_name(file.name + ending).unlink(missing_ok=True)
        for folder in file.relative_to(self._site).parents[:-1]:
            with suppress(OSError):  # not empty
                (self._site / folder).rmdir()

    def _read_manifest(self) -> dict[str, Entry]:
        """Empty where there is none. One that cannot be read is as good as none: all pages are then made."""
        try:
            told = json.loads((self._folder / MANIFEST).read_text())
            return {address: Entry(**entry) for address, entry in told.items()}
        except (FileNotFoundError, ValueError, TypeError, AttributeError):
            return {}

    def write_manifest(self) -> None:
        """Says for the next process what stands there."""
        staged = self._stage / MANIFEST
        with staged.open("w") as file:
            json.dump({address: asdict(entry) for address, entry in sorted(self.entries.items())}, file, indent=0)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(self._folder / MANIFEST)


def _entry(page: Page) -> Entry:
    return Entry(file_of(page.address), _digest(page.body), page.made_from)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _stage(staged: Path, body: bytes, moment: int) -> None:
    """A file for everybody to read, as old as `moment`: nanoseconds since 1970."""
    staged.parent.mkdir(parents=True, exist_ok=True)
    staged.write_bytes(body)
    staged.chmod(FILE_MODE)
    os.utime(staged, ns=(moment, moment))


def _let_in(folder: Path) -> None:
    """The folder stands there, and everybody may enter it."""
    folder.mkdir(exist_ok=True)
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & FOLDER_MODE != FOLDER_MODE:
        folder.chmod(mode | FOLDER_MODE)


def _is_readable(file: Path) -> bool:
    """Whether it stands there for everybody."""
    with suppress(FileNotFoundError, NotADirectoryError):
        return file.stat().st_mode & FILE_MODE == FILE_MODE
    return False


def _same(one: Path, other: Path) -> bool:
    """By length and moment: `copy` keeps both."""
    if not _is_readable(other):
        return False
    was, now = one.stat(), other.stat()
    return (was.st_size, was.st_mtime_ns) == (now.st_size, now.st_mtime_ns)
