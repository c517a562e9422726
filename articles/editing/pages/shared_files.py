"""Views of the content files other than articles, as plain text."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from articles.content.source_events import FILE as WATCH_FILE
from articles.editing.pages.base import address, go_to, report, show, user_name, whole_number
from articles.editing.pages.history import show_history
from articles.editing.revisions import disk, store
from articles.editing.revisions.diff import side_by_side
from articles.editing.revisions.paths import ARTICLES
from articles.editing.shared_files import second_person
from articles.editing.shared_files.clinic_checks import check_owner_fields, stranded_message, unseen_stranded
from articles.editing.shared_files.kinds import UNSIGNING, carriers, kind_of, shared_files
from articles.editing.shared_files.source_events import check_signatures, open_events, with_cleared
from articles.library import Library, get_library
from articles.models import Revision
from articles.rendering.signed_text import valid_signature
from articles.rules.results import rule_results
from clinic_site.clinic_yaml import FILE as CLINIC_FILE
from clinic_site.clinic_yaml import get_clinic
from clinic_site.content.files import ContentError, Problem
from clinic_site.forms import LineField
from clinic_site.hooks import StrandedVisit

WaitingStep = Callable[[str, str, int, dt.datetime], Revision]
WHY_LENGTH = 200
TICK = "Tick the box to say that you mean it: the passage changes on every page that carries it."
AROUND = 2  # lines shown above and below a problem
SAVED = "{path} was saved. The site shows it within two seconds."
WAITS = "The change waits until a second person confirms it on this page. Until then the site has {path} as it was."
MEANWHILE = "{by} saved this file meanwhile. Both texts are below"
CONFIRMED = "{path} was confirmed. The site shows it within two seconds."
DROPPED = "The change was dropped. The site has {path} as it was."
CLEARED = "The entry is cleared: pages that cite its sources are no longer held back by it."
SAME = "Nothing was changed: the text is the same."
WAITING_STEPS: dict[str | None, tuple[WaitingStep, str]] = {
    "confirm": (second_person.confirm, CONFIRMED),
    "drop": (second_person.drop, DROPPED),
}


class SharedFileForm(forms.Form):
    """The text of the file, and a checkbox if other pages include it."""

    use_required_attribute = False
    unmarked = ("text",)  # not marked as optional

    text = forms.CharField(
        label="Text",
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 24, "spellcheck": "true", "class": "desk-source"}),
    )
    why = LineField(label="Why", short="“Why”", max_length=WHY_LENGTH, help_text="A few words for the history.")
    meant = forms.BooleanField(error_messages={"required": TICK})

    def __init__(self, pages: int, data: Any = None, **kwargs: Any) -> None:
        """Build the form for a text that `pages` pages include."""
        super().__init__(data, **kwargs)
        if pages:
            where = "this page" if pages == 1 else f"all {pages} pages"
            self.fields["meant"].label = f"Change the passage on {where}"
        else:
            del self.fields["meant"]

    def clean_text(self) -> str:
        """Return the text with line breaks of one kind: browsers send two characters for each."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")


@dataclass(frozen=True)
class ShownFile:
    """The form that the page shows, and the result of the last step."""

    form: SharedFileForm
    base: int  # the number of the revision that the text is based on
    text: str  # of the form
    problem: Problem | None = None  # why the file would not load, with its line
    theirs: Revision | None = None  # saved by another user meanwhile
    earlier: int = 0  # the revision that the text was taken from
    stranded: Sequence[StrandedVisit] = ()  # by the text, which is not saved yet


def files_view(request: HttpRequest) -> HttpResponse:
    library = get_library()
    newest = Revision.objects.newest_of_each()
    files = shared_files(library, newest, rule_results(library, get_clinic().today(timezone.now())))
    return show(request, "shared_files/files.html", "Other files", files=files)


def file_history_view(request: HttpRequest, path: str) -> HttpResponse:
    _newest(path)
    here = address("file", path)
    links = {"name": path, "here": address("file_history", path), "up": here, "reopen": here}
    return show_history(request, path, links)


def file_view(request: HttpRequest, path: str) -> HttpResponse:
    """Show the text in a box. A save goes live at once, unless a second person must confirm the change."""
    newest, library = _newest(path), get_library()
    pages = carriers(path, library)
    if request.method != "POST":
        return _page(request, newest, library, _opened(request, newest, len(pages)))
    step = request.POST.get("step")
    if step == "clear":
        return _clear(request, newest)
    if step in WAITING_STEPS:
        return _second_person(request, path, *WAITING_STEPS[step])
    form = SharedFileForm(len(pages), request.POST)
    valid, text = form.is_valid(), form.cleaned_data.get("text", "")
    if text == newest.text:
        messages.info(request, SAME)
        return go_to("file", path)
    shown = ShownFile(form, whole_number(request.POST.get("base")), text)
    return _save(request, newest, library, shown) if valid else _page(request, newest, library, shown)


