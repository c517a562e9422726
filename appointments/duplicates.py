"""Requests that look as if one person had sent them, and which of them may be joined."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from appointments.choices import WAITING
from appointments.models import ConsultationRequest
from appointments.querysets import SAME_NAME_WITHIN
from appointments.transitions import MAY_BE_JOINED_TO

MOST = 5
BY_NAME = "Same name and office"
Key = str | tuple[str, str]


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
        """Why they look alike, in words; none where they do not."""
        other = _keys(self.other)
        shared = [words for words, key in _keys(self.request).items() if other.get(words) == key]
        apart = abs(self.request.created_at - self.other.created_at)
        return [words for words in shared if words != BY_NAME or apart <= SAME_NAME_WITHIN]

    @property
    def can_be_joined(self) -> bool:
        """The newer one waits, and the older one is there for it: nobody is forgotten behind a request that ended."""
        open_to_it = self.older.status in MAY_BE_JOINED_TO and not self.older.joined_to_id
        return open_to_it and self.newer.status in WAITING

    @property
    def counts(self) -> bool:
        """Whether what `other` says about contact holds for `request`: it is open, or was said later.

        An ended one that is older was answered, and what the person said since then takes its place. One that was
        joined to another is as open as that one.
        """
        answered_in = self.other.joined_to or self.other
        return answered_in.status in MAY_BE_JOINED_TO or self.newer == self.other


def _keys(request: ConsultationRequest) -> dict[str, Key]:
    """What two requests of one person share, by the words for it; without what was not given."""
    keys: dict[str, Key] = {
        "Same phone number": request.phone,
        "Same e-mail address": request.email_key,
        BY_NAME: (request.name_key, request.office),
    }
    return {words: key for words, key in keys.items() if key}


def _age(request: ConsultationRequest) -> tuple[object, ...]:
    return request.created_at, request.pk


def look_alikes(request: ConsultationRequest) -> list[LookAlike]:
    """At most MOST of them, the oldest first; none for an erased request."""
    if request.erased_at:
        return []
    return [LookAlike(request, other) for other in ConsultationRequest.objects.like(request)[:MOST]]


def counted_look_alikes(requests: Collection[ConsultationRequest]) -> dict[int, list[ConsultationRequest]]:
    """Find for each of `requests`, by its key, the look-alikes that count for it; one query for all of them."""
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
    """What else is probably the same person's: the look-alikes, and what was joined with it either way."""
    joined = [*request.joined.filter(erased_at=None), *filter(None, [request.joined_to])]
    alike = [pair.other for pair in look_alikes(request)]
    return list(dict.fromkeys(each for each in (*joined, *alike) if each.erased_at is None))
