"""The answers a request may hold, its states, and what happens to it. Values are stored: never rename one."""

from django.db.models import TextChoices


class Status(TextChoices):
    NEW = "new", "New"
    CONTACTING = "contacting", "Contacting"
    SCHEDULED = "scheduled", "Scheduled"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"
    CLOSED = "closed", "Closed"
    SPAM = "spam", "Spam"


# Somebody is still owed an answer.
WAITING = (Status.NEW, Status.CONTACTING)


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


# Interpreters that may be asked for, beside those that the offices offer.
LANGUAGES = (
    "Arabic", "Bengali", "Cantonese", "French", "German", "Gujarati", "Haitian Creole", "Hindi", "Italian",
    "Korean", "Mandarin", "Polish", "Portuguese", "Russian", "Spanish", "Tagalog", "Ukrainian", "Urdu",
    "Vietnamese",
)  # fmt: skip
OWN_NAMES = {"Spanish": "Spanish (Español)", "Haitian Creole": "Haitian Creole (Kreyòl ayisyen)"}
OTHER_LANGUAGE = "other"  # in the list of interpreters: the language is typed instead


class Attempt(TextChoices):
    """What came of trying to reach somebody."""

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
    """What the audit trail writes down."""

    SUBMITTED = "submitted", "Sent by the patient"
    TRANSITION = "transition", "Status changed"
    ATTEMPT = "attempt", "Tried to reach the patient"
    ASSIGNED = "assigned", "Assigned"
    MOVED = "moved", "Visit changed"
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


READS = (Action.OPENED, Action.COMPARED, Action.PRINTED, Action.EXPORTED)
STEPS = (Action.TRANSITION, Action.MOVED, Action.ATTEMPT, Action.ASSIGNED, Action.JOINED)  # what the desk can undo
CHANGES = (*STEPS, Action.SUBMITTED, Action.UNDONE, Action.CORRECTED, Action.ERASED)


class MailKind(TextChoices):
    NOTICE = "notice", "Notice to the desk"
    CONFIRMATION = "confirmation", "Confirmation to the patient"
    NEWS = "news", "News to the patient"
    ALARM = "alarm", "Alarm to the fallback address"


TO_PATIENT = (MailKind.CONFIRMATION, MailKind.NEWS)


class MailStatus(TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    FAILED = "failed", "Given up"
