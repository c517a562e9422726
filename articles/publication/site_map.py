"""Every public address, and what its page is made from, for clinic_site.published and `publish`."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from articles.article_index import ArticleIndex
from articles.content.documents import Article
from articles.feeds import last_changed
from articles.library import Library, refresh
from articles.my_questions import offered
from articles.publication.fingerprints import fingerprint
from articles.review_status import next_change
from articles.sitemaps import path_of, sitemap_files
from articles.views import NEWEST, PER_PAGE
from clinic_site.clinic import open_now

Parts = tuple[object, ...]
# Pages that depend only on what all pages depend on.
PLAIN = ("/glossary/", "/favicon.ico", "/robots.txt", "/.well-known/security.txt")


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The library at one moment."""

    library: Library
    now: dt.datetime

    @cached_property
    def addresses(self) -> Mapping[str, Parts]:
        """Path with query -> what only this page shows."""
        return MappingProxyType(dict(self._addresses()))

    @cached_property
    def until(self) -> float:
        """The next moment at which a page changes by itself, in seconds since 1970."""
        clinic = self.library.shared.clinic
        openings = (open_now(clinic, office, self.now).changes_at for office in clinic.offices)
        review = next_change(self.library.articles.values(), clinic, self.now)
        return min(moment for moment in (review, *openings) if moment).timestamp()

    def fingerprint(self, address: str) -> str:
        """Return a digest of what the page of `address` is made from, except code.

        It changes whenever the page changes, and sometimes when it does not. For an address that is not in the
        snapshot, return the digest of what all pages are made from.
        """
        return fingerprint(self._common, address, self.addresses.get(address, ()))

    @cached_property
    def _common(self) -> str:
        """A digest of what all pages are made from. This includes the date: pages show it, and say what is tomorrow."""
        shared = self.library.shared
        openings = [open_now(shared.clinic, office, self.now) for office in shared.clinic.offices]
        return fingerprint(shared, openings, shared.clinic.today(self.now))

    @cached_property
    def listing(self) -> ArticleIndex:
        return self.library.listing(self.now)

    @property
    def listed(self) -> tuple[Article, ...]:
        return self.listing.articles

    def _addresses(self) -> Iterator[tuple[str, Parts]]:
        library, listing, listed = self.library, self.listing, self.listed
        counts = tuple(len(listing.by_topic.get(slug, ())) for slug in library.shared.topics)
        yield from ((path, ()) for path in PLAIN)
        yield "/", (*listed[:NEWEST], counts)
        yield from _list_pages("/articles/", listed, counts)
        for slug in library.shared.topics:
            yield from _list_pages(f"/topics/{slug}/", listing.by_topic.get(slug, ()))
        pages = (*listed, *library.pages.values())
        yield "/references/", tuple((page.url, page.title, page.sources, page.blocks) for page in pages)
        yield "/my-questions/", tuple(offered(library, self.now))
        yield "/feed.xml", tuple(last_changed(listed))
        yield from self._sitemaps()
        digests = self._related_by_mark()
        for article in library.visible(self.now):
            marks = (*article.topics, *article.sources)
            yield article.url, (article, [digests[key] for key in marks if key in digests])
        yield from ((page.url, (page,)) for page in library.pages.values())

    def _related_by_mark(self) -> Mapping[str, str]:
        """Return, by topic or source, a digest of the listed articles that have it.

        The digests of an article's own topics and sources decide which related articles its page shows.
        """
        related = defaultdict(list)
        for article in sorted(self.listed, key=lambda article: article.slug):
            shown = repr((article.slug, article.title))
            for key in (*article.topics, *article.sources):
                related[key].append(shown)
        return {key: fingerprint("".join(articles)) for key, articles in related.items()}

    def _sitemaps(self) -> Iterator[tuple[str, Parts]]:
        files = sitemap_files(self.library, self.now)
        yield "/sitemap.xml", tuple(tuple(entries) for entries in files)
        if len(files) > 1:
            yield from ((path_of(number), tuple(entries)) for number, entries in enumerate(files, 1))


def take_snapshot(before: Snapshot | None, now: dt.datetime) -> Snapshot:
    """Return a snapshot of the site at `now`; `before` itself if no file changed and `before.until` is not reached."""
    library = refresh()
    if before and before.library is library and now.timestamp() < before.until:
        return before
    return Snapshot(library, now)


def _list_pages(path: str, articles: Sequence[Article], *more: object) -> Iterator[tuple[str, Parts]]:
    """Yield the address and the parts of each page of a list."""
    count = max(1, -(-len(articles) // PER_PAGE))
    for number in range(1, count + 1):
        page = articles[(number - 1) * PER_PAGE : number * PER_PAGE]
        yield path if number == 1 else f"{path}?page={number}", (count, *page, *more)
