"""Sign-off: an editor asks, a clinician signs just this text, accepts a typing fix, or sends the text back.

Each step is a ReviewEvent, written in one transaction with what else it changes: the `reviewer` line on top of the
newest revision, live or kept as that revision is. Where a review stands is read in review_state.py.
"""

import calendar
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from articles.documents import Article, Reviewer
from articles.editing import store
from articles.editing.examination import Examination, examine
from articles.editing.front import with_values
from articles.editing.review_state import standing_signature, state
from articles.library import get_library
from articles.models import ReviewerProfile, ReviewEvent, Revision
from articles.rules.levels import BLOCK
from articles.rules.lists import load_lists
from articles.rules.registry import Finding
from articles.signed_text import signed_text, text_hash
from clinic_site.content_files import ContentError

ABOUT_THE_REVIEW = ("A02", "A03", "A04", "A31")  # what signing mends, or watch.yaml clears
MONTHS, MONTHS_KETAMINE = 12, 6
LONGEST_NOTE = 500
FINGERPRINT = 12  # digits of a hash that are shown to people

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


class Refused(Exception):  # noqa: N818 (reads as what happened)
    """A step that was not taken. Its text is one sentence for the person who took it."""


@dataclass(frozen=True)
class Clinician:
    """Who signs, as it will stand on the page."""

    user: str
    name: str
    credentials: str
    license_state: str


@dataclass(frozen=True)
class Reading:
    """The newest text of an article, open before a reviewer."""

    revision: Revision
    examination: Examination
    today: dt.date  # at the clinic

    @property
    def article(self) -> Article:
        """Raises Refused where the text cannot be read."""
        if self.examination.article is None:
            raise Refused(UNREADABLE)
        return self.examination.article

    @property
    def blocks(self) -> list[Finding]:
        """What must be mended before a clinician can sign. What the review itself will settle is left out."""
        found = (each for each in self.examination.findings if each.level == BLOCK)
        return [each for each in found if each.rule not in ABOUT_THE_REVIEW]

    @property
    def seen(self) -> str:
        """A hash of what a reviewer decides on: the text, the file with its answers to warnings, news about sources."""
        events = self.article.with_news(get_library().events).news
        news = (f"{event.date} {event.event}" for event in events if event.date <= self.today)
        return text_hash("\n".join((self.article.text_hash, self.revision.digest, *news)))

    @property
    def may_be_signed(self) -> bool:
        return not self.examination.problems and not self.blocks


def read(path: str, now: dt.datetime) -> Reading | None:
    """The newest text of the article at `path`; None where there is none."""
    revision = store.newest(path)
    if revision is None or revision.removed:
        return None
    today = get_library().shared.clinic.local(now).date()
    return Reading(revision, examine(path, revision.text, today), today)


def clinician(user: AbstractBaseUser | AnonymousUser) -> Clinician | None:
    """None while the full name or the reviewer's profile is missing: such a user cannot sign."""
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
    """Sends the text to review. Raises Refused for a typing fix to a page that nobody has signed."""
    if typing_fix and state(path, article).signature is None:
        raise Refused(NEVER_SIGNED)
    step = _step(ReviewEvent.Kind.ASKED, path, article, by, now)
    step.note, step.typing_fix = note, typing_fix
    step.save()
    return step


def sign(reading: Reading, who: Clinician, seen: str, now: dt.datetime) -> ReviewEvent:
    """`who` checked what `seen` is the hash of, today. Raises Refused, and store.Stale; then nothing is written."""
    article = same_text(reading, seen)
    if not reading.may_be_signed:
        raise Refused(BLOCKED)
    step = _step(ReviewEvent.Kind.SIGNED, reading.revision.path, article, who.user, now)
    step.name, step.credentials, step.license_state = who.name, who.credentials, who.license_state
    step.signed_on = reading.today
    return _decided(reading, step, now, next_check(article, reading.today))


