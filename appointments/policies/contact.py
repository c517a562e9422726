"""Contact permissions: the ways in which the desk may reach a patient. Other ways are neither offered nor accepted.

One person may have sent several requests: joined ones, and look-alikes. Until somebody settles which of them belong
together, the strictest wish of all of them counts.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from appointments.choices import Attempt, ContactWay, OthersMay
from appointments.models import ConsultationRequest
from appointments.policies.duplicates import counted_look_alikes


@dataclass(frozen=True)
class ContactPermissions:
    """The ways of reaching a person that each of `requests`, all from that person, allows.

    `request` is the one that the desk works on: its number is called, and its address is written to.
    """

    request: ConsultationRequest
    requests: tuple[ConsultationRequest, ...]

    @property
    def calls_ruled_out(self) -> bool:
        return any(request.contact_way == ContactWay.NO_CALLS for request in self.requests)

    @property
    def is_wrong_number(self) -> bool:
        """Whether the present number turned out to be somebody else's."""
        same_number = [request for request in self._with_number if request.phone == self.request.phone]
        return any(request.last_attempt == Attempt.WRONG_NUMBER for request in same_number)

    @property
    def may_call(self) -> bool:
        return bool(self.request.phone) and not self.calls_ruled_out and not self.is_wrong_number

    @property
    def may_leave_voicemail(self) -> bool:
        """Whether a message may be left. A voicemail is a call: no calls means no messages."""
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
        """What may be said to somebody else who answers; None if nobody is called."""
        if not self.may_call:
            return None
        return OthersMay(min((request.others_may for request in self._with_number), key=OthersMay.values.index))

    @property
    def attempts(self) -> list[Attempt]:
        """The attempts that may be logged. “Reached” always may: patients call us."""
        open_to_us = {
            Attempt.NO_ANSWER: self.may_call,
            Attempt.VOICEMAIL: self.may_leave_voicemail,
            Attempt.WRONG_NUMBER: self.may_call,
            Attempt.WROTE: self.may_write,
            Attempt.REACHED: True,
        }
        return [attempt for attempt, is_open in open_to_us.items() if is_open]

    def with_look_alikes(self, others: Iterable[ConsultationRequest]) -> "ContactPermissions":
        """Return the permissions once `others`, and requests joined with them, count as well."""
        more = (member for other in others for member in joined_either_way(other))
        return ContactPermissions(self.request, (*self.requests, *more))

    @property
    def ways(self) -> tuple[object, ...]:
        """All permissions in one tuple, to compare two sets of them."""
        ruled_out = (self.calls_ruled_out, self.is_wrong_number)
        return (*ruled_out, self.may_call, self.may_leave_voicemail, self.may_text, self.others_may)

    @property
    def _with_number(self) -> list[ConsultationRequest]:
        """The requests that left a number: the others say nothing about voicemail and texts."""
        return [request for request in self.requests if request.phone]


def with_joined(request: ConsultationRequest) -> list[ConsultationRequest]:
    """Return the request and those joined to it; an unsaved request has none."""
    return [request, *(request.joined.all() if request.pk else ())]


def joined_either_way(request: ConsultationRequest) -> tuple[ConsultationRequest, ...]:
    """Return the request, those joined to it, the one that it was joined to, and others joined to that one."""
    beside = with_joined(request.joined_to) if request.joined_to else []
    return (*with_joined(request), *(other for other in beside if other != request))


def own_permissions(request: ConsultationRequest) -> ContactPermissions:
    """Return what the request itself allows, with those joined to it."""
    return ContactPermissions(request, joined_either_way(request))


def contact_permissions(request: ConsultationRequest) -> ContactPermissions:
    """Return what the request allows together with its look-alikes: what the desk may do."""
    return own_permissions(request).with_look_alikes(_look_alikes(request))


def stricter_look_alikes(request: ConsultationRequest) -> list[ConsultationRequest]:
    """Return the look-alikes that rule out what the request itself would allow."""
    own = own_permissions(request)
    return [other for other in _look_alikes(request) if own.with_look_alikes([other]).ways != own.ways]


def refusal_reason(request: ConsultationRequest, attempt: Attempt) -> str:
    """Return why the attempt is not offered, in words; "" if it is offered."""
    if attempt in contact_permissions(request).attempts:
        return ""
    allowed_here = attempt in own_permissions(request).attempts
    others = ", ".join(other.reference for other in stricter_look_alikes(request)) if allowed_here else ""
    return "the patient did not allow that way of contact" + (f" in {others}" if others else "")


def attach_look_alikes(requests: Collection[ConsultationRequest]) -> None:
    """Set `counted_look_alikes` of many requests with a fixed number of queries, for lists."""
    prefetch_related_objects(list(requests), "joined", "joined_to__joined")
    found = _counted_by_key(requests)
    prefetch_related_objects([other for others in found.values() for other in others], "joined", "joined_to__joined")
    for request in requests:
        request.counted_look_alikes = found[request.pk]


def _look_alikes(request: ConsultationRequest) -> list[ConsultationRequest]:
    """Return the look-alikes that attach_look_alikes() found, else those stored now."""
    if request.counted_look_alikes is not None:
        return request.counted_look_alikes
    return _counted_by_key([request])[request.pk] if request.pk else []


def _counted_by_key(requests: Collection[ConsultationRequest]) -> dict[int, list[ConsultationRequest]]:
    """Return the look-alikes that count for each request, by key: its own, and those of requests joined with it."""
    joined = {request.pk: joined_either_way(request) for request in requests}
    found = counted_look_alikes([member for members in joined.values() for member in members])
    return {key: _first_of_each_join(members, found) for key, members in joined.items()}


def _first_of_each_join(
    members: Collection[ConsultationRequest], found: Mapping[int, list[ConsultationRequest]]
) -> list[ConsultationRequest]:
    """Return the look-alikes of `members` among others, one for each group of joined requests."""
    others = dict.fromkeys(other for member in members for other in found.get(member.pk, []) if other not in members)
    keys = {other.pk for other in others}
    return [other for other in others if other.joined_to_id not in keys]
