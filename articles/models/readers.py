"""Readers' feedback and searches, without personal data."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import models
from django.db.models import Count, ExpressionWrapper, F, Q, Sum

from articles.models.revisions import USER_LENGTH

TEXT_LENGTH = 300  # of what a reader writes
SECTION_LENGTH = 200  # of a heading
OPEN = Q(helpful=None, handled_at=None) & ~Q(text="")


class FeedbackQuerySet(models.QuerySet["ReaderFeedback"]):
    def open(self) -> "FeedbackQuerySet":
        """Filter texts that nobody has handled. Votes and erased texts are never open."""
        return self.filter(OPEN)

    def handled(self) -> "FeedbackQuerySet":
        return self.exclude(handled_at=None)

    def saying(self, helpful: bool | None) -> "FeedbackQuerySet":
        """Filter votes that the page was helpful, or was not; with None texts about what is unclear."""
        return self.filter(helpful=helpful)

    def votes(self, yes: bool) -> "FeedbackQuerySet":
        """Filter votes of both kinds, or else texts."""
        return self.filter(helpful__isnull=not yes)

    def of(self, articles: Iterable[str]) -> "FeedbackQuerySet":
        return self.filter(article__in=articles)

    def on(self, day: dt.date) -> "FeedbackQuerySet":
        return self.filter(day=day)

    def before(self, day: dt.date) -> "FeedbackQuerySet":
        return self.filter(day__lt=day)

    def with_text(self) -> "FeedbackQuerySet":
        return self.exclude(text="")

    def queue(self) -> "FeedbackQuerySet":
        """Add `is_open`, by which the queue is sorted."""
        return self.annotate(is_open=ExpressionWrapper(OPEN, output_field=models.BooleanField()))

    def articles(self) -> list[str]:
        """Return the slugs of the articles that have feedback."""
        return list(self.order_by("article").values_list("article", flat=True).distinct())

    def tally(self) -> Iterable[tuple[str, int, int, int]]:
        """Return (slug, yes votes, no votes, open texts) for each slug."""
        counted = (("yes", Q(helpful=True)), ("no", Q(helpful=False)), ("open", OPEN))
        counts = {name: Count("pk", filter=kind) for name, kind in counted}
        return self.order_by("article").values("article").annotate(**counts).values_list("article", *counts)


class ReaderFeedback(models.Model):
    """Feedback of a reader on an article. Nothing identifies the reader; only the day is stored, not the time."""

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


class MissedSearchQuerySet(models.QuerySet["MissedSearch"]):
    def add(self, day: dt.date, misses: Mapping[str, int]) -> None:
        """Add a number to each key. Safe with concurrent processes."""
        keys = sorted(misses)  # one order for all processes prevents deadlocks
        self.bulk_create([self.model(day=day, key=key, count=0) for key in keys], ignore_conflicts=True)
        for key in keys:
            self.filter(day=day, key=key).update(count=F("count") + misses[key])

    def with_room(self, day: dt.date, keys: Iterable[str], most: int) -> list[str]:
        """Return the keys that have a count on `day`, and new ones until the day has `most` different keys."""
        known = set(self.filter(day=day).values_list("key", flat=True))
        wanted = list(keys)
        new = [key for key in wanted if key not in known]
        return [*(key for key in wanted if key in known), *new[: max(0, most - len(known))]]

    def show(self, terms: Mapping[str, str], often: int) -> None:
        """Store the words of each key (key -> words) whose counts add up to `often` or more."""
        totals = self.filter(key__in=terms).order_by("key").values("key").annotate(total=Sum("count"))
        for key in totals.filter(total__gte=often).values_list("key", flat=True):
            self.filter(key=key, term="").update(term=terms[key])

    def before(self, day: dt.date) -> "MissedSearchQuerySet":
        return self.filter(day__lt=day)

    def by_term(self, since: dt.date) -> list[tuple[str, int]]:
        """Return the searches of each term since `since`, the most frequent first; "" for words that are not stored."""
        terms = self.filter(day__gte=since).values("term").annotate(total=Sum("count"))
        return list(terms.order_by("-total", "term").values_list("term", "total"))


class MissedSearch(models.Model):
    """Number of times a search found nothing on a day. The words are stored only once they were typed several times."""

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
