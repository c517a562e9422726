"""The review of an article: state, changes, text; and its steps: ask, sign, send back."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from articles.content.documents import Article
from articles.content.rule_ids import ACCEPTED, HINT
from articles.editing.editor.findings import editor_findings
from articles.editing.editor.forms import opening_form
from articles.editing.pages.base import CHANGE, SIGN, go_to, may, path_of, show, user_name
from articles.editing.preview import LIFE, make_link
from articles.editing.review import sign_off
from articles.editing.review import state as review_state
from articles.editing.review.sign_off import Clinician, Reading
from articles.editing.review.state import ReviewState
from articles.editing.revisions import store
from articles.editing.revisions.diff import DiffPiece, folded, word_difference
from articles.library import get_library
from articles.rendering.page_cache import rendered
from articles.rendering.signed_text import signed_text, text_hash, valid_signature
from clinic_site.forms import NoteField

PREVIEW_LINK = "preview_link"
NEWS = "A31"  # the rule that blocks a page while there is news about a source
NOT_COMPLETE = (
    "You cannot sign yet: your full name, your credentials or the state of your license is missing. "
    "Somebody with the owner’s rights adds them on the start page, under “Users” and “Reviewer profiles”."
)
NOT_TICKED = "Tick the box to say that you have read the text and stand behind it"


class ReviewStepForm(forms.Form):
    """A step in the review of a text; `seen` is the hash of what the page showed."""

    use_required_attribute = False  # our own messages say what is missing
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id=f"{type(self).__name__.lower()}-%s", **kwargs)  # unique on the page
        self.fields["seen"].error_messages["max_length"] = sign_off.CHANGED


class AskForm(ReviewStepForm):
    note = NoteField(
        label="Note to the reviewer (optional)",
        short="The note",
        max_length=sign_off.LONGEST_NOTE,
        help_text="What you are unsure of, or what is new.",
        widget=forms.Textarea({"rows": 4}),
    )
    typing_fix = forms.BooleanField(
        label="Only a typing slip was mended since it was signed; no meaning changed", required=False
    )


class SignForm(ReviewStepForm):
    agreed = forms.BooleanField(error_messages={"required": NOT_TICKED})


class TypingFixForm(ReviewStepForm):
    pass


class SendBackForm(ReviewStepForm):
    note = NoteField(
        label="What must change",
        short="The note",
        max_length=sign_off.LONGEST_NOTE,
        missing=sign_off.NO_NOTE,
        help_text="The editors read it here.",
        widget=forms.Textarea({"rows": 4}),
    )


Forms = dict[str, ReviewStepForm]


@dataclass(frozen=True)
class ReviewStep:
    right: str
    form: type[ReviewStepForm]
    take: Callable[[HttpRequest, Reading, ReviewStepForm, dt.datetime], object]
    message: str  # on success


def _ask(request: HttpRequest, reading: Reading, form: ReviewStepForm, now: dt.datetime) -> None:
    article, sent = sign_off.same_text(reading, form.cleaned_data["seen"]), form.cleaned_data
    sign_off.ask(reading.revision.path, article, user_name(request), now, sent["note"], sent["typing_fix"])


def _sign(request: HttpRequest, reading: Reading, form: ReviewStepForm, now: dt.datetime) -> None:
    sign_off.sign(reading, _clinician(request), form.cleaned_data["seen"], now)


def _typing_fix(request: HttpRequest, reading: Reading, form: ReviewStepForm, now: dt.datetime) -> None:
    sign_off.accept_typing_fix(reading, _clinician(request), form.cleaned_data["seen"], now)


def _send_back(request: HttpRequest, reading: Reading, form: ReviewStepForm, now: dt.datetime) -> None:
    sent = form.cleaned_data
    sign_off.send_back(reading, user_name(request), sent["note"], sent["seen"], now)


def _clinician(request: HttpRequest) -> Clinician:
    found = sign_off.clinician(request.user)
    if found is None:
        raise store.NotTaken(NOT_COMPLETE)
    return found


STEPS = {
    "ask": ReviewStep(CHANGE, AskForm, _ask, "The text was sent to review."),
    "sign": ReviewStep(SIGN, SignForm, _sign, "You signed this text."),
    "typing_fix": ReviewStep(SIGN, TypingFixForm, _typing_fix, "You accepted the change as a typing fix."),
    "send_back": ReviewStep(SIGN, SendBackForm, _send_back, "The text was sent back to the editors."),
}


def review_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the newest text of the article, live or draft, and take the steps of its review."""
    now = timezone.now()
    reading = sign_off.read(path_of(slug, get_library()), now)
    if reading is None:
        raise Http404
    if request.method != "POST":
        return _review(request, slug, reading)
    name = request.POST.get("step", "")
    if name == PREVIEW_LINK:
        link = make_link(reading.revision.path, now)
        return _review(request, slug, reading, link=link, link_until=now + LIFE)
    return _step(request, slug, reading, name, now)


