"""Template context of the editor besides the form: states, findings, errors, insertions."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField

from articles.content.documents import Article, Source
from articles.content.rule_ids import ACCEPTED, ANSWERABLE, BLOCK, HINT, WARN
from articles.editing.drafts.draft_check import DraftCheck, check_draft
from articles.editing.editor.figure_templates import figure_templates
from articles.editing.editor.findings import (
    EditorFinding,
    anchor,
    editor_findings,
    grouped,
    in_words,
    levels,
    problem_finding,
    to_answer,
)
from articles.editing.editor.forms import ANSWER, ArticleForm, Editor, name_of, plain
from articles.editing.editor.publish import NotReady, published_text, status_of
from articles.editing.revisions.diff import side_by_side
from articles.library import Library, get_library
from articles.models import ON_DISK, Revision
from articles.rendering.certainty import LEVELS
from articles.rendering.extensions.citations import find_citations
from articles.rendering.signed_text import valid_signature
from clinic_site.content.files import ContentError
from clinic_site.dates import dated
from clinic_site.forms import FormError

HEADINGS = {
    BLOCK: "Mend these before you publish",
    WARN: "Mend these, or say why they may stay",
    HINT: "Hints, which need no answer",
    ACCEPTED: "Warnings you have answered",
}
IN_TEXT = "Something in the text stops publication. The list on top of the page says what, and on which lines."
BUTTONS = "#buttons"
HIDES = "What else does cannot be seen before that is mended."
LEFT = "Fill in what is left, in {count} places: {places}."


@dataclass(frozen=True)
class Opened:
    """An article that is open in the editor."""

    slug: str
    path: str
    newest: Revision  # when the page was requested
    now: dt.datetime
    today: dt.date  # at the clinic


@dataclass(frozen=True)
class ShownText:
    """The form that the page shows, and the result of the last step."""

    form: Editor
    base: int  # the number of the revision that the text is based on
    text: str  # the whole file from the form; the newest revision if the form is invalid
    theirs: Revision | None = None  # saved by another user meanwhile
    step: str = ""  # the step that failed then


@dataclass(frozen=True)
class Checked:
    """The findings that publication would have."""

    draft_check: DraftCheck
    found: list[EditorFinding]

    @property
    def article(self) -> Article | None:
        return self.draft_check.article


def check(opened: Opened, shown: ShownText) -> Checked:
    """Check the text as it would be published. A file shown as plain text is checked as it is, for its line numbers."""
    in_fields = isinstance(shown.form, ArticleForm)
    text = published_text(opened.path, shown.text, opened.today) if in_fields else shown.text
    draft_check = check_draft(opened.path, text, opened.today)
    return Checked(draft_check, editor_findings(draft_check, text, shown.form))


def page_context(opened: Opened, shown: ShownText, checked: Checked) -> dict[str, Any]:
    """Return the context of admin/articles/editor/edit.html."""
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
    }


def answers(form: Editor, warned: list[str]) -> list[tuple[str, str, BoundField]]:
    """Return (rule, the rule in plain words, field for the reason) for each rule that warns or has an answer."""
    if not isinstance(form, ArticleForm):
        return []
    form.add_answers(warned)
    boxes = [(rule, form[f"{ANSWER}{rule}"]) for rule in ANSWERABLE if f"{ANSWER}{rule}" in form.fields]
    wanted = {*warned, *form.front.accepted}
    return [(rule, in_words(rule), box) for rule, box in boxes if rule in wanted or box.value()]


def _name(opened: Opened, shown: ShownText, checked: Checked) -> str:
    if isinstance(shown.form, ArticleForm):
        return str(shown.form["title"].value() or opened.slug)
    return checked.article.title if checked.article else opened.slug


def insertions(library: Library) -> dict[str, Any]:
    """Return what can be inserted into a text, in a useful order."""
    shared = library.shared
    return {
        "sources": sorted(shared.sources.values(), key=lambda source: (source.authors, source.year, source.title)),
        "terms": sorted(shared.terms.values(), key=lambda term: term.name.lower()),
        "passages": [(block, name_of(block)) for block in shared.blocks.values()],
        "pictures": [(name, widths[0]) for name, widths in sorted(shared.pictures.items())],
        "figures": figure_templates(),
        "certainties": LEVELS,
    }


def checked_context(shown: ShownText, checked: Checked) -> dict[str, Any]:
    """Return the context of the parts that are updated while the user types."""
    found = checked.found
    return {
        "levels": [(level, HEADINGS[level], len(of_level), grouped(of_level)) for level, of_level in levels(found)],
        "counted": counted(found, checked.draft_check.hides),
        "answers": answers(shown.form, to_answer(found)),
        "cited": cited(shown.text, get_library()),
        "unreadable": checked.article is None,
        "waiting": bool(checked.draft_check.problems),
        "hides": checked.draft_check.hides,
    }


def counted(found: list[EditorFinding], hides: bool = False) -> str:
    """Return a sentence with the number of things to do; `hides` if they keep the rules from finding the rest."""
    stops, warns = (sum(finding.level == level for finding in found) for level in (BLOCK, WARN))
    if not stops and not warns:
        return "Nothing stops publication, and every warning is answered."
    blocks = (
        f"{stops} thing{'s stop' if stops > 1 else ' stops'} publication." if stops else "Nothing stops publication."
    )
    if hides:
        return f"At least {blocks[0].lower()}{blocks[1:]} {HIDES}"
    warnings = f" {warns} warning{'s wait' if warns > 1 else ' waits'} for an answer." if warns else ""
    return blocks + warnings


def cited(text: str, library: Library) -> list[Source]:
    """Return the sources that the text cites, in order of first citation."""
    keys = dict.fromkeys(citation.key for citation in find_citations(text))
    return [library.shared.sources[key] for key in keys if key in library.shared.sources]


def states_in_words(opened: Opened, article: Article | None, library: Library) -> list[str]:
    """Return the state of the article for readers, as a draft, and in review."""
    newest, signed = opened.newest, valid_signature(article) if article else None
    saved = f"{'changed outside the editor' if newest.by == ON_DISK else f'saved by {newest.by}'}, {dated(newest.at)}"
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
    live = library.articles.get(opened.slug)
    if live is None or live.visible(opened.now):
        return "On the site"
    clock = library.shared.clinic
    begins = clock.moment(live.publish_from) if live.publish_from else None
    if begins and begins > opened.now:
        return f"Goes on the site on {dated(begins)}"
    return "Off the site: its time has ended"


def field_errors(form: Editor) -> list[FormError]:
    """Return the errors of the form's own validation."""
    return [FormError(anchor(name), str(message), name) for name, errors in form.errors.items() for message in errors]


