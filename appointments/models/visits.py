"""Visits, and the times that they take in the calendars of the offices."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q

from appointments.choices import OFFERS, OPEN_VISIT, TO_COME, VisitStatus
from appointments.models.requests import ConsultationRequest


class VisitQuerySet(models.QuerySet["Visit"]):
    def open(self) -> "VisitQuerySet":
        """Filter visits that wait for an answer or are to take place."""
        return self.filter(status__in=OPEN_VISIT)

    def offered(self, now: dt.datetime) -> "VisitQuerySet":
        """Filter offers that a patient can still take, in the order of their times."""
        offers = self.filter(status=VisitStatus.PROPOSED, held_until__gt=now, starts_at__gt=now)
        return offers.order_by("starts_at", "pk")

    def expired(self, now: dt.datetime) -> "VisitQuerySet":
        """Filter offers whose hold ran out and that are not marked yet: their times are free for others."""
        return self.filter(status=VisitStatus.PROPOSED, held_until__lte=now)

    def to_come(self, now: dt.datetime) -> "VisitQuerySet":
        """Filter booked and picked visits that start after `now`."""
        return self.filter(status__in=TO_COME, starts_at__gt=now).order_by("starts_at", "pk")

    def to_remind(self, now: dt.datetime, until: dt.datetime) -> "VisitQuerySet":
        """Filter booked visits that start after `now`, up to `until`, of patients with an e-mail address."""
        booked = self.filter(status=VisitStatus.BOOKED, starts_at__gt=now, starts_at__lte=until)
        return booked.exclude(request__email="").select_related("request").order_by("starts_at", "pk")

    def on_waiting_list(self, now: dt.datetime) -> "VisitQuerySet":
        """Filter booked visits to come of patients who want an earlier time and take mail, first come first."""
        booked = self.filter(status=VisitStatus.BOOKED, starts_at__gt=now, request__earlier_wanted_at__isnull=False)
        found = booked.exclude(request__email="").order_by("request__earlier_wanted_at", "pk")
        return found.select_related("request").prefetch_related("request__visits")

    def on_days(self, start: dt.datetime, end: dt.datetime) -> "VisitQuerySet":
        """Filter visits that were not cancelled and start from `start` until before `end`."""
        visits = self.exclude(status__in=(VisitStatus.PROPOSED, VisitStatus.CANCELLED, VisitStatus.LAPSED))
        return visits.filter(starts_at__gte=start, starts_at__lt=end).order_by("starts_at", "pk")

    def lapse(self, now: dt.datetime) -> int:
        """Mark the offers whose hold ran out, and free their times. Return how many there were."""
        lapsed = list(self.expired(now).values_list("pk", flat=True))
        TakenTime.objects.filter(visit__in=lapsed).delete()
        return Visit.objects.filter(pk__in=lapsed).update(status=VisitStatus.LAPSED, changed_at=now)

    def cancel(self, now: dt.datetime) -> None:
        """Cancel offers and open visits, and free their times. Must run in a transaction."""
        cancelled = list(self.filter(status__in=(*OFFERS, *OPEN_VISIT)).values_list("pk", flat=True))
        if not cancelled:
            return
        TakenTime.objects.filter(visit__in=cancelled).free()
        Visit.objects.filter(pk__in=cancelled).update(
            status=VisitStatus.CANCELLED, held_until=None, changed_at=now, sequence=models.F("sequence") + 1
        )


class Visit(models.Model):
    """An appointment of the person who sent the request: offered, picked, booked or over."""

    Status = VisitStatus

    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="visits")
    status = models.CharField(max_length=10, choices=VisitStatus)
    office = models.SlugField(db_index=False)
    # empty: booked by the desk with a date alone, at an office without calendars
    calendar = models.SlugField(blank=True, db_index=False)
    kind = models.SlugField(blank=True, db_index=False)  # slug of a VisitKind; empty like the calendar
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)  # empty: nobody said how long the visit takes
    held_until = models.DateTimeField(null=True, blank=True)  # of an offer; empty for the other states
    changed_at = models.DateTimeField()
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # of its calendar files
    sequence = models.PositiveIntegerField(default=0)  # of the calendar file (RFC 5545): one more with each change

    objects = VisitQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["starts_at", "status"], name="visit_starts_status"),
            models.Index(fields=["status", "held_until"], name="visit_status_held"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(status__in=OPEN_VISIT), name="visit_one_open")
        ]

    def __str__(self) -> str:
        return f"{self.request.reference}, {self.get_status_display()}"


class TakenTimeQuerySet(models.QuerySet["TakenTime"]):
    def free(self) -> None:
        """Delete the rows. All transactions lock rows in this order, so that no two wait for each other."""
        rows = list(self.order_by("calendar", "quarter").select_for_update().values_list("pk", flat=True))
        if rows:
            TakenTime.objects.filter(pk__in=rows).delete()


class TakenTime(models.Model):
    """A quarter of an hour of a calendar that a visit or its buffer takes. The constraint prevents double booking.

    A row with the calendar “calendar/kind” counts a visit towards the kind's most_a_day: its quarter is the first one
    of the day plus the visit's number on that day.
    """

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="taken_times")
    calendar = models.CharField(max_length=120)
    quarter = models.PositiveIntegerField()  # number since 1970-01-01 00:00 UTC

    objects = TakenTimeQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["calendar", "quarter"], name="taken_once")]

    def __str__(self) -> str:
        return f"{self.calendar}, quarter {self.quarter}"
