"""Public pages as finished bytes, answered before Django is entered.

`Published` wraps Django. It stores each page of a known address as bytes. A page is rendered at the first request, and
again when its fingerprint changes or it expires. Django answers everything else. Only addresses that the site itself
names are stored, so no request can make the store grow.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from clinic_site.delivery.internal_request import Application, Environ, InternalResponse, StartResponse, get_page
from clinic_site.delivery.page_file import PageFile
from clinic_site.delivery.variants import Variant, Variants, best_encoding, finish

LOOK_EVERY = 0.5  # seconds between two checks for changed pages
OLD_AT_MOST = 1.5  # seconds that a stale page is served; with LOOK_EVERY a change shows within two
TRY_AGAIN_AFTER = 5.0  # seconds, after Django failed to render a page
PACK_AT_LEAST = 16 * 1024 * 1024  # bytes: a smaller file is not worth repacking
LONGEST_HEADER = 200  # characters of Accept-Encoding that are read and cached
READS = frozenset({"GET", "HEAD"})
logger = logging.getLogger(__name__)


class PageSource(Protocol):
    """The content and the state that pages are rendered from, at one moment."""

    @property
    def addresses(self) -> Collection[str]:
        """Return the path of each page, with its query if any."""

    @property
    def until(self) -> float:
        """Return when pages of this source expire, in seconds since 1970."""

    def fingerprint(self, address: str) -> str:
        """Return a digest of everything that the page of `address` depends on."""


Look = Callable[[Any], PageSource]  # takes the previous source, and returns the same object while nothing changed


@dataclass(slots=True, eq=False)
class FinishedPage:
    """A rendered page, the fingerprint of its source, and how long it is served."""

    variants: Variants
    fingerprint: str
    looks: int  # number of looks that were complete before the page was rendered
    until: float  # seconds since 1970; the page is never served from then on
    render_at: float  # a later request renders the page again first; before `until` if the page is stale

    @property
    def stale(self) -> bool:
        return self.render_at < self.until

    def render_by(self, moment: float) -> None:
        """Have the page rendered again no later than `moment`."""
        self.render_at = min(moment, self.until)


@dataclass(frozen=True)
class SiteHosts:
    """The host names and the scheme by which readers reach the site. Django answers all other requests."""

    hosts: frozenset[str]
    host: str  # the Host header of internal requests
    secure: bool  # pages are served over https only
    proxy_header: str = ""  # key in the environ that tells that the proxy was reached by https
    proxy_value: str = ""

    def meets(self, environ: Environ) -> bool:
        if environ.get("HTTP_HOST") not in self.hosts:
            return False
        if not self.secure or environ["wsgi.url_scheme"] == "https":
            return True
        return bool(self.proxy_header) and environ.get(self.proxy_header) == self.proxy_value


def site_hosts() -> SiteHosts:
    """Return the hosts that the settings name.

    Django answers requests for hosts with a wildcard and for other ports.
    """
    own = urlsplit(settings.SITE_URL).netloc
    named = [host for host in settings.ALLOWED_HOSTS if not host.startswith((".", "*"))]
    names = [*named, *(f"{host}." for host in named)]  # with a final dot it is the same name (RFC 1034, 3.1)
    ports = ("", ":80", ":443", f":{settings.PORT}")
    header, value = settings.SECURE_PROXY_SSL_HEADER or ("", "")
    hosts = frozenset([own, *(f"{name}{port}" for name in names for port in ports)])
    return SiteHosts(hosts, own, settings.SECURE_SSL_REDIRECT, header, value)


@dataclass(eq=False)
class Published:
    """WSGI middleware around `django` that answers with finished pages where it can."""

    django: Application
    look: Look
    hosts: SiteHosts
    folder: Path  # of the PageFile
    clock: Callable[[], float] = time.time
    _pages: dict[str, FinishedPage] = field(default_factory=dict)
    _rendering: set[str] = field(default_factory=set)
    _stale: dict[str, None] = field(default_factory=dict)  # keys of stale pages in the order in which they became stale
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._pack = PageFile(self.folder)
        self._snapshot: PageSource | None = None  # None until the first look: Django answers everything
        self._looks = 0

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        key = f"{environ['PATH_INFO']}?{query}" if query else environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] not in READS or not self.hosts.meets(environ):
            return self.django(environ, start_response)
        page = self._pages.get(key)
        if page is None or page.render_at <= self.clock():
            page = self._render(key, page)
        if page is None:
            return self.django(environ, start_response)
        return self._answer(page.variants, environ, start_response)

    def _answer(self, variants: Variants, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        variant = variants[best_encoding(environ.get("HTTP_ACCEPT_ENCODING", "")[:LONGEST_HEADER])]
        if _is_cached_by_reader(environ, variant):
            start_response("304 Not Modified", variant.not_modified)
            return []
        start_response("200 OK", variant.headers)
        return [variant.body.read()] if environ["REQUEST_METHOD"] == "GET" else []

    def _render(self, key: str, previous: FinishedPage | None) -> FinishedPage | None:
        """Render the page again and return it.

        Return `previous` while another thread renders the page or Django fails, until `previous` expires. Return None
        if Django should answer the request.
        """
        snapshot = self._snapshot
        if snapshot is None or key not in snapshot.addresses:
            self._drop(key)
            return None
        fallback = previous if previous and self.clock() < previous.until else None
        with self._claim(key) as claimed:
            return self._render_and_store(key, fallback, snapshot) if claimed else fallback

    def _render_and_store(self, key: str, fallback: FinishedPage | None, snapshot: PageSource) -> FinishedPage | None:
        answer = get_page(self.django, key, self.hosts.host, self.hosts.secure)
        if answer.status.startswith("200 "):
            return self._store(key, answer, snapshot)
        if answer.status.startswith("5") and fallback:
            logger.error("%s could not be made (%s): the previous page is served", key, answer.status)
            fallback.render_by(self.clock() + TRY_AGAIN_AFTER)
            return fallback
        self._drop(key)
        return None

    def _store(self, key: str, answer: InternalResponse, snapshot: PageSource) -> FinishedPage | None:
        """Store the page and return it. Return None if the disk is full: Django answers until there is room."""
        looks = self._looks
        try:
            variants = finish(answer.headers, answer.body, self._pack)
        except OSError as error:
            logger.error("finished pages cannot be stored (%s)", type(error).__name__)  # noqa: TRY400
            self._drop(key)
            return None
        page = FinishedPage(variants, snapshot.fingerprint(key), looks, snapshot.until, snapshot.until)
        self._put(key, page, snapshot)
        return page

    def _put(self, key: str, page: FinishedPage, page_source: PageSource) -> None:
        with self._lock:
            self._release(self._pages.get(key))
            self._pages[key] = page
            if self._snapshot is not page_source:  # replaced while the page was rendered
                self._mark_stale(key)

    def _mark_stale(self, key: str) -> None:
        self._pages[key].render_by(self.clock() + OLD_AT_MOST)
        self._stale[key] = None

    def _drop(self, key: str) -> None:
        with self._lock:
            self._release(self._pages.pop(key, None))

    def _release(self, page: FinishedPage | None) -> None:
        for variant in page.variants.values() if page else ():
            variant.body.drop()

    @contextmanager
    def _claim(self, key: str) -> Iterator[bool]:
        """Yield True if no other thread renders the page."""
        with self._lock:
            claimed = key not in self._rendering
            self._rendering.add(key)
        try:
            yield claimed
        finally:
            if claimed:
                self._rendering.discard(key)

    def refresh(self) -> None:
        """Mark stale pages, drop pages whose address is gone, and render stale pages again.

        Stop when the next look is due: it may find that a page must be dropped.
        """
        snapshot = self.look(self._snapshot)
        if snapshot is not self._snapshot:
            self._use_snapshot(snapshot)
        self._looks += 1
        looked = self.clock()
        while self._stale and self.clock() < looked + LOOK_EVERY:
            self._render_oldest_stale()
        if self._pack.mostly_unused and self._pack.size > PACK_AT_LEAST:
            self._repack()

    def _render_oldest_stale(self) -> None:
        """Render the page again that has been stale for longest."""
        with self._lock:
            key = next(iter(self._stale))
            del self._stale[key]
            page = self._pages.get(key)
        if page and page.stale:
            self._render(key, page)

    def _use_snapshot(self, snapshot: PageSource) -> None:
        """Use `snapshot` from now on, and mark each page with another fingerprint as stale.

        A page that no look has confirmed since it was rendered counts as stale even with an equal fingerprint: Django
        may have rendered it from an edit that was undone before this look.
        """
        fingerprints = {key: snapshot.fingerprint(key) for key in list(self._pages) if key in snapshot.addresses}
        with self._lock:
            self._snapshot = snapshot
            for key, page in list(self._pages.items()):
                if key not in snapshot.addresses:
                    self._release(self._pages.pop(key))
                elif page.fingerprint != fingerprints.get(key) or page.looks >= self._looks - 1:
                    self._mark_stale(key)

    def _repack(self) -> None:
        """Copy the used bytes to a new file. The old file is freed once the last response read from it is sent."""
        pack = PageFile(self.folder)
        with self._lock:
            for page in self._pages.values():
                page.variants = {name: _copy_variant(variant, pack) for name, variant in page.variants.items()}
            self._pack = pack


def _is_cached_by_reader(environ: Environ, variant: Variant) -> bool:
    """Return True if the reader's browser has this variant cached (If-None-Match)."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    return known is not None and (variant.etag in known or known.strip() == "*")


def _copy_variant(variant: Variant, pack: PageFile) -> Variant:
    return Variant(variant.etag, variant.headers, variant.not_modified, variant.body.copy_to(pack))