def _step(request: HttpRequest, slug: str, reading: Reading, name: str, now: dt.datetime) -> HttpResponse:
    if name not in STEPS:
        raise Http404
    step = STEPS[name]
    if not may(request, step.right):
        raise PermissionDenied
    form = step.form(request.POST)
    if form.is_valid() and (error := store.error_message(lambda: step.take(request, reading, form, now))):
        form.add_error(None, error)
    if form.errors:
        fresh = sign_off.read(reading.revision.path, now) or reading
        return _review(request, slug, fresh, {name: form})
    messages.success(request, step.message)
    return go_to("review", slug)


def _review(
    request: HttpRequest, slug: str, reading: Reading, refused: Forms | None = None, **link: Any
) -> HttpResponse:
    """Render the page; `refused` maps the name of a refused step to its form."""
    article = reading.draft_check.article
    return show(
        request,
        "review/review.html",
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
    """Return the context for a text that loads."""
    state = review_state.state(reading.revision.path, article)
    text = reading.revision.text
    found = editor_findings(reading.draft_check, text, opening_form(text, get_library().shared))
    return {
        "page": rendered(article),
        "state": state,
        "unbacked": valid_signature(article) is not None and not state.holds,
        "difference": _difference(state, article),
        "news": [finding for finding in found if finding.rule == NEWS],
        "accepted": [finding for finding in found if finding.level == ACCEPTED],
        "hints": [finding for finding in found if finding.level == HINT],
        "open": [finding for finding in found if finding.level not in (ACCEPTED, HINT)],
        "steps": review_state.steps_of(reading.revision.path, article),
        "text_hash": text_hash(article),
        **_forms(request, reading, refused),
    }


def _difference(state: ReviewState, article: Article) -> list[DiffPiece]:
    """Return what changed since a clinician read the whole text; nothing if the signature is valid or missing."""
    if state.signature is None or state.holds:
        return []
    return folded(word_difference(review_state.read_whole(state.signature).text, signed_text(article)))


def _forms(request: HttpRequest, reading: Reading, refused: Forms) -> dict[str, Any]:
    """Return a form for each step that the user may take."""
    who = sign_off.clinician(request.user) if may(request, SIGN) else None
    initial = {"seen": reading.seen}
    shown = {
        name: _shown(refused.get(name), reading) or step.form(initial=initial)
        for name, step in STEPS.items()
        if may(request, step.right)
    }
    return {
        "forms": shown,
        "may_sign": may(request, SIGN),
        "clinician": who,
        "not_complete": NOT_COMPLETE,
        "statement": sign_off.statement(who, text_hash(reading.article)) if who else "",
    }


def _shown(form: ReviewStepForm | None, reading: Reading) -> ReviewStepForm | None:
    """Return the refused form for the text that the page shows now. The checkbox must be ticked again."""
    if form:
        form.data = {"note": form.data.get("note", ""), "seen": reading.seen}
    return form
