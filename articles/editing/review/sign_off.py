"""Sign-off: an editor asks; a clinician signs exactly this text, accepts a typing fix, or sends the text back.

Each step is a ReviewEvent, written in one transaction with its effect: the `reviewer` line in the newest revision, live
or draft. state.py reads the state of a review.
"""

import calendar
import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from articles.content.documents import Article, Reviewer
from articles.content.rule_ids import BLOCK
from articles.editing.drafts.draft_check import DraftCheck, check_draft
from articles.editing.drafts.front_matter import with_values
from articles.editing.review.state import signature_of_text, state
from articles.editing.revisions import store
from articles.editing.revisions.load_check import validate
from articles.editing.revisions.store import NotTaken
from articles.library import get_library
from articles.models import ReviewerProfile, ReviewEvent, Revision
from articles.rendering.signed_text import digest, signed_text, text_hash
from articles.rules.registry import Finding
from clinic_site.content.files import ContentError

ABOUT_THE_REVIEW = ("A02", "A03", "A04", "A31")  # fixed by signing, or cleared in watch.yaml
MONTHS, MONTHS_KETAMINE = 12, 6
LONGEST_NOTE = 500
FINGERPRINT = 12  # digits of a hash shown to people

UNREADABLE = "The text cannot be read as it is. An editor must mend what the editor shows."
CHANGED = (
    "The text, or what is new about its sources, changed since you opened this page. "
    "Read it as it is now, then take the step again."
)
BLOCKED = (
    "The text cannot be signed yet: the rules found something that must be mended first. It is listed on this page."
)
NOT_A_TYPING_FIX = "No editor has said of this text that only a typing slip was mended since it was signed."
NEVER_SIGNED = "No clinician has signed this page yet, so nobody can tell a typing slip from a change of meaning."
NO_NOTE = "Write what must change before you send the text back."


@dataclass(frozen=True)
class Clinician:
    """The clinician who signs, as the page shows them."""

    user: str
    name: str
    credentials: str
    license_state: str


@dataclass(frozen=True)
class Reading:
    """The newest text of an article, shown to a reviewer."""

    revision: Revision
    draft_check: DraftCheck
    today: dt.date  # at the clinic

    @property
    def article(self) -> Article:
        """The article. Raises NotTaken if the text cannot be read."""
        if self.draft_check.article is None:
            raise NotTaken(UNREADABLE)
        return self.draft_check.article

    @property
    def blocks(self) -> list[Finding]:
        """The blocks that must be fixed before signing, without those that the review itself settles."""
        found = (finding for finding in self.draft_check.findings if finding.level == BLOCK)
        return [finding for finding in found if finding.rule not in ABOUT_THE_REVIEW]

    @property
    def seen(self) -> str:
        """A hash of what a reviewer decides on: text, file with its answers to warnings, news about sources."""
        events = self.article.with_news(get_library().events).news
        news = (f"{event.date} {event.event}" for event in events if event.date <= self.today)
        return digest("\n".join((text_hash(self.article), self.revision.digest, *news)))

    @property
    def may_be_signed(self) -> bool:
        return not self.draft_check.problems and not self.blocks


def read(path: str, now: dt.datetime) -> Reading | None:
    """Return the newest text of the article at `path`; None if there is no article."""
    revision = store.newest(path)
    if revision is None or revision.removed:
        return None
    today = get_library().shared.clinic.today(now)
    return Reading(revision, check_draft(path, revision.text, today), today)


def clinician(user: AbstractBaseUser | AnonymousUser) -> Clinician | None:
    """Return the user as a clinician; None if the full name or the reviewer's profile is missing."""
    profile = ReviewerProfile.objects.select_related("user").filter(user__username=user.get_username()).first()
    if profile is None or not profile.user.get_full_name():
        return None
    return Clinician(
        user=profile.user.get_username(),
        name=profile.user.get_full_name(),
        credentials=profile.credentials,
        license_state=profile.license_state,
    )


def ask(
    path: str, article: Article, by: str, now: dt.datetime, note: str = "", typing_fix: bool = False
) -> ReviewEvent:
    """Send the text to review. Raises NotTaken for a typing fix to a page that was never signed."""
    if typing_fix and state(path, article).signature is None:
        raise NotTaken(NEVER_SIGNED)
    step = _step(ReviewEvent.Kind.ASKED, path, article, by, now)
    step.note, step.typing_fix = note, typing_fix
    step.save()
    return step


