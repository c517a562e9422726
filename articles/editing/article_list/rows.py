"""Rows of the article list: status, review, last edit, problems and readers' feedback of each article."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from articles.content.documents import Article
from articles.content.rule_ids import BLOCK, WARN
from articles.editing.drafts.front_matter import read_front
from articles.editing.review import state as review_state
from articles.editing.review.state import ReviewState, Stage
from articles.editing.revisions.paths import ARTICLES, slug_of
from articles.library import Library
from articles.models import Revision
from articles.readers import feedback
from articles.readers.feedback import FeedbackCounts
from articles.review_status import Due, ReviewStatus, review_status
from articles.rules.results import RuleResults, rule_results
from clinic_site.clinic_yaml import get_clinic
from clinic_site.content.files import SLUG, ContentError
from clinic_site.dates import dated
from clinic_site.hooks import hooks

SOON = dt.timedelta(days=30)  # a check due within this time is marked as soon


@dataclass(frozen=True)
class RowNote:
    """A state as a key, for filters and sorting, and as words."""

    key: str
    words: str


@dataclass(frozen=True)
class ArticleRow:
    """One article. A draft that does not load has path, slug and title, but no `article`."""

    path: str
    slug: str
    title: str
    status: RowNote
    sign_off: RowNote
    due: RowNote
    article: Article | None = None
    newest: Revision | None = None  # without its text
    has_draft: bool = False  # a newer draft is beside the file
    visible: bool = False  # to readers
    blocks: int = 0
    warnings: int = 0
    grade: float | None = None
    readers: FeedbackCounts = field(default_factory=FeedbackCounts)
    declined: Mapping[str, int] = field(default_factory=dict)  # reason -> how many requests

    @property
    def can_be_opened(self) -> bool:
        """Whether the slug can be part of an address; any other file can only be renamed on disk."""
        return bool(SLUG.fullmatch(self.slug))


STATUSES = {
    "live": "On the site",
    "draft": "Draft",
    "scheduled": "Scheduled",
    "ended": "Ended",
    "withdrawn": "Withdrawn",
    "unread": "Cannot be read",
}
SIGN_OFFS = {
    "signed": "Signed",
    "not_asked": "Not yet checked",
    "asked": "Sent to review",
    "sent_back": "Sent back",
    "changed": "Changed since it was signed",
    "news": "News about a source",
}
DUES = {"overdue": "Overdue", "soon": "Within 30 days", "later": "Later"}
OVERDUE = {
    Due.STAFF: "overdue",
    Due.READERS_TOLD: "overdue, and the page says so",
    Due.UNLISTED: "overdue, and off the lists",
}
NEVER = RowNote("", "")


@dataclass(frozen=True)
class Overview:
    rows: list[ArticleRow]
    newest: list[Revision]  # of every content file, without the texts
    results: RuleResults


def overview(library: Library, now: dt.datetime) -> Overview:
    """Return every article, by path. Only drafts that do not load add to the number of queries."""
    today = library.shared.clinic.today(now)
    results = rule_results(library, today)
    newest = list(Revision.objects.newest_of_each())
    collected = _Rows(library, results, {revision.path: revision for revision in newest}, now)
    rows = [*collected.articles(), *collected.drafts()]
    return Overview(sorted(rows, key=lambda row: row.path), newest, results)


@dataclass(frozen=True)
class _Rows:
    library: Library
    results: RuleResults
    newest: Mapping[str, Revision]
    now: dt.datetime

    def articles(self) -> Iterator[ArticleRow]:
        articles = {
            path: document for path, document in self.library.documents.items() if isinstance(document, Article)
        }
        states, feedback_counts = review_state.states(articles), feedback.counts()
        declined = hooks.declined_by_article(self.now)
        for path, article in articles.items():
            status, revision = review_status(article, self.now), self.newest.get(path)
            blocks, warnings = self._problems(path)
            yield ArticleRow(
                path=path,
                slug=article.slug,
                title=article.title,
                status=status_of(article, self.now),
                sign_off=sign_off_of(status, states[path]),
                due=due_of(status, self.results.today),
                article=article,
                newest=revision,
                has_draft=revision is not None and not revision.live,
                visible=article.visible(self.now),
                blocks=blocks,
                warnings=warnings,
                grade=self.results.grade(path),
                readers=feedback_counts.get(article.slug, FeedbackCounts()),
                declined=declined.get(article.slug, {}),
            )

    def drafts(self) -> Iterator[ArticleRow]:
        """Yield the articles that do not load, so that no draft disappears from the list."""
        stored = (path for path, revision in self.newest.items() if not revision.removed)
        paths = {path for path in (*self.library.files, *stored) if path.startswith(ARTICLES)}
        for path in paths - self.library.documents.keys():
            slug = slug_of(path)
            revision = self.newest.get(path)
            blocks, warnings = self._problems(path)
            status = RowNote("unread", "Cannot be read") if path in self.library.files else RowNote("draft", "Draft")
            yield ArticleRow(
                path,
                slug,
                _title(revision, slug),
                status,
                RowNote("not_asked", SIGN_OFFS["not_asked"]),
                NEVER,
                newest=revision,
                has_draft=revision is not None and not revision.live,
                blocks=blocks,
                warnings=warnings,
            )

    def _problems(self, path: str) -> tuple[int, int]:
        """Return the numbers of blocks and of warnings. What keeps the file from loading counts as a block."""
        levels = [finding.level for finding in self.results.by_path.get(path, ())]
        problems = sum(problem.path == path for problem in self.library.problems)
        return levels.count(BLOCK) + problems, levels.count(WARN)


def _title(revision: Revision | None, slug: str) -> str:
    try:
        return (read_front(revision.text).title if revision else "") or slug
    except ContentError:
        return slug


def status_of(article: Article, now: dt.datetime) -> RowNote:
    """Return whether readers see the article, and if not, why."""
    if article.status == "archived":
        return RowNote("withdrawn", STATUSES["withdrawn"])
    if article.status == "draft":
        return RowNote("draft", STATUSES["draft"])
    if article.visible(now):
        return RowNote("live", STATUSES["live"])
    begins = get_clinic().moment(article.publish_from) if article.publish_from else None
    if begins and now < begins:
        return RowNote("scheduled", f"Scheduled from {dated(begins)}")
    return RowNote("ended", "Ended: its last day is over")


def sign_off_of(status: ReviewStatus, state: ReviewState) -> RowNote:
    """Return the state of the review. News about a source comes first, then what waits for a reviewer."""
    if status.news:
        return RowNote("news", f"News about a source: {status.news[0].event}, {dated(status.news[0].date)}")
    if status.reviewer and state.stage is not Stage.ASKED:
        return RowNote("signed", f"Signed by {status.reviewer.name}, {dated(status.reviewer.on)}")
    return RowNote(state.stage.value, state.in_words)


def due_of(status: ReviewStatus, today: dt.date) -> RowNote:
    """Return when the next check is due. Only a published article can be overdue."""
    day = status.article.review_due
    if status.article.status != "published":
        return RowNote("later", dated(day))
    if status.due is not Due.NOT_YET:
        return RowNote("overdue", f"{dated(day)}: {OVERDUE[status.due]}")
    return RowNote("soon" if day - today <= SOON else "later", dated(day))
