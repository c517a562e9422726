"""Which ways of reaching somebody are open to the desk. What the patient ruled out is not offered, and is refused.

What they ruled out in one request holds for the one it was joined to as well. Lists prefetch `joined`.
"""

from appointments.choices import Attempt, ContactWay
from appointments.models import ConsultationRequest


def with_joined(request: ConsultationRequest) -> list[ConsultationRequest]:
    """The request, then those that were joined to it: none, where it is not stored."""
    return [request, *(request.joined.all() if request.pk else ())]


def calls_ruled_out(request: ConsultationRequest) -> bool:
    return any(each.contact_way == ContactWay.NO_CALLS for each in with_joined(request))


def is_wrong_number(request: ConsultationRequest) -> bool:
    """Whether the number, as it is now, turned out to be somebody else's."""
    same_number = [each for each in with_joined(request) if each.phone and each.phone == request.phone]
    return any(each.last_attempt == Attempt.WRONG_NUMBER for each in same_number)


def may_call(request: ConsultationRequest) -> bool:
    return bool(request.phone) and not calls_ruled_out(request) and not is_wrong_number(request)


def may_leave_voicemail(request: ConsultationRequest) -> bool:
    """A voicemail is a call: who asked for none gets no message either."""
    return may_call(request) and all(each.voicemail for each in with_number(request))


def may_text(request: ConsultationRequest) -> bool:
    texts = all(each.texts for each in with_number(request))
    return bool(request.phone) and texts and not is_wrong_number(request)


def may_write(request: ConsultationRequest) -> bool:
    return bool(request.email) or may_text(request)


def with_number(request: ConsultationRequest) -> list[ConsultationRequest]:
    """with_joined(), without those that left no number: they say nothing about voicemail and texts."""
    return [each for each in with_joined(request) if each.phone]


def attempts_offered(request: ConsultationRequest) -> list[Attempt]:
    """What may be logged about an attempt to reach the person. A person may always be reached, when they call us."""
    open_to_us = {
        Attempt.NO_ANSWER: may_call(request),
        Attempt.VOICEMAIL: may_leave_voicemail(request),
        Attempt.WRONG_NUMBER: may_call(request),
        Attempt.WROTE: may_write(request),
        Attempt.REACHED: True,
    }
    return [attempt for attempt, is_open in open_to_us.items() if is_open]
