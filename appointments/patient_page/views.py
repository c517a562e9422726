"""The patient's page: the state of a request, and what its sender may change. No sign-in, no session, no cookie.

The link alone shows the status and nothing personal. For a change the patient first confirms who they are
(identity.py). The page that answers has a signed proof, which each change sends along. visit_views.py has the pages
below this one.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from appointments import scripts
from appointments.choices import WAITING, Action, MailKind, Status
from appointments.emails import link_end, to_patient
from appointments.forms import clean_post
from appointments.models import ConsultationRequest
from appointments.models.requests import LINK_LIFE
from appointments.patient_page.corrections import NEEDS, PHONE, TIMES
from appointments.patient_page.forms import FORMS, Change, ConfirmForm, PrepareForm, WithdrawForm
from appointments.patient_page.history import happenings
from appointments.patient_page.identity import TooManyTries, new_proof, proves
from appointments.patient_page.notices import (
    ASK_AGAIN,
    ASK_FIRST,
    BUSY,
    BUSY_UNCHANGED,
    CHANGED_NUMBER,
    JUST_NOW,
    MEANWHILE,
    NOT_SAVED,
    NOT_TAKEN_BACK,
    NOTHING_NEW,
    TAKEN_BACK,
    UNCHANGED,
    VISIT_NOTICES,
    Notice,
    visit_notice,
)
from appointments.patient_page.shown_visits import can_be_called, offers_of, visit_of
from appointments.patient_page.states import CHANGEABLE, PROMISED, state_without_visit, states_of
from appointments.policies.contact import own_permissions
from appointments.policies.refusals import ChangedMeanwhile, ChangedTooOften, RefusedStep
from clinic_site.clinic_yaml import get_clinic
from clinic_site.dates import day_and_clock
from clinic_site.http.responses import see_other, unlisted
from clinic_site.http.same_origin import same_origin_posts

NOTHING = "nothing"  # in the address after a form that changed nothing
Answer = Callable[[HttpRequest, ConsultationRequest, dt.datetime], HttpResponse]
View = Callable[[HttpRequest, str], HttpResponse]


def private_page(answer: Answer) -> View:
    """Make the view of a private link from `answer`, the answer to who holds the link.

    Unknown tokens, old and erased requests show link_is_over().
    """

    @same_origin_posts
    @require_http_methods(["GET", "HEAD", "POST"])
    @unlisted
    def view(request: HttpRequest, token: str) -> HttpResponse:
        now = timezone.now()
        try:
            stored = stored_request(token, now)
            try:
                return answer(request, stored, now)
            except TooManyTries:
                return call_page(request, stored)
            except ChangedTooOften:
                return call_page(request, stored, too_often=True)
            except OperationalError:
                return status_page(request, stored, now, BUSY_UNCHANGED)
        except Http404:  # also if the request was erased meanwhile
            return link_is_over(request)

    return view


def stored_request(token: str, now: dt.datetime) -> ConsultationRequest:
    """Return the request of the private link. Raises Http404 if the link opens none."""
    return get_object_or_404(ConsultationRequest.objects.with_link(now), token=token)


@private_page
def status(request: HttpRequest, stored: ConsultationRequest, now: dt.datetime) -> HttpResponse:
    """Show the state of the request, and take what its sender changes."""
    if request.method == "POST":
        return _posted(request, stored, now)
    return status_page(request, stored, now, _saved_notice(request.GET.get("saved", ""), stored, now))


def _saved_notice(step: str, stored: ConsultationRequest, now: dt.datetime) -> Notice | None:
    """Return the notice for `?saved=step` while it is true: the address may be opened again, or typed."""
    if step == NOTHING:
        return NOTHING_NEW
    if step in VISIT_NOTICES:
        return visit_notice(step, stored, now)
    recent = recent_changes(stored, now)
    if step == WithdrawForm.step:
        return TAKEN_BACK if stored.status == Status.WITHDRAWN and Status.WITHDRAWN in recent else None
    changed = step in FORMS and stored.status in WAITING
    return _saved_in_words(stored, recent, now) if changed else None


def recent_changes(stored: ConsultationRequest, now: dt.datetime) -> set[str]:
    """Return what the patient changed JUST_NOW: PHONE, TIMES, NEEDS, or the status since then."""
    events = stored.audit_events.changes().since(now - JUST_NOW)
    own = [event for event in events if not event.actor and event.action in (Action.CORRECTED, Action.TRANSITION)]
    return {event.detail or event.after for event in own}


def _saved_in_words(stored: ConsultationRequest, recent: set[str], now: dt.datetime) -> Notice | None:
    promised = state_without_visit(stored, now) in PROMISED
    deadline = f", and by {day_and_clock(stored.promised_by)} at the latest" if promised else ""
    saved = {
        PHONE: Notice("Your new phone number is saved", "We use it from now on."),
        NEEDS: Notice("Your language and access needs are saved", "The clinic sees them with your request."),
        TIMES: Notice("Your good times are saved", f"We try to reach you at those times where we can{deadline}."),
    }
    notices = [notice for what, notice in saved.items() if what in recent]
    texts = [CHANGED_NUMBER if notice is saved[PHONE] else notice.text for notice in notices]
    return Notice("Your changes are saved", " ".join(texts)) if len(notices) > 1 else next(iter(notices), None)


def _posted(request: HttpRequest, stored: ConsultationRequest, now: dt.datetime) -> HttpResponse:
    """Handle a post: a change, or a confirmation of identity, with a change that then needs another press."""
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
        return status_page(request, stored, now, BUSY, pending=change)
    return status_page(request, stored, now, ASK_AGAIN, pending=change)


def ask_to_confirm(request: HttpRequest, stored: ConsultationRequest, change: Change, now: dt.datetime) -> HttpResponse:
    """Show the state and the question who it is, with the change that then needs another press."""
    if stored.status not in CHANGEABLE:
        return _unchanged(request, stored, change, now)
    return status_page(request, stored, now, ASK_FIRST, pending=change)


def _confirmation(
    request: HttpRequest, stored: ConsultationRequest, post: QueryDict, pending: Change | None, now: dt.datetime
) -> HttpResponse:
    form = ConfirmForm(data=post)
    if not form.confirms(stored, now):
        return status_page(request, stored, now, form=form, pending=pending)
    return _pending_page(request, stored, pending)


def _pending_page(request: HttpRequest, stored: ConsultationRequest, pending: Change | None) -> HttpResponse:
    """Show the change page after a right answer, with what was entered before."""
    if pending is None:
        return _change_page(request, stored, new_proof(stored))
    notice = NOT_TAKEN_BACK if isinstance(pending, WithdrawForm) else MEANWHILE if pending.is_stale else NOT_SAVED
    return _change_page(request, stored, new_proof(stored), pending.rebound_to(stored), notice)


def _make(request: HttpRequest, change: Change, proof: str, now: dt.datetime) -> HttpResponse:
    """Make the change. A form without a change is more often a double press than a stale page."""
    stored = change.stored
    if not change.is_valid():
        return _change_page(request, stored, proof, change)
    if change.changes_nothing:
        return _saved(stored, change, now)
    if change.is_stale:
        return _outdated(request, change, proof, now)
    try:
        change.apply(now)
    except ChangedMeanwhile:
        return _outdated(request, change, proof, now)
    except RefusedStep:
        return _refused(request, change, now)
    return _saved(stored, change, now)


def _outdated(request: HttpRequest, change: Change, proof: str, now: dt.datetime) -> HttpResponse:
    """Show the form again or the present state: a stale form must not overwrite what the patient has not seen."""
    stored = stored_request(change.stored.token, now)
    if isinstance(change, WithdrawForm) or stored.status not in WAITING:
        return _unchanged(request, stored, change, now)
    return _change_page(request, stored, proof, change.rebound_to(stored), MEANWHILE)


def _refused(request: HttpRequest, change: Change, now: dt.datetime) -> HttpResponse:
    """Answer a refused change. For a waiting request the only reason is too many changes."""
    stored = stored_request(change.stored.token, now)
    if stored.status in WAITING:
        return call_page(request, stored, too_often=True)
    return _unchanged(request, stored, change, now)


def _saved(stored: ConsultationRequest, change: Change, now: dt.datetime) -> HttpResponse:
    step = change.step if _saved_notice(change.step, stored, now) else NOTHING
    page = reverse("appointments:status", args=[stored.token])
    return see_other(f"{page}?saved={step}")


def _unchanged(
    request: HttpRequest, stored: ConsultationRequest, change: Change | None, now: dt.datetime
) -> HttpResponse:
    """Show the present state; after a double press of “take back” the notice that it is taken back."""
    if isinstance(change, WithdrawForm) and stored.status == Status.WITHDRAWN:
        return _saved(stored, change, now)
    return status_page(request, stored, now, UNCHANGED)


def status_page(
    request: HttpRequest,
    stored: ConsultationRequest,
    now: dt.datetime,
    notice: Notice | None = None,
    *,
    form: ConfirmForm | None = None,
    pending: Change | None = None,
) -> HttpResponse:
    """Show the state and nothing personal, except what was just typed in `form` and `pending`."""
    shown = visit_of(stored, now)
    offers = offers_of(stored, now)
    states = states_of(stored, shown, offers, now)
    context = {
        "stored": stored,
        "states": [f"appointments/status/{state}.html" for state in states],
        "late": stored.promised_by < now,
        "shown": shown,
        "offers": offers,
        "can_be_called": can_be_called(stored),
        "link_end": link_end(stored),
        "our_words": _our_words(stored, now),
        "in_crisis": stored.crisis and NEEDS in recent_changes(stored, now),
        "happenings": happenings(stored),
        "changeable": stored.status in CHANGEABLE,
        "notice": notice,
        "form": form or ConfirmForm(),
        "pending": pending,
    }
    return render(request, "appointments/status.html", context)


def _our_words(stored: ConsultationRequest, now: dt.datetime) -> dict[str, Any]:
    """Return the words of a voicemail and of the next mail, whether they are allowed or not."""
    return {
        "voicemail": scripts.voicemail(get_clinic(), stored.office),
        "mail": to_patient(MailKind.NEWS, stored, stored.version, now, None),
    }


def _change_page(
    request: HttpRequest,
    stored: ConsultationRequest,
    proof: str,
    change: Change | None = None,
    notice: Notice | None = None,
) -> HttpResponse:
    """Show the forms to a patient whose identity is confirmed. `change` is the form as it was filled in."""
    forms = {step: change if isinstance(change, kind) else kind(stored) for step, kind in FORMS.items()}
    if isinstance(change, PrepareForm):  # sent too late from the page that confirms the request
        forms["needs"] = change
    context = {
        "stored": stored,
        "proof": proof,
        "forms": forms,
        "form": change,
        "notice": notice,
        "our_words": _our_words(stored, timezone.now()),
        "permissions": own_permissions(stored),
    }
    return render(request, "appointments/status_change.html", context)


def call_page(request: HttpRequest, stored: ConsultationRequest, *, too_often: bool = False) -> HttpResponse:
    return render(request, "appointments/status_call.html", {"stored": stored, "too_often": too_often})


@unlisted
def link_is_over(request: HttpRequest) -> HttpResponse:
    """Answer 404 with a page that is equal for unknown, old and erased requests."""
    return render(request, "appointments/status_link_over.html", {"days": LINK_LIFE.days}, status=404)
