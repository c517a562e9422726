"""What is stored about requests and visits. Only workflow.py, visits/booking.py and outbox.py write it."""

from appointments.models.audit import AuditEvent
from appointments.models.notes import NOTE_LENGTH, DeskNote
from appointments.models.outbox import MailHold, OutboxMessage
from appointments.models.requests import ConsultationRequest
from appointments.models.visits import TakenTime, Visit

__all__ = [
    "NOTE_LENGTH",
    "AuditEvent",
    "ConsultationRequest",
    "DeskNote",
    "MailHold",
    "OutboxMessage",
    "TakenTime",
    "Visit",
]
