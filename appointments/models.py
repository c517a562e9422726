"""What is stored. Only workflow.py and outbox.py write it."""

import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from appointments.audit_words import sentence
from appointments.choices import (
    Action,
    Attempt,
    ContactWay,
    DeclineReason,
    ForWhom,
    MailKind,
    MailStatus,
    OthersMay,
    Reason,
    Status,
)
from appointments.querysets import AuditQuerySet, OutboxQuerySet, RequestQuerySet
from clinic_site.phones import format_phone
from clinic_site.written_once import WrittenOnce

NOTE_LENGTH = 1000


class ConsultationRequest(models.Model):
    """One person's request to hear from the clinic. The comments say why each answer is kept at all."""

    reference = models.CharField(max_length=7, unique=True)  # to speak about a request without a name
    token = models.CharField(max_length=43, unique=True)  # opens the confirmation page; cannot be guessed
    idempotency_key = models.CharField(max_length=64, unique=True)  # makes two presses of a button one request
    form_place = models.CharField(max_length=40, unique=True, null=True)  # noqa: DJ001 (several hold none; see limits.py)
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
    others_may = models.CharField(
        max_length=20, choices=OthersMay, default=OthersMay.NOTHING
    )  # the same at home or work
    texts = models.BooleanField(default=False)  # texts need their own consent

    interpreter = models.CharField(max_length=150, blank=True)  # to have the right language on the line
    access = models.JSONField(default=list, blank=True)  # to offer an office that fits; keys of ACCESS
    access_note = models.CharField(max_length=200, blank=True)  # what that list leaves out
    reason = models.CharField(max_length=20, choices=Reason, blank=True)  # to pass it to the right person
    for_whom = models.CharField(max_length=20, choices=ForWhom, blank=True)  # to know who is on the line
    note = models.CharField(max_length=200, blank=True)  # what the desk should know; not for health details
    article = models.CharField("came from", max_length=100, blank=True)  # which article was of use, if they let us know
    consents = models.JSONField(default=list)  # what was agreed to, word for word, and when
    crisis = models.BooleanField(default=False)  # the free text has words of a crisis: to be read first

    name_key = models.CharField(max_length=800, blank=True)  # by fold_name(), to search and to find duplicates
    email_key = models.CharField(max_length=800, blank=True)  # by fold(), for the same

    version = models.PositiveIntegerField(default=0)  # each change adds one: who acts on an older one is told
    due_at = (
        models.DateTimeField()
    )  # by when the desk must act next: the promise at first, then the end of the next try
    try_from = models.DateTimeField(null=True, blank=True)  # when that try may begin; empty: no call is planned
    assigned_to = models.CharField(max_length=150, blank=True)  # user name; empty: nobody has it
    last_attempt = models.CharField(max_length=20, choices=Attempt, blank=True)
    last_attempt_at = models.DateTimeField(null=True, blank=True)
    visit_at = models.DateTimeField(null=True, blank=True)  # empty where scheduled: marked before times were stored
    visit_office = models.SlugField(
        blank=True, default="", db_default="", db_index=False
    )  # where the visit is; office is what was asked for
    declined_because = models.CharField(max_length=20, choices=DeclineReason, blank=True)
    joined_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="joined")
    ended_at = models.DateTimeField(null=True, blank=True)  # nobody waits any more since then
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = RequestQuerySet.as_manager()
    counted_look_alikes: "list[ConsultationRequest] | None" = None  # see safe_contact.attach_look_alikes()

    class Meta:
        verbose_name = "consultation request"
        default_permissions = ("view", "change")
        indexes = [
            models.Index(fields=["status", "created_at"], name="request_status_created"),
            models.Index(fields=["status", "due_at"], name="request_status_due"),
            models.Index(fields=["phone"], name="request_phone"),
            models.Index(fields=["email_key"], name="request_email_key"),
            models.Index(fields=["name_key"], name="request_name_key"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def phone_shown(self) -> str:
        """The number as people write it, with its extension; "" where there is none."""
        if not self.phone:
            return ""
        extension = f" ext. {self.phone_extension}" if self.phone_extension else ""
        return format_phone(self.phone) + extension


class DeskNote(models.Model):
    """What somebody at the desk wrote down. It may name people, so it goes when the request is erased."""

    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    author = models.CharField(max_length=150)  # user name
    text = models.CharField(max_length=NOTE_LENGTH)

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"Note by {self.author}"


class AuditEvent(WrittenOnce):
    """What happened to a request, by whom and when."""

    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="audit_events")
    at = models.DateTimeField()
    actor = models.CharField(max_length=150, blank=True)  # user name; empty: the patient
    action = models.CharField(max_length=20, choices=Action)
    before = models.CharField(max_length=10, choices=Status, blank=True)
    after = models.CharField(max_length=10, choices=Status)
    detail = models.CharField(max_length=200, blank=True)  # see audit_words.py; never anything the patient typed
    was = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)  # the desk's fields before it, to undo
    undoes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="undone_by")

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        """In plain words, without anything the patient typed."""
        return sentence(self.action, self.actor, self.before, self.after, self.detail)


class OutboxMessage(models.Model):
    """A mail that leaves once the request it belongs to is stored. outbox.py sends it."""

    Kind = MailKind
    Status = MailStatus

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # the Message-ID is made from it
    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=20, choices=Kind)
    occasion = models.PositiveIntegerField(
        default=0, db_default=0
    )  # the request's version that it tells of; 0: sent once only
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
        constraints = [models.UniqueConstraint(fields=["request", "kind", "occasion"], name="outbox_one_an_occasion")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.request.reference}"
