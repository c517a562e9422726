"""State of an article's review. A signature is for a text, and valid wherever exactly that text is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from articles.content.documents import Article
from articles.editing.revisions.paths import article_path, new_path, slug_of
from articles.library import Library, get_library
from articles.models import ReviewEvent, Revision
from articles.models.reviews import ReviewQuerySet
from articles.rendering.signed_text import text_hash

Kind = ReviewEvent.Kind
SIGNATURES = (Kind.SIGNED, Kind.TYPING_FIX)


class Stage(StrEnum):
    NOT_ASKED = "not_asked"
    ASKED = "asked"
    SENT_BACK = "sent_back"
    SIGNED = "signed"
    CHANGED = "changed"  # since it was signed


@dataclass(frozen=True)
class ReviewState:
    stage: Stage
    step: ReviewEvent | None = None  # the newest; its text is a deferred field
    signature: ReviewEvent | None = None  # for the current text, else the newest that was not revoked
    holds: bool = False  # the signature is for the current text
    same_text: bool = False  # the newest step was about the current text

    @property
    def typing_fix(self) -> bool:
        """Whether an editor says that no meaning of the current text changed since it was signed."""
        claimed = self.stage is Stage.ASKED and self.step is not None and self.step.typing_fix
        return claimed and self.same_text and self.signature is not None and not self.holds

    @property
    def in_words(self) -> str:
        """The state in a few words, for a list."""
        return WORDS[self.stage].format(step=self.step, signature=self.signature)


WORDS = {
    Stage.NOT_ASKED: "Not yet checked",
    Stage.ASKED: "Sent to review by {step.by}",
    Stage.SENT_BACK: "Sent back by {step.by}",
    Stage.SIGNED: "Signed by {signature.name}, {signature.credentials}",
    Stage.CHANGED: "Changed since it was signed",
}


@dataclass(frozen=True)
class _Record:
    """Stored review events: the newest step and signature by path, the newest decision by text hash."""

    steps: Mapping[str, ReviewEvent]
    decisions: Mapping[str, ReviewEvent]
    signatures: Mapping[str, ReviewEvent]  # path -> the newest that was not revoked


@dataclass(frozen=True)
class Waiting:
    """An article that waits for a reviewer."""

    slug: str
    title: str
    asked: ReviewEvent


def state(path: str, article: Article) -> ReviewState:
    """Return the state of the article at `path`, whose current text is `article`."""
    return _state(path, article, _record(ReviewEvent.objects.about(_paths(path, article), text_hash(article))))


def states(articles: Mapping[str, Article]) -> dict[str, ReviewState]:
    """Map paths to states, in two queries however many articles there are."""
    record = _record(ReviewEvent.objects.all())
    return {path: _state(path, article, record) for path, article in articles.items()}


def signature_of_text(digest: str) -> ReviewEvent | None:
    """Return the valid signature for exactly this text; None if there is none, or it was revoked."""
    decision = ReviewEvent.objects.about((), digest).decisions().last()
    return decision if decision and decision.kind in SIGNATURES else None


def read_whole(signature: ReviewEvent) -> ReviewEvent:
    """Return the signature, or for an accepted typing fix the one it is based on, so that small fixes add up."""
    if signature.kind == Kind.SIGNED:
        return signature
    return ReviewEvent.objects.of_any([signature.path]).signed_before(signature).first() or signature


def steps_of(path: str, article: Article) -> ReviewQuerySet:
    """Return the steps of the review, newest first, including those under former addresses."""
    return ReviewEvent.objects.of_any(_paths(path, article)).defer("text")


def waiting() -> list[Waiting]:
    """Return the articles that wait for a reviewer, the oldest request first."""
    library = get_library()
    steps = {_path_now(step.path, library): step for step in ReviewEvent.objects.newest_of_each("path")}
    requests = {path: step for path, step in steps.items() if step.kind == Kind.ASKED and _exists(path, library)}
    titles = {path: document.title for path, document in library.documents.items()}
    articles = [Waiting(slug_of(path), titles.get(path, slug_of(path)), step) for path, step in requests.items()]
    return sorted(articles, key=lambda article: article.asked.pk)


def _record(events: ReviewQuerySet) -> _Record:
    steps = {step.path: step for step in events.newest_of_each("path")}
    decisions = {decision.text_hash: decision for decision in events.decisions().newest_of_each("text_hash")}
    signatures = {decision.path: decision for decision in decisions.values() if decision.kind in SIGNATURES}
    return _Record(steps, decisions, signatures)


def _state(path: str, article: Article, record: _Record) -> ReviewState:
    paths = _paths(path, article)
    step = _newest(record.steps, paths)
    if step is None and article.signed is None:
        return ReviewState(Stage.NOT_ASKED)  # without rendering the text for its hash
    decision = record.decisions.get(text_hash(article))
    holds = decision is not None and decision.kind in SIGNATURES
    signature = decision if holds else _newest(record.signatures, paths)
    same_text = step is not None and step.text_hash == text_hash(article)
    return ReviewState(_stage(step, holds), step, signature, holds, same_text)


def _stage(step: ReviewEvent | None, holds: bool) -> Stage:
    if step and step.kind == Kind.ASKED:
        return Stage.ASKED
    if holds:
        return Stage.SIGNED
    if step and step.kind == Kind.SENT_BACK:
        return Stage.SENT_BACK
    return Stage.CHANGED if step else Stage.NOT_ASKED


def _newest(found: Mapping[str, ReviewEvent], paths: Iterable[str]) -> ReviewEvent | None:
    return max((found[path] for path in paths if path in found), key=lambda event: event.pk, default=None)


def _paths(path: str, article: Article) -> tuple[str, ...]:
    """Return the current and former paths of the article, except those that now belong to another article."""
    others = get_library().articles
    return (path, *(new_path(alias) for alias in article.aliases if alias not in others))


def _path_now(path: str, library: Library) -> str:
    """Return the current path of the article that was at `path`."""
    slug = library.aliases.get(slug_of(path))
    return article_path(slug, library) if slug else path


def _exists(path: str, library: Library) -> bool:
    """Return True if the article still exists, live or as a draft."""
    newest = None if path in library.documents else Revision.objects.of(path).first()
    return path in library.documents or (newest is not None and not newest.removed)