def refusal_errors(opened: Opened, shown: ShownText, refusal: Exception) -> list[FormError]:
    """Return what stopped a step, and add these errors to the form's fields."""
    found = _blocks(opened, shown, refusal)
    _add_to_fields(shown.form, found)
    return [_form_error(group) for group in grouped(found)] or [FormError(BUTTONS, str(refusal))]


def _blocks(opened: Opened, shown: ShownText, refusal: Exception) -> list[EditorFinding]:
    if isinstance(refusal, NotReady):
        return [finding for finding in check(opened, shown).found if finding.level == BLOCK]
    if isinstance(refusal, ContentError):
        return [problem_finding(refusal.problem, shown.text, shown.form)]
    return []


def _form_error(group: list[EditorFinding]) -> FormError:
    """Return findings as an error. A line inside a text has no anchor, so the error links to the finding instead."""
    finding = group[0]
    message = f"{finding.where}: {finding.sentence} {finding.mend}".rstrip()
    if len(group) > 1:
        message = LEFT.format(count=len(group), places=", ".join(other.where for other in group))
    href = f"#finding-{finding.number}" if finding.line and finding.number else finding.href
    return FormError(href, message, finding.field, finding.line)


def _add_to_fields(form: Editor, found: Iterable[EditorFinding]) -> None:
    for finding in found:
        if finding.field and not finding.line:
            form.add_error(finding.field, f"{finding.sentence} {finding.mend}".rstrip())
    in_text = next((finding.field for finding in found if finding.line), "")
    if in_text:
        form.add_error(in_text, IN_TEXT)