def sign(reading: Reading, signer: Clinician, seen: str, now: dt.datetime) -> ReviewEvent:
    """Sign the reading whose hash is `seen`. Raises NotTaken or store.Stale; nothing is written then."""
    article = same_text(reading, seen)
    if not reading.may_be_signed:
        raise NotTaken(BLOCKED)
    step = _step(ReviewEvent.Kind.SIGNED, reading.revision.path, article, signer.user, now)
    step.name, step.credentials, step.license_state = signer.name, signer.credentials, signer.license_state
    step.signed_on = reading.today
    return _write_decision(reading, step, now, next_check(article, reading.today))


def accept_typing_fix(reading: Reading, signer: Clinician, seen: str, now: dt.datetime) -> ReviewEvent:
    """Record that the meaning is unchanged since the text was signed: the check, its day and the next one stay.

    The page still names the clinician who checked it; the record names who accepted the fix. Raises as sign() does.
    """
    article = same_text(reading, seen)
    current = state(reading.revision.path, article)
    signature = current.signature
    if signature is None or not current.typing_fix:
        raise NotTaken(NOT_A_TYPING_FIX)
    if not reading.may_be_signed:
        raise NotTaken(BLOCKED)
    step = _step(ReviewEvent.Kind.TYPING_FIX, reading.revision.path, article, signer.user, now)
    step.name, step.credentials, step.license_state = signature.name, signature.credentials, signature.license_state
    step.signed_on = signature.signed_on
    return _write_decision(reading, step, now)


def send_back(reading: Reading, by: str, note: str, seen: str, now: dt.datetime) -> ReviewEvent:
    """Send the text back, and revoke a signature for it. Raises NotTaken and store.Stale."""
    article = same_text(reading, seen)
    if not note:
        raise NotTaken(NO_NOTE)
    step = _step(ReviewEvent.Kind.SENT_BACK, reading.revision.path, article, by, now)
    step.note = note
    return _write_decision(reading, step, now)


def attach(path: str, text: str) -> str:
    """Return `text` with the reviewer line that is recorded for exactly this text, or without one.

    A text that cannot be read is returned unchanged: it is not live, and is checked again before it goes live.
    """
    article = validate(path, text, get_library()).document
    if not isinstance(article, Article):
        return text
    line = recorded(article)
    return text if line == article.signed else with_values(text, reviewer=line)


def recorded(article: Article) -> Reviewer | None:
    """Return the reviewer line that is recorded for exactly this text."""
    return _reviewer_line(signature_of_text(text_hash(article)))


def next_check(article: Article, day: dt.date) -> dt.date:
    """Return the day by which a text checked on `day` must be checked again: the same day of the month, or its last.

    Raises NotTaken if a word list of the rules is invalid.
    """
    try:
        lists = get_library().lists
    except ContentError as error:
        raise NotTaken(error.problem.message) from error
    months = MONTHS if set(lists["required.ketamine_topics"]).isdisjoint(article.topics) else MONTHS_KETAMINE
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def fingerprint(digest: str) -> str:
    """Return the first digits, in groups of four: enough to tell two texts apart."""
    return " ".join(digest[start : start + 4] for start in range(0, FINGERPRINT, 4))


def statement(signer: Clinician, signed: str) -> str:
    """Return the statement that a clinician signs."""
    return (
        f"I am {signer.name}, {signer.credentials}, licensed in {signer.license_state}. I have read this text "
        f"(fingerprint {fingerprint(signed)}) as a whole, with its sources, and I stand behind it."
    )


def same_text(reading: Reading, seen: str) -> Article:
    """Return the article. Raises NotTaken if the reading no longer has the hash `seen`."""
    if reading.seen != seen:
        raise NotTaken(CHANGED)
    return reading.article


def _step(kind: ReviewEvent.Kind, path: str, article: Article, by: str, now: dt.datetime) -> ReviewEvent:
    return ReviewEvent(path=path, kind=kind, at=now, by=by, text=signed_text(article), text_hash=text_hash(article))


def _write_decision(
    reading: Reading, step: ReviewEvent, now: dt.datetime, review_due: dt.date | None = None
) -> ReviewEvent:
    """Write the step, and the resulting reviewer line in the newest revision."""
    revision = reading.revision
    write = store.save_live if revision.live else store.save_draft_beside
    try:
        with transaction.atomic():
            step.save()
            text = attach(revision.path, revision.text)
            if review_due:
                text = with_values(text, review_due=review_due)
            if text != revision.text:
                why = step.get_kind_display().capitalize()
                write(store.Edit(revision.path, text, step.by, revision.number, why), now)
    except ContentError as error:
        raise NotTaken(error.problem.message) from error
    return step


def _reviewer_line(signature: ReviewEvent | None) -> Reviewer | None:
    """Return the reviewer as in the front matter."""
    if signature is None or signature.signed_on is None:
        return None
    return Reviewer(
        name=signature.name,
        credentials=signature.credentials,
        license_state=signature.license_state,
        on=signature.signed_on,
        text=signature.text_hash,
    )
