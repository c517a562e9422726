"""The rows of the list of articles: how each stands, what waits, who touched it last, what readers say."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from articles import feedback
from articles.documents import Article
from articles.editing import review_state
from articles.editing.addresses import ARTICLES, slug_of
from articles.editing.front import read_front
from articles.editing.judgments import Assessment, assess
from articles.editing.review_state import ReviewState, Stage
from articles.feedback import FeedbackCounts
from articles.library import Library
from articles.models import Revision
from articles.rules.levels import BLOCK, WARN
from articles.standing import Due, Standing, standing
from clinic_site import outcomes
from clinic_site.clinic_file import get_clinic
from clinic_site.content_files import SLUG, ContentError
from clinic_site.wording import dated

SOON = dt.timedelta(days=30)  # a check that is due within that time is one to plan


@dataclass(frozen=True)
class Told:
    """A state by its key, for filters and for sorting, and in words."""

    key: str
    words: str


@dataclass(frozen=True)
class Row:
    """One article. Without `article` it is a draft that does not load: it has a path, a slug and a title."""

    path: str
    slug: str
    title: str
    status: Told
    sign_off: Told
    due: Told
    article: Article | None = None
    newest: Revision | None = None  # without its text
    kept: bool = False  # a newer draft waits beside it
    visible: bool = False  # readers see it
    blocks: int = 0
    warnings: int = 0
    grade: float | None = None
    readers: FeedbackCounts = field(default_factory=FeedbackCounts)
    declined: Mapping[str, int] = field(default_factory=dict)  # reason -> how many requests

    @property
    def can_be_opened(self) -> bool:
        """Whether its slug can be part of an address; a file with another name can only be renamed on disk."""
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
NEVER = Told("", "")


@dataclass(frozen=True)
class Overview:
    rows: list[Row]
    newest: list[Revision]  # of every content file, without the texts
    assessment: Assessment


def overview(library: Library, now: dt.datetime) -> Overview:
    """Every article, by path. The number of queries does not grow with them, but for drafts that do not load."""
    today = library.shared.clinic.local(now).date()
    assessment = assess(library, today)
    newest = list(Revision.objects.newest_of_each())
    gathered = _Gathered(library, assessment, {each.path: each for each in newest}, now)
    rows = [*gathered.articles(), *gathered.drafts()]
    return Overview(sorted(rows, key=lambda row: row.path), newest, assessment)


@dataclass(frozen=True)
class _Gathered:
    library: Library
    assessment: Assessment
    newest: Mapping[str, Revision]
    now: dt.datetime

    def articles(self) -> Iterator[Row]:
        articles = {path: each for path, each in self.library.documents.items() if isinstance(each, Article)}
        states, words = review_state.states(articles), feedback.counts()
        declined = outcomes.declined_by_article(self.now)
        for path, article in articles.items():
            stands, revision = standing(article, self.now), self.newest.get(path)
            blocks, warnings = self._problems(path)
            yield Row(
                path=path,
                slug=article.slug,
                title=article.title,
                status=status_of(article, self.now),
                sign_off=sign_off_of(stands, states[path]),
                due=due_of(stands, self.assessment.today),
                article=article,
                newest=revision,
                kept=revision is not None and not revision.live,
                visible=article.visible(self.now),
                blocks=blocks,
                warnings=warnings,
                grade=self.assessment.grade(path),
                readers=words.get(article.slug, FeedbackCounts()),
                declined=declined.get(article.slug, {}),
            )

    def drafts(self) -> Iterator[Row]:
        """Articles that do not load: nobody's draft vanishes."""
        kept = (path for path, each in self.newest.items() if not each.removed)
        paths = {path for path in (*self.library.files, *kept) if path.startswith(ARTICLES)}
        for path in paths - self.library.documents.keys():
            slug = slug_of(path)
            revision = self.newest.get(path)
            blocks, warnings = self._problems(path)
            status = Told("unread", "Cannot be read") if path in self.library.files else Told("draft", "Draft")
            yield Row(
                path,
                slug,
                _title(revision, slug),
                status,
                Told("not_asked", SIGN_OFFS["not_asked"]),
                NEVER,
                newest=revision,
                kept=revision is not None and not revision.live,
                blocks=blocks,
                warnings=warnings,
            )

    def _problems(self, path: str) -> tuple[int, int]:
        """How many blocks and warnings are open, what keeps the file from loading included."""
        levels = [finding.level for finding in self.assessment.by_path.get(path, ())]
        problems = sum(problem.path == path for problem in self.library.problems)
        return levels.count(BLOCK) + problems, levels.count(WARN)


def _title(revision: Revision | None, slug: str) -> str:
    try:
        return (read_front(revision.text).title if revision else "") or slug
    except ContentError:
        return slug


def status_of(article: Article, now: dt.datetime) -> Told:
    """Whether readers see it, and if not, why."""
    if article.status == "archived":
        return Told("withdrawn", STATUSES["withdrawn"])
    if article.status == "draft":
        return Told("draft", STATUSES["draft"])
    if article.visible(now):
        return Told("live", STATUSES["live"])
    begins = get_clinic().moment(article.publish_from) if article.publish_from else None
    if begins and now < begins:
        return Told("scheduled", f"Scheduled from {dated(begins)}")
    return Told("ended", "Ended: its last day is over")


def sign_off_of(stands: Standing, state: ReviewState) -> Told:
    """What is new about a source counts most, then what waits for a reviewer."""
    if stands.news:
        return Told("news", f"News about a source: {stands.news[0].event}, {dated(stands.news[0].date)}")
    if stands.reviewer and state.stage is not Stage.ASKED:
        return Told("signed", f"Signed by {stands.reviewer.name}, {dated(stands.reviewer.on)}")
    return Told(state.stage.value, state.in_words)


def due_of(stands: Standing, today: dt.date) -> Told:
    """When its next check is due; nothing is overdue that readers cannot open."""
    day = stands.article.review_due
    if stands.article.status != "published":
        return Told("later", dated(day))
    if stands.due is not Due.NOT_YET:
        return Told("overdue", f"{dated(day)}: {OVERDUE[stands.due]}")
    return Told("soon" if day - today <= SOON else "later", dated(day))
