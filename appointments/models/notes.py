"""Notes of the desk about requests."""

from django.db import models

from appointments.models.requests import ConsultationRequest

NOTE_LENGTH = 1000


class DeskNote(models.Model):
    """A note of the desk. It may name people, so an erasure removes it."""

    request = models.ForeignKey(ConsultationRequest, on_delete=models.PROTECT, related_name="notes")
    at = models.DateTimeField()
    author = models.CharField(max_length=150)  # user name
    text = models.CharField(max_length=NOTE_LENGTH)

    class Meta:
        ordering = ["at", "pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"Note by {self.author}"
