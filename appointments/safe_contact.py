"""Which ways of reaching somebody are open to the desk. What the patient ruled out is not offered, and is refused.

One person may have sent several requests: those that were joined, and those that look alike. Until somebody settles
which of them belong together, the strictest wish of all of them holds.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from appointments.choices import Attempt, ContactWay, OthersMay
from appointments.duplicates import counted_look_alikes
from appointments.models import ConsultationRequest


@dataclass(frozen=True)
class ContactPermissions:
    """Which ways of reaching a person are open: those that each of `requests`, all from that person, allows.

    `request` is the one that the desk works on: its number is called, and its address is written to.
    """

    request: ConsultationRequest
    requests: tuple[ConsultationRequest, ...]

    @property
    def calls_ruled_out(self) -> bool:
        return any(request.contact_way == ContactWay.NO_CALLS for request in self.requests)

    @property
    def is_wrong_number(self) -> bool:
        """Whether the number, as it is now, turned out to be somebody else's."""
        same_number = [request for request in self._with_number if request.phone == self.request.phone]
        return any(request.last_attempt == Attempt.WRONG_NUMBER for request in same_number)

    @property
    def may_call(self) -> bool:
        return bool(self.request.phone) and not self.calls_ruled_out and not self.is_wrong_number

    @property
    def may_leave_voicemail(self) -> bool:
        """A voicemail is a call: who asked for none gets no message either."""
        return self.may_call and all(request.voicemail for request in self._with_number)

    @property
    def may_text(self) -> bool:
        texts = all(request.texts for request in self._with_number)
        return bool(self.request.phone) and texts and not self.is_wrong_number

    @property
    def may_write(self) -> bool:
        return bool(self.request.email) or self.may_text

    @property
    def others_may(self) -> OthersMay | None:
        """What may be said to somebody else who answers; None where nobody is called."""
        if not self.may_call:
            return None
        return OthersMay(min((request.others_may for request in self._with_number), key=OthersMay.values.index))

    @property
    def attempts(self) -> list[Attempt]:
        """What may be logged about an attempt. A person may always be reached, when they call us."""
        open_to_us = {
            Attempt.NO_ANSWER: self.may_call,
            Attempt.VOICEMAIL: self.may_leave_voicemail,
            Attempt.WRONG_NUMBER: self.may_call,
            Attempt.WROTE: self.may_write,
            Attempt.REACHED: True,
        }
        return [attempt for attempt, is_open in open_to_us.items() if is_open]

    def with_look_alikes(self, others: Iterable[ConsultationRequest]) -> "ContactPermissions":
        """Return the permissions once `others`, and what was joined with each, count as well."""
        more = (member for other in others for member in joined_either_way(other))
        return ContactPermissions(self.request, (*self.requests, *more))

    @property
    def ways(self) -> tuple[object, ...]:
        """All that the desk does or reads by it, to compare with others."""
        ruled_out = (self.calls_ruled_out, self.is_wrong_number)
        return (*ruled_out, self.may_call, self.may_leave_voicemail, self.may_text, self.others_may)

    @property
    def _with_number(self) -> list[ConsultationRequest]:
        """The requests that left a number: the others say nothing about voicemail and texts."""
        return [request for request in self.requests if request.phone]


def with_joined(request: ConsultationRequest) -> list[ConsultationRequest]:
    """The request, then those that were joined to it: none, where it is not stored."""
    return [request, *(request.joined.all() if request.pk else ())]


def joined_either_way(request: ConsultationRequest) -> tuple[ConsultationRequest, ...]:
    """The request, those that were joined to it, the one that it was joined to, and those beside it there."""
    beside = with_joined(request.joined_to) if request.joined_to else []
    return (*with_joined(request), *(other for other in beside if other != request))


def own_permissions(request: ConsultationRequest) -> ContactPermissions:
    """Return what the request itself allows, with those that it was joined with."""
    return ContactPermissions(request, joined_either_way(request))


def contact_permissions(request: ConsultationRequest) -> ContactPermissions:
    """Return what the request allows together with its look-alikes: what the desk may do."""
    return own_permissions(request).with_look_alikes(_look_alikes(request))


def stricter_look_alikes(request: ConsultationRequest) -> list[ConsultationRequest]:
    """Return the look-alikes that rule out what the request itself would allow."""
    own = own_permissions(request)
    return [other for other in _look_alikes(request) if own.with_look_alikes([other]).ways != own.ways]


def why_refused(request: ConsultationRequest, attempt: Attempt) -> str:
    """Return why the attempt is not offered, in words; "" where it is."""
    if attempt in contact_permissions(request).attempts:
        return ""
    allowed_here = attempt in own_permissions(request).attempts
    others = ", ".join(other.reference for other in stricter_look_alikes(request)) if allowed_here else ""
    return "the patient did not allow that way of contact" + (f" in {others}" if others else "")


def attach_look_alikes(requests: Collection[ConsultationRequest]) -> None:
    """Look up what counts for many requests by a fixed number of queries, so that no row of a list asks again."""
    prefetch_related_objects(list(requests), "joined", "joined_to__joined")
    found = _found(requests)
    prefetch_related_objects([other for others in found.values() for other in others], "joined", "joined_to__joined")
    for request in requests:
        request.counted_look_alikes = found[request.pk]


def _look_alikes(request: ConsultationRequest) -> list[ConsultationRequest]:
    """Return the look-alikes that attach_look_alikes() found, else those that are stored now."""
    if request.counted_look_alikes is not None:
        return request.counted_look_alikes
    return _found([request])[request.pk] if request.pk else []


def _found(requests: Collection[ConsultationRequest]) -> dict[int, list[ConsultationRequest]]:
    """The look-alikes that count for each, by its key: its own, and those of the requests it was joined with."""
    joined = {request.pk: joined_either_way(request) for request in requests}
    found = counted_look_alikes([member for members in joined.values() for member in members])
    return {key: _first_of_each_join(members, found) for key, members in joined.items()}


def _first_of_each_join(
    members: Collection[ConsultationRequest], found: Mapping[int, list[ConsultationRequest]]
) -> list[ConsultationRequest]:
    """The look-alikes of `members` among others. One that was joined stands for itself where the other is none."""
    others = dict.fromkeys(other for member in members for other in found.get(member.pk, []) if other not in members)
    keys = {other.pk for other in others}
    return [other for other in others if other.joined_to_id not in keys]
