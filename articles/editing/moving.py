"""An article gets another address: the old one leads to it, and other texts can be mended to name the new one."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.text import slugify

from articles.documents import Article, Document
from articles.editing import publishing, sign_off, store
from articles.editing.addresses import ARTICLES, article_path, new_path, slug_of
from articles.editing.attempts import attempt
from articles.editing.front import read_front, with_values
from articles.library import Library
from articles.models import Revision
from clinic_site.clinic_file import get_clinic
from clinic_site.content_files import SLUG, ContentError

LONGEST_SLUG = 100
LONGEST_SUGGESTED = 60


@dataclass(frozen=True)
class Linking:
    """A file whose text names an address."""

    path: str
    name: str
    signed: bool  # a clinician signed its text; with another link in it, it is another text


def suggested_slug(title: str, library: Library) -> str:
    """A free address made from the title; "" where none can be made."""
    whole = slugify(title)
    short = whole if len(whole) <= LONGEST_SUGGESTED else whole[: LONGEST_SUGGESTED + 1].rpartition("-")[0]
    bare = "-".join(re.findall("[a-z0-9]+", short or whole[:LONGEST_SUGGESTED]))
    tries = (bare, *(f"{bare}-{number}" for number in range(2, 100)))
    return next((each for each in tries if bare and not why_taken(each, library)), "")


def why_taken(slug: str, library: Library, own: str = "") -> str:
    """Why the article `own`, or a new one, cannot have that address; "" when it can."""
    if not SLUG.fullmatch(slug):
        return f"“{slug}” cannot be part of an address. Use small letters, digits and hyphens."
    if len(slug) > LONGEST_SLUG:
        return f"The address has {len(slug)} characters. Keep it to {LONGEST_SLUG}."
    if slug == own:
        return "That is its address already. Write another one."
    leads_to = library.aliases.get(slug, "")
    if leads_to:
        title = library.articles[leads_to].title
        return "" if leads_to == own else f"“{slug}” is an old address of “{title}” and leads there. Write another one."
    return _why_path_taken(slug, library)


def _why_path_taken(slug: str, library: Library) -> str:
    if slug in library.articles:
        return f"“{library.articles[slug].title}” has this address. Write another one."
    newest = Revision.objects.of(article_path(slug, library)).defer("text").first()
    if article_path(slug, library) in library.files or (newest and not newest.removed):
        return f"Another draft has the address “{slug}”. Write another one."
    if newest:
        return f"An article stood at “{slug}” before. Write another address, or bring that one back from its history."
    return ""


@transaction.atomic
def rename(path: str, new_slug: str, by: str, base: int, now: dt.datetime) -> Revision:
    """The article then stands at the new address; those it had lead there. A draft kept beside it goes along.

    Raises Stale, ContentError and CannotWrite as store.move() does.
    """
    old, place = slug_of(path), new_path(new_slug)
    newest, live = store.newest(path), store.on_site(path)
    why = f"Renamed from “{old}” to “{new_slug}”"
    kept = newest if newest and not newest.live else None
    if live is None:
        moved = store.keep(store.Edit(place, _renamed(kept.text if kept else "", old, new_slug), by, 0, why), now)
        store.remove(path, by, base, now, why)
        return moved
    moved = store.move(path, place, _with_addresses(live.text, old, new_slug), by, base, now, why)
    if kept is None:
        return moved
    return store.keep(store.Edit(place, _renamed(kept.text, old, new_slug), by, moved.number, why), now)


def _with_addresses(text: str, old: str, new: str) -> str:
    """The old address, and all that it had before, among the aliases."""
    before = (each for each in read_front(text).aliases if each not in (old, new))
    return with_values(text, aliases=(*before, old), slug=None)


def _renamed(text: str, old: str, new: str) -> str:
    """The same of a draft; one whose top cannot be read is kept as it is."""
    try:
        return _with_addresses(text, old, new)
    except ContentError:
        return text


def links_to(slug: str, library: Library) -> list[Linking]:
    """The files whose text names that address of an article, by path."""
    pattern = _link(slug)
    found = [_linking(each) for each in library.documents.values() if pattern.search(each.body)]
    shared = library.shared.blocks.values()
    found += [
        Linking(f"blocks/{each.name}.md", each.name, signed=False) for each in shared if pattern.search(each.text)
    ]
    return sorted(found, key=lambda each: each.path)


def _linking(document: Document) -> Linking:
    signed = isinstance(document, Article) and document.reviewer is not None
    return Linking(document.path, document.title, signed)


def _link(slug: str) -> re.Pattern[str]:
    """“/articles/slug/” with what may stand around an address on this site."""
    return re.compile(rf"(?<![\w./-])/articles/{re.escape(slug)}(?![\w-])")


def outdated_links(slug: str, library: Library) -> list[Linking]:
    """The files whose text names an address that the article had before."""
    article = library.articles.get(slug)
    found = {each for old in (article.aliases if article else ()) for each in links_to(old, library)}
    return sorted(found, key=lambda each: each.path)


def mend_links(slug: str, library: Library, by: str, now: dt.datetime) -> Iterator[tuple[str, str]]:
    """Writes the article's address into each text that names an old one. Each path with what stopped it, or ""."""
    article = library.articles.get(slug)
    patterns = [_link(old) for old in (article.aliases if article else ())]

    def mended(text: str) -> str:
        for pattern in patterns:
            text = pattern.sub(f"/articles/{slug}", text)
        return text

    for linking in outdated_links(slug, library):
        yield linking.path, amend(linking.path, mended, by, now, f"Links now name “{slug}”")


