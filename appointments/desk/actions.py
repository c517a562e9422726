"""What can be done with the rows that were ticked: taken over, marked as spam, undone, exported.

Somebody may press a button on a list that is hours old, so each row is changed only where it still is what the list
showed. All other steps are taken on a request's own page. Changes go through workflow.
"""

import re
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from appointments import workflow
from appointments.choices import WAITING, Action, Status
from appointments.desk.export import file_name, to_csv
from appointments.models import ConsultationRequest
from appointments.safe_contact import attach_look_alikes
from appointments.workflow import ChangedMeanwhile, RefusedStep
from clinic_site.clinic_file import get_clinic

SHOWN = "shown"  # the ticks as they were posted; see Queue.response_action()
KEY_AND_VERSION = re.compile(r"([0-9]{1,18}):([0-9]{1,9})")
TICKED_ONLY = "This is done to ticked rows only, never to all pages at once. Nothing was done."

# Takes the request as it is stored, the user name and the version that the list showed, None where it did not show the
# request. Returns the sentence that tells what happened, and raises RefusedStep where nothing did.
Step = Callable[[ConsultationRequest, str, int | None], str]


@admin.action(description="Assign to me", permissions=["change"])
def assign_to_me(
    modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
) -> None:
    _tell_each(_take_over, modeladmin, request, queryset)


@admin.action(description="Mark as spam", permissions=["change"])
def mark_as_spam(
    modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
) -> None:
    _tell_ticked(_mark_as_spam, modeladmin, request, queryset)


@admin.action(description="Undo the last step", permissions=["change"])
def undo_last_step(
    modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
) -> None:
    _tell_ticked(_undo, modeladmin, request, queryset)


@admin.action(description="Export as CSV", permissions=["change"])
def export_as_csv(
    modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
) -> HttpResponse:
    """The file leaves once the audit trail names who took it."""
    clinic, now = get_clinic(), timezone.now()
    requests = list(queryset.select_related("joined_to"))
    attach_look_alikes(requests)
    workflow.record_each(requests, Action.EXPORTED, request.user.get_username(), now)
    headers = {"Content-Disposition": f'attachment; filename="{file_name(clinic, now)}"'}
    return HttpResponse(to_csv(requests, clinic), content_type="text/csv; charset=utf-8", headers=headers)


def _tell_ticked(
    step: Step, modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
) -> None:
    """_tell_each(), unless all pages were chosen: a slip must not empty the desk."""
    if request.POST.get("select_across") == "1":
        modeladmin.message_user(request, TICKED_ONLY, messages.WARNING)
    else:
        _tell_each(step, modeladmin, request, queryset)


def _tell_each(
    step: Step, modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
) -> None:
    """Takes the step with each row, and tells what became of it."""
    actor, shown = request.user.get_username(), _versions_shown(request)
    for each in queryset:
        try:
            modeladmin.message_user(request, step(each, actor, shown.get(each.pk)), messages.SUCCESS)
        except RefusedStep as refusal:
            modeladmin.message_user(request, str(refusal), messages.WARNING)


def _versions_shown(request: HttpRequest) -> dict[int, int]:
    """The version that each ticked row had in the list, by its key."""
    pairs = (KEY_AND_VERSION.fullmatch(text) for text in request.POST.getlist(SHOWN))
    return {int(pair[1]): int(pair[2]) for pair in pairs if pair}


def _take_over(request: ConsultationRequest, actor: str, shown: int | None) -> str:
    """What nobody has may be on another page of the list, too. Says whose it was: nobody loses one without a word."""
    before = request.assigned_to
    if before == actor:
        raise RefusedStep(f"{request.reference} is in your hands already.")
    if before or shown is not None:
        _refuse_unlike(request, shown)
    workflow.assign(request, actor, actor, timezone.now())
    return f"{request.reference} is in your hands now" + (f"; {before} had it." if before else ".")


def _mark_as_spam(request: ConsultationRequest, actor: str, shown: int | None) -> str:
    _refuse_unlike(request, shown)
    before = request.get_status_display()
    if request.status not in WAITING:
        raise RefusedStep(f"{request.reference} was left as it is: it is “{before}”, and waits no more.")
    workflow.transition(request, Status.SPAM, actor, timezone.now())
    return f"{request.reference}: {before} → {Status.SPAM.label}."


def _undo(request: ConsultationRequest, actor: str, shown: int | None) -> str:
    _refuse_unlike(request, shown)
    step = workflow.last_step(request)
    workflow.undo(request, actor, timezone.now())
    return f"{request.reference}, undone: {step}."


def _refuse_unlike(request: ConsultationRequest, shown: int | None) -> None:
    """Lets pass what still is as the list showed it."""
    if shown is None:
        raise RefusedStep(f"{request.reference} was left as it is: this page of the list does not show it.")
    if request.version != shown:
        raise ChangedMeanwhile(request)
