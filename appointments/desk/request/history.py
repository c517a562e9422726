"""The history of a request on its page: what happened, and who read it."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max

from appointments.choices import Action
from appointments.models import AuditEvent, ConsultationRequest


@dataclass(frozen=True)
class Read:
    """How often somebody opened, printed or exported a request, and when last."""

    actor: str
    action: Action
    times: int
    last: dt.datetime


@dataclass(frozen=True)
class History:
    happenings: list[AuditEvent]  # oldest first
    reads: list[Read]  # newest first

    @property
    def undone(self) -> set[int | None]:
        """Keys of the events that were undone."""
        return {event.undoes_id for event in self.happenings}

    @property
    def attempts(self) -> list[AuditEvent]:
        return self._all(Action.ATTEMPT)

    @property
    def corrections(self) -> list[AuditEvent]:
        return self._all(Action.CORRECTED)

    @property
    def transitions(self) -> list[AuditEvent]:
        return self._all(Action.TRANSITION)

    def _all(self, action: Action) -> list[AuditEvent]:
        return [event for event in self.happenings if event.action == action]


def history(request: ConsultationRequest) -> History:
    return History(list(request.audit_events.happenings()), _reads(request))


def _reads(request: ConsultationRequest) -> list[Read]:
    by_person = request.audit_events.reads().order_by().values("actor", "action")
    counted = by_person.annotate(times=Count("pk"), last=Max("at")).order_by("-last", "actor", "action")
    return [Read(row["actor"], Action(row["action"]), row["times"], row["last"]) for row in counted]
