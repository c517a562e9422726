"""A signature is for a text: it comes with that text, goes with any other, and nobody can forge one."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser, User
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from articles.editing import publishing, sign_off, store
from articles.editing.examination import examine
from articles.editing.front import with_values
from articles.editing.review_state import read_whole, state
from articles.editing.sign_off import Clinician, Refused
from articles.editing.store import Edit
from articles.library import get_library, held, refresh
from articles.models import ReviewEvent, Revision
from articles.signed_text import signed_text
from tests.articles.editing.review_desk import (
    MENDED,
    NOW,
    PATH,
    ROSA,
    SLIP,
    make_desk,
    make_profile,
    reading,
    signed_by,
)
from tests.articles.editing.review_events import make_signature
from tests.articles.rules.judged import WHOLE
from tests.conftest import Cast
from tests.content_builders import REVIEWER

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
Commits = DjangoCaptureOnCommitCallbacks
LATER = NOW + dt.timedelta(days=30)
DRAFT = WHOLE.replace("status: published", "status: draft")


@pytest.fixture(autouse=True)
def root(settings: Settings, tmp_path: Path) -> Path:
    """A content folder with one article that breaks no rule."""
    root = make_desk(tmp_path)
    settings.CONTENT_DIR = root
    return root


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Commits) -> Commits:
    return django_capture_on_commit_callbacks


def put_up(commits: Commits, text: str, why: str = "") -> Revision:
    newest = store.newest(PATH)
    with commits(execute=True):
        return store.put_up(Edit(PATH, text, "editor", newest.number if newest else 0, why), NOW)


def keep(text: str) -> Revision:
    newest = store.newest(PATH)
    return store.keep(Edit(PATH, text, "editor", newest.number if newest else 0), NOW)


def sign(commits: Commits, now: dt.datetime = NOW) -> ReviewEvent:
    opened = sign_off.read(PATH, now)
    assert opened is not None
    with commits(execute=True):
        return sign_off.sign(opened, ROSA, opened.seen, now)


def ask(note: str = "", typing_fix: bool = False) -> ReviewEvent:
    return sign_off.ask(PATH, reading().article, "editor", NOW, note, typing_fix)


def mend_two_slips(commits: Commits) -> None:
    """One after the other, each accepted as a typing fix."""
    for old, new in ((SLIP, MENDED), ("Ask what it may cost you.", "Ask what it might cost you.")):
        put_up(commits, newest_text().replace(old, new))
        ask(typing_fix=True)
        opened = reading()
        with commits(execute=True):
            sign_off.accept_typing_fix(opened, ROSA, opened.seen, NOW)


def newest_text() -> str:
    newest = store.newest(PATH)
    assert newest is not None
    return newest.text


class TestSigning:
    def test_the_page_names_the_clinician_at_once(self, root: Path, commits: Commits) -> None:
        step = sign(commits)
        assert signed_by(root) == "Rosa Name"
        article = reading().article
        assert article.reviewer == article.signed
        assert (step.kind, step.by, step.name, step.signed_on) == ("signed", "reviewer", "Rosa Name", NOW.date())
        assert (step.text, step.text_hash) == (signed_text(article), article.text_hash)

    def test_it_is_a_revision_by_the_reviewer(self, commits: Commits) -> None:
        sign(commits)
        newest = store.newest(PATH)
        assert newest is not None
        assert (newest.live, newest.by, newest.why) == (True, "reviewer", "Signed")
        without = with_values(newest.text, reviewer=None, review_due=dt.date(2027, 4, 30))
        assert without == WHOLE

    @pytest.mark.parametrize(
        ("day", "topics", "due"),
        [
            ("2026-11-23", ("ketamine",), "2027-05-23"),
            ("2026-11-23", ("understanding-pain", "ketamine"), "2027-05-23"),
            ("2026-11-23", ("understanding-pain",), "2027-11-23"),
            ("2026-08-31", ("ketamine",), "2027-02-28"),
            ("2026-06-30", ("ketamine",), "2026-12-30"),
            ("2028-02-29", ("understanding-pain",), "2029-02-28"),
        ],
    )
    def test_the_next_check_is_due_in_six_months_for_ketamine_and_in_twelve_for_the_rest(
        self, day: str, topics: tuple[str, ...], due: str
    ) -> None:
        text = with_values(WHOLE, topics=topics)
        article = examine(PATH, text, NOW.date()).article
        assert article is not None
        assert sign_off.next_check(article, dt.date.fromisoformat(day)).isoformat() == due

    def test_signing_sets_that_day(self, commits: Commits) -> None:
        sign(commits)
        assert reading().article.review_due == dt.date(2027, 5, 23)

    def test_a_signed_draft_is_signed_from_the_minute_it_is_published(self, root: Path, commits: Commits) -> None:
        put_up(commits, WHOLE)
        kept = keep(WHOLE.replace(SLIP, "Few doctors try it for pain."))
        sign(commits)
        newest = store.newest(PATH)
        assert newest is not None
        assert (newest.number, newest.live) == (kept.number + 1, False)
        assert signed_by(root) == ""
        with commits(execute=True):
            publishing.publish(Edit(PATH, newest.text, "editor", newest.number), NOW)
        assert signed_by(root) == "Rosa Name"

    def test_a_second_check_of_the_same_text_sets_the_day_anew(self, commits: Commits) -> None:
        sign(commits)
        sign(commits, LATER)
        signed = reading().article.reviewer
        assert signed is not None
        assert signed.on == LATER.date()

    def test_a_text_that_changed_before_the_button_was_pressed_is_not_signed(self) -> None:
        with pytest.raises(Refused, match="changed since you opened"):
            sign_off.sign(reading(), ROSA, "0" * 64, NOW)
        assert not ReviewEvent.objects.exists()

    def test_nobody_signs_over_a_save_that_came_in_between(self, commits: Commits) -> None:
        opened = reading()
        keep(DRAFT)
        with pytest.raises(store.Stale):
            sign_off.sign(opened, ROSA, opened.seen, NOW)
        assert not ReviewEvent.objects.exists()

    def test_what_stops_publication_stops_a_signature(self, root: Path) -> None:
        keep(WHOLE.replace("Ask your own clinician first.", "It is a miracle cure."))
        opened = reading()
        assert opened.blocks
        with pytest.raises(Refused, match="cannot be signed yet"):
            sign_off.sign(opened, ROSA, opened.seen, NOW)

    def test_what_the_review_settles_does_not(self, root: Path, commits: Commits) -> None:
        """An overdue check, words that say it was checked, and news about a source: signing is the answer to them."""
        keep(with_values(WHOLE.replace(SLIP, f"{SLIP} This page is medically reviewed."), review_due="2026-11-12"))
        (root / "watch.yaml").write_text(
            "events:\n  - {event: A new label, date: 2026-11-20, sources: [ketalar_label], cleared: false}\n"
        )
        refresh()
        opened = reading()
        assert {each.rule for each in opened.examination.findings if each.level == "block"} == {"A02", "A03", "A31"}
        assert opened.may_be_signed
        sign(commits)
        assert reading().article.reviewer is not None

    def test_while_the_rules_are_not_in_order_nobody_signs(self, root: Path) -> None:
        article = reading().article
        (root / "rules" / "required.yaml").write_text("ketamine_topics: [")
        refresh()
        with pytest.raises(Refused):
            sign_off.next_check(article, NOW.date())

    def test_a_signature_goes_by_the_lists_that_the_library_has_read(self, root: Path) -> None:
        article = reading().article
        due = sign_off.next_check(article, NOW.date())
        with held(get_library()):
            shutil.rmtree(root / "rules")
            assert sign_off.next_check(article, NOW.date()) == due

    def test_a_text_that_cannot_be_read_is_not_signed(self) -> None:
        keep("Nothing of an article.")
        with pytest.raises(Refused, match="cannot be read"):
            sign_off.sign(reading(), ROSA, "", NOW)

    def test_what_would_not_load_is_told_and_not_signed(self, commits: Commits) -> None:
        """The next check would fall before the page is published."""
        put_up(commits, with_values(WHOLE, published="2029-01-01", updated="2029-01-01", review_due="2029-02-01"))
        opened = reading()
        with pytest.raises(Refused, match="must come after “published”"):
            sign_off.sign(opened, ROSA, opened.seen, NOW)
        assert not ReviewEvent.objects.exists()


class TestTypingFix:
    def test_the_check_and_its_days_stand(self, root: Path, commits: Commits) -> None:
        sign(commits)
        put_up(commits, newest_text().replace(SLIP, MENDED))
        assert signed_by(root) == ""
        ask(typing_fix=True)
        opened = sign_off.read(PATH, LATER)
        assert opened is not None
        with commits(execute=True):
            other = Clinician("sam", "Sam Name", "DO", "GA")
            step = sign_off.accept_typing_fix(opened, other, opened.seen, LATER)
        signed = reading().article.reviewer
        assert signed is not None
        assert (signed.name, signed.on, reading().article.review_due) == (
            "Rosa Name",
            NOW.date(),
            dt.date(2027, 5, 23),
        )
        assert (step.kind, step.by) == ("typing_fix", "sam")
        assert signed_by(root) == "Rosa Name"

    def test_one_may_follow_another(self, root: Path, commits: Commits) -> None:
        sign(commits)
        mend_two_slips(commits)
        assert signed_by(root) == "Rosa Name"

    def test_small_fixes_add_up_for_who_reads_the_next(self, commits: Commits) -> None:
        sign(commits)
        mend_two_slips(commits)
        signature = state(PATH, reading().article).signature
        assert signature is not None
        assert signature.kind == "typing_fix"
        assert read_whole(signature).kind == "signed"
        assert read_whole(read_whole(signature)) == read_whole(signature)

    def test_news_that_came_meanwhile_is_to_be_read_first(self, root: Path) -> None:
        seen, key = reading().seen, reading().article.sources[0]
        event = f'{{event: "A new label", date: {NOW.date()}, sources: [{key}], cleared: false}}'
        (root / "watch.yaml").write_text(f"events:\n  - {event}\n")
        refresh()
        with pytest.raises(Refused, match="what is new about its sources"):
            sign_off.sign(reading(), ROSA, seen, NOW)

    def test_a_page_that_nobody_signed_has_none(self) -> None:
        with pytest.raises(Refused, match="No clinician has signed this page yet"):
            ask(typing_fix=True)

    def test_only_an_editor_can_say_that_it_is_one(self, commits: Commits) -> None:
        sign(commits)
        keep(newest_text().replace(SLIP, MENDED))
        ask()
        opened = reading()
        with pytest.raises(Refused, match="No editor has said"):
            sign_off.accept_typing_fix(opened, ROSA, opened.seen, NOW)

    def test_what_was_said_of_one_text_is_not_said_of_the_next(self, commits: Commits) -> None:
        sign(commits)
        keep(newest_text().replace(SLIP, MENDED))
        ask(typing_fix=True)
        keep(newest_text().replace(MENDED, "It works for pain."))
        opened = reading()
        with pytest.raises(Refused, match="No editor has said"):
            sign_off.accept_typing_fix(opened, ROSA, opened.seen, NOW)

    def test_it_breaks_no_rule(self, commits: Commits) -> None:
        sign(commits)
        keep(newest_text().replace(SLIP, "It is a miracle cure."))
        ask(typing_fix=True)
        opened = reading()
        with pytest.raises(Refused, match="cannot be signed yet"):
            sign_off.accept_typing_fix(opened, ROSA, opened.seen, NOW)


class TestSendingBack:
    def test_the_editors_are_told_why(self) -> None:
        opened = reading()
        step = sign_off.send_back(opened, "reviewer", "Say how often.", opened.seen, NOW)
        assert (step.kind, step.note) == ("sent_back", "Say how often.")
        assert newest_text() == WHOLE

    def test_it_takes_a_signature_back(self, root: Path, commits: Commits) -> None:
        sign(commits)
        opened = reading()
        with commits(execute=True):
            sign_off.send_back(opened, "reviewer", "I was wrong.", opened.seen, NOW)
        assert signed_by(root) == ""
        assert reading().article.signed is None
        assert sign_off.attach(PATH, opened.revision.text, NOW.date()) == newest_text()

    def test_it_needs_a_reason(self) -> None:
        opened = reading()
        with pytest.raises(Refused, match="Write what must change"):
            sign_off.send_back(opened, "reviewer", "", opened.seen, NOW)


class TestAttaching:
    def test_a_text_that_was_signed_brings_its_signature_back(self, root: Path, commits: Commits) -> None:
        sign(commits)
        signed = newest_text()
        put_up(commits, sign_off.attach(PATH, signed.replace(SLIP, MENDED), NOW.date()))
        assert "reviewer:" not in newest_text()
        back = sign_off.attach(PATH, newest_text().replace(MENDED, SLIP), NOW.date())
        assert back == signed
        put_up(commits, back)
        assert signed_by(root) == "Rosa Name"

    def test_a_signature_that_nobody_gave_is_dropped(self) -> None:
        article = reading().article
        forged = with_values(WHOLE, reviewer={**REVIEWER, "text": article.text_hash})
        assert sign_off.attach(PATH, forged, NOW.date()) == WHOLE

    def test_a_name_that_is_not_the_signers_is_put_right(self, commits: Commits) -> None:
        sign(commits)
        forged = newest_text().replace("Rosa Name", "R. Name")
        assert sign_off.attach(PATH, forged, NOW.date()) == newest_text()

    def test_what_cannot_be_read_stays_as_it_is(self) -> None:
        assert sign_off.attach(PATH, "Nothing of an article.", NOW.date()) == "Nothing of an article."

    def test_it_goes_with_a_page_that_is_renamed(self, root: Path, commits: Commits) -> None:
        sign(commits)
        text = with_values(newest_text(), aliases=("sore-backs",))
        newest = store.newest(PATH)
        assert newest is not None
        with commits(execute=True):
            renamed = sign_off.attach("articles/backs.md", text, NOW.date())
            store.move(PATH, "articles/backs.md", renamed, "editor", newest.number, NOW)
        assert renamed == text
        assert signed_by(root, "backs") == "Rosa Name"


class TestWhoMaySign:
    def test_a_clinician_has_a_name_credentials_and_a_license(self, sign_in: Cast) -> None:
        sign_in("reviewer")
        make_profile()
        assert sign_off.clinician(User.objects.get()) == ROSA

    def test_without_a_profile_nobody_is_one(self, sign_in: Cast) -> None:
        sign_in("reviewer")
        assert sign_off.clinician(User.objects.get()) is None
        assert sign_off.clinician(AnonymousUser()) is None

    def test_nor_without_a_full_name(self, sign_in: Cast) -> None:
        sign_in("reviewer")
        make_profile()
        User.objects.update(first_name="", last_name="")
        assert sign_off.clinician(User.objects.get()) is None


def test_what_is_signed_is_said_in_a_sentence() -> None:
    assert sign_off.statement(ROSA, "0123456789abcdef") == (
        "I am Rosa Name, MD, pain medicine, licensed in FL. I have read this text (fingerprint 0123 4567 89ab) as a "
        "whole, with its sources, and I stand behind it."
    )


def test_there_is_nothing_to_read_where_there_is_no_article(commits: Commits) -> None:
    assert sign_off.read("articles/nothing.md", NOW) is None
    newest = store.newest(PATH)
    assert newest is not None
    with commits(execute=True):
        store.remove(PATH, "editor", newest.number, NOW)
    assert sign_off.read(PATH, NOW) is None


def test_a_signature_without_its_day_is_none() -> None:
    """No step of ours writes one; the column may be empty for the other kinds."""
    make_signature(path=PATH, text_hash=reading().article.text_hash, signed_on=None)
    assert sign_off.attach(PATH, WHOLE, NOW.date()) == WHOLE


def test_the_article_of_these_tests_breaks_no_rule() -> None:
    assert reading().examination.findings == ()
    assert get_library().problems == ()
