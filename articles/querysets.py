"""The verbs by which what is stored about articles is looked up: no filter chains elsewhere."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, ExpressionWrapper, F, Max, Q, Sum

from clinic_site.written_once import WrittenOnceQuerySet

if TYPE_CHECKING:
    from articles.models import (  # noqa: F401 (named in strings)
        MissedSearch,
        PageReads,
        Picture,
        PictureFile,
        ReaderFeedback,
        ReviewEvent,
        Revision,
        WeeklyReminder,
    )


class RevisionQuerySet(WrittenOnceQuerySet["Revision"]):
    def of(self, path: str) -> "RevisionQuerySet":
        """Of one file, the newest first."""
        return self.filter(path=path).order_by("-number")

    def live(self) -> "RevisionQuerySet":
        """What was written to the files, without drafts kept beside them."""
        return self.filter(live=True)

    def of_paths(self, paths: Iterable[str]) -> "RevisionQuerySet":
        """Of several files."""
        return self.filter(path__in=paths)

    def mark(self) -> tuple[int, int]:
        """Another one whenever a revision was added. The count is for one that was committed late, under an old key."""
        found = self.aggregate(newest=Max("pk"), count=Count("pk"))
        return found["newest"] or 0, found["count"]

    def newest_live_of_each(self) -> "RevisionQuerySet":
        """What each file holds, or should."""
        live = RevisionQuerySet(self.model).live()
        newer = live.filter(path=models.OuterRef("path"), number__gt=models.OuterRef("number"))
        return self.live().filter(~models.Exists(newer))

    def last_numbers(self, *fields: str) -> dict[tuple[str, ...], int]:
        """The highest number for each different value of these fields."""
        rows = self.order_by().values_list(*fields).annotate(last=Max("number"))
        return {tuple(values): last for *values, last in rows}

    def with_digests(self, digests: Iterable[str]) -> "RevisionQuerySet":
        return self.filter(digest__in=digests)

    def numbered(self, numbers: Iterable[int]) -> "RevisionQuerySet":
        return self.filter(number__in=numbers)

    def newest_of_each(self) -> "RevisionQuerySet":
        """The newest of each file, by path, without the texts: there may be thousands of files."""
        every = RevisionQuerySet(self.model)
        newer = every.filter(path=models.OuterRef("path"), number__gt=models.OuterRef("number"))
        return self.filter(~models.Exists(newer)).order_by("path").defer("text")

    def holding(self, words: str) -> "RevisionQuerySet":
        """Those with these very words in their text, read with it."""
        return self.filter(text__contains=words)


class ReviewQuerySet(WrittenOnceQuerySet["ReviewEvent"]):
    def of_any(self, paths: Iterable[str]) -> "ReviewQuerySet":
        """Of one article under any of its addresses, the newest first."""
        return self.filter(path__in=paths).order_by("-pk")

    def about(self, paths: Iterable[str], text_hash: str) -> "ReviewQuerySet":
        """Of the files at these paths, or about that text, wherever it stood."""
        return self.filter(Q(path__in=paths) | Q(text_hash=text_hash))

    def signed_before(self, event: "ReviewEvent") -> "ReviewQuerySet":
        """Whole checks before that one, the newest first."""
        return self.filter(kind="signed", pk__lt=event.pk).order_by("-pk")

    def decisions(self) -> "ReviewQuerySet":
        """What a reviewer said of a text: signed, accepted as a typing fix, or sent back."""
        return self.filter(kind__in=("signed", "typing_fix", "sent_back"))

    def newest_of_each(self, field: str) -> "ReviewQuerySet":
        """The newest of each path or of each text_hash, the oldest of them first, without the texts."""
        newest = self.order_by().values(field).annotate(newest=Max("pk")).values("newest")
        return self.filter(pk__in=newest).order_by("pk").defer("text")


OPEN = Q(helpful=None, handled_at=None) & ~Q(text="")


class FeedbackQuerySet(models.QuerySet["ReaderFeedback"]):
    def open(self) -> "FeedbackQuerySet":
        """Words that nobody has dealt with yet. A vote asks for nothing, and neither does a text that was erased."""
        return self.filter(OPEN)

    def handled(self) -> "FeedbackQuerySet":
        return self.exclude(handled_at=None)

    def saying(self, helpful: bool | None) -> "FeedbackQuerySet":
        """Votes that the page was helpful, or was not; with None the words about what is unclear."""
        return self.filter(helpful=helpful)

    def votes(self, yes: bool) -> "FeedbackQuerySet":
        """Votes of both kinds; or else words."""
        return self.filter(helpful__isnull=not yes)

    def of(self, articles: Iterable[str]) -> "FeedbackQuerySet":
        """Of the articles of these slugs."""
        return self.filter(article__in=articles)

    def on(self, day: dt.date) -> "FeedbackQuerySet":
        return self.filter(day=day)

    def before(self, day: dt.date) -> "FeedbackQuerySet":
        return self.filter(day__lt=day)

    def with_text(self) -> "FeedbackQuerySet":
        return self.exclude(text="")

    def queue(self) -> "FeedbackQuerySet":
        """With `is_open`, by which the queue is sorted."""
        return self.annotate(is_open=ExpressionWrapper(OPEN, output_field=models.BooleanField()))

    def articles(self) -> list[str]:
        """The slugs that something is stored of."""
        return list(self.order_by("article").values_list("article", flat=True).distinct())

    def tally(self) -> Iterable[tuple[str, int, int, int]]:
        """For each slug how many votes say yes, how many no, and how many words are open."""
        counted = (("yes", Q(helpful=True)), ("no", Q(helpful=False)), ("open", OPEN))
        counts = {name: Count("pk", filter=kind) for name, kind in counted}
        return self.order_by("article").values("article").annotate(**counts).values_list("article", *counts)


class PageReadsQuerySet(models.QuerySet["PageReads"]):
    def add(self, day: dt.date, reads: Mapping[str, int]) -> None:
        """Adds so many reads to each path. Any number of processes may do so at once: all is counted."""
        paths = sorted(reads)  # one order for all: nobody waits in a circle
        self.bulk_create([self.model(day=day, path=path, count=0) for path in paths], ignore_conflicts=True)
        for path in paths:
            self.filter(day=day, path=path).update(count=F("count") + reads[path])

    def before(self, day: dt.date) -> "PageReadsQuerySet":
        return self.filter(day__lt=day)

    def by_day(self, since: dt.date) -> dict[dt.date, int]:
        """All reads of each day from `since` on that has any."""
        days = self.filter(day__gte=since).order_by("day").values("day").annotate(total=Sum("count"))
        return dict(days.values_list("day", "total"))

    def by_path(self, since: dt.date) -> list[tuple[str, int]]:
        """The reads of each page from `since` on, the most read first."""
        paths = self.filter(day__gte=since).values("path").annotate(total=Sum("count"))
        return list(paths.order_by("-total", "path").values_list("path", "total"))


class MissedSearchQuerySet(models.QuerySet["MissedSearch"]):
    def add(self, day: dt.date, misses: Mapping[str, int]) -> None:
        """Adds so many to each key, as PageReadsQuerySet.add() does to each path."""
        keys = sorted(misses)
        self.bulk_create([self.model(day=day, key=key, count=0) for key in keys], ignore_conflicts=True)
        for key in keys:
            self.filter(day=day, key=key).update(count=F("count") + misses[key])

    def with_room(self, day: dt.date, keys: Iterable[str], most: int) -> list[str]:
        """Those of `keys` that are counted on that day already, and others until there are `most` of the day."""
        known = set(self.filter(day=day).values_list("key", flat=True))
        wanted = list(keys)
        new = [key for key in wanted if key not in known]
        return [*(key for key in wanted if key in known), *new[: max(0, most - len(known))]]

    def show(self, terms: Mapping[str, str], often: int) -> None:
        """Keeps the words of each key (key -> words) that was counted `often` or more in all."""
        totals = self.filter(key__in=terms).order_by("key").values("key").annotate(total=Sum("count"))
        for key in totals.filter(total__gte=often).values_list("key", flat=True):
            self.filter(key=key, term="").update(term=terms[key])

    def before(self, day: dt.date) -> "MissedSearchQuerySet":
        return self.filter(day__lt=day)

    def by_term(self, since: dt.date) -> list[tuple[str, int]]:
        """The searches of each term from `since` on, the most frequent first; those whose words are not kept as ""."""
        terms = self.filter(day__gte=since).values("term").annotate(total=Sum("count"))
        return list(terms.order_by("-total", "term").values_list("term", "total"))


class ReminderQuerySet(models.QuerySet["WeeklyReminder"]):
    def due(self, week: dt.date, now: dt.datetime) -> "ReminderQuerySet":
        """The mail of that week, unless it was sent or another worker has it at `now`."""
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        return self.filter(free, week=week, sent_at=None)


class PictureQuerySet(models.QuerySet["Picture"]):
    def here(self) -> "PictureQuerySet":
        """Those that an article may show, the newest first."""
        return self.filter(deleted=False).order_by("-at", "name")

    def deleted(self) -> "PictureQuerySet":
        return self.filter(deleted=True)

    def named(self, name: str) -> "PictureQuerySet":
        return self.filter(name=name)


class PictureFileQuerySet(models.QuerySet["PictureFile"]):
    def names(self) -> set[str]:
        return set(self.values_list("file_name", flat=True))

    def bytes_of(self, file_name: str) -> list[bytes]:
        """One entry, or none where the picture was deleted meanwhile."""
        return [bytes(data) for data in self.filter(file_name=file_name).values_list("data", flat=True)]

    def of_deleted(self, name: str) -> "PictureFileQuerySet":
        """The files of a picture of that name which may no longer be shown."""
        return self.filter(picture__name=name, picture__deleted=True)
