"""The outbox: mails that leave once their request is stored, and the hold on mails after a restore."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q

from appointments.choices import NEWS_KINDS, WAITING, MailKind, MailStatus
from appointments.models.requests import ConsultationRequest

LATE = dt.timedelta(minutes=10)


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def due(self, now: dt.datetime) -> "OutboxQuerySet":
        """Filter mails to send now that no worker has: not leased, or the lease ran out with its worker."""
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        due = self.filter(free, ~Exists(HOLDS_IT), status=MailStatus.WAITING, next_try_at__lte=now)
        return due.order_by("next_try_at")

    def on_hold(self) -> "OutboxQuerySet":
        """Filter mails that wait until somebody releases them after a restore."""
        return self.filter(Exists(HOLDS_IT), status=MailStatus.WAITING)

    def newest(self) -> dt.datetime | None:
        """Return when the newest mail was stored; None if there is none."""
        moment: dt.datetime | None = self.aggregate(newest=Max("created_at"))["newest"]
        return moment

    def given_up(self) -> "OutboxQuerySet":
        """Filter mails that nobody will get."""
        return self.filter(status=MailStatus.FAILED)

    def to_act_on(self) -> "OutboxQuerySet":
        """Filter failed mails that the desk must act on: about waiting requests, and news.

        News counts until somebody adds a note later, that the patient knows in another way.
        """
        news = Q(kind__in=NEWS_KINDS)
        unsettled = self.filter(news | Q(request__status__in=WAITING))
        return unsettled.exclude(news & Q(request__notes__at__gt=F("created_at")))

    def unsent(self, *kinds: MailKind) -> "OutboxQuerySet":
        """Filter mails that have not left, also those given up: both could still be sent."""
        return self.filter(kind__in=kinds).exclude(status=MailStatus.SENT)

    def reminders_too_late(self, now: dt.datetime) -> "OutboxQuerySet":
        """Filter reminders that have not left before the visit began."""
        return self.unsent(MailKind.REMINDER).filter(request__visit_at__lte=now)

    def try_to_write(self) -> None:
        """Raise DatabaseError if the database takes no changes. The update matches no mail."""
        self.filter(pk=uuid.UUID(int=0)).update(attempts=0)

    def late(self, now: dt.datetime) -> "OutboxQuerySet":
        """Filter mails that should have left a while ago: the worker is down, or the mail server is."""
        return self.filter(status=MailStatus.WAITING, created_at__lte=now - LATE)


class OutboxMessage(models.Model):
    """A mail stored with its request, or with a change of it. outbox.py sends it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # the Message-ID is made from it
    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=20, choices=MailKind)
    # what the mail is about, so that it is sent once: version of the request; booking.occasion_of() a reminder; else 0
    occasion = models.PositiveIntegerField(default=0, db_default=0)
    recipient = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    calendar_file = models.TextField(blank=True, default="", db_default="")  # iCalendar, sent along as an invitation
    status = models.CharField(max_length=10, choices=MailStatus, default=MailStatus.WAITING)
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


class MailHold(models.Model):
    """A hold on the mails that were waiting in a restored backup: perhaps they left after it was made.

    While there is one, nothing writes mail by itself either, such as reminders: these may have left as well.
    """

    since = models.DateTimeField()  # mails stored until then are on hold

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Mails until {self.since}"


HOLDS_IT = MailHold.objects.filter(since__gte=OuterRef("created_at"))