def _save(request: HttpRequest, newest: Revision, library: Library, shown: ShownFile) -> HttpResponse:
    """Save the text, or show the error."""
    path, now = newest.path, timezone.now()
    edit = store.Edit(path, shown.text, user_name(request), shown.base, shown.form.cleaned_data["why"])
    try:
        if not request.user.is_superuser:
            check_owner_fields(path, shown.text)
        if stranded := unseen_stranded(request, path, shown.text, get_clinic(), now):
            shown.form.add_error("text", stranded_message(stranded))
            return _page(request, newest, library, replace(shown, stranded=stranded))
        saved = second_person.save(edit, now)
    except store.Stale as stale:
        shown = replace(shown, theirs=stale.newest, base=stale.newest.number)
        shown.form["text"].label = "Your text"
        shown.form.add_error("text", MEANWHILE.format(by=stale.newest.who))
    except store.CannotWrite as error:
        shown.form.add_error("text", str(error))
    except ContentError as error:
        shown = replace(shown, problem=error.problem)
        shown.form.add_error("text", f"Line {error.problem.line}: {error.problem.message}")
    else:
        messages.success(request, (SAVED if saved.live else WAITS).format(path=path))
        return go_to("file", path)
    return _page(request, newest, library, shown)


def _second_person(request: HttpRequest, path: str, take: WaitingStep, done: str) -> HttpResponse:
    """Confirm or drop the waiting change."""
    base = whole_number(request.POST.get("base"))
    error = store.error_message(lambda: take(path, user_name(request), base, timezone.now()))
    report(request, error, done.format(path=path))
    return go_to("file", path)


def _clear(request: HttpRequest, newest: Revision) -> HttpResponse:
    """Clear an event of watch.yaml once every page was checked against it. Raises Http404 for other files."""
    if newest.path != WATCH_FILE:
        raise Http404
    base, place = whole_number(request.POST.get("base")), whole_number(request.POST.get("event"))

    def clear() -> None:
        check_signatures(newest.text, place, get_library())
        text = with_cleared(newest.text, place)
        edit = store.Edit(newest.path, text, user_name(request), base, "Cleared: every page was looked at")
        second_person.save(edit, timezone.now())

    report(request, store.error_message(clear), CLEARED)
    return go_to("file", newest.path)


def _page(request: HttpRequest, newest: Revision, library: Library, shown: ShownFile) -> HttpResponse:
    path, on_site = newest.path, store.live_revision(newest.path)
    before = on_site.text if on_site else ""
    context: dict[str, Any] = {
        "path": path,
        "newest": newest,
        "shown": shown,
        "form": shown.form,
        "excerpt": _excerpt(shown),
        "kind": kind_of(path),
        "carriers": [(page, valid_signature(page) is not None) for page in carriers(path, library)],
        "unsigning": path in UNSIGNING,
        "events": open_events(newest.text, library) if path == WATCH_FILE else [],
        "waits": not newest.live,
        "own": newest.by == user_name(request),
        "change": [] if newest.live else side_by_side(before, newest.text),
        "guarded": second_person.needs_second_person(path, before, ""),
        "problems": [problem for problem in library.problems if problem.path == path],
        "has_form": path == CLINIC_FILE,
        "rows": side_by_side(shown.theirs.text, shown.text) if shown.theirs else [],
    }
    return show(request, "shared_files/file.html", path, **context)


def _newest(path: str) -> Revision:
    """Return the file's newest revision.

    Raises Http404 if there is no such file, and for articles, which have their own editor.
    """
    if not disk.is_content(path) or path.startswith(ARTICLES):
        raise Http404
    newest = store.newest(path)
    if newest is None or newest.removed:
        raise Http404
    return newest


def _opened(request: HttpRequest, newest: Revision, pages: int) -> ShownFile:
    """Return the current text, or the text of the revision that the query string names."""
    number = whole_number(request.GET.get("revision"))
    earlier = Revision.objects.of(newest.path).numbered([number]).first() if number else None
    if earlier is None or earlier.removed:
        return ShownFile(SharedFileForm(pages, initial={"text": newest.text}), newest.number, newest.text)
    initial = {"text": earlier.text, "why": f"Restored from revision {number}"}
    return ShownFile(SharedFileForm(pages, initial=initial), newest.number, earlier.text, earlier=number)


def _excerpt(shown: ShownFile) -> list[tuple[int, str]]:
    """Return the lines around the problem, with their numbers."""
    if shown.problem is None:
        return []
    first = max(0, shown.problem.line - 1 - AROUND)
    lines = shown.text.split("\n")[first : shown.problem.line + AROUND]
    return list(enumerate(lines, first + 1))
