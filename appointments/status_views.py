"""The patient's own page: where a request stands, and what its sender may change. No sign-in, no session, no cookie.

The link alone shows the status and nothing personal. For a change the patient first confirms who they are
(identity.py). The page that answers carries a signed proof, which each change sends along.
"""

import datetime as dt
from typing import Any, NamedTuple

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from appointments.choices import WAITING, Action, Attempt, Status
from appointments.emails import link_end
from appointments.forms import clean_post
from appointments.identity import TooManyTries, confirm, new_proof, proves
from appointments.models import AuditEvent, ConsultationRequest
from appointments.patient_links import link_is_over
from appointments.refusals import ChangedMeanwhile, RefusedStep
from appointments.status_forms import FORMS, Change, ChangesForm, ConfirmForm, WithdrawForm
from appointments.views import SEE_OTHER, private
from appointments.visit_time import when
from clinic_site.clinic_file import get_clinic
from clinic_site.same_origin import same_origin_posts
from clinic_site.wording import day_and_clock

# Spam looks like a request that was just received: a robot learns nothing, and a person marked by mistake is not lost.
CHANGEABLE = (*WAITING, Status.SPAM)
JUST_NOW = dt.timedelta(minutes=10)  # how long the page says that something is saved
NOTHING = "nothing"  # in the address, where a form asked for nothing new
PHONE, TIMES = "phone number", "good times"  # as workflow.py writes them to the audit trail
# The states in which the page says by when the patient will hear.
PROMISED = ("received", Status.CONTACTING, "corrected")


class Notice(NamedTuple):
    """What has just happened, above everything else."""

    heading: str
    text: str


TAKEN_BACK = Notice("Your request is taken back", "You need not do anything else.")
NOTHING_NEW = Notice("Nothing was changed", "What you entered is what we have already.")
ASK_AGAIN = Notice(
    "Confirm again that it is you", "Too much time has passed. Nothing is changed yet. What you entered is kept."
)
UNCHANGED = Notice(
    "Nothing was changed", "Something happened to your request meanwhile. Below you see where it stands now."
)
NOT_SAVED = Notice("Not saved yet", "Check, and press Save.")
BUSY = Notice("Not saved yet", "Our computer is busy. What you entered is kept. Try again in a minute, or call us.")
NOT_TAKEN_BACK = Notice("Your request is not taken back yet", "Check, and press “Take my request back”.")
MEANWHILE = Notice(
    "Not saved yet",
    "Your request changed since you opened this page, perhaps in another window. Check what is here, and press Save.",
)
ATTEMPTS: dict[str, str] = {
    Attempt.NO_ANSWER: "We called you, and nobody answered.",
    Attempt.VOICEMAIL: "We left you a message.",
    Attempt.WRONG_NUMBER: "We called, and did not reach you.",
    Attempt.REACHED: "We reached you.",
    Attempt.WROTE: "We wrote to you.",
}


@same_origin_posts
@require_http_methods(["GET", "HEAD", "POST"])
@private
def status(request: HttpRequest, token: str) -> HttpResponse:
    """Where the request stands. For an unknown token, after 30 days, and once erased: the end of a link."""
    now = timezone.now()
    try:
        response = _answer(request, _stored(token, now), now)
    except Http404:  # also for what was erased while the patient pressed a button
        response = link_is_over(request)
    response["X-Robots-Tag"] = "noindex"
    return response


def _stored(token: str, now: dt.datetime) -> ConsultationRequest:
    return get_object_or_404(ConsultationRequest.objects.with_link(now), token=token)


def _answer(request: HttpRequest, stored: ConsultationRequest, now: dt.datetime) -> HttpResponse:
    if request.method == "POST":
        return _posted(request, stored, now)
    return _status_page(request, stored, now, _what_is_saved(request.GET.get("saved", ""), stored, now))


