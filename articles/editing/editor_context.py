"""What the editor's page shows besides the form: how the article stands, what was found, what can be inserted."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField

from articles.documents import Article, Source
from articles.editing.differences import side_by_side
from articles.editing.examination import Examination, examine
from articles.editing.forms import ANSWER, ANSWERED, ArticleForm, Editor, name_of, plain
from articles.editing.places import Told, in_words, levels, to_answer, told
from articles.editing.publishing import published_text, status_of
from articles.library import Library, get_library
from articles.models import ON_DISK, Revision
from articles.rendering.citations import find_citations
from articles.rules.levels import ACCEPTED, BLOCK, WARN
from clinic_site.wording import dated

HEADINGS = {
    BLOCK: "Mend these before you publish",
    WARN: "Mend these, or say why they may stay",
    ACCEPTED: "Warnings you have answered",
}


@dataclass(frozen=True)
class Opened:
    """An article that somebody has open."""

    slug: str
    path: str
    newest: Revision  # when the page was asked for
    now: dt.datetime
    today: dt.date  # at the clinic


@dataclass(frozen=True)
class Shown:
    """The form with what came of it."""

    form: Editor
    base: int  # the number of the revision that its text started from
    text: str  # the whole file, as the form has it; the newest one where the form holds what no file can
    theirs: Revision | None = None  # what somebody saved meanwhile
    step: str = ""  # what was to be done then


@dataclass(frozen=True)
class Checked:
    """What publishing it would find."""

    examination: Examination
    found: list[Told]

    @property
    def article(self) -> Article | None:
        return self.examination.article


def check(opened: Opened, shown: Shown) -> Checked:
    """The text as it would be published; a file that is shown as it is, by the lines it has."""
    in_fields = isinstance(shown.form, ArticleForm)
    text = published_text(opened.path, shown.text, opened.today) if in_fields else shown.text
    examination = examine(opened.path, text, opened.today)
    return Checked(examination, told(examination, text, shown.form))


def page_context(opened: Opened, shown: Shown, checked: Checked) -> dict[str, Any]:
    """For admin/articles/edit.html."""
    library = get_library()
    theirs = shown.theirs
    return {
        **checked_context(shown, checked),
        **insertions(library),
        "opened": opened,
        "shown": shown,
        "form": shown.form,
        "name": _name(opened, shown, checked),
        "as_file": not isinstance(shown.form, ArticleForm),
        "rows": side_by_side(plain(theirs.text), shown.text) if theirs else (),
        "states": states_in_words(opened, checked.article, library),
        "status": status_of(opened.path),
        "answers": answers(shown.form) if isinstance(shown.form, ArticleForm) else (),
    }


def answers(form: ArticleForm) -> list[tuple[str, str, BoundField]]:
    """Each rule that a reason answers, what it asks for, and the field for the reason."""
    return [(rule, in_words(rule), form[f"{ANSWER}{rule}"]) for rule in ANSWERED]


def _name(opened: Opened, shown: Shown, checked: Checked) -> str:
    if isinstance(shown.form, ArticleForm):
        return str(shown.form["title"].value() or opened.slug)
    return checked.article.title if checked.article else opened.slug


def insertions(library: Library) -> dict[str, Any]:
    """What can be put into a text, in the order in which people look for it."""
    shared = library.shared
    return {
        "sources": sorted(shared.sources.values(), key=lambda each: (each.authors, each.year, each.title)),
        "terms": sorted(shared.terms.values(), key=lambda each: each.name.lower()),
        "passages": [(each, name_of(each)) for each in shared.blocks.values()],
    }


def checked_context(shown: Shown, checked: Checked) -> dict[str, Any]:
    """For the parts of the page that change while somebody types."""
    found = checked.found
    return {
        "levels": [(level, HEADINGS[level], held) for level, held in levels(found)],
        "counted": counted(found),
        "to_answer": to_answer(found),
        "cited": cited(shown.text, get_library()),
        "unreadable": checked.article is None,
        "waiting": bool(checked.examination.problems),
    }


def counted(found: list[Told]) -> str:
    """How much there is to do."""
    stops, warns = (sum(each.level == level for each in found) for level in (BLOCK, WARN))
    if not stops and not warns:
        return "Nothing stops publication, and every warning is answered."
    stop = f"{stops} thing{'s stop' if stops > 1 else ' stops'} publication." if stops else "Nothing stops publication."
    wait = f" {warns} warning{'s wait' if warns > 1 else ' waits'} for an answer." if warns else ""
    return stop + wait


def cited(text: str, library: Library) -> list[Source]:
    """The sources that the text names, as they first appear."""
    keys = dict.fromkeys(each.key for each in find_citations(text))
    return [library.shared.sources[key] for key in keys if key in library.shared.sources]


def states_in_words(opened: Opened, article: Article | None, library: Library) -> list[str]:
    """How the article stands: for readers, as a draft, and before a reviewer."""
    newest, signed = opened.newest, article.reviewer if article else None
    saved = f"{'changed' if newest.by == ON_DISK else 'saved by'} {newest.by}, {dated(newest.at)}"
    return [
        _for_readers(opened, library),
        f"Last {saved}" if newest.live else f"You see a newer draft, {saved}",
        f"Signed by {signed.name}, {signed.credentials}, on {dated(signed.on)}"
        if signed
        else "No clinician has signed this text",
    ]


def _for_readers(opened: Opened, library: Library) -> str:
    status = status_of(opened.path)
    if status == "archived":
        return "Withdrawn: readers are told so"
    if status != "published":
        return "Draft: readers cannot open it"
    up = library.articles.get(opened.slug)
    if up is None or up.visible(opened.now):
        return "On the site"
    clock = library.shared.clinic
    begins = clock.moment(up.publish_from) if up.publish_from else None
    if begins and begins > opened.now:
        return f"Goes on the site on {dated(begins)}"
    return "Off the site: its time has ended"
