"""Actions on ticked rows: take over, mark as spam, undo, export.

A list may be hours old when a button is pressed, so a row changes only if it is as the list showed it. All other steps
are on the page of a request. Changes go through workflow.
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
from appointments.desk.queue.export import file_name, to_csv
from appointments.models import ConsultationRequest
from appointments.policies.contact import attach_look_alikes
from appointments.policies.refusals import ChangedMeanwhile, RefusedStep
from clinic_site.clinic_yaml import get_clinic

SHOWN = "shown"  # the ticks as they were posted; see Queue.response_action()
KEY_AND_VERSION = re.compile(r"([0-9]{1,18}):([0-9]{1,9})")
TICKED_ONLY = "This is done to ticked rows only, never to all pages at once. Nothing was done."

# Takes the stored request, the user name and the version that the list showed (None if it did not show the request).
# Returns the sentence for the user, and raises RefusedStep if nothing happened.
Step = Callable[[ConsultationRequest, str, int | None], str]


@admin.action(description="Assign to me", permissions=["change"])
def assign_to_me(
    modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
) -> None:
    _apply_to_each(_take_over, modeladmin, request, queryset)


@admin.action(description="Mark as spam", permissions=["change"])
def mark_as_spam(
    modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
) -> None:
    _apply_to_ticked(_mark_as_spam, modeladmin, request, queryset)


@admin.action(description="Undo the last step", permissions=["change"])
def undo_last_step(
    modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
) -> None:
    _apply_to_ticked(_undo, modeladmin, request, queryset)


@admin.action(description="Export as CSV", permissions=["change"])
def export_as_csv(
    modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
) -> HttpResponse:
    """Send the file once the audit trail names who took it."""
    clinic, now = get_clinic(), timezone.now()
    requests = list(queryset.select_related("joined_to").prefetch_related("visits"))
    attach_look_alikes(requests)
    workflow.record_each(requests, Action.EXPORTED, request.user.get_username(), now)
    headers = {"Content-Disposition": f'attachment; filename="{file_name(clinic, now)}"'}
    return HttpResponse(to_csv(requests, clinic), content_type="text/csv; charset=utf-8", headers=headers)


def _apply_to_ticked(
    step: Step, modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
) -> None:
    """Call _apply_to_each(), unless all pages were chosen: a mistake must not empty the queue."""
    if request.POST.get("select_across") == "1":
        modeladmin.message_user(request, TICKED_ONLY, messages.WARNING)
    else:
        _apply_to_each(step, modeladmin, request, queryset)


def _apply_to_each(
    step: Step, modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
) -> None:
    """Take the step with each row, and report the results."""
    actor, shown = request.user.get_username(), _versions_shown(request)
    for row in queryset:
        try:
            modeladmin.message_user(request, step(row, actor, shown.get(row.pk)), messages.SUCCESS)
        except RefusedStep as refusal:
            modeladmin.message_user(request, str(refusal), messages.WARNING)


def _versions_shown(request: HttpRequest) -> dict[int, int]:
    """Return the version that the list showed of each ticked row, by key."""
    pairs = (KEY_AND_VERSION.fullmatch(text) for text in request.POST.getlist(SHOWN))
    return {int(pair[1]): int(pair[2]) for pair in pairs if pair}


def _take_over(request: ConsultationRequest, actor: str, shown: int | None) -> str:
    """Take over what has no owner, or has the owner that the list showed; report whose it was."""
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
    """Raise RefusedStep for a request that is not as the list showed it."""
    if shown is None:
        raise RefusedStep(f"{request.reference} was left as it is: this page of the list does not show it.")
    if request.version != shown:
        raise ChangedMeanwhile(request)
