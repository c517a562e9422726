"""The editor: form, text, preview, problems. A save that fails shows the typed text again."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from articles.article_page import article_context
from articles.content.documents import Article
from articles.editing.drafts.draft_check import check_draft
from articles.editing.drafts.new_article import skeleton
from articles.editing.editor import publish
from articles.editing.editor.context import (
    Opened,
    ShownText,
    check,
    checked_context,
    field_errors,
    page_context,
    refusal_errors,
)
from articles.editing.editor.forms import ANSWER, ArticleForm, FileForm, opening_form
from articles.editing.editor.publish import NotReady, Saved
from articles.editing.pages.base import (
    View,
    address,
    go_to,
    path_of,
    show,
    user_name,
    whole_number,
)
from articles.editing.revisions import store
from articles.editing.revisions.disk import PathRefusedError
from articles.editing.revisions.store import CannotWrite, Edit, Stale
from articles.library import get_library
from articles.models import Revision
from clinic_site.clinic_yaml import get_clinic
from clinic_site.content.files import ContentError
from clinic_site.dates import dated
from clinic_site.forms import FormError
from clinic_site.http.responses import see_other

PUBLISHED = "Published. Readers see it within two seconds."
SCHEDULED = "Published. From {} it is on the site."
ENDED = "Published, but its time on the site has ended. Change “On the site until” to show it again."
DRAFT = "The draft is saved. Readers cannot open it."
DRAFT_BESIDE = "The draft is kept. Readers see the page as it was, until you publish."
BROKEN = "The draft is kept. It cannot become a page yet: mend what is listed, then save again."
DRAFT_UNPUBLISHED = "The draft is kept. Readers cannot open it."
FORBIDDEN = 403


def _save_beside(edit: Edit, now: dt.datetime) -> Saved:
    """Save the text as a draft beside the file."""
    return Saved(store.save_draft_beside(edit, now), check_draft(edit.path, edit.text, get_clinic().today(now)))


STEPS: Mapping[str, Callable[..., Saved]] = {
    "draft": publish.save_draft,
    "publish": publish.publish,
    "keep": _save_beside,
}


def edit_view(request: HttpRequest, slug: str) -> HttpResponse:
    opened = _open(slug)
    if request.method == "POST":
        return _handle_post(request, opened)
    if opened.newest.removed:
        return go_to("history", slug)
    newest = opened.newest
    form = opening_form(newest.text, get_library().shared, as_file="file" in request.GET)
    return _page(request, opened, ShownText(form, newest.number, newest.text))


def check_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Return the rendered page and the findings of the rules as JSON. Save nothing."""
    opened = _open(slug)
    if request.method != "POST":
        return go_to("edit", slug)
    shown = _posted_form(opened, request.POST)
    checked = check(opened, shown)
    context = checked_context(shown, checked)
    answer = {
        "page": _reader_page(request, opened, checked.article) if checked.article else "",
        "findings_html": render_to_string("admin/articles/editor/_findings.html", context),
        "cited_html": render_to_string("admin/articles/editor/_cited.html", context),
        "counted": context["counted"],
        "answers_html": render_to_string("admin/articles/editor/_answers.html", context),
    }
    return JsonResponse(answer)


