"""The answers a request may hold, and the states it passes through. Values are stored: never rename one."""

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


OTHER_LANGUAGE = "other"  # in the list of interpreters: the language is typed instead
