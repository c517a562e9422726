"""Audit events: what happened to requests, by whom and when. Append-only."""

import datetime as dt

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from appointments.audit_text import sentence
from appointments.choices import CHANGES, READS, STEPS, VISIT_STEPS, Action, Status
from appointments.models.requests import ConsultationRequest
from clinic_site.database.append_only import AppendOnly, AppendOnlyQuerySet


class AuditQuerySet(AppendOnlyQuerySet["AuditEvent"]):
    def reads(self) -> "AuditQuerySet":
        return self.filter(action__in=READS)

    def happenings(self) -> "AuditQuerySet":
        """Filter out looks."""
        return self.exclude(action__in=READS)

    def changes(self) -> "AuditQuerySet":
        """Filter changes of the request itself."""
        return self.filter(action__in=CHANGES)

    def steps_to_undo(self) -> "AuditQuerySet":
        """Filter steps that changed something and are not undone, the last one first; a withdrawal is one of them.

        Steps of a visit are among them, to say that nothing before them is undone.
        """
        steps = Q(action__in=STEPS) & ~Q(was={})
        return self.filter(steps | Q(action__in=VISIT_STEPS), undone_by=None).order_by("-pk")

    def attempts(self) -> "AuditQuerySet":
        """Filter attempts to reach the patient that are not undone."""
        return self.filter(action=Action.ATTEMPT, undone_by=None)

    def since(self, moment: dt.datetime) -> "AuditQuerySet":
        return self.filter(at__gte=moment)

    def unconfirmed(self) -> "AuditQuerySet":
        return self.filter(action=Action.UNCONFIRMED)


class AuditEvent(AppendOnly):
    """What happened to a request, by whom and when."""

    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="audit_events")
    at = models.DateTimeField()
    actor = models.CharField(max_length=150, blank=True)  # user name; empty: the patient
    action = models.CharField(max_length=20, choices=Action)
    before = models.CharField(max_length=10, choices=Status, blank=True)
    after = models.CharField(max_length=10, choices=Status)
    detail = models.CharField(max_length=200, blank=True)  # see audit_text.py; never what the patient typed
    was = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)  # the desk's fields before it, to undo
    undoes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="undone_by")

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        """Return the event in plain words, without anything the patient typed."""
        return sentence(self.action, self.actor, self.before, self.after, self.detail)
