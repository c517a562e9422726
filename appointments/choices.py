"""Answers, states and events of a request, and which status may follow which. Values are stored: never rename one."""

from django.db.models import TextChoices


class Status(TextChoices):
    NEW = "new", "New"
    CONTACTING = "contacting", "Contacting"
    SCHEDULED = "scheduled", "Scheduled"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    CLOSED = "closed", "Closed"
    SPAM = "spam", "Spam"


# The clinic still owes an answer.
WAITING = (Status.NEW, Status.CONTACTING)
ENDS = frozenset(Status) - frozenset(WAITING)
MAY_BE_JOINED_TO = (*WAITING, Status.SCHEDULED)
# Which status may follow which: workflow.py enforces the table, and the front-desk guide's diagram shows it.
# Every transition can be reversed, so that staff can correct a mistake.
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.NEW: ENDS | {Status.CONTACTING},
    Status.CONTACTING: ENDS | {Status.NEW},
    Status.SCHEDULED: frozenset(WAITING),
    Status.DECLINED: frozenset(WAITING),
    Status.WITHDRAWN: frozenset(WAITING),
    Status.CLOSED: frozenset(WAITING),
    Status.SPAM: frozenset(WAITING),
}


class VisitStatus(TextChoices):
    """States of a visit (FHIR R4: Appointment.status)."""

    PROPOSED = "proposed", "Offered"
    PENDING = "pending", "Picked by the patient"
    BOOKED = "booked", "Booked"
    ARRIVED = "arrived", "Arrived"
    FULFILLED = "fulfilled", "Done"
    NO_SHOW = "noshow", "Did not come"
    CANCELLED = "cancelled", "Cancelled"
    LAPSED = "lapsed", "Offer not taken in time"


TO_COME = (VisitStatus.PENDING, VisitStatus.BOOKED)
OPEN_VISIT = (*TO_COME, VisitStatus.ARRIVED)  # a request has at most one of them
OFFERS = (VisitStatus.PROPOSED, VisitStatus.LAPSED)  # a lapsed one can be taken while the time is free


class CancelReason(TextChoices):
    """Why the clinic cancels a visit, without a word about health."""

    PATIENT_ASKED = "patient_asked", "The patient asked for it"
    CLINIC = "clinic", "The clinic cannot keep the time"
    MISTAKE = "mistake", "Booked by mistake"


class ContactWay(TextChoices):
    PHONE = "phone", "Call me"
    EMAIL = "email", "E-mail me"
    TEXT = "text", "Text me"
    NO_CALLS = "no_calls", "Do not call me. Use e-mail or text only"

    __empty__ = "No preference"


class OthersMay(TextChoices):
    """What the desk may say when somebody else answers the phone; the first is the safest, and the default."""

    NOTHING = "nothing", "Say nothing about the clinic. Ask only for me"
    KNOW = "know", "You may say that the clinic is calling"
    TAKE_MESSAGE = "take_message", "You may leave a message with them"


class BestTime(TextChoices):
    MORNING = "morning", "Morning"
    MIDDAY = "midday", "Midday"
    AFTERNOON = "afternoon", "Afternoon"


class Reason(TextChoices):
    """Why someone writes, without a word about health."""

    NEW_PATIENT = "new_patient", "I would like to become a patient"
    VISIT = "visit", "A question about a visit"
    RECORDS = "records", "A question about records"
    OTHER = "other", "Something else"

    __empty__ = "I would rather not say"


class ForWhom(TextChoices):
    MYSELF = "myself", "Myself"
    SOMEONE_ELSE = "someone_else", "Someone else"

    __empty__ = "I would rather not say"


# Languages of interpreters to choose from, in addition to those that the offices offer.
LANGUAGES = (
    "Arabic", "Bengali", "Cantonese", "French", "German", "Gujarati", "Haitian Creole", "Hindi", "Italian",
    "Korean", "Mandarin", "Polish", "Portuguese", "Russian", "Spanish", "Tagalog", "Ukrainian", "Urdu",
    "Vietnamese",
)  # fmt: skip
OWN_NAMES = {"Spanish": "Spanish (Español)", "Haitian Creole": "Haitian Creole (Kreyòl ayisyen)"}
OTHER_LANGUAGE = "other"  # in the list of interpreters: the language is typed instead


