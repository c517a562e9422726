"""The verbs by which what is stored about articles is looked up: no filter chains elsewhere."""

from typing import TYPE_CHECKING, Any, NoReturn

from django.db import models

if TYPE_CHECKING:
    from articles.models import (  # noqa: F401 (named in strings)
        MissedSearch,
        PageReads,
        ReaderFeedback,
        ReviewEvent,
        Revision,
    )


class WrittenOnceError(Exception):
    """Somebody tried to change or remove what is written once."""

    def __init__(self) -> None:
        super().__init__("This is written once. Add a row that says what changed.")


class RevisionQuerySet(models.QuerySet["Revision"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise WrittenOnceError

    def delete(self) -> NoReturn:
        raise WrittenOnceError

    def of(self, path: str) -> "RevisionQuerySet":
        """Of one file, the newest first."""
        return self.filter(path=path).order_by("-number")

    def live(self) -> "RevisionQuerySet":
        """What was written to the files, without drafts kept beside them."""
        return self.filter(live=True)


class ReviewQuerySet(models.QuerySet["ReviewEvent"]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise WrittenOnceError

    def delete(self) -> NoReturn:
        raise WrittenOnceError

    def of(self, path: str) -> "ReviewQuerySet":
        """Of one article, the newest first."""
        return self.filter(path=path).order_by("-pk")

    def signatures(self) -> "ReviewQuerySet":
        """What makes a text a checked one: a signature, or a typing fix that a reviewer accepted."""
        return self.filter(kind__in=("signed", "typing_fix"))


class FeedbackQuerySet(models.QuerySet["ReaderFeedback"]):
    def open(self) -> "FeedbackQuerySet":
        """Nobody has dealt with it yet."""
        return self.filter(handled_at=None)


class PageReadsQuerySet(models.QuerySet["PageReads"]):
    pass


class MissedSearchQuerySet(models.QuerySet["MissedSearch"]):
    pass
