"""Every address that readers may ask for, and what its page is made from: for clinic_site.published and `publish`."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from articles.documents import Article
from articles.feeds import last_changed
from articles.library import Library, refresh
from articles.listing import Listing
from articles.sitemaps import path_of, sitemap_files
from articles.standing import next_change
from articles.views import NEWEST, PER_PAGE
from clinic_site.clinic import open_now

Parts = tuple[object, ...]
# Made from the clinic's facts, the shared files and nothing else.
PLAIN = ("/glossary/", "/favicon.ico", "/robots.txt", "/.well-known/security.txt")
MANY = 50  # changed articles, from which on asking which lists of related articles change costs more than it saves


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The library at one moment, as its pages show it."""

    library: Library
    now: dt.datetime

    @cached_property
    def addresses(self) -> Mapping[str, Parts]:
        """Path, with its query -> what the page shows that other pages may not; equal parts make an equal page."""
        return MappingProxyType(dict(self._addresses()))

    @cached_property
    def until(self) -> float:
        """Seconds since 1970: the next moment at which a page changes by itself."""
        clinic = self.library.shared.clinic
        openings = (open_now(clinic, office, self.now).changes_at for office in clinic.offices)
        standings = next_change(self.library.articles.values(), clinic, self.now)
        return min(moment for moment in (standings, *openings) if moment).timestamp()

    def stale_since(self, before: "Snapshot") -> list[str]:
        """The addresses whose page is not as it was when `before` was taken."""
        if self.library.shared is not before.library.shared:
            return list(self.addresses)
        stale = {key for key, parts in self.addresses.items() if parts != before.addresses.get(key)}
        return [*stale, *self._newly_related(before) - stale]

    def _newly_related(self, before: "Snapshot") -> set[str]:
        """Articles whose list of related ones may be another, as something they share with a changed article."""
        was, now = ({each.slug: relations(each) for each in shot.listed} for shot in (before, self))
        changed = [slug for slug in was.keys() | now.keys() if was.get(slug) != now.get(slug)]
        if len(changed) > MANY:
            return {each.url for each in self.listed}
        moved = [each for slug in changed for shot in (before, self) if (each := shot.listing.by_slug.get(slug))]
        near = [self.listing.by_topic.get(topic, ()) for each in moved for topic in each.topics]
        near += [self.listing.by_source.get(source, ()) for each in moved for source in each.sources]
        return {each.url for articles in near for each in articles}

    @cached_property
    def listing(self) -> Listing:
        return self.library.listing(self.now)

    @property
    def listed(self) -> tuple[Article, ...]:
        return self.listing.articles

    def _addresses(self) -> Iterator[tuple[str, Parts]]:
        library, listing, listed = self.library, self.listing, self.listed
        counts = tuple(len(listing.by_topic.get(slug, ())) for slug in library.shared.topics)
        yield from ((path, ()) for path in PLAIN)
        yield "/", (*listed[:NEWEST], counts)
        yield from _leaves("/articles/", listed, counts)
        for slug in library.shared.topics:
            yield from _leaves(f"/topics/{slug}/", listing.by_topic.get(slug, ()))
        yield (
            "/references/",
            tuple((each.url, each.title, each.sources, each.blocks) for each in (*listed, *library.pages.values())),
        )
        yield "/feed.xml", tuple(last_changed(listed))
        yield from self._sitemaps()
        yield from ((each.url, (each,)) for each in library.visible(self.now))
        yield from ((each.url, (each,)) for each in library.pages.values())

    def _sitemaps(self) -> Iterator[tuple[str, Parts]]:
        files = sitemap_files(self.library, self.now)
        yield "/sitemap.xml", tuple(tuple(entries) for entries in files)
        if len(files) > 1:
            yield from ((path_of(number), tuple(entries)) for number, entries in enumerate(files, 1))


def take_snapshot(before: Snapshot | None, now: dt.datetime) -> Snapshot:
    """The site as it stands; `before` itself while that still holds."""
    library = refresh()
    if before and before.library is library and now.timestamp() < before.until:
        return before
    return Snapshot(library, now)


def _leaves(path: str, articles: Sequence[Article], *more: object) -> Iterator[tuple[str, Parts]]:
    """Each page of a list."""
    count = max(1, -(-len(articles) // PER_PAGE))
    for number in range(1, count + 1):
        leaf = articles[(number - 1) * PER_PAGE : number * PER_PAGE]
        yield path if number == 1 else f"{path}?page={number}", (count, *leaf, *more)


def relations(article: Article) -> tuple[object, ...]:
    """What decides where an article stands among the related ones of others, and how."""
    return article.title, article.topics, article.sources
