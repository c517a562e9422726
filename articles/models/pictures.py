"""Pictures for articles, each in several widths."""

from django.db import models

from articles.content.pictures import NAME_LENGTH
from articles.models.revisions import USER_LENGTH


class PictureQuerySet(models.QuerySet["Picture"]):
    def here(self) -> "PictureQuerySet":
        """Filter pictures that an article may show, the newest first."""
        return self.filter(deleted=False).order_by("-at", "name")

    def deleted(self) -> "PictureQuerySet":
        return self.filter(deleted=True)

    def named(self, name: str) -> "PictureQuerySet":
        return self.filter(name=name)


class Picture(models.Model):
    """A sanitized picture for articles, in the database so that every machine gets it.

    The row of a deleted picture stays, without files, so that the other machines remove theirs.
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


class PictureFileQuerySet(models.QuerySet["PictureFile"]):
    def names(self) -> set[str]:
        return set(self.values_list("file_name", flat=True))

    def bytes_of(self, file_name: str) -> list[bytes]:
        """Return one entry, or none if the picture was deleted meanwhile."""
        return [bytes(data) for data in self.filter(file_name=file_name).values_list("data", flat=True)]

    def of_deleted(self, name: str) -> "PictureFileQuerySet":
        """Filter files of the deleted picture `name`."""
        return self.filter(picture__name=name, picture__deleted=True)


class PictureFile(models.Model):
    """One width of a picture."""

    picture = models.ForeignKey(Picture, models.CASCADE, related_name="files")
    file_name = models.CharField(max_length=120, unique=True)  # as articles.content.pictures writes it
    data = models.BinaryField()

    objects = PictureFileQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.file_name