def _what_is_saved(step: str, stored: ConsultationRequest, now: dt.datetime) -> Notice | None:
    """The words for the address a change led to, while they hold: it may be opened again, or typed by hand."""
    if step == NOTHING:
        return NOTHING_NEW
    done = _just_done(stored, now)
    if step == WithdrawForm.step:
        return TAKEN_BACK if stored.status == Status.WITHDRAWN and Status.WITHDRAWN in done else None
    changed = step == ChangesForm.step and stored.status in WAITING
    return _saved_in_words(stored, done, now) if changed else None


def _just_done(stored: ConsultationRequest, now: dt.datetime) -> set[str]:
    """What the patient changed JUST_NOW: PHONE, TIMES, or the status that it has since then."""
    events = stored.audit_events.changes().since(now - JUST_NOW)
    own = [event for event in events if not event.actor and event.action in (Action.CORRECTED, Action.TRANSITION)]
    return {event.detail or event.after for event in own}


def _saved_in_words(stored: ConsultationRequest, done: set[str], now: dt.datetime) -> Notice | None:
    by = f", and by {day_and_clock(stored.due_at)} at the latest" if _state(stored, now) in PROMISED else ""
    saved = {
        PHONE: Notice("Your new phone number is saved", "We use it from now on."),
        TIMES: Notice("Your good times are saved", f"We try to reach you at those times where we can{by}."),
    }
    notices = [notice for what, notice in saved.items() if what in done]
    both = Notice("Your changes are saved", "We use the new number from now on. " + saved[TIMES].text)
    return both if len(notices) > 1 else next(iter(notices), None)


def _posted(request: HttpRequest, stored: ConsultationRequest, now: dt.datetime) -> HttpResponse:
    """A post holds a change, an answer that confirms who sends it, or both: then the change is kept, not made."""
    post = clean_post(request.POST)
    kind = FORMS.get(post.get("step", ""))
    change = kind(stored, post) if kind else None
    if stored.status not in CHANGEABLE:
        return _unchanged(request, stored, change, now)
    proof = post.get("proof", "")
    try:
        if "known" in post:
            return _confirmation(request, stored, post, change, now)
        if change is not None and proves(proof, stored):
            return _make(request, change, proof, now)
    except OperationalError:
        return _status_page(request, stored, now, BUSY, kept=change)
    return _status_page(request, stored, now, ASK_AGAIN, kept=change)


def _confirmation(
    request: HttpRequest, stored: ConsultationRequest, post: QueryDict, kept: Change | None, now: dt.datetime
) -> HttpResponse:
    form = ConfirmForm(data=post)
    try:
        if form.is_valid() and not confirm(stored, form.cleaned_data["known"], now):
            form.add_mismatch()
    except TooManyTries:
        return _call_page(request, stored)
    if form.errors:
        return _status_page(request, stored, now, form=form, kept=kept)
    return _kept_page(request, stored, kept)


def _kept_page(request: HttpRequest, stored: ConsultationRequest, kept: Change | None) -> HttpResponse:
    """For whoever has just confirmed who they are, with what they entered before."""
    if kept is None:
        return _change_page(request, stored, new_proof(stored))
    notice = NOT_TAKEN_BACK if isinstance(kept, WithdrawForm) else MEANWHILE if kept.is_stale else NOT_SAVED
    return _change_page(request, stored, new_proof(stored), kept.anew(stored), notice)


def _make(request: HttpRequest, change: Change, proof: str, now: dt.datetime) -> HttpResponse:
    """A change that asks for nothing new is a second press of the button more often than a stale page."""
    stored = change.stored
    if not change.is_valid():
        return _change_page(request, stored, proof, change)
    if change.is_done:
        return _saved(stored, change, now)
    if change.is_stale:
        return _seen_too_early(request, change, proof, now)
    try:
        change.apply(now)
    except ChangedMeanwhile:
        return _seen_too_early(request, change, proof, now)
    except RefusedStep:
        return _refused(request, change, now)
    return _saved(stored, change, now)


