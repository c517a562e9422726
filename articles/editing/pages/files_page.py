"""The content files that are no articles, as plain text."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone

from articles.editing import disk, second_person, store
from articles.editing.addresses import ARTICLES
from articles.editing.attempts import attempt
from articles.editing.differences import side_by_side
from articles.editing.forms import WHY_LENGTH
from articles.editing.judgments import assess
from articles.editing.owners_facts import check_owners_facts
from articles.editing.pages.base import StaffPages
from articles.editing.pages.history_page import show_history
from articles.editing.pages.steps import address, go_to, today_at, user_name, whole_number
from articles.editing.shared_texts import UNSIGNING, carriers, kind_of, shared_files, signed
from articles.editing.watching import check_signatures, open_events, with_cleared
from articles.library import Library, get_library
from articles.models import Revision
from articles.rules.watch import FILE as WATCH_FILE
from clinic_site.content_files import ContentError, Problem

WaitingStep = Callable[[str, str, int, dt.datetime], Revision]
AROUND = 2  # lines shown above and below one that is wrong
TICK = "Tick the box to say that you mean it: the passage changes on every page that carries it."
SAVED = "{path} was saved. The site shows it within two seconds."
WAITS = "The change waits until a second person confirms it on this page. Until then the site has {path} as it was."
CONFIRMED = "{path} was confirmed. The site shows it within two seconds."
DROPPED = "The change was dropped. The site has {path} as it was."
CLEARED = "The entry is cleared: pages that cite its sources are no longer held back by it."
SAME = "Nothing was changed: the text is the same."
WAITING_STEPS: dict[str | None, tuple[WaitingStep, str]] = {
    "confirm": (second_person.confirm, CONFIRMED),
    "drop": (second_person.drop, DROPPED),
}


@dataclass
class Typed:
    """What somebody typed, and what is wrong with it."""

    text: str
    base: int
    why: str = ""
    errors: list[tuple[str, str]] = field(default_factory=list)  # id of the field, sentence
    problem: Problem | None = None  # why the file would not load, with its line
    theirs: Revision | None = None  # what somebody else saved meanwhile
    earlier: int = 0  # the revision that the text was taken from
    meant: bool = False  # the box is ticked that asks once more


class FilesPage(StaffPages):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.route("files/", self.files_view, "files"),
            self.route("files/<path:path>/history/", self.file_history_view, "file_history"),
            self.route("files/<path:path>", self.file_view, "file"),
            *super().get_urls(),
        ]

    def files_view(self, request: HttpRequest) -> HttpResponse:
        library = get_library()
        newest = Revision.objects.newest_of_each()
        files = shared_files(library, newest, assess(library, today_at(timezone.now())))
        return self.show(request, "files.html", "Other files", files=files)

    def file_history_view(self, request: HttpRequest, path: str) -> HttpResponse:
        _newest(path)
        here = address("file", path)
        links = {"name": path, "here": address("file_history", path), "up": here, "reopen": here}
        return show_history(self, request, path, links)

    def file_view(self, request: HttpRequest, path: str) -> HttpResponse:
        """The text in a box; saving it puts it on the site at once."""
        newest, library = _newest(path), get_library()
        if request.method != "POST":
            return self._shown(request, newest, library, _opened(request, newest))
        step = request.POST.get("step")
        if step == "clear":
            return self._cleared(request, newest)
        if step in WAITING_STEPS:
            return self._second_person(request, path, *WAITING_STEPS[step])
        typed = _typed(request)
        if typed.text == newest.text:
            messages.info(request, SAME)
            return go_to("file", path)
        if carriers(path, library) and not typed.meant:
            typed.errors.append(("id_meant", TICK))
        saved = None if typed.errors else self._saved(request, path, typed)
        if saved is None:
            return self._shown(request, newest, library, typed)
        messages.success(request, (SAVED if saved.live else WAITS).format(path=path))
        return go_to("file", path)

    def _saved(self, request: HttpRequest, path: str, typed: Typed) -> Revision | None:
        """Save the text. Return None if that was refused; `typed` then says why."""
        try:
            if not request.user.is_superuser:
                check_owners_facts(path, typed.text)
            edit = store.Edit(path, typed.text, user_name(request), typed.base, typed.why)
            return second_person.save(edit, timezone.now())
        except store.Stale as stale:
            typed.theirs, typed.base = stale.newest, stale.newest.number
            typed.errors.append(("theirs", f"{stale.newest.by} saved this file meanwhile. Both texts are below"))
        except store.CannotWrite as error:
            typed.errors.append(("id_text", str(error)))
        except ContentError as error:
            typed.problem = error.problem
            typed.errors.append(("id_text", f"Line {error.problem.line}: {error.problem.message}"))
        return None

    def _second_person(self, request: HttpRequest, path: str, take: WaitingStep, told: str) -> HttpResponse:
        """Confirm or drop the change that waits."""
        base = whole_number(request.POST.get("base"))
        refused = attempt(lambda: take(path, user_name(request), base, timezone.now()))
        if refused:
            messages.warning(request, refused)
        else:
            messages.success(request, told.format(path=path))
        return go_to("file", path)

    def _cleared(self, request: HttpRequest, newest: Revision) -> HttpResponse:
        """One event of watch.yaml: somebody held every page against it. Raises Http404 for another file."""
        if newest.path != WATCH_FILE:
            raise Http404
        base, place = whole_number(request.POST.get("base")), whole_number(request.POST.get("event"))

        def clear() -> None:
            check_signatures(newest.text, place, get_library())
            text = with_cleared(newest.text, place)
            edit = store.Edit(newest.path, text, user_name(request), base, "Cleared: every page was looked at")
            second_person.save(edit, timezone.now())

        refused = attempt(clear)
        if refused:
            messages.warning(request, refused)
        else:
            messages.success(request, CLEARED)
        return go_to("file", newest.path)

    def _shown(self, request: HttpRequest, newest: Revision, library: Library, typed: Typed) -> HttpResponse:
        path, on_site = newest.path, store.on_site(newest.path)
        before = on_site.text if on_site else ""
        context: dict[str, Any] = {
            "path": path,
            "newest": newest,
            "typed": typed,
            "errors": typed.errors,
            "excerpt": _excerpt(typed),
            "kind": kind_of(path),
            "carriers": [(each, signed(each)) for each in carriers(path, library)],
            "unsigning": path in UNSIGNING,
            "events": open_events(newest.text, library) if path == WATCH_FILE else [],
            "waits": not newest.live,
            "own": newest.by == user_name(request),
            "change": [] if newest.live else side_by_side(before, newest.text),
            "guarded": second_person.needs_second_person(path, before, ""),
            "problems": [problem for problem in library.problems if problem.path == path],
            "rows": side_by_side(typed.theirs.text, typed.text) if typed.theirs else [],
        }
        return self.show(request, "file.html", path, **context)


def _newest(path: str) -> Revision:
    """Raises Http404 where there is no such file, and for an article, which has an editor of its own."""
    if not disk.is_content(path) or path.startswith(ARTICLES):
        raise Http404
    newest = store.newest(path)
    if newest is None or newest.removed:
        raise Http404
    return newest


def _opened(request: HttpRequest, newest: Revision) -> Typed:
    """The file as it is, or the text of an earlier revision, to be looked at and saved."""
    number = whole_number(request.GET.get("revision"))
    earlier = Revision.objects.of(newest.path).numbered([number]).first() if number else None
    if earlier is None or earlier.removed:
        return Typed(newest.text, newest.number)
    return Typed(earlier.text, newest.number, f"Restored from revision {number}", earlier=number)


def _typed(request: HttpRequest) -> Typed:
    text = request.POST.get("text", "").replace("\r\n", "\n")
    why = " ".join(request.POST.get("why", "").split())[:WHY_LENGTH]
    return Typed(text, whole_number(request.POST.get("base")), why, meant="meant" in request.POST)


def _excerpt(typed: Typed) -> list[tuple[int, str]]:
    """The lines around the one that is wrong, with their numbers."""
    if typed.problem is None:
        return []
    first = max(0, typed.problem.line - 1 - AROUND)
    lines = typed.text.split("\n")[first : typed.problem.line + AROUND]
    return list(enumerate(lines, first + 1))
