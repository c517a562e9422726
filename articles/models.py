"""What is stored about articles. The articles themselves are files; ContentFile has no table.

Revisions are the hand-over between machines: what one of them writes, the others bring their files up to date from.
"""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

from articles.pictures import NAME_LENGTH
from articles.querysets import (
    FeedbackQuerySet,
    MissedSearchQuerySet,
    PageReadsQuerySet,
    PictureFileQuerySet,
    PictureQuerySet,
    ReminderQuerySet,
    ReviewQuerySet,
    RevisionQuerySet,
)
from clinic_site.written_once import WrittenOnce

ON_DISK = "on disk"  # who made an edit that did not come through the editor
PATH_LENGTH = 200
USER_LENGTH = 150  # of Django's user names
TEXT_LENGTH = 300  # of what a reader writes
SECTION_LENGTH = 200  # of a heading


class ContentFile(models.Model):  # noqa: DJ008 (there are no rows to name)
    """Gives Django admin a place and permissions for articles."""

    class Meta:
        managed = False
        default_permissions = ("view", "change")
        permissions = [("sign_contentfile", "Can sign articles as a clinician")]
        verbose_name = "article"
        verbose_name_plural = "articles"


class Revision(WrittenOnce):
    """One state of one content file: who, when, what and why."""

    path = models.CharField(max_length=PATH_LENGTH)  # below the content folder
    number = models.PositiveIntegerField()  # 1, 2, ... for each path: two people cannot both write the next one
    text = models.TextField(blank=True)  # the whole file
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the file's bytes
    live = models.BooleanField()  # False: a draft that is kept beside the file
    removed = models.BooleanField(default=False)  # the file was taken away; text and digest are empty
    at = models.DateTimeField()
    by = models.CharField(max_length=USER_LENGTH)  # a user name, or ON_DISK
    why = models.CharField(max_length=200, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["path", "number"]
        constraints = [models.UniqueConstraint(fields=["path", "number"], name="one_revision_of_each_number")]

    def __str__(self) -> str:
        return f"{self.path}, revision {self.number}"


class ReviewEvent(WrittenOnce):
    """One step in the review of an article. A signature is for the text it holds, and for no other."""

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
    text = models.TextField()  # as articles.signed_text gives it
    text_hash = models.CharField(max_length=64)  # the same, of that text
    name = models.CharField(max_length=200, blank=True)  # SIGNED, TYPING_FIX: as it stands on the page
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
    """What stands beside a clinician's name when they sign. Without it nobody signs."""

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


class Picture(models.Model):
    """A picture for articles: made safe, and kept here so that every machine has it.

    The row of a deleted one stays, without files: it tells the other machines to take theirs away.
    """

    name = models.SlugField(max_length=NAME_LENGTH, unique=True)  # how an article names it
    deleted = models.BooleanField(default=False)
    at = models.DateTimeField()  # of the upload, or of the deletion
    by = models.CharField(max_length=USER_LENGTH)

    objects = PictureQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PictureFile(models.Model):
    """One width of a picture."""

    picture = models.ForeignKey(Picture, models.CASCADE, related_name="files")
    file_name = models.CharField(max_length=120, unique=True)  # as articles.pictures writes it
    data = models.BinaryField()

    objects = PictureFileQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.file_name


class ReaderFeedback(models.Model):
    """What a reader says of an article. Nothing says who; the day, not the time, is kept."""

    article = models.SlugField(max_length=100)
    section = models.CharField(max_length=SECTION_LENGTH, blank=True)  # the heading; empty: the whole page
    helpful = models.BooleanField(null=True)  # None: says what is unclear
    text = models.CharField(max_length=TEXT_LENGTH, blank=True)
    day = models.DateField()
    handled_by = models.CharField(max_length=USER_LENGTH, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        default_permissions = ("view", "change")
        ordering = ["-pk"]
        verbose_name = "word from a reader"
        verbose_name_plural = "words from readers"
        indexes = [models.Index(fields=["article", "handled_at"], name="feedback_of_an_article")]

    def __str__(self) -> str:
        return f"{self.article}, {self.day}"


class PageReads(models.Model):
    """How often a page was read on a day."""

    day = models.DateField()
    path = models.CharField(max_length=PATH_LENGTH)  # of a page of ours, never what somebody typed
    count = models.PositiveIntegerField()

    objects = PageReadsQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["day", "path"], name="one_count_of_reads_a_day")]

    def __str__(self) -> str:
        return f"{self.path}, {self.day}"


class MissedSearch(models.Model):
    """How often a search found nothing on a day. The words are kept only once they were typed several times."""

    day = models.DateField()
    key = models.CharField(max_length=64)  # keyed digest of the words
    term = models.CharField(max_length=60, blank=True)
    count = models.PositiveIntegerField()

    objects = MissedSearchQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="one_count_of_misses_a_day")]

    def __str__(self) -> str:
        return f"{self.term or 'a rare term'}, {self.day}"


class WeeklyReminder(models.Model):
    """The mail of one week about articles that wait for a check: leased, sent, then marked as sent."""

    week = models.DateField(unique=True)  # its Monday
    leased_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)  # set as well where there was nothing to tell, and given up

    objects = ReminderQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Week of {self.week}"
