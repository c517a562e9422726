"""Forms for hours, closed days, calendars and kinds of visit. They write clinic.yaml, of which staff need no syntax."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from articles.editing.pages.base import go_to, show, user_name, whole_number
from articles.editing.revisions import store
from articles.editing.shared_files.clinic_checks import check_owner_fields, stranded_message, unseen_stranded
from articles.editing.shared_files.clinic_forms import (
    AnyForm,
    CalendarForm,
    Changes,
    ClosuresForm,
    FactsForm,
    HoursForm,
    VisitKindForm,
    with_changes,
)
from articles.editing.shared_files.yaml_edits import has_value
from articles.models import Revision
from clinic_site.clinic import Clinic, Office
from clinic_site.clinic_yaml import FILE, read_clinic
from clinic_site.content.files import ContentError, as_content_error
from clinic_site.hooks import StrandedVisit

TITLE = "Hours and visits"
SAVED = "{what}: {done}. The site shows it within two seconds."
SAME = "Nothing was changed: the values are the same."
MEANWHILE = "{by} saved the clinic’s facts meanwhile: compare your values with the history, then save again"
UNREADABLE = "The file has a mistake in line {line}: mend that first."
NEW = "new"  # instead of the slug of a calendar or a kind of visit


@dataclass(frozen=True)
class _Facts:
    """The newest text of the file, and what it says."""

    newest: Revision
    clinic: Clinic

    def office(self, slug: str) -> Office:
        office = self.clinic.office(slug)
        if office is None:
            raise Http404
        return office


MakeForm = Callable[[_Facts, QueryDict | None], AnyForm]


def facts_view(request: HttpRequest) -> HttpResponse:
    """Show what can be changed, with a link to the form of each part."""
    try:
        facts = _facts()
    except ContentError as error:
        return _unreadable(request, error)
    return show(request, "clinic_facts/facts.html", TITLE, clinic=facts.clinic, path=FILE, newest=facts.newest)


def hours_view(request: HttpRequest, office: str) -> HttpResponse:
    return _edit(request, lambda facts, data: HoursForm(facts.office(office), data))


def closures_view(request: HttpRequest, office: str) -> HttpResponse:
    return _edit(request, lambda facts, data: ClosuresForm(facts.office(office), data))


def calendar_view(request: HttpRequest, office: str, calendar: str) -> HttpResponse:
    def make(facts: _Facts, data: QueryDict | None) -> AnyForm:
        found = facts.office(office).calendar(calendar)
        if found is None and calendar != NEW:
            raise Http404
        own_hours = has_value(facts.newest.text, ("offices", office, "calendars", calendar, "hours"))
        return CalendarForm(facts.clinic, facts.office(office), found, own_hours, data)

    return _edit(request, make)


def kind_view(request: HttpRequest, kind: str) -> HttpResponse:
    def make(facts: _Facts, data: QueryDict | None) -> AnyForm:
        found = facts.clinic.visit_kind(kind)
        if found is None and kind != NEW:
            raise Http404
        return VisitKindForm(facts.clinic, found, data)

    return _edit(request, make)


def _edit(request: HttpRequest, make: MakeForm) -> HttpResponse:
    """Show the form. A save changes its values in the file, or shows the error."""
    try:
        facts = _facts()
    except ContentError as error:
        return _unreadable(request, error)
    if request.method != "POST":
        return _page(request, make(facts, None), facts.newest.number)
    if _removes(request):
        return _remove(request, facts, make(facts, None))
    form = make(facts, request.POST)
    if not form.is_valid():
        return _page(request, form, whole_number(request.POST.get("base")))
    return _save(request, facts, form, form.changes())


def _remove(request: HttpRequest, facts: _Facts, form: FactsForm) -> HttpResponse:
    """Remove the whole part, unless another part needs it."""
    try:
        changes = form.removal()
    except ValidationError as error:
        return _page(request, form, facts.newest.number, " ".join(error.messages))
    return _save(request, facts, form, changes)


def _save(request: HttpRequest, facts: _Facts, form: FactsForm, changes: Changes) -> HttpResponse:
    text, now = with_changes(facts.newest.text, changes), timezone.now()
    if text == facts.newest.text:
        messages.info(request, SAME)
        return go_to("facts")
    base = whole_number(request.POST.get("base"))
    edit = store.Edit(FILE, text, user_name(request), base, form.why)
    try:
        if not request.user.is_superuser:
            check_owner_fields(FILE, text)
        if stranded := unseen_stranded(request, FILE, text, facts.clinic, now):
            return _page(request, form, base, stranded_message(stranded), stranded)
        store.save_live(edit, now)
    except store.Stale as stale:
        return _page(request, form, stale.newest.number, MEANWHILE.format(by=stale.newest.who))
    except store.CannotWrite as error:
        return _page(request, form, base, str(error))
    except ContentError as error:
        return _page(request, form, base, f"Line {error.problem.line} of the file: {error.problem.message}")
    done = "removed" if _removes(request) else "saved"
    messages.success(request, SAVED.format(what=form.title, done=done))
    return go_to("facts")


def _page(
    request: HttpRequest, form: FactsForm, base: int, error: str = "", stranded: Sequence[StrandedVisit] = ()
) -> HttpResponse:
    context = {"form": form, "base": base, "error": error, "stranded": stranded, "removes": _removes(request)}
    return show(request, "clinic_facts/form.html", form.title, **context)


def _removes(request: HttpRequest) -> bool:
    return request.POST.get("step") == "remove"


def _facts() -> _Facts:
    """Return the newest text of the file, and what it says. Raises ContentError if it has a mistake."""
    newest = store.newest(FILE)
    if newest is None or newest.removed:
        raise Http404
    with as_content_error(FILE):
        return _Facts(newest, read_clinic(newest.text))


def _unreadable(request: HttpRequest, error: ContentError) -> HttpResponse:
    messages.warning(request, UNREADABLE.format(line=error.problem.line))
    return go_to("file", FILE)
