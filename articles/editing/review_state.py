"""Where the review of an article stands. A signature is for a text: it holds wherever just that text stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from articles.documents import Article
from articles.editing.addresses import article_path, new_path, slug_of
from articles.library import Library, get_library
from articles.models import ReviewEvent, Revision
from articles.querysets import ReviewQuerySet

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
    step: ReviewEvent | None = None  # the newest one; its text is read from the database when it is asked for
    signature: ReviewEvent | None = None  # for the text as it is, else the newest that was not taken back
    holds: bool = False  # the signature is for the text as it is
    same_text: bool = False  # the newest step was about the text as it is

    @property
    def typing_fix(self) -> bool:
        """An editor says of the text as it is that no meaning changed since it was signed."""
        asked = self.stage is Stage.ASKED and self.step is not None and self.step.typing_fix
        return asked and self.same_text and self.signature is not None and not self.holds

    @property
    def in_words(self) -> str:
        """A few words for a list."""
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
    """What is stored about some reviews: the newest step of each path, what was last said of each text."""

    steps: Mapping[str, ReviewEvent]
    said: Mapping[str, ReviewEvent]
    signatures: Mapping[str, ReviewEvent]  # path -> the newest that was not taken back


@dataclass(frozen=True)
class Waiting:
    """An article that waits for a reviewer."""

    slug: str
    title: str
    asked: ReviewEvent


def state(path: str, article: Article) -> ReviewState:
    """Of the article at `path`, whose text as it is now is `article`."""
    return _state(path, article, _record(ReviewEvent.objects.about(_paths(path, article), article.text_hash)))


def states(articles: Mapping[str, Article]) -> dict[str, ReviewState]:
    """Path -> state, in two queries however many there are."""
    record = _record(ReviewEvent.objects.all())
    return {path: _state(path, article, record) for path, article in articles.items()}


def standing_signature(text_hash: str) -> ReviewEvent | None:
    """The signature that holds for this very text; None where nobody gave one, or it was taken back."""
    said = ReviewEvent.objects.about((), text_hash).decisions().last()
    return said if said and said.kind in SIGNATURES else None


def read_whole(signature: ReviewEvent) -> ReviewEvent:
    """The signature itself; of an accepted typing fix the one that it goes back to, so that small fixes add up."""
    if signature.kind == Kind.SIGNED:
        return signature
    return ReviewEvent.objects.of_any([signature.path]).signed_before(signature).first() or signature


def steps_of(path: str, article: Article) -> ReviewQuerySet:
    """Every step of its review, the newest first, those under its former addresses included."""
    return ReviewEvent.objects.of_any(_paths(path, article)).defer("text")


def waiting() -> list[Waiting]:
    """What waits for a reviewer, the oldest request first."""
    library = get_library()
    steps = {_path_now(step.path, library): step for step in ReviewEvent.objects.newest_of_each("path")}
    asked = {path: step for path, step in steps.items() if step.kind == Kind.ASKED and _is_there(path, library)}
    titles = {path: document.title for path, document in library.documents.items()}
    waits = [Waiting(slug_of(path), titles.get(path, slug_of(path)), step) for path, step in asked.items()]
    return sorted(waits, key=lambda each: each.asked.pk)


def _record(events: ReviewQuerySet) -> _Record:
    steps = {step.path: step for step in events.newest_of_each("path")}
    said = {decision.text_hash: decision for decision in events.decisions().newest_of_each("text_hash")}
    signatures = {decision.path: decision for decision in said.values() if decision.kind in SIGNATURES}
    return _Record(steps, said, signatures)


def _state(path: str, article: Article, record: _Record) -> ReviewState:
    paths = _paths(path, article)
    step = _newest(record.steps, paths)
    if step is None and article.signed is None:
        return ReviewState(Stage.NOT_ASKED)  # the text need not be read for that
    said = record.said.get(article.text_hash)
    holds = said is not None and said.kind in SIGNATURES
    signature = said if holds else _newest(record.signatures, paths)
    same_text = step is not None and step.text_hash == article.text_hash
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
    """Where the article is, and where it was before it was renamed. Where another one stands is not its own past."""
    others = get_library().articles
    return (path, *(new_path(alias) for alias in article.aliases if alias not in others))


def _path_now(path: str, library: Library) -> str:
    """Where the article is that was at `path`."""
    slug = library.aliases.get(slug_of(path))
    return article_path(slug, library) if slug else path


def _is_there(path: str, library: Library) -> bool:
    """Whether there is such an article still: on the site, or as a draft kept beside it."""
    newest = None if path in library.documents else Revision.objects.of(path).first()
    return path in library.documents or (newest is not None and not newest.removed)
