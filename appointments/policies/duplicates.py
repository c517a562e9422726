"""Look-alike requests, which one person seems to have sent, and which of them may be joined."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from appointments.choices import MAY_BE_JOINED_TO, WAITING
from appointments.models import ConsultationRequest
from appointments.models.requests import SAME_NAME_WITHIN

MOST = 5
BY_NAME = "Same name and office"
Key = str | tuple[str, str]


@dataclass(frozen=True)
class LookAlike:
    """Two requests that look alike, seen from one of them."""

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
        """Why they look alike, in words; empty if they do not."""
        other = _keys(self.other)
        shared = [words for words, key in _keys(self.request).items() if other.get(words) == key]
        apart = abs(self.request.created_at - self.other.created_at)
        return [words for words in shared if words != BY_NAME or apart <= SAME_NAME_WITHIN]

    @property
    def can_be_joined(self) -> bool:
        """Whether the newer one waits and the older one is open: a join must not hide a waiting request."""
        open_to_it = self.older.status in MAY_BE_JOINED_TO and not self.older.joined_to_id
        return open_to_it and self.newer.status in WAITING

    @property
    def counts(self) -> bool:
        """Whether the wishes in `other` count for `request`: it is open, or was sent later.

        An older request that ended was answered, and later wishes replace it. A joined request is as open as the one
        that it was joined to.
        """
        answered_in = self.other.joined_to or self.other
        return answered_in.status in MAY_BE_JOINED_TO or self.newer == self.other


def _keys(request: ConsultationRequest) -> dict[str, Key]:
    """Return the keys that two requests of one person share, by their names in words, without empty ones."""
    keys: dict[str, Key] = {
        "Same phone number": request.phone,
        "Same e-mail address": request.email_key,
        BY_NAME: (request.name_key, request.office),
    }
    return {words: key for words, key in keys.items() if key}


def _age(request: ConsultationRequest) -> tuple[object, ...]:
    return request.created_at, request.pk


def look_alikes(request: ConsultationRequest) -> list[LookAlike]:
    """Return at most MOST look-alikes, the oldest first; none for an erased request."""
    if request.erased_at:
        return []
    return [LookAlike(request, other) for other in ConsultationRequest.objects.like(request)[:MOST]]


def typed_look_alikes(person: ConsultationRequest, nonce: str) -> list[LookAlike]:
    """Return at most MOST look-alikes of a request that is not stored yet, the oldest first.

    `nonce`: of its form. What was stored from the same form is no look-alike, but the first press of the button.
    """
    others = ConsultationRequest.objects.like_any([person]).filter(joined_to=None)
    pairs = [LookAlike(person, other) for other in others.exclude(form_place__startswith=f"{nonce}:")]
    return [pair for pair in pairs if pair.reasons][:MOST]


def counted_look_alikes(requests: Collection[ConsultationRequest]) -> dict[int, list[ConsultationRequest]]:
    """Return, by key, the look-alikes that count for each of `requests`, with one query for all."""
    alive = [request for request in requests if request.erased_at is None]
    by_key = defaultdict(list)
    for other in ConsultationRequest.objects.like_any(alive).select_related("joined_to"):
        for key in _keys(other).items():
            by_key[key].append(other)
    return {request.pk: _counted(request, by_key) for request in alive}


def _counted(
    request: ConsultationRequest, by_key: Mapping[tuple[str, Key], list[ConsultationRequest]]
) -> list[ConsultationRequest]:
    candidates = dict.fromkeys(other for key in _keys(request).items() for other in by_key[key] if other != request)
    pairs = [LookAlike(request, other) for other in candidates]
    return [pair.other for pair in pairs if pair.counts and pair.reasons]


def related(request: ConsultationRequest) -> list[ConsultationRequest]:
    """Return the other requests that are probably the same person's: look-alikes and joined ones."""
    joined = [*request.joined.filter(erased_at=None), *filter(None, [request.joined_to])]
    alike = [pair.other for pair in look_alikes(request)]
    return list(dict.fromkeys(other for other in (*joined, *alike) if other.erased_at is None))
