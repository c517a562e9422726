"""One action for each status that a request can be moved to, all of them through workflow.transition()."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from appointments.choices import Status
from appointments.models import ConsultationRequest
from appointments.workflow import TRANSITIONS, ChangedMeanwhile, IllegalTransition, transition

Action = Callable[["admin.ModelAdmin[Any]", HttpRequest, QuerySet[ConsultationRequest]], None]


def transition_actions() -> list[Action]:
    """For every status that TRANSITIONS leads to."""
    targets = frozenset[Status]().union(*TRANSITIONS.values())
    return [_action_to(status) for status in Status if status in targets]


def _action_to(status: Status) -> Action:
    def action(
        modeladmin: "admin.ModelAdmin[Any]", request: HttpRequest, queryset: QuerySet[ConsultationRequest]
    ) -> None:
        for each in queryset:
            level, text = _move(each, status, request.user.get_username())
            modeladmin.message_user(request, text, level)

    action.__name__ = f"move_to_{status.value}"
    return admin.action(description=f"Change status to “{status.label}”", permissions=["change"])(action)


def _move(request: ConsultationRequest, status: Status, actor: str) -> tuple[int, str]:
    """Level and text of the message that tells what became of one request."""
    before = request.get_status_display()
    try:
        transition(request, status, actor, timezone.now())
    except IllegalTransition as error:
        return messages.WARNING, f"{request.reference} was left as it is. {error}"
    except ChangedMeanwhile:
        return messages.WARNING, _changed_by(request)
    return messages.SUCCESS, f"{request.reference}: {before} → {status.label}."


def _changed_by(request: ConsultationRequest) -> str:
    """Who was faster, and what they did."""
    last = request.audit_events.order_by("-pk").first()
    return f"{request.reference} was left as it is: it changed a moment ago. {last}."