def lost(library: Library, newest: Iterable[Revision]) -> list[str]:
    """The slugs at which readers could once open an article and now find nothing; `newest` is of each file."""
    gone = (each.path for each in newest if each.removed and each.path.startswith(ARTICLES))
    paths = {slug_of(path): path for path in gone}
    free = paths.keys() - library.articles.keys() - library.aliases.keys()
    return sorted(slug for slug in free if SLUG.fullmatch(slug) and publishing.was_public(paths[slug]))


def why_not_led(old: str, library: Library) -> str:
    """Why that address cannot be led to an article; "" when it can."""
    if not SLUG.fullmatch(old):
        return f"“{old}” cannot be part of an address. Use small letters, digits and hyphens."
    taken = old in library.articles or old in library.aliases
    return f"/articles/{old}/ leads to an article already." if taken else ""


def lead(old: str, slug: str, library: Library, by: str, now: dt.datetime) -> str:
    """The address `old`, which led nowhere, then leads to the article `slug`. What stopped it, or ""."""

    def with_alias(text: str) -> str:
        aliases = read_front(text).aliases
        return text if old in aliases else with_values(text, aliases=(*aliases, old))

    return amend(article_path(slug, library), with_alias, by, now, f"The address “{old}” leads here")


def amend(path: str, change: Callable[[str], str], by: str, now: dt.datetime, why: str) -> str:
    """Changes what is on the site, and a newer draft beside it in the same way. What stopped it, or ""."""
    return attempt(lambda: _amend(path, change, by, now, why))


@transaction.atomic
def _amend(path: str, change: Callable[[str], str], by: str, now: dt.datetime, why: str) -> None:
    newest, live = store.newest(path), store.on_site(path)
    base = newest.number if newest else 0
    if live:
        base = store.put_up(_amended(live, change, by, base, now, why), now).number
    if newest and not newest.live:
        store.keep(_amended(newest, change, by, base, now, why), now)


def _amended(
    revision: Revision, change: Callable[[str], str], by: str, base: int, now: dt.datetime, why: str
) -> store.Edit:
    text = change(revision.text)
    if revision.path.startswith(ARTICLES):
        text = sign_off.attach(revision.path, text, get_clinic().local(now).date())
    return store.Edit(revision.path, text, by, base, why)
