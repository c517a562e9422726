"""The review of an article: where it stands, what changed, the text itself; ask, sign, send back."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils import timezone

from articles import preview_links
from articles.documents import Article
from articles.editing import review_state, sign_off
from articles.editing.differences import Piece, folded, word_difference
from articles.editing.forms import opening_form
from articles.editing.pages.base import CHANGE, SIGN, VIEW, StaffPages, may
from articles.editing.pages.steps import go_to, path_of
from articles.editing.places import told
from articles.editing.review_forms import StepForm
from articles.editing.review_state import ReviewState
from articles.editing.review_steps import NOT_COMPLETE, STEPS, refusal
from articles.editing.sign_off import Reading
from articles.library import get_library
from articles.rules.levels import ACCEPTED
from articles.signed_text import signed_text

PREVIEW_LINK = "preview_link"
NEWS = "A31"  # the rule that holds a page back while there is news about a source
Forms = dict[str, StepForm]


class ReviewPage(StaffPages):
    def get_urls(self) -> list[URLPattern]:
        return [self.route("review/<slug:slug>/", self.review_view, "review", VIEW), *super().get_urls()]

    def review_view(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The newest text of the article, whether it is on the site or kept beside it."""
        now = timezone.now()
        reading = sign_off.read(path_of(slug, get_library()), now)
        if reading is None:
            raise Http404
        if request.method != "POST":
            return self._review(request, slug, reading)
        name = request.POST.get("step", "")
        if name == PREVIEW_LINK:
            link = preview_links.make(reading.revision.path, now)
            return self._review(request, slug, reading, link=link, link_until=now + preview_links.LIFE)
        return self._step(request, slug, reading, name, now)

    def _step(self, request: HttpRequest, slug: str, reading: Reading, name: str, now: dt.datetime) -> HttpResponse:
        if name not in STEPS:
            raise Http404
        step = STEPS[name]
        if not may(request, step.right):
            raise PermissionDenied
        form = step.form(request.POST)
        if form.is_valid() and (refused := refusal(step, request, reading, form, now)):
            form.add_error(None, refused)
        if form.errors:
            fresh = sign_off.read(reading.revision.path, now) or reading
            return self._review(request, slug, fresh, {name: form})
        messages.success(request, step.told)
        return go_to("review", slug)

    def _review(
        self, request: HttpRequest, slug: str, reading: Reading, refused: Forms | None = None, **link: Any
    ) -> HttpResponse:
        """`refused`: the form that something is wrong with, by the name of its step."""
        article = reading.examination.article
        return self.show(
            request,
            "review.html",
            f"Review: {article.title if article else slug}",
            slug=slug,
            reading=reading,
            article=article,
            refused=next(iter((refused or {}).values()), None),
            may_change=may(request, CHANGE),
            **(_about(request, reading, article, refused or {}) if article else {}),
            **link,
        )


def _about(request: HttpRequest, reading: Reading, article: Article, refused: Forms) -> dict[str, Any]:
    """What is shown of a text that can be read."""
    state = review_state.state(reading.revision.path, article)
    text = reading.revision.text
    found = told(reading.examination, text, opening_form(text, get_library().shared))
    return {
        "page": article.rendered,
        "state": state,
        "unbacked": article.reviewer is not None and not state.holds,
        "difference": _difference(state, article),
        "news": [each for each in found if each.rule == NEWS],
        "accepted": [each for each in found if each.level == ACCEPTED],
        "open": [each for each in found if each.level != ACCEPTED],
        "steps": review_state.steps_of(reading.revision.path, article),
        "fingerprint": sign_off.fingerprint(article.text_hash),
        **_forms(request, reading, refused),
    }


def _difference(state: ReviewState, article: Article) -> list[Piece]:
    """Word by word since a clinician read the whole text; nothing where the signature holds, or there was none."""
    if state.signature is None or state.holds:
        return []
    return folded(word_difference(review_state.read_whole(state.signature).text, signed_text(article)))


def _forms(request: HttpRequest, reading: Reading, refused: Forms) -> dict[str, Any]:
    """A form for each step that who is signed in may take."""
    who = sign_off.clinician(request.user) if may(request, SIGN) else None
    initial = {"seen": reading.seen}
    forms = {
        name: _shown(refused.get(name), reading) or step.form(initial=initial)
        for name, step in STEPS.items()
        if may(request, step.right)
    }
    return {
        "forms": forms,
        "may_sign": may(request, SIGN),
        "clinician": who,
        "not_complete": NOT_COMPLETE,
        "statement": sign_off.statement(who, reading.article.text_hash) if who else "",
    }


def _shown(form: StepForm | None, reading: Reading) -> StepForm | None:
    """What was typed stays, for the text as the page shows it now. A clinician ticks the box for that one anew."""
    if form:
        form.data = {"note": form.data.get("note", ""), "seen": reading.seen}
    return form
