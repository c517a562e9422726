"""What list, export and print sheet say of a request, in words."""

from appointments import in_words
from appointments.models import ConsultationRequest
from appointments.safe_contact import with_joined
from clinic_site.clinic import Clinic
from clinic_site.wording import day_and_clock

NOBODY = "Nobody"
NOT_TRIED = "Not tried yet"
NOT_CALLED = "Nobody is called"


def marks(request: ConsultationRequest) -> list[str]:
    """What makes it unlike the others. Words of a crisis count in what was joined to it, too."""
    holds = {
        "Words of a crisis": any(each.crisis for each in with_joined(request)),
        "Joined": request.joined_to_id is not None,
        "Erased": request.erased_at is not None,
    }
    return [mark for mark, is_so in holds.items() if is_so]


def last_attempt(request: ConsultationRequest) -> str:
    """What came of it, and when."""
    if request.last_attempt_at is None:
        return NOT_TRIED
    return f"{request.get_last_attempt_display()}, {day_and_clock(request.last_attempt_at)}"


def holder(request: ConsultationRequest) -> str:
    return request.assigned_to or NOBODY


def answers(request: ConsultationRequest, clinic: Clinic) -> dict[str, str]:
    """All that the patient told us but the consents, how to make contact before the number; "" where nothing was."""
    return {
        "How to contact safely": in_words.safe_contact(request),
        "If others answer": in_words.others_may(request) or NOT_CALLED,
        "Good times": in_words.best_times(request),
        "Asks for": in_words.asks_for(request) if request.for_whom else "",
        "Interpreter": request.interpreter,
        "Access needs": in_words.access_needs(request),
        "Name": request.name,
        "Phone": request.phone_shown,
        "Phone as typed": request.phone_typed,
        "E-mail": request.email,
        "Office": in_words.office_name(clinic, request.office),
        "About": request.get_reason_display(),
        "Note": request.note,
        "Came from": request.article,
    }
