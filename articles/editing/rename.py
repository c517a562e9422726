"""Rename an article: its old address redirects to the article, and links in other texts can be updated."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.utils.text import slugify

from articles.content.documents import Document
from articles.editing.drafts.front_matter import read_front, with_values
from articles.editing.editor import publish
from articles.editing.review import sign_off
from articles.editing.revisions import store
from articles.editing.revisions.paths import ARTICLES, article_path, new_path, slug_of
from articles.library import Library
from articles.models import Revision
from articles.rendering.signed_text import valid_signature
from clinic_site.content.files import SLUG, ContentError

LONGEST_SLUG = 100
LONGEST_SUGGESTED = 60


@dataclass(frozen=True)
class LinkingFile:
    """A file whose text links to an address."""

    path: str
    name: str
    signed: bool  # a clinician signed the text; changing a link invalidates the signature


def suggested_slug(title: str, library: Library) -> str:
    """Return a free slug made from the title; "" if none can be made."""
    full = slugify(title)
    shortened = full if len(full) <= LONGEST_SUGGESTED else full[: LONGEST_SUGGESTED + 1].rpartition("-")[0]
    base = "-".join(re.findall("[a-z0-9]+", shortened or full[:LONGEST_SUGGESTED]))
    candidates = (base, *(f"{base}-{number}" for number in range(2, 100)))
    return next((slug for slug in candidates if base and not why_taken(slug, library)), "")


def why_taken(slug: str, library: Library, own: str = "") -> str:
    """Return why the article `own`, or a new one, cannot have the address `slug`; "" if it can."""
    if not SLUG.fullmatch(slug):
        return f"“{slug}” cannot be part of an address. Use small letters, digits and hyphens."
    if len(slug) > LONGEST_SLUG:
        return f"The address has {len(slug)} characters. Keep it to {LONGEST_SLUG}."
    if slug == own:
        return "That is its address already. Write another one."
    target = library.aliases.get(slug, "")
    if target:
        title = library.articles[target].title
        return "" if target == own else f"“{slug}” is an old address of “{title}” and leads there. Write another one."
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
    """Move the article, and a draft beside it, to the new address. The former addresses redirect to the new one.

    Raises Stale, ContentError and CannotWrite as store.move() does.
    """
    old_slug, target = slug_of(path), new_path(new_slug)
    newest, live = store.newest(path), store.live_revision(path)
    note = f"Renamed from “{old_slug}” to “{new_slug}”"
    draft = newest if newest and not newest.live else None
    if live is None:
        moved = store.save_draft_beside(
            store.Edit(target, _draft_with_addresses(draft.text if draft else "", old_slug, new_slug), by, 0, note), now
        )
        store.remove(path, by, base, now, note)
        return moved
    moved = store.move(path, target, _with_addresses(live.text, old_slug, new_slug), by, base, now, note)
    if draft is None:
        return moved
    return store.save_draft_beside(
        store.Edit(target, _draft_with_addresses(draft.text, old_slug, new_slug), by, moved.number, note), now
    )


def _with_addresses(text: str, old: str, new: str) -> str:
    """Return the text with `old` and every former address among the aliases."""
    former = (alias for alias in read_front(text).aliases if alias not in (old, new))
    return with_values(text, aliases=(*former, old), slug=None)


def _draft_with_addresses(text: str, old: str, new: str) -> str:
    """Return a draft with the addresses among its aliases; unchanged if its front matter cannot be read."""
    try:
        return _with_addresses(text, old, new)
    except ContentError:
        return text


def links_to(slug: str, library: Library) -> list[LinkingFile]:
    """Return the files whose text links to the article `slug`, by path."""
    pattern = _link_pattern(slug)
    found = [_linking_file(document) for document in library.documents.values() if pattern.search(document.body)]
    shared = library.shared.blocks.values()
    found += [
        LinkingFile(f"blocks/{block.name}.md", block.name, signed=False)
        for block in shared
        if pattern.search(block.text)
    ]
    return sorted(found, key=lambda linking: linking.path)


def _linking_file(document: Document) -> LinkingFile:
    return LinkingFile(document.path, document.title, valid_signature(document) is not None)


def _link_pattern(slug: str) -> re.Pattern[str]:
    """Return a pattern for “/articles/slug/” as part of a text."""
    return re.compile(rf"(?<![\w./-])/articles/{re.escape(slug)}(?![\w-])")


def outdated_links(slug: str, library: Library) -> list[LinkingFile]:
    """Return the files whose text links to a former address of the article."""
    article = library.articles.get(slug)
    found = {linking for old in (article.aliases if article else ()) for linking in links_to(old, library)}
    return sorted(found, key=lambda linking: linking.path)


def update_links(slug: str, library: Library, by: str, now: dt.datetime) -> Iterator[tuple[str, str]]:
    """Write the article's address into each text that has an old one. Yield each path with the error, or ""."""
    article = library.articles.get(slug)
    patterns = [_link_pattern(old) for old in (article.aliases if article else ())]

    def updated(text: str) -> str:
        for pattern in patterns:
            text = pattern.sub(f"/articles/{slug}", text)
        return text

    for linking in outdated_links(slug, library):
        yield linking.path, edit_file(linking.path, updated, by, now, f"Links now name “{slug}”")


def broken_addresses(library: Library, newest: Iterable[Revision]) -> list[str]:
    """Return the slugs of public articles that are gone; `newest` is the newest revision of each file."""
    gone = (revision.path for revision in newest if revision.removed and revision.path.startswith(ARTICLES))
    paths = {slug_of(path): path for path in gone}
    free = paths.keys() - library.articles.keys() - library.aliases.keys()
    return sorted(slug for slug in free if SLUG.fullmatch(slug) and publish.was_public(paths[slug]))


def why_no_redirect(old: str, library: Library) -> str:
    """Return why the address `old` cannot redirect to an article; "" if it can."""
    if not SLUG.fullmatch(old):
        return f"“{old}” cannot be part of an address. Use small letters, digits and hyphens."
    taken = old in library.articles or old in library.aliases
    return f"/articles/{old}/ leads to an article already." if taken else ""


def add_redirect(old: str, slug: str, library: Library, by: str, now: dt.datetime) -> str:
    """Redirect the unused address `old` to the article `slug`. Return the error, or ""."""

    def with_alias(text: str) -> str:
        aliases = read_front(text).aliases
        return text if old in aliases else with_values(text, aliases=(*aliases, old))

    return edit_file(article_path(slug, library), with_alias, by, now, f"The address “{old}” leads here")


def edit_file(path: str, change: Callable[[str], str], by: str, now: dt.datetime, why: str) -> str:
    """Change the live file and a newer draft beside it in the same way. Return the error, or "".

    The draft stays its author's: who confirms a change that waits must be somebody else.
    """
    return store.error_message(lambda: _change_live_and_draft(path, change, by, now, why))


@transaction.atomic
def _change_live_and_draft(path: str, change: Callable[[str], str], by: str, now: dt.datetime, why: str) -> None:
    newest, live = store.newest(path), store.live_revision(path)
    base = newest.number if newest else 0
    if live:
        base = store.save_live(_changed_edit(live, change, by, base, now, why), now).number
    if newest and not newest.live:
        store.save_draft_beside(_changed_edit(newest, change, newest.by, base, now, why), now)


def _changed_edit(
    revision: Revision, change: Callable[[str], str], by: str, base: int, now: dt.datetime, why: str
) -> store.Edit:
    text = change(revision.text)
    if revision.path.startswith(ARTICLES):
        text = sign_off.attach(revision.path, text)
    return store.Edit(revision.path, text, by, base, why)