def _seen_too_early(request: HttpRequest, change: Change, proof: str, now: dt.datetime) -> HttpResponse:
    """Nothing is overwritten that the patient has not seen: the page anew, or where the request stands now."""
    stored = _stored(change.stored.token, now)
    if isinstance(change, WithdrawForm) or stored.status not in WAITING:
        return _unchanged(request, stored, change, now)
    return _change_page(request, stored, proof, change.anew(stored), MEANWHILE)


def _refused(request: HttpRequest, change: Change, now: dt.datetime) -> HttpResponse:
    """A request that waits refuses only what was changed too often."""
    stored = _stored(change.stored.token, now)
    if stored.status in WAITING:
        return _call_page(request, stored, too_often=True)
    return _unchanged(request, stored, change, now)


def _saved(stored: ConsultationRequest, change: Change, now: dt.datetime) -> HttpResponse:
    step = change.step if _what_is_saved(change.step, stored, now) else NOTHING
    page = reverse("appointments:status", args=[stored.token])
    return HttpResponseRedirect(f"{page}?saved={step}", status=SEE_OTHER)


def _unchanged(
    request: HttpRequest, stored: ConsultationRequest, change: Change | None, now: dt.datetime
) -> HttpResponse:
    """The page with the request as it is now. Whoever takes it back twice, by a double press, is told that it is."""
    if isinstance(change, WithdrawForm) and stored.status == Status.WITHDRAWN:
        return _saved(stored, change, now)
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
        "late": stored.due_at < now,
        "visit": _visit(stored),
        "link_end": link_end(stored),
        "happenings": _happenings(stored),
        "changeable": stored.status in CHANGEABLE,
        "notice": notice,
        "form": form or ConfirmForm(),
        "kept": kept,
    }
    return render(request, "appointments/status.html", context)


def _change_page(
    request: HttpRequest,
    stored: ConsultationRequest,
    proof: str,
    change: Change | None = None,
    notice: Notice | None = None,
) -> HttpResponse:
    """For whoever has confirmed who they are. `change`: the form that was filled in, shown as it was."""
    forms = {step: change if isinstance(change, kind) else kind(stored) for step, kind in FORMS.items()}
    context = {"stored": stored, "proof": proof, "forms": forms, "form": change, "notice": notice}
    return render(request, "appointments/status_change.html", context)


def _call_page(request: HttpRequest, stored: ConsultationRequest, *, too_often: bool = False) -> HttpResponse:
    return render(request, "appointments/status_call.html", {"stored": stored, "too_often": too_often})


def _state(stored: ConsultationRequest, now: dt.datetime) -> str:
    """Which words of status_state.html hold. Nobody is told why."""
    if stored.joined_to_id:
        return "joined"
    if stored.status == Status.SCHEDULED:
        return _visit_state(stored, now)
    if stored.status not in CHANGEABLE:
        return stored.status
    if stored.last_attempt and stored.status != Status.SPAM:
        told: dict[str, str] = {Attempt.REACHED: "reached", Attempt.WRONG_NUMBER: "wrong_number"}
        return told.get(stored.last_attempt, "tried")
    if stored.due_at < now:
        return "late"
    return _in_work(stored) if stored.status == Status.CONTACTING else "received"


def _visit_state(stored: ConsultationRequest, now: dt.datetime) -> str:
    if stored.visit_at is None:
        return "visit_unknown"
    return Status.SCHEDULED if now < stored.visit_at else "visit_over"


def _visit(stored: ConsultationRequest) -> dict[str, Any]:
    """When the visit is, in words, and its office: None where the clinic has that office no more."""
    if stored.visit_at is None:
        return {}
    return {"when": when(stored.visit_at), "office": get_clinic().office(stored.visit_office)}


def _in_work(stored: ConsultationRequest) -> str:
    """A try that counts no more was at a wrong number, which the patient has corrected since then."""
    return "corrected" if stored.audit_events.attempts().exists() else Status.CONTACTING


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
