"""The form for a new source. It writes references.yaml, of which staff need no syntax."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from articles.editing.pages.base import address, go_to, show, user_name, whole_number
from articles.editing.revisions import store
from articles.editing.shared_files.source_form import FILE, SourceForm
from articles.library import get_library
from articles.models import Revision
from clinic_site.content.files import ContentError

TITLE = "New source"
WHY = "New source: {key}"
SAVED = "The source is on the list. Cite it in a text as [@{key}]."
MEANWHILE = "{by} saved the list of sources meanwhile: look whether yours is on it, then save again"
IN_FILE = "Line {line} of the list of sources: {message} Mend that first."


def new_source_view(request: HttpRequest) -> HttpResponse:
    """Show the form. A save adds the source to the end of the list, or shows the error."""
    newest = store.newest(FILE)
    if newest is None or newest.removed:
        raise Http404
    if request.method != "POST":
        return _page(request, SourceForm(get_library().shared.sources), newest.number)
    form, base = SourceForm(get_library().shared.sources, request.POST), whole_number(request.POST.get("base"))
    return _save(request, form, newest, base) if form.is_valid() else _page(request, form, base)


def _save(request: HttpRequest, form: SourceForm, newest: Revision, base: int) -> HttpResponse:
    key = form.cleaned_data["key"]
    try:
        text = form.with_entry(newest.text)
        store.save_live(store.Edit(FILE, text, user_name(request), base, WHY.format(key=key)), timezone.now())
    except store.Stale as stale:
        return _page(request, form, stale.newest.number, MEANWHILE.format(by=stale.newest.who))
    except store.CannotWrite as error:
        return _page(request, form, base, str(error))
    except ContentError as error:
        problem = error.problem
        return _page(request, form, base, IN_FILE.format(line=problem.line, message=problem.message))
    messages.success(request, SAVED.format(key=key))
    return go_to("new_source")


def _page(request: HttpRequest, form: SourceForm, base: int, error: str = "") -> HttpResponse:
    context = {"form": form, "base": base, "error": error, "list_address": address("file", FILE)}
    return show(request, "shared_files/new_source.html", TITLE, **context)
