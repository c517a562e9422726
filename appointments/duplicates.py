"""Requests that look as if one person had sent them, and which of them may be joined."""

from dataclasses import dataclass

from appointments.choices import WAITING
from appointments.models import ConsultationRequest
from appointments.workflow import MAY_BE_JOINED_TO

MOST = 5


@dataclass(frozen=True)
class LookAlike:
    """Two requests, seen from the one."""

    request: ConsultationRequest
    other: ConsultationRequest

    @property
    def older(self) -> ConsultationRequest:
        return min(self.request, self.other, key=_age)

    @property
    def newer(self) -> ConsultationRequest:
        return max(self.request, self.other, key=_age)

    @property
    def reasons(self) -> list[str]:
        """Why they look alike, in words."""
        return [reason for reason, holds in self._reasons().items() if holds]

    @property
    def can_be_joined(self) -> bool:
        """The newer one waits, and the older one is there for it: nobody is forgotten behind a request that ended."""
        open_to_it = self.older.status in MAY_BE_JOINED_TO and not self.older.joined_to_id
        return open_to_it and self.newer.status in WAITING

    def _reasons(self) -> dict[str, bool]:
        one, two = self.request, self.other
        return {
            "Same phone number": bool(one.phone) and one.phone == two.phone,
            "Same e-mail address": bool(one.email_key) and one.email_key == two.email_key,
            "Same name and office": (one.name_key, one.office) == (two.name_key, two.office),
        }


def _age(request: ConsultationRequest) -> tuple[object, ...]:
    return request.created_at, request.pk


def look_alikes(request: ConsultationRequest) -> list[LookAlike]:
    """At most MOST of them, the oldest first; none for an erased request."""
    if request.erased_at:
        return []
    return [LookAlike(request, other) for other in ConsultationRequest.objects.like(request)[:MOST]]


def related(request: ConsultationRequest) -> list[ConsultationRequest]:
    """What else is probably the same person's: the look-alikes, and what was joined with it either way."""
    joined = [*request.joined.filter(erased_at=None), *filter(None, [request.joined_to])]
    alike = [pair.other for pair in look_alikes(request)]
    return list(dict.fromkeys(each for each in (*joined, *alike) if each.erased_at is None))
