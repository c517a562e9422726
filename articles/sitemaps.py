"""The sitemap: every public page with the day it last changed."""

import datetime as dt
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.utils import timezone

from articles.library import get_library

Entry = tuple[str, dt.date | None]  # path, last change


class PublicPages(Sitemap[Entry]):
    limit = 50_000  # the most one file may hold

    def items(self) -> list[Entry]:
        library = get_library()
        articles = library.listed(timezone.now())
        newest = max((article.updated for article in articles), default=None)
        lists: list[Entry] = [(path, newest) for path in ("/", "/articles/", "/glossary/", "/references/")]
        topics: list[Entry] = [(f"/topics/{slug}/", newest) for slug in library.shared.topics]
        pages: list[Entry] = [(page.url, page.updated) for page in library.pages.values()]
        return [
            *lists,
            ("/consultation/", None),
            *topics,
            *pages,
            *((each.url, each.updated) for each in articles),
        ]

    def location(self, item: Entry) -> str:
        return item[0]

    def lastmod(self, item: Entry) -> dt.date | None:
        return item[1]

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        """The public address, whatever host the request named."""
        return urlsplit(settings.SITE_URL).netloc


SITEMAPS: dict[str, Iterable[Entry] | type[PublicPages]] = {"pages": PublicPages}