class Attempt(TextChoices):
    """Results of an attempt to reach somebody."""

    NO_ANSWER = "no_answer", "No answer"
    VOICEMAIL = "voicemail", "Left a voicemail"
    WRONG_NUMBER = "wrong_number", "Wrong number"
    REACHED = "reached", "Reached"
    WROTE = "wrote", "Sent an e-mail or a text"


class DeclineReason(TextChoices):
    """Why the clinic says no, without a word about health."""

    NOT_OFFERED = "not_offered", "We do not offer what was asked for"
    OTHER_STATE = "other_state", "Outside the states we serve"
    NO_ROOM = "no_room", "No room at present"
    SENT_ON = "sent_on", "Sent on to another clinic"
    UNDER_AGE = "under_age", "For somebody under 18"
    OTHER = "other", "Another reason"


class Action(TextChoices):
    """Events of the audit trail."""

    SUBMITTED = "submitted", "Sent by the patient"
    TRANSITION = "transition", "Status changed"
    ATTEMPT = "attempt", "Tried to reach the patient"
    ASSIGNED = "assigned", "Assigned"
    MOVED = "moved", "Visit changed"
    PICKED = "picked", "Time picked by the patient"
    OFFERED = "offered", "Times offered"
    NO_TIME_FITS = "no_time_fits", "None of the offered times fits"
    LAPSED = "lapsed", "Offers not taken in time"
    VISIT_CANCELLED = "cancelled", "Visit cancelled"
    VISITED = "visited", "Visit's outcome recorded"
    EARLIER_WANTED = "earlier", "Waiting list changed"
    ANSWERED = "answered", "Patient answered"
    NOTED = "noted", "Note added"
    JOINED = "joined", "Joined to another request"
    UNDONE = "undone", "Step undone"
    CORRECTED = "corrected", "Changed by the patient"
    UNCONFIRMED = "unconfirmed", "Wrong digits on the patient's page"
    OPENED = "opened", "Opened"
    COMPARED = "compared", "Shown beside another request"
    PRINTED = "printed", "Printed"
    EXPORTED = "exported", "Exported"
    ALARMED = "alarmed", "Alarm raised"
    MAILED_AGAIN = "mailed_again", "Mail sent again"
    ERASED = "erased", "Personal data erased"


# What patients do by sending the form, with or without a time, and by sending that again.
SENDING_STEPS = (Action.SUBMITTED, Action.PICKED, Action.TRANSITION, Action.MOVED)
FAST = "fast"  # detail of SUBMITTED: sent faster than a person fills in the form
READS = (Action.OPENED, Action.COMPARED, Action.PRINTED, Action.EXPORTED)
STEPS = (Action.TRANSITION, Action.ATTEMPT, Action.ASSIGNED, Action.JOINED)  # what the desk can undo
# They take and free times, so they are not undone: a visit is booked anew.
VISIT_STEPS = (
    Action.MOVED, Action.PICKED, Action.OFFERED, Action.NO_TIME_FITS, Action.LAPSED, Action.VISIT_CANCELLED,
    Action.VISITED,
)  # fmt: skip
CHANGES = (
    *STEPS, *VISIT_STEPS, Action.SUBMITTED, Action.UNDONE, Action.CORRECTED, Action.EARLIER_WANTED, Action.ANSWERED,
    Action.ERASED,
)  # fmt: skip


class MailKind(TextChoices):
    NOTICE = "notice", "Notice to the desk"
    CONFIRMATION = "confirmation", "Confirmation to the patient"
    NEWS = "news", "News to the patient"
    OFFERED = "offered", "Times to choose from"
    BOOKED = "booked", "Visit booked"
    CHANGED = "changed", "Visit changed"
    CANCELLED = "cancelled", "Visit cancelled"
    REMINDER = "reminder", "Reminder of the visit"
    ALARM = "alarm", "Alarm to the fallback address"


# Mails that tell the patient of something that nobody else tells them.
NEWS_KINDS = (MailKind.NEWS, MailKind.OFFERED, MailKind.BOOKED, MailKind.CHANGED, MailKind.CANCELLED)
TO_PATIENT = tuple(kind for kind in MailKind if kind not in (MailKind.NOTICE, MailKind.ALARM))


class MailStatus(TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    FAILED = "failed", "Given up"
