"""Which ways of reaching somebody are open to the desk. What the patient ruled out is not offered, and is refused."""

from appointments.choices import Attempt, ContactWay
from appointments.models import ConsultationRequest


def may_call(request: ConsultationRequest) -> bool:
    return bool(request.phone) and request.contact_way != ContactWay.NO_CALLS


def may_leave_voicemail(request: ConsultationRequest) -> bool:
    """A voicemail is a call: who asked for none gets no message either."""
    return may_call(request) and request.voicemail


def may_write(request: ConsultationRequest) -> bool:
    return bool(request.email) or (bool(request.phone) and request.texts)


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
