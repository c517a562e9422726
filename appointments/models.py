"""What is stored. Only workflow.py and outbox.py write it."""

import datetime as dt
import uuid
from typing import Any, NoReturn

from django.db import models
from django.db.models import Case, Q, Value, When

from appointments.choices import WAITING, ContactWay, ForWhom, Reason, Status
from appointments.phones import digits_to_search
from appointments.references import normalise
from clinic_site.phones import format_phone

LATE = dt.timedelta(minutes=10)
RECEIVED_LIFE = dt.timedelta(days=30)  # the link to a confirmation page works this long


class RequestQuerySet(models.QuerySet["ConsultationRequest"]):
    def waiting(self) -> "RequestQuerySet":
        """Those that the clinic still owes an answer."""
        return self.filter(status__in=WAITING)

    def waiting_first(self) -> "RequestQuerySet":
        """The waiting before the ended, and the newest first in both."""
        ended = Case(When(status__in=WAITING, then=Value(0)), default=Value(1))
        return self.order_by(ended, "-created_at", "-pk")

    def overdue(self, now: dt.datetime) -> "RequestQuerySet":
        """Waiting beyond the moment that was promised."""
        return self.waiting().filter(reply_by__lt=now)

    def due_between(self, start: dt.datetime, end: dt.datetime) -> "RequestQuerySet":
        """Waiting, and promised for `start` or later, but before `end`."""
        return self.waiting().filter(reply_by__gte=start, reply_by__lt=end)

    def from_address(self, email: str, since: dt.datetime) -> "RequestQuerySet":
        """Those that gave this e-mail address, from `since` on."""
        return self.filter(email__iexact=email, created_at__gte=since)

    def with_confirmation(self, now: dt.datetime) -> "RequestQuerySet":
        """Those whose confirmation page may still be shown."""
        return self.filter(created_at__gt=now - RECEIVED_LIFE)

    def matching(self, text: str) -> "RequestQuerySet":
        """By reference, name, e-mail address or phone number, however it is typed."""
        found = Q(name__icontains=text) | Q(email__icontains=text)
        if reference := normalise(text):
            found |= Q(reference=reference)
        if digits := digits_to_search(text):
            found |= Q(phone__contains=digits)
        return self.filter(found)


class ConsultationRequest(models.Model):
    """One person's request to hear from the clinic. The comments say why each answer is kept at all."""

    reference = models.CharField(max_length=7, unique=True)  # to speak about a request without a name
    token = models.CharField(max_length=43, unique=True)  # opens the confirmation page; cannot be guessed
    idempotency_key = models.CharField(max_length=64, unique=True)  # makes two presses of a button one request
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)  # who has to act next
    created_at = models.DateTimeField("received")  # how long somebody has waited
    reply_by = models.DateTimeField()  # the promise the patient was given
    office = models.SlugField(blank=True, db_index=False)  # which desk answers; empty: no preference

    name = models.CharField(max_length=200)  # whom to ask for
    phone_typed = models.CharField("phone as typed", max_length=200, blank=True)  # to spot a slip in the number
    phone = models.CharField(max_length=20, blank=True)  # to call or text, and to search; E.164
    phone_extension = models.CharField("extension", max_length=20, blank=True)  # to get through to the person
    email = models.EmailField("e-mail", blank=True)  # to write to people who cannot use a phone
    contact_way = models.CharField(max_length=10, choices=ContactWay, blank=True)  # to reach people safely
    best_times = models.JSONField(default=list, blank=True)  # to call when somebody can speak
    voicemail = models.BooleanField(default=False)  # so that nobody else hears a message
    texts = models.BooleanField(default=False)  # texts need their own consent

    interpreter = models.CharField(max_length=150, blank=True)  # to have the right language on the line
    access = models.JSONField(default=list, blank=True)  # to offer an office that fits; keys of ACCESS
    access_note = models.CharField(max_length=200, blank=True)  # what that list leaves out
    reason = models.CharField(max_length=20, choices=Reason, blank=True)  # to pass it to the right person
    for_whom = models.CharField(max_length=20, choices=ForWhom, blank=True)  # to know who is on the line
    note = models.CharField(max_length=200, blank=True)  # what the desk should know; not for health details
    article = models.CharField("came from", max_length=100, blank=True)  # which article was of use, if they let us know
    consents = models.JSONField(default=list)  # what was agreed to, word for word, and when

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = "consultation request"
        default_permissions = ("view", "change")
        indexes = [models.Index(fields=["status", "created_at"], name="request_status_created")]

    def __str__(self) -> str:
        return self.reference

    @property
    def phone_shown(self) -> str:
        """The number as people write it, with its extension; "" where there is none."""
        if not self.phone:
            return ""
        extension = f" ext. {self.phone_extension}" if self.phone_extension else ""
        return format_phone(self.phone) + extension


class AppendOnlyError(Exception):
    """Somebody tried to change or remove what has been written to the audit trail."""

    def __init__(self) -> None:
        super().__init__("The audit trail is written once. Add an event that says what changed.")


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError

    def delete(self) -> NoReturn:
        raise AppendOnlyError


class AuditEvent(models.Model):
    """What happened to a request, by whom and when. Changing or deleting a row raises AppendOnlyError."""

    class Action(models.TextChoices):
        SUBMITTED = "submitted", "Sent by the patient"
        TRANSITION = "transition", "Status changed"
        ERASED = "erased", "Personal data erased"

    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="audit_events")
    at = models.DateTimeField()
    actor = models.CharField(max_length=150, blank=True)  # user name; empty: the patient
    action = models.CharField(max_length=20, choices=Action)
    before = models.CharField(max_length=10, choices=Status, blank=True)
    after = models.CharField(max_length=10, choices=Status)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        """In plain words, without anything the patient typed."""
        if self.action == self.Action.SUBMITTED:
            return f"The patient sent the request; status {self.get_after_display()}"
        if self.action == self.Action.ERASED:
            return f"{self.actor} erased what the patient sent; status {self.get_after_display()}"
        return f"{self.actor} changed the status from {self.get_before_display()} to {self.get_after_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError
        # A new object under an old key would otherwise be an update.
        super().save(force_insert=True, using=kwargs.get("using"))

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def due(self, now: dt.datetime) -> "OutboxQuerySet":
        """To be sent now, and in nobody's hands: not leased, or the lease ran out with its worker."""
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        return self.filter(free, status=OutboxMessage.Status.WAITING, next_try_at__lte=now).order_by("next_try_at")

    def given_up(self) -> "OutboxQuerySet":
        """Mails that nobody will get."""
        return self.filter(status=OutboxMessage.Status.FAILED)

    def late(self, now: dt.datetime) -> "OutboxQuerySet":
        """Mails that should have left a while ago: the worker is down, or the mail server is."""
        return self.filter(status=OutboxMessage.Status.WAITING, created_at__lte=now - LATE)


class OutboxMessage(models.Model):
    """A mail that leaves once the request it belongs to is stored. outbox.py sends it."""

    class Kind(models.TextChoices):
        NOTICE = "notice", "Notice to the desk"
        CONFIRMATION = "confirmation", "Confirmation to the patient"

    class Status(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Given up"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # the Message-ID is made from it
    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=20, choices=Kind)
    recipient = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True, help_text="A worker has it in hand until then.")
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=100, blank=True)  # the kind of error, never its text
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = "outbox message"
        default_permissions = ("view",)
        indexes = [models.Index(fields=["status", "next_try_at"], name="outbox_status_next_try")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.request.reference}"
