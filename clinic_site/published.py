"""Public pages as finished bytes, answered before Django is entered.

`Published` stands around Django. It keeps each page of a known address as bytes, made at the first request and made
anew when what it was made from changes or the moment has come until which it is true. All else goes to Django. Only
addresses that the site itself names are kept, so no request can make the store grow.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from clinic_site.asked import Answer, Application, Environ, StartResponse, ask
from clinic_site.finished import Variant, Variants, best_encoding, finish
from clinic_site.pack import Pack

LOOK_EVERY = 0.5  # seconds between two looks at what the pages are made from
OLD_AT_MOST = 1.5  # seconds that a page goes on after what it was made from has changed: with a look it makes two
TRY_AGAIN_AFTER = 5.0  # seconds, where a page could not be made and the old one goes on
PACK_AT_LEAST = 16 * 1024 * 1024  # bytes: a smaller pack is not worth packing anew
LONGEST_HEADER = 200  # characters that are looked at, and kept in memory a while
READS = frozenset({"GET", "HEAD"})
logger = logging.getLogger(__name__)


class Snapshot(Protocol):
    """What the pages are made from, as it stood at one moment."""

    @property
    def addresses(self) -> Collection[str]:
        """The path of each page, with its query where it has one."""

    @property
    def until(self) -> float:
        """When, in seconds since 1970, a page made from it may stop being true by itself."""

    def stale_since(self, before: Any) -> Collection[str]:
        """Those whose page is made from something that is not as it was."""


Look = Callable[[Any], Snapshot]  # gives the very object it was given while nothing changed


@dataclass(slots=True, eq=False)
class Finished:
    """A page, and how long it holds."""

    variants: Variants
    until: float  # never shown from that moment on
    make_at: float  # a request that comes later has it made anew first; before `until` where it is stale

    @property
    def stale(self) -> bool:
        """What it was made from has changed."""
        return self.make_at < self.until

    def expect(self, moment: float) -> None:
        """A new one by that moment."""
        self.make_at = min(moment, self.until)


@dataclass(frozen=True)
class Front:
    """By what name and scheme readers reach the site: other requests are Django's to judge."""

    hosts: frozenset[str]
    host: str  # one of them, for the requests that come from here
    secure: bool  # pages are for https alone
    proxy_header: str = ""  # in the environ; where a proxy says that it was reached by https
    proxy_value: str = ""

    def meets(self, environ: Environ) -> bool:
        if environ.get("HTTP_HOST") not in self.hosts:
            return False
        if not self.secure or environ["wsgi.url_scheme"] == "https":
            return True
        return bool(self.proxy_header) and environ.get(self.proxy_header) == self.proxy_value


