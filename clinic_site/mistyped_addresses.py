"""Which public page a mistyped address means: mail programs add a bracket or a full stop, people type capitals."""

import datetime as dt
import re

from django.urls import Resolver404, resolve

from articles.library import Library

# Names of the paths that always have a page. What holds a token, and the desk, are in no list here: a wrong address
# there is answered like any other, so that it tells nothing.
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
UP_TO_A_LETTER = re.compile("(.*[a-z0-9])?", re.DOTALL)  # no address ends with another character, but for one slash


def address_meant(path: str, library: Library, now: dt.datetime) -> str | None:
    """The path of the page that readers may see at `now`; None where `path` means none, or is that page's own.

    The answer is always a path of this site: it is one that the library or the list above knows.
    """
    if CONTROL.search(path):  # nobody types those
        return None
    found = UP_TO_A_LETTER.match(SLASHES.sub("/", path).lower())
    stem = found[0] if found else ""
    pages = (_page_at(candidate, library, now) for candidate in (f"{stem}/", stem))
    return next((page for page in pages if page and page != path), None)


def _page_at(path: str, library: Library, now: dt.datetime) -> str | None:
    """Where the public page of that path is: at `path`, or where its old address leads."""
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
