"""The sitemap: every public page with the day it last changed; in several files if there are many."""

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap as show
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.library import Library, get_library

LISTS = ("/", "/articles/", "/glossary/", "/my-questions/", "/references/")
PER_FILE = 5_000  # the standard allows 50,000, but such a file takes seconds to render
Entry = tuple[str, dt.date | None]  # path, last change


def sitemap_files(library: Library, now: dt.datetime) -> list[list[Entry]]:
    """Return the entries of each file. A single file is the sitemap itself; several are listed in an index."""
    entries = _entries(library, now)
    return [entries[start : start + PER_FILE] for start in range(0, len(entries), PER_FILE)]


def path_of(number: int) -> str:
    """Return the path of file `number`, from 1."""
    return f"/sitemap-{number}.xml"


def _entries(library: Library, now: dt.datetime) -> list[Entry]:
    listed = library.listed(now)
    newest = max((article.updated for article in listed), default=None)
    lists: list[Entry] = [(path, newest) for path in LISTS]
    topics: list[Entry] = [(f"/topics/{slug}/", newest) for slug in library.shared.topics]
    pages: list[Entry] = [(page.url, page.updated) for page in library.pages.values()]
    return [*lists, ("/consultation/", None), *topics, *pages, *((article.url, article.updated) for article in listed)]


class SitemapFile(Sitemap[Entry]):
    def __init__(self, entries: list[Entry]) -> None:
        super().__init__()
        self._entries = entries

    def items(self) -> list[Entry]:
        return self._entries

    def location(self, item: Entry) -> str:
        return item[0]

    def lastmod(self, item: Entry) -> dt.date | None:
        return item[1]

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        """Return the public domain, whatever host the request named."""
        return urlsplit(settings.SITE_URL).netloc


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    files = sitemap_files(get_library(), timezone.now())
    if len(files) == 1:
        return show(request, {"pages": SitemapFile(files[0])})
    days = (max(day for _, day in entries if day) for entries in files)
    parts = [
        {"location": f"{settings.SITE_URL}{path_of(number)}", "last_mod": day} for number, day in enumerate(days, 1)
    ]
    return render(request, "sitemap_index.xml", {"sitemaps": parts}, content_type="application/xml")


@require_safe
def sitemap_file(request: HttpRequest, number: int) -> HttpResponse:
    files = sitemap_files(get_library(), timezone.now())
    if len(files) == 1 or not 1 <= number <= len(files):
        raise Http404
    return show(request, {"pages": SitemapFile(files[number - 1])})