@dataclass(eq=False)
class Published:
    django: Application
    look: Look
    front: Front
    folder: Path  # for the file with the bytes
    count_read: Callable[[Environ], object]
    clock: Callable[[], float] = time.time
    _pages: dict[str, Finished] = field(default_factory=dict)
    _making: set[str] = field(default_factory=set)
    _waiting: dict[str, None] = field(default_factory=dict)  # stale pages, the first to be made first
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._pack = Pack(self.folder)
        self._snapshot: Snapshot | None = None  # until the first look nothing is known, and all is Django's

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        key = f"{environ['PATH_INFO']}?{query}" if query else environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] not in READS or not self.front.meets(environ):
            return self.django(environ, start_response)
        page = self._pages.get(key)
        if page is None or page.make_at <= self.clock():
            page = self._made(key, page)
        if page is None:
            return self.django(environ, start_response)
        return self._answer(page.variants, environ, start_response)

    def _answer(self, variants: Variants, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        variant = variants[best_encoding(environ.get("HTTP_ACCEPT_ENCODING", "")[:LONGEST_HEADER])]
        self.count_read(environ)
        if _has(environ, variant):
            start_response("304 Not Modified", variant.not_modified)
            return []
        start_response("200 OK", variant.headers)
        return [variant.body.read()] if environ["REQUEST_METHOD"] == "GET" else []

    def _made(self, key: str, before: Finished | None) -> Finished | None:
        """The page made anew. While another thread makes it, or Django cannot: `before`, as long as that is true.
        None for what is Django's to answer."""
        snapshot = self._snapshot
        if snapshot is None or key not in snapshot.addresses:
            self._drop(key)
            return None
        still = before if before and self.clock() < before.until else None
        with self._turn(key) as ours:
            return self._make(key, still, snapshot) if ours else still

    def _make(self, key: str, still: Finished | None, snapshot: Snapshot) -> Finished | None:
        answer = ask(self.django, key, self.front.host, self.front.secure)
        if answer.status.startswith("200 "):
            return self._kept(key, answer, snapshot)
        if answer.status.startswith("5") and still:
            logger.error("%s could not be made (%s): the page as it was goes on", key, answer.status)
            still.expect(self.clock() + TRY_AGAIN_AFTER)
            return still
        self._drop(key)
        return None

    def _kept(self, key: str, answer: Answer, snapshot: Snapshot) -> Finished | None:
        """The page; None where the disk takes none, and Django answers until it does."""
        try:
            page = Finished(finish(answer.headers, answer.body, self._pack), snapshot.until, snapshot.until)
        except OSError as error:
            logger.error("finished pages cannot be kept (%s)", type(error).__name__)  # noqa: TRY400
            self._drop(key)
            return None
        self._put(key, page, snapshot)
        return page

    def _put(self, key: str, page: Finished, made_from: Snapshot) -> None:
        with self._lock:
            self._bury(self._pages.get(key))
            self._pages[key] = page
            if self._snapshot is not made_from:  # it changed meanwhile, after everything stale was marked
                self._expect(key)

    def _expect(self, key: str) -> None:
        self._pages[key].expect(self.clock() + OLD_AT_MOST)
        self._waiting[key] = None

    def _drop(self, key: str) -> None:
        with self._lock:
            self._bury(self._pages.pop(key, None))

    def _bury(self, page: Finished | None) -> None:
        for variant in page.variants.values() if page else ():
            variant.body.drop()

    @contextmanager
    def _turn(self, key: str) -> Iterator[bool]:
        """True for one thread at a time: two need not make the same page."""
        with self._lock:
            ours = key not in self._making
            self._making.add(key)
        try:
            yield ours
        finally:
            if ours:
                self._making.discard(key)

    def keep_fresh(self, stop: threading.Event) -> None:
        """Looks for changes and makes stale pages anew, until `stop` is set. For a thread of its own."""
        while not stop.is_set():
            try:
                self.refresh()
            except Exception as error:  # noqa: BLE001 (whatever fails, the pages as they are go on)
                logger.error("the finished pages could not be refreshed (%s)", type(error).__name__)  # noqa: TRY400
            stop.wait(LOOK_EVERY)

    def refresh(self) -> None:
        """Marks what is stale, forgets what is gone, and makes stale pages anew: as many as are ready before the next
        look is due, which may find that one of them must go."""
        snapshot = self.look(self._snapshot)
        if snapshot is not self._snapshot:
            self._mark(snapshot)
        looked = self.clock()
        while self._waiting and self.clock() < looked + LOOK_EVERY:
            self._renew()
        if self._pack.mostly_dead and self._pack.size > PACK_AT_LEAST:
            self._pack_anew()

    def _renew(self) -> None:
        """The stale page that has waited longest."""
        with self._lock:
            key = next(iter(self._waiting))
            del self._waiting[key]
            page = self._pages.get(key)
        if page and page.stale:
            self._made(key, page)

    def _mark(self, snapshot: Snapshot) -> None:
        stale = snapshot.stale_since(self._snapshot) if self._snapshot else ()
        with self._lock:
            self._snapshot = snapshot
            for key in [key for key in self._pages if key not in snapshot.addresses]:
                self._bury(self._pages.pop(key))
            for key in stale:
                if key in self._pages:
                    self._expect(key)

    def _pack_anew(self) -> None:
        """Leaves the dead bytes behind. The old file goes when the last answer made from it has been sent."""
        pack = Pack(self.folder)
        with self._lock:
            for page in self._pages.values():
                page.variants = {name: _moved(variant, pack) for name, variant in page.variants.items()}
            self._pack = pack


def _has(environ: Environ, variant: Variant) -> bool:
    """Whether the reader's browser has that very variant (If-None-Match)."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    return known is not None and (variant.etag in known or known.strip() == "*")


def _moved(variant: Variant, pack: Pack) -> Variant:
    return Variant(variant.etag, variant.headers, variant.not_modified, variant.body.copy_to(pack))
