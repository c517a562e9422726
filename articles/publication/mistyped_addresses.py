"""Find the public page for a mistyped address: mail programs add a bracket or a full stop, people type capitals."""

import datetime as dt
import re

from django.urls import Resolver404, resolve
from django.utils import timezone

from articles.library import Library, get_library

# URL names that always have a page. Staff pages and URLs with a token are left out: a wrong address
# there gets the normal 404, which reveals nothing.
ALWAYS_THERE = frozenset(
    {
        "appointments:consultation",
        "articles:feed",
        "articles:glossary",
        "articles:home",
        "articles:index",
        "articles:references",
        "articles:search",
        "articles:sitemap",
        "favicon",
        "robots",
        "security_txt",
    }
)
CONTROL = re.compile("[\x00-\x1f\x7f]")
SLASHES = re.compile("/+")
UP_TO_A_LETTER = re.compile("(.*[a-z0-9])?", re.DOTALL)  # all addresses end like this, or with one slash more


def find_address(path: str) -> str | None:
    """Return the path of the public page that a wrong `path` currently means; None if there is none."""
    return address_meant(path, get_library(), timezone.now())


def address_meant(path: str, library: Library, now: dt.datetime) -> str | None:
    """Return the path of the page visible at `now`; None if there is none, or `path` already is its address.

    The result is always a path of this site, taken from the library or ALWAYS_THERE.
    """
    if CONTROL.search(path):  # not a typing mistake
        return None
    found = UP_TO_A_LETTER.match(SLASHES.sub("/", path).lower())
    stem = found[0] if found else ""
    pages = (_page_at(candidate, library, now) for candidate in (f"{stem}/", stem))
    return next((page for page in pages if page and page != path), None)


def _page_at(path: str, library: Library, now: dt.datetime) -> str | None:
    """Return the path of the public page at `path`, or of the page that this old address redirects to."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    slug = str(match.kwargs.get("slug"))
    if match.view_name in ALWAYS_THERE or (match.view_name == "articles:topic" and slug in library.shared.topics):
        return path
    if match.view_name in ("articles:page", "articles:page_redirect"):
        return f"/{slug}/" if slug in library.pages else None
    if match.view_name == "articles:article":
        article = library.articles.get(library.aliases.get(slug, slug))
        return article.url if article and (article.visible(now) or article.status == "archived") else None
    return None
