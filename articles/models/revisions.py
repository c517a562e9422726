"""Content files and the revisions of their texts, through which machines exchange content.

Each machine updates its files from the revisions that the others write.
"""

from collections.abc import Iterable

from django.db import models
from django.db.models import Count, Max

from clinic_site.database.append_only import AppendOnly, AppendOnlyQuerySet

PATH_LENGTH = 200  # of a file below the content folder, or of a page
USER_LENGTH = 150  # of Django's user names
ON_DISK = "on disk"  # user name for edits made outside the editor
OUTSIDE = "somebody outside the editor"


class ContentFile(models.Model):  # noqa: DJ008 (there are no rows to name)
    """A model without a table that gives Django admin a place and permissions for articles."""

    class Meta:
        managed = False
        default_permissions = ("view", "change")
        permissions = [("sign_contentfile", "Can sign articles as a clinician")]
        verbose_name = "article"
        verbose_name_plural = "articles"


class RevisionQuerySet(AppendOnlyQuerySet["Revision"]):
    def of(self, path: str) -> "RevisionQuerySet":
        """Filter revisions of one file, the newest first."""
        return self.filter(path=path).order_by("-number")

    def live(self) -> "RevisionQuerySet":
        """Filter live revisions, which are written to the files; drafts are not."""
        return self.filter(live=True)

    def of_paths(self, paths: Iterable[str]) -> "RevisionQuerySet":
        """Filter revisions of several files."""
        return self.filter(path__in=paths)

    def mark(self) -> tuple[int, int]:
        """Return (highest pk, row count); it changes whenever a revision is added.

        The count is for a revision that is committed late, under a lower pk.
        """
        found = self.aggregate(newest=Max("pk"), count=Count("pk"))
        return found["newest"] or 0, found["count"]

    def newest_live_of_each(self) -> "RevisionQuerySet":
        """Filter the newest live revision of each file."""
        live = RevisionQuerySet(self.model).live()
        newer = live.filter(path=models.OuterRef("path"), number__gt=models.OuterRef("number"))
        return self.live().filter(~models.Exists(newer))

    def last_numbers(self, *fields: str) -> dict[tuple[str, ...], int]:
        """Return the highest number for each combination of values of `fields`."""
        rows = self.order_by().values_list(*fields).annotate(last=Max("number"))
        return {tuple(values): last for *values, last in rows}

    def with_digests(self, digests: Iterable[str]) -> "RevisionQuerySet":
        return self.filter(digest__in=digests)

    def numbered(self, numbers: Iterable[int]) -> "RevisionQuerySet":
        return self.filter(number__in=numbers)

    def newest_of_each(self) -> "RevisionQuerySet":
        """Filter the newest revision of each file, by path, without the texts: there may be thousands."""
        every = RevisionQuerySet(self.model)
        newer = every.filter(path=models.OuterRef("path"), number__gt=models.OuterRef("number"))
        return self.filter(~models.Exists(newer)).order_by("path").defer("text")

    def holding(self, words: str) -> "RevisionQuerySet":
        """Filter revisions whose text contains `words`."""
        return self.filter(text__contains=words)


class Revision(AppendOnly):
    """One state of one content file: who, when, what and why."""

    path = models.CharField(max_length=PATH_LENGTH)  # below the content folder
    number = models.PositiveIntegerField()  # 1, 2, ... for each path: two people cannot both write the next one
    text = models.TextField(blank=True)  # the whole file
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of the file's bytes
    live = models.BooleanField()  # False: a draft beside the file
    removed = models.BooleanField(default=False)  # the file was removed; text and digest are empty
    at = models.DateTimeField()
    by = models.CharField(max_length=USER_LENGTH)  # a user name, or ON_DISK
    why = models.CharField(max_length=200, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["path", "number"]
        constraints = [models.UniqueConstraint(fields=["path", "number"], name="one_revision_of_each_number")]

    @property
    def who(self) -> str:
        """Who wrote it, as staff read it."""
        return OUTSIDE if self.by == ON_DISK else self.by

    def __str__(self) -> str:
        return f"{self.path}, revision {self.number}"