def accept_typing_fix(reading: Reading, who: Clinician, seen: str, now: dt.datetime) -> ReviewEvent:
    """No meaning changed since the text was signed: that check, its day and the next one stand. Raises as sign() does.

    The page goes on naming the clinician who checked it; the record says who accepted.
    """
    article = same_text(reading, seen)
    now_stands = state(reading.revision.path, article)
    before = now_stands.signature
    if before is None or not now_stands.typing_fix:
        raise Refused(NOT_A_TYPING_FIX)
    if not reading.may_be_signed:
        raise Refused(BLOCKED)
    step = _step(ReviewEvent.Kind.TYPING_FIX, reading.revision.path, article, who.user, now)
    step.name, step.credentials, step.license_state = before.name, before.credentials, before.license_state
    step.signed_on = before.signed_on
    return _decided(reading, step, now)


def send_back(reading: Reading, by: str, note: str, seen: str, now: dt.datetime) -> ReviewEvent:
    """Takes back a signature for this text, if there is one. Raises Refused, and store.Stale."""
    article = same_text(reading, seen)
    if not note:
        raise Refused(NO_NOTE)
    step = _step(ReviewEvent.Kind.SENT_BACK, reading.revision.path, article, by, now)
    step.note = note
    return _decided(reading, step, now)


def attach(path: str, text: str, today: dt.date) -> str:
    """`text` with the reviewer line that the recorded signatures give for just this text, else without one.

    A text that cannot be read stays as it is: it is not on the site, and comes here again before it is.
    """
    article = examine(path, text, today).article
    if article is None:
        return text
    line = recorded(article)
    return text if line == article.signed else with_values(text, reviewer=line)


def recorded(article: Article) -> Reviewer | None:
    """The reviewer line that the recorded signatures give for just this text."""
    return _line(standing_signature(article.text_hash))


def next_check(article: Article, day: dt.date) -> dt.date:
    """By when a text that was checked on `day` is to be checked again. Raises Refused while the rules are not in order.

    On the same day of the month, or on its last one.
    """
    try:
        lists = get_library().lists or load_lists(Path(settings.CONTENT_DIR))  # which says what is wrong with them
    except ContentError as error:
        raise Refused(error.problem.message) from error
    months = MONTHS if set(lists["required.ketamine_topics"]).isdisjoint(article.topics) else MONTHS_KETAMINE
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def fingerprint(text_hash: str) -> str:
    """The first digits, in groups of four: enough to see that two texts are not the same."""
    return " ".join(text_hash[start : start + 4] for start in range(0, FINGERPRINT, 4))


def statement(who: Clinician, text_hash: str) -> str:
    """What a clinician says by signing."""
    return (
        f"I am {who.name}, {who.credentials}, licensed in {who.license_state}. I have read this text "
        f"(fingerprint {fingerprint(text_hash)}) as a whole, with its sources, and I stand behind it."
    )


def same_text(reading: Reading, seen: str) -> Article:
    """The article, if all is as it was when `seen` was the reading's hash. Raises Refused."""
    if reading.seen != seen:
        raise Refused(CHANGED)
    return reading.article


def _step(kind: ReviewEvent.Kind, path: str, article: Article, by: str, now: dt.datetime) -> ReviewEvent:
    return ReviewEvent(path=path, kind=kind, at=now, by=by, text=signed_text(article), text_hash=article.text_hash)


def _decided(reading: Reading, step: ReviewEvent, now: dt.datetime, review_due: dt.date | None = None) -> ReviewEvent:
    """Writes the step, and the line on top of the newest revision that follows from it."""
    revision = reading.revision
    write = store.put_up if revision.live else store.keep
    try:
        with transaction.atomic():
            step.save()
            text = attach(revision.path, revision.text, reading.today)
            if review_due:
                text = with_values(text, review_due=review_due)
            if text != revision.text:
                why = step.get_kind_display().capitalize()
                write(store.Edit(revision.path, text, step.by, revision.number, why), now)
    except ContentError as error:
        raise Refused(error.problem.message) from error
    return step


def _line(signature: ReviewEvent | None) -> Reviewer | None:
    """The reviewer as the front matter names them."""
    if signature is None or signature.signed_on is None:
        return None
    return Reviewer(
        name=signature.name,
        credentials=signature.credentials,
        license_state=signature.license_state,
        on=signature.signed_on,
        text=signature.text_hash,
    )