def preview_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the posted text as readers would see the page. Save nothing."""
    opened = _open(slug)
    if request.method != "POST":
        return go_to("edit", slug)
    checked = check(opened, _posted_form(opened, request.POST))
    if checked.article:
        return HttpResponse(_reader_page(request, opened, checked.article))
    return show(request, "editor/unreadable.html", "The text cannot be shown yet", found=checked.found)


def _handle_post(request: HttpRequest, opened: Opened) -> HttpResponse:
    shown, step = _posted_form(opened, request.POST), request.POST.get("do", "")
    if not shown.form.is_valid():
        return _page(request, opened, shown, field_errors(shown.form))
    if step not in STEPS:
        return _page(request, opened, shown)
    note = shown.form.cleaned_data
    if step == "publish":
        text = publish.with_change(opened.path, shown.text, note["why"], note["tell"], opened.today)
        shown = replace(shown, text=text)
    edit = Edit(opened.path, shown.text, user_name(request), shown.base, note["why"])
    try:
        saved = STEPS[step](edit, opened.now)
    except Stale as stale:
        theirs = stale.newest
        return _page(request, opened, replace(shown, base=theirs.number, theirs=theirs, step=step))
    except (NotReady, ContentError, CannotWrite) as refusal:
        not_ready = isinstance(refusal, NotReady)
        return _page(request, opened, shown, refusal_errors(opened, shown, refusal), not_ready)
    messages.success(request, _message(opened, step, saved))
    return see_other(f"{address('edit', opened.slug)}?saved={shown.base}")


def _page(
    request: HttpRequest,
    opened: Opened,
    shown: ShownText,
    errors: Sequence[FormError] = (),
    not_ready: bool = False,
) -> HttpResponse:
    context = page_context(opened, shown, check(opened, shown))
    return show(request, "editor/edit.html", context["name"], errors=errors, not_ready=not_ready, **context)


def return_posted_text(view: View) -> View:
    """Show users who were signed out, or signed in again, since they opened the page the text they posted."""

    @csrf_exempt
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if _is_from_elsewhere(request):
            return csrf_protect(view)(request, *args, **kwargs)
        if request.method == "POST" and not admin.site.has_permission(request):
            return _posted_text_page(request, signed_in=False)
        response = view(request, *args, **kwargs)
        # The view itself refuses by raising: a response with this status comes from the CSRF check.
        return _posted_text_page(request, signed_in=True) if response.status_code == FORBIDDEN else response

    return guarded


def _is_from_elsewhere(request: HttpRequest) -> bool:
    """Return True if the browser says that no page of this site sent this: another site's text is shown to nobody."""
    return request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"


def _posted_text_page(request: HttpRequest, signed_in: bool) -> HttpResponse:
    typed = list(_posted_fields(request.POST))
    response = show(request, "editor/typed.html", "Your text is not saved", typed=typed, signed_in=signed_in)
    response.status_code = FORBIDDEN
    return response


def _open(slug: str) -> Opened:
    """Return the article. Raises Http404 if no article ever had that slug."""
    now = timezone.now()
    path = path_of(slug, get_library())
    try:
        newest = store.newest(path)
    except PathRefusedError as error:
        raise Http404 from error
    if newest is None:
        raise Http404
    return Opened(slug, path, newest, now, get_clinic().today(now))


def _posted_form(opened: Opened, data: QueryDict) -> ShownText:
    """Return the posted form, based on the revision that it was opened on."""
    base = whole_number(data.get("base"))
    form = FileForm(opened.newest.text, data) if "whole" in data else _article_form(opened, data, base)
    return ShownText(form, base, form.text() if form.is_valid() else opened.newest.text)


def _article_form(opened: Opened, data: QueryDict, base: int) -> ArticleForm:
    """Return the form based on revision `base`, or on the newest revision with readable front matter."""
    shared = get_library().shared
    for text in _texts(opened.path, base):
        with suppress(ContentError):
            return ArticleForm(shared, text, data)
    return ArticleForm(shared, skeleton("", opened.today), data)


def _texts(path: str, base: int) -> Iterator[str]:
    revisions = Revision.objects.of(path)
    yield from (revision.text for revision in revisions.numbered([base]))
    yield from (revision.text for revision in revisions.iterator())


def _message(opened: Opened, step: str, saved: Saved) -> str:
    """Return the success message for a step."""
    article = saved.draft_check.article
    if step == "publish" and article:
        begins = article.publish_from and get_library().shared.clinic.moment(article.publish_from)
        later = SCHEDULED.format(dated(begins)) if begins and begins > opened.now else ENDED
        return PUBLISHED if article.visible(opened.now) else later
    if saved.draft_check.problems:
        return BROKEN
    if saved.revision.live:
        return DRAFT
    return DRAFT_BESIDE if publish.status_of(opened.path) == "published" else DRAFT_UNPUBLISHED


def _reader_page(request: HttpRequest, opened: Opened, article: Article) -> str:
    context = article_context(article, get_library(), opened.now)
    return render_to_string(
        "admin/articles/editor/preview.html", {**context, "canonical": f"{settings.SITE_URL}{article.url}"}, request
    )


def _posted_fields(data: QueryDict) -> Iterator[tuple[str, str]]:
    """Yield (label, typed text) for each field that was filled in."""
    fields = {**ArticleForm.base_fields, **FileForm.base_fields}
    for name in data:
        typed = ", ".join(str(value) for value in data.getlist(name))
        label = fields[name].label if name in fields else f"Answer to {name.removeprefix(ANSWER)}"
        if typed.strip() and (name in fields or name.startswith(ANSWER)):
            yield str(label), typed
