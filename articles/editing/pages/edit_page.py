"""The editor: form, text, preview, problems. Whatever stops a save, the page that comes back holds what was typed."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from articles.article_page import article_context
from articles.documents import Article
from articles.editing import publishing, store
from articles.editing.disk import PathRefusedError
from articles.editing.editor_context import Opened, Shown, check, checked_context, page_context
from articles.editing.examination import examine
from articles.editing.faults import Fault, of_fields, of_refusal
from articles.editing.forms import ANSWER, ArticleForm, FileForm, opening_form
from articles.editing.front import skeleton
from articles.editing.pages.base import StaffPages
from articles.editing.pages.steps import SEE_OTHER, address, go_to, path_of, today_at, user_name, whole_number
from articles.editing.publishing import NotReady, Saved
from articles.editing.store import CannotWrite, Edit, Stale
from articles.library import get_library
from articles.models import Revision
from clinic_site.content_files import ContentError
from clinic_site.wording import dated

PUBLISHED = "Published. Readers see it within two seconds."
SCHEDULED = "Published. From {} it is on the site."
ENDED = "Published, but its time on the site has ended. Change “On the site until” to show it again."
DRAFT = "The draft is saved. Readers cannot open it."
BESIDE = "The draft is kept. Readers see the page as it was, until you publish."
BROKEN = "The draft is kept. It cannot become a page yet: mend what is listed, then save again."
KEPT = "The draft is kept. Readers cannot open it."
FORBIDDEN = 403


def _kept_beside(edit: Edit, now: dt.datetime) -> Saved:
    """As a draft, whatever is on the site."""
    return Saved(store.keep(edit, now), examine(edit.path, edit.text, today_at(now)))


STEPS: Mapping[str, Callable[..., Saved]] = {
    "draft": publishing.save_draft,
    "publish": publishing.publish,
    "keep": _kept_beside,
}


class EditPage(StaffPages):
    def get_urls(self) -> list[URLPattern]:
        edit = self.route("edit/<slug:slug>/", self.edit_view, "edit")
        return [
            path("edit/<slug:slug>/", self._nothing_lost(edit.callback), name=edit.name),
            self.route("edit/<slug:slug>/check/", self.check_view, "check"),
            self.route("edit/<slug:slug>/preview/", self.preview_view, "preview"),
            *super().get_urls(),
        ]

    def edit_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        opened = _open(slug)
        if request.method == "POST":
            return self._posted(request, opened)
        if opened.newest.removed:
            return go_to("history", slug)
        newest = opened.newest
        form = opening_form(newest.text, get_library().shared, as_file="file" in request.GET)
        return self._page(request, opened, Shown(form, newest.number, newest.text))

    def check_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """For the script: the page as it would be, and what the rules say of it. Nothing is saved."""
        opened = _open(slug)
        if request.method != "POST":
            return go_to("edit", slug)
        shown = _shown(opened, request.POST)
        checked = check(opened, shown)
        context = checked_context(shown, checked)
        answer = {
            "page": _true_page(request, opened, checked.article) if checked.article else "",
            "findings_html": render_to_string("admin/articles/_findings.html", context),
            "cited_html": render_to_string("admin/articles/_cited.html", context),
            "counted": context["counted"],
            "to_answer": context["to_answer"],
        }
        return JsonResponse(answer)

    def preview_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The true page of the text as it was sent, in a window of its own. Nothing is saved."""
        opened = _open(slug)
        if request.method != "POST":
            return go_to("edit", slug)
        checked = check(opened, _shown(opened, request.POST))
        if checked.article:
            return HttpResponse(_true_page(request, opened, checked.article))
        return self.show(request, "unreadable.html", "The text cannot be shown yet", found=checked.found)

    def _posted(self, request: HttpRequest, opened: Opened) -> HttpResponse:
        shown, step = _shown(opened, request.POST), request.POST.get("do", "")
        if not shown.form.is_valid():
            return self._page(request, opened, shown, of_fields(shown.form))
        if step not in STEPS:
            return self._page(request, opened, shown)
        edit = Edit(opened.path, shown.text, user_name(request), shown.base, shown.form.cleaned_data["why"])
        try:
            saved = STEPS[step](edit, opened.now)
        except Stale as stale:
            theirs = stale.newest
            return self._page(request, opened, replace(shown, base=theirs.number, theirs=theirs, step=step))
        except (NotReady, ContentError, CannotWrite) as refusal:
            not_ready = isinstance(refusal, NotReady)
            return self._page(request, opened, shown, of_refusal(opened, shown, refusal), not_ready)
        messages.success(request, _said(opened, step, saved))
        return HttpResponseRedirect(f"{address('edit', opened.slug)}?saved={shown.base}", status=SEE_OTHER)

    def _page(
        self,
        request: HttpRequest,
        opened: Opened,
        shown: Shown,
        errors: Sequence[Fault] = (),
        not_ready: bool = False,
    ) -> HttpResponse:
        context = page_context(opened, shown, check(opened, shown))
        return self.show(request, "edit.html", context["name"], errors=errors, not_ready=not_ready, **context)

    def _nothing_lost(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        """Whoever is not signed in any more, or signed in anew meanwhile, gets back what they typed."""

        @csrf_exempt
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST" and not self.admin_site.has_permission(request):
                return self._typed(request, signed_in=False)
            response = view(request, *args, **kwargs)
            # The view itself raises where it refuses; so this is the protection against forged posts.
            return self._typed(request, signed_in=True) if response.status_code == FORBIDDEN else response

        return kept

    def _typed(self, request: HttpRequest, signed_in: bool) -> HttpResponse:
        typed = list(_typed_fields(request.POST))
        shown = self.show(request, "typed.html", "Your text is not saved", typed=typed, signed_in=signed_in)
        shown.status_code = FORBIDDEN
        return shown


def _open(slug: str) -> Opened:
    """Raises Http404 where there has never been an article of that slug."""
    now = timezone.now()
    path = path_of(slug, get_library())
    try:
        newest = store.newest(path)
    except PathRefusedError as error:
        raise Http404 from error
    if newest is None:
        raise Http404
    return Opened(slug, path, newest, now, today_at(now))


def _shown(opened: Opened, data: QueryDict) -> Shown:
    """What was sent, upon the revision that it was typed on."""
    base = whole_number(data.get("base"))
    form = FileForm(opened.newest.text, data) if "whole" in data else _article_form(opened, data, base)
    return Shown(form, base, form.text() if form.is_valid() else opened.newest.text)


def _article_form(opened: Opened, data: QueryDict, base: int) -> ArticleForm:
    """Upon the newest text whose top can be read, if the one it was typed on cannot: no field is lost."""
    shared = get_library().shared
    for text in _texts(opened.path, base):
        with suppress(ContentError):
            return ArticleForm(shared, text, data)
    return ArticleForm(shared, skeleton("", opened.today), data)


def _texts(path: str, base: int) -> Iterator[str]:
    revisions = Revision.objects.of(path)
    yield from (each.text for each in revisions.numbered([base]))
    yield from (each.text for each in revisions.iterator())


def _said(opened: Opened, step: str, saved: Saved) -> str:
    """What came of a step that was taken."""
    article = saved.examination.article
    if step == "publish" and article:
        begins = article.publish_from and get_library().shared.clinic.moment(article.publish_from)
        later = SCHEDULED.format(dated(begins)) if begins and begins > opened.now else ENDED
        return PUBLISHED if article.visible(opened.now) else later
    if saved.examination.problems:
        return BROKEN
    if saved.revision.live:
        return DRAFT
    return BESIDE if publishing.status_of(opened.path) == "published" else KEPT


def _true_page(request: HttpRequest, opened: Opened, article: Article) -> str:
    context = article_context(article, get_library(), opened.now)
    return render_to_string(
        "admin/articles/preview.html", {**context, "canonical": f"{settings.SITE_URL}{article.url}"}, request
    )


def _typed_fields(data: QueryDict) -> Iterator[tuple[str, str]]:
    """The label of each field that was filled in, and what was typed."""
    fields = {**ArticleForm.base_fields, **FileForm.base_fields}
    for name in data:
        typed = ", ".join(str(value) for value in data.getlist(name))
        label = fields[name].label if name in fields else f"Answer to {name.removeprefix(ANSWER)}"
        if typed.strip() and (name in fields or name.startswith(ANSWER)):
            yield str(label), typed
