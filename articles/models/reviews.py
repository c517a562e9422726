"""Steps in the review of articles, and the credentials of clinicians."""

from collections.abc import Iterable

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Max, Q

from articles.models.revisions import PATH_LENGTH, USER_LENGTH
from clinic_site.database.append_only import AppendOnly, AppendOnlyQuerySet


class ReviewQuerySet(AppendOnlyQuerySet["ReviewEvent"]):
    def of_any(self, paths: Iterable[str]) -> "ReviewQuerySet":
        """Filter steps of one article under any of its addresses, the newest first."""
        return self.filter(path__in=paths).order_by("-pk")

    def about(self, paths: Iterable[str], text_hash: str) -> "ReviewQuerySet":
        """Filter steps about the files at these paths, or about that text at any path."""
        return self.filter(Q(path__in=paths) | Q(text_hash=text_hash))

    def signed_before(self, event: "ReviewEvent") -> "ReviewQuerySet":
        """Filter signatures of whole texts before `event`, the newest first."""
        return self.filter(kind="signed", pk__lt=event.pk).order_by("-pk")

    def decisions(self) -> "ReviewQuerySet":
        """Filter reviewers' decisions: signed, accepted as a typing fix, or sent back."""
        return self.filter(kind__in=("signed", "typing_fix", "sent_back"))

    def newest_of_each(self, field: str) -> "ReviewQuerySet":
        """Filter the newest step of each path or text_hash, oldest first, without the texts."""
        newest = self.order_by().values(field).annotate(newest=Max("pk")).values("newest")
        return self.filter(pk__in=newest).order_by("pk").defer("text")


class ReviewEvent(AppendOnly):
    """One step in the review of an article. A signature covers exactly the stored text."""

    class Kind(models.TextChoices):
        ASKED = "asked", "sent to review"
        SIGNED = "signed", "signed"
        TYPING_FIX = "typing_fix", "accepted as a typing fix"
        SENT_BACK = "sent_back", "sent back"

    path = models.CharField(max_length=PATH_LENGTH)
    kind = models.CharField(max_length=10, choices=Kind)
    at = models.DateTimeField()
    by = models.CharField(max_length=USER_LENGTH)
    note = models.CharField(max_length=500, blank=True)
    typing_fix = models.BooleanField(default=False)  # ASKED: the editor says that no meaning changed
    text = models.TextField()  # as articles.rendering.signed_text gives it
    text_hash = models.CharField(max_length=64)  # of `text`, from articles.rendering.signed_text
    name = models.CharField(max_length=200, blank=True)  # SIGNED, TYPING_FIX: as shown on the page
    credentials = models.CharField(max_length=100, blank=True)
    license_state = models.CharField(max_length=2, blank=True)
    signed_on = models.DateField(null=True, blank=True)  # the day of the check; a typing fix keeps it

    objects = ReviewQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["path"], name="review_of_an_article"),
            models.Index(fields=["text_hash"], name="review_of_a_text"),
        ]

    def __str__(self) -> str:
        return f"{self.path}: {self.get_kind_display()}"


class ReviewerProfile(models.Model):
    """Credentials shown beside a clinician's name. A user without a profile cannot sign."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE)
    credentials = models.CharField(max_length=100, help_text="As licensed, like “MD, pain medicine”.")
    license_state = models.CharField(
        "state of the license",
        max_length=2,
        help_text="Two letters, like FL.",
        validators=[RegexValidator("^[A-Z]{2}$", "Use the two letters of the state, like FL.")],
    )

    def __str__(self) -> str:
        return f"{self.user.get_full_name()}, {self.credentials}"
