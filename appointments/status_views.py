"""The patient's own page: where a request stands, and what its sender may change. No sign-in, no session, no cookie.

The link alone shows the status and nothing personal. For a change the patient first confirms who they are
(identity.py). The page that answers carries a signed proof, which each change sends along.
"""

import datetime as dt
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from appointments.choices import WAITING, Action, Attempt, Status
from appointments.forms import without_nul
from appointments.identity import TooManyTries, confirm, new_proof, proves
from appointments.models import AuditEvent, ConsultationRequest
from appointments.status_forms import FORMS, WRONG, Change, ConfirmForm, PhoneForm, WithdrawForm
from appointments.views import SEE_OTHER, private
from appointments.workflow import ChangedMeanwhile, RefusedStep
from clinic_site.same_origin import same_origin_posts

# Spam looks like a request that was just received: a robot learns nothing, and a person marked by mistake is not lost.
CHANGEABLE = (*WAITING, Status.SPAM)


class Notice(NamedTuple):
    """What has just happened, above everything else."""

    heading: str
    text: str


SAVED = {
    "phone": Notice("Your new phone number is saved", "We use it from now on."),
    "times": Notice("Your good times are saved", "We try to reach you at those times."),
    "withdrawn": Notice("Your request is taken back", "You need not do anything else."),
}
ASK_AGAIN = Notice(
    "Confirm again that it is you", "Too much time has passed. Nothing is changed yet. What you entered is kept."
)
UNCHANGED = Notice(
    "Nothing was changed", "Something happened to your request meanwhile. Below you see where it stands now."
)
ATTEMPTS: dict[str, str] = {
    Attempt.NO_ANSWER: "We called you, and nobody answered.",
    Attempt.VOICEMAIL: "We left you a message.",
    Attempt.WRONG_NUMBER: "We called, and did not reach you.",
    Attempt.REACHED: "We spoke with you.",
    Attempt.WROTE: "We wrote to you.",
}


@same_origin_posts
@require_http_methods(["GET", "HEAD", "POST"])
@private
def status(request: HttpRequest, token: str) -> HttpResponse:
    """Where the request stands. 404 for an unknown token, after 30 days, and for an erased request."""
    now = timezone.now()
    stored = _stored(token, now)
    if request.method == "POST":
        response = _posted(request, stored, now)
    else:
        response = _status_page(request, stored, now, _what_is_saved(request, stored))
    response["X-Robots-Tag"] = "noindex"
    return response


def _stored(token: str, now: dt.datetime) -> ConsultationRequest:
    return get_object_or_404(ConsultationRequest.objects.with_link(now), token=token)


def _what_is_saved(request: HttpRequest, stored: ConsultationRequest) -> Notice | None:
    """The words for the address a change led to. A request that was reopened since then is not taken back."""
    step = request.GET.get("saved", "")
    is_stale = step == WithdrawForm.step and stored.status != Status.WITHDRAWN
    return None if is_stale else SAVED.get(step)


def _posted(request: HttpRequest, stored: ConsultationRequest, now: dt.datetime) -> HttpResponse:
    """A post holds a change, an answer that confirms who sends it, or both: then the change is kept, not made."""
    post = without_nul(request.POST)
    change = _change_in(post, stored)
    if stored.status not in CHANGEABLE:
        return _unchanged(request, stored.token, change, now)
    if "known" in post:
        return _confirmation(request, stored, post, change, now)
    proof = post.get("proof", "")
    if change is not None and proves(proof, stored):
        return _make(request, stored, change, proof, now)
    return _status_page(request, stored, now, ASK_AGAIN, kept=change)


def _change_in(post: QueryDict, stored: ConsultationRequest) -> Change | None:
    """A number is corrected, never added: nothing was agreed to for it."""
    kind = FORMS.get(post.get("step", ""))
    return None if kind is None or (kind is PhoneForm and not stored.phone) else kind(data=post)


def _confirmation(
    request: HttpRequest, stored: ConsultationRequest, post: QueryDict, kept: Change | None, now: dt.datetime
) -> HttpResponse:
    form = ConfirmForm(data=post)
    try:
        if form.is_valid() and not confirm(stored, form.cleaned_data["known"], now):
            form.add_error("known", WRONG)
    except TooManyTries:
        return render(request, "appointments/status_call.html", {"stored": stored})
    if form.errors:
        return _status_page(request, stored, now, form=form, kept=kept)
    return _change_page(request, stored, new_proof(stored), kept)


