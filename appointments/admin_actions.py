"""One action for each status that a request can be moved to, all of them through workflow.transition()."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from appointments.choices import WAITING, Status
from appointments.models import ConsultationRequest
from appointments.workflow import ENDS, TRANSITIONS, ChangedMeanwhile, IllegalTransition, transition

Action = Callable[["admin.ModelAdmin[Any]", HttpRequest, QuerySet[ConsultationRequest]], None]


def transition_actions() -> list[Action]:
    """For every status that TRANSITIONS leads to; the way back from an end is an action of its own.

    Somebody may press a button on a list that is hours old. Moving on never reopens what has ended meanwhile.
    """
    onward = [_action(f"move_to_{to.value}", f"Change status to “{to.label}”", WAITING, to) for to in _reached(WAITING)]
    back = [_action(f"reopen_as_{to.value}", f"Reopen as “{to.label}”", ENDS, to) for to in _reached(ENDS)]
    return [*onward, *back]


def _reached(starts: Iterable[Status]) -> list[Status]:
    """Where a request in one of `starts` may go, in the order of the statuses."""
    return [to for to in Status if any(to in TRANSITIONS[start] for start in starts)]


def _action(name: str, description: str, starts: Collection[Status], to: Status) -> Action:
    def action(
        modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
    ) -> None:
        for each in queryset:
            level, text = _move(each, starts, to, request.user.get_username())
            modeladmin.message_user(request, text, level)

    action.__name__ = name
    return admin.action(description=description, permissions=["change"])(action)


def _move(request: ConsultationRequest, starts: Collection[Status], to: Status, actor: str) -> tuple[int, str]:
    """Level and text of the message that tells what became of one request."""
    before = Status(request.status)
    if before not in starts:
        way = "Choose “Reopen” to undo that" if before in ENDS else "It is not at its end"
        return messages.WARNING, f"{request.reference} was left as it is: it is “{before.label}”. {way}."
    try:
        transition(request, to, actor, timezone.now())
    except IllegalTransition as error:
        return messages.WARNING, f"{request.reference} was left as it is. {error}"
    except ChangedMeanwhile:
        return messages.WARNING, _changed_by(request)
    return messages.SUCCESS, f"{request.reference}: {before.label} → {to.label}."


def _changed_by(request: ConsultationRequest) -> str:
    """Who was faster, and what they did."""
    last = request.audit_events.order_by("-pk").first()
    return f"{request.reference} was left as it is: it changed a moment ago. {last}."
