"""What can be done with the rows that were ticked: moved on, taken over, exported. Changes go through workflow."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from appointments import workflow
from appointments.choices import WAITING, Action, Status
from appointments.desk.export import file_name, to_csv
from appointments.models import ConsultationRequest
from appointments.transitions import ENDS, TRANSITIONS
from appointments.workflow import RefusedStep, transition
from clinic_site.clinic_file import get_clinic

AdminAction = Callable[["admin.ModelAdmin[Any]", HttpRequest, QuerySet[ConsultationRequest]], HttpResponse | None]
Told = tuple[int, str]  # level and text of the message that tells what became of one request


def transition_actions() -> list[AdminAction]:
    """For every status that TRANSITIONS leads to; the way back from an end is an action of its own.

    Somebody may press a button on a list that is hours old. Moving on never reopens what has ended meanwhile.
    """
    onward = [_action(f"move_to_{to.value}", f"Change status to “{to.label}”", WAITING, to) for to in _reached(WAITING)]
    back = [_action(f"reopen_as_{to.value}", f"Reopen as “{to.label}”", ENDS, to) for to in _reached(ENDS)]
    return [*onward, *back]


def _reached(starts: Iterable[Status]) -> list[Status]:
    """Where a request in one of `starts` may go, in the order of the statuses."""
    return [to for to in Status if any(to in TRANSITIONS[start] for start in starts)]


def _action(name: str, description: str, starts: Collection[Status], to: Status) -> AdminAction:
    def action(
        modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
    ) -> None:
        for each in queryset:
            level, text = _told(_move, each, request.user.get_username(), starts, to)
            modeladmin.message_user(request, text, level)

    action.__name__ = name
    return admin.action(description=description, permissions=["change"])(action)


@admin.action(description="Assign to me", permissions=["change"])
def assign_to_me(
    modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
) -> None:
    for each in queryset:
        level, text = _told(_take_over, each, request.user.get_username())
        modeladmin.message_user(request, text, level)


@admin.action(description="Export as CSV", permissions=["change"])
def export_as_csv(
    modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
) -> HttpResponse:
    """The file leaves once the audit trail names who took it."""
    clinic, now = get_clinic(), timezone.now()
    requests = list(queryset.select_related("joined_to"))
    workflow.record_each(requests, Action.EXPORTED, request.user.get_username(), now)
    headers = {"Content-Disposition": f'attachment; filename="{file_name(clinic, now)}"'}
    return HttpResponse(to_csv(requests, clinic), content_type="text/csv; charset=utf-8", headers=headers)


def _told(step: Callable[..., Told], *args: Any) -> Told:
    try:
        return step(*args)
    except RefusedStep as refusal:
        return messages.WARNING, str(refusal)


def _move(request: ConsultationRequest, actor: str, starts: Collection[Status], to: Status) -> Told:
    before = Status(request.status)
    if before not in starts:
        way = "Choose “Reopen” to undo that" if before in ENDS else "It is not at its end"
        return messages.WARNING, f"{request.reference} was left as it is: it is “{before.label}”. {way}."
    transition(request, to, actor, timezone.now())
    return messages.SUCCESS, f"{request.reference}: {before.label} → {to.label}."


def _take_over(request: ConsultationRequest, actor: str) -> Told:
    """Says whose it was: nobody loses a request without a word."""
    before = request.assigned_to
    if before == actor:
        return messages.WARNING, f"{request.reference} is in your hands already."
    if request.erased_at:
        return messages.WARNING, f"{request.reference} was left as it is: it was erased."
    workflow.assign(request, actor, actor, timezone.now())
    return messages.SUCCESS, f"{request.reference} is in your hands now" + (f"; {before} had it." if before else ".")