def _make(
    request: HttpRequest, stored: ConsultationRequest, change: Change, proof: str, now: dt.datetime
) -> HttpResponse:
    if not change.is_valid():
        return _change_page(request, stored, proof, change)
    try:
        _apply(change, stored, now)
    except RefusedStep:
        return _unchanged(request, stored.token, change, now)
    return _saved(stored.token, change)


def _apply(change: Change, stored: ConsultationRequest, now: dt.datetime) -> None:
    try:
        change.apply(stored, now)
    except ChangedMeanwhile:
        if not change.again:
            raise
        change.apply(ConsultationRequest.objects.get(pk=stored.pk), now)


def _saved(token: str, change: Change) -> HttpResponse:
    page = reverse("appointments:status", args=[token])
    return HttpResponseRedirect(f"{page}?saved={change.step}", status=SEE_OTHER)


def _unchanged(request: HttpRequest, token: str, change: Change | None, now: dt.datetime) -> HttpResponse:
    """The page with the request as it is now. Whoever takes it back twice, by a double press, is told that it is."""
    stored = _stored(token, now)
    if isinstance(change, WithdrawForm) and stored.status == Status.WITHDRAWN:
        return _saved(token, change)
    return _status_page(request, stored, now, UNCHANGED)


def _status_page(
    request: HttpRequest,
    stored: ConsultationRequest,
    now: dt.datetime,
    notice: Notice | None = None,
    *,
    form: ConfirmForm | None = None,
    kept: Change | None = None,
) -> HttpResponse:
    """Nothing personal is on it, but in `form` and `kept` what somebody has just typed."""
    context = {
        "stored": stored,
        "state": _state(stored, now),
        "planned": stored.due_at > now,
        "happenings": _happenings(stored),
        "changeable": stored.status in CHANGEABLE,
        "notice": notice,
        "form": form or ConfirmForm(),
        "kept": kept,
    }
    return render(request, "appointments/status.html", context)


def _change_page(request: HttpRequest, stored: ConsultationRequest, proof: str, change: Change | None) -> HttpResponse:
    """For whoever has confirmed who they are. `change`: the form that was filled in, shown as it was."""
    blank: dict[str, Any] = {"initial": {"best_times": stored.best_times}}
    forms = {step: change if isinstance(change, kind) else kind(**blank) for step, kind in FORMS.items()}
    context = {"stored": stored, "proof": proof, "forms": forms, "form": change}
    return render(request, "appointments/status_change.html", context)


def _state(stored: ConsultationRequest, now: dt.datetime) -> str:
    """Which words of status_state.html hold. Nobody is told why."""
    if stored.joined_to_id:
        return "joined"
    if stored.status not in CHANGEABLE:
        return stored.status
    if stored.last_attempt and stored.status != Status.SPAM:
        return {Attempt.REACHED: "reached", Attempt.WRONG_NUMBER: "wrong_number"}.get(
            Attempt(stored.last_attempt), "tried"
        )
    if stored.due_at < now:
        return "late"
    return Status.CONTACTING if stored.status == Status.CONTACTING else "received"


def _happenings(stored: ConsultationRequest) -> list[tuple[dt.datetime, str]]:
    """What a patient may know of the audit trail: when, and in words. A step that was undone did not happen."""
    events = list(stored.audit_events.changes())
    undone = {event.undoes_id for event in events}
    return [(event.at, text) for event in events if event.pk not in undone and (text := _in_words(event))]


def _in_words(event: AuditEvent) -> str:
    """The sentence for the patient; "" for what is the desk's own."""
    if event.action == Action.SUBMITTED:
        return "You sent your request."
    if event.action == Action.ATTEMPT:
        return ATTEMPTS[event.detail]
    if event.action == Action.CORRECTED:
        return f"You changed your {event.detail}."
    took_back = event.action == Action.TRANSITION and not event.actor and event.after == Status.WITHDRAWN
    return "You took your request back." if took_back else ""
