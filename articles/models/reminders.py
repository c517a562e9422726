"""The weekly mail about articles that are due for review."""

import datetime as dt

from django.db import models
from django.db.models import Q


class ReminderQuerySet(models.QuerySet["WeeklyReminder"]):
    def due(self, week: dt.date, now: dt.datetime) -> "ReminderQuerySet":
        """Filter the mail of that week, unless it was sent or another worker holds its lease at `now`."""
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        return self.filter(free, week=week, sent_at=None)


class WeeklyReminder(models.Model):
    """The mail of one week about articles that are due for review: leased, sent, then marked as sent."""

    week = models.DateField(unique=True)  # its Monday
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)  # also set if no article was due, or the mail was given up

    objects = ReminderQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Week of {self.week}"
