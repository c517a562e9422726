"""A signature belongs to one text: it returns with that text, is lost with any other, and cannot be forged."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser, User
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from articles.editing.drafts.draft_check import check_draft
from articles.editing.drafts.front_matter import with_values
from articles.editing.editor import publish
from articles.editing.review import sign_off
from articles.editing.review.sign_off import Clinician
from articles.editing.review.state import read_whole, state
from articles.editing.revisions import store
from articles.editing.revisions.store import Edit, NotTaken
from articles.library import get_library, pinned_library, refresh
from articles.models import ReviewEvent, Revision
from articles.rendering.signed_text import signed_text, text_hash, valid_signature
from tests.articles.editing.review.review_desk import (
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
from tests.articles.editing.review.review_events import make_signature
from tests.articles.rules.judged import WHOLE
from tests.conftest import Cast
from tests.content_builders import REVIEWER

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
Commits = DjangoCaptureOnCommitCallbacks
LATER = NOW + dt.timedelta(days=30)
DRAFT = WHOLE.replace("status: published", "status: draft")


@pytest.fixture(autouse=True)
def root(settings: Settings, tmp_path: Path) -> Path:
    """A content folder with one article, which breaks no rule."""
    root = make_desk(tmp_path)
    settings.CONTENT_DIR = root
    return root


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Commits) -> Commits:
    return django_capture_on_commit_callbacks


def save_live(commits: Commits, text: str, why: str = "") -> Revision:
    newest = store.newest(PATH)
    with commits(execute=True):
        return store.save_live(Edit(PATH, text, "editor", newest.number if newest else 0, why), NOW)


def save_draft(text: str) -> Revision:
    newest = store.newest(PATH)
    return store.save_draft_beside(Edit(PATH, text, "editor", newest.number if newest else 0), NOW)


def sign(commits: Commits, now: dt.datetime = NOW) -> ReviewEvent:
    opened = sign_off.read(PATH, now)
    assert opened is not None
    with commits(execute=True):
        return sign_off.sign(opened, ROSA, opened.seen, now)


def ask(note: str = "", typing_fix: bool = False) -> ReviewEvent:
    return sign_off.ask(PATH, reading().article, "editor", NOW, note, typing_fix)


def fix_two_typos(commits: Commits) -> None:
    """Fix two typing slips, one after the other; both are accepted as typing fixes."""
    for old, new in ((SLIP, MENDED), ("Ask what it may cost you.", "Ask what it might cost you.")):
        save_live(commits, newest_text().replace(old, new))
        ask(typing_fix=True)
        opened = reading()
        with commits(execute=True):
            sign_off.accept_typing_fix(opened, ROSA, opened.seen, NOW)


def newest_text() -> str:
    newest = store.newest(PATH)
    assert newest is not None
    return newest.text


class TestSigning:
    def test_a_signed_page_names_the_clinician_at_once(self, root: Path, commits: Commits) -> None:
        step = sign(commits)
        assert signed_by(root) == "Rosa Name"
        article = reading().article
        assert valid_signature(article) == article.signed
        assert (step.kind, step.by, step.name, step.signed_on) == ("signed", "reviewer", "Rosa Name", NOW.date())
        assert (step.text, step.text_hash) == (signed_text(article), text_hash(article))

    def test_a_signature_is_a_revision_by_the_reviewer(self, commits: Commits) -> None:
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
        article = check_draft(PATH, text, NOW.date()).article
        assert article is not None
        assert sign_off.next_check(article, dt.date.fromisoformat(day)).isoformat() == due

    def test_signing_sets_the_day_of_the_next_check(self, commits: Commits) -> None:
        sign(commits)
        assert reading().article.review_due == dt.date(2027, 5, 23)

    def test_a_signed_draft_is_published_as_signed(self, root: Path, commits: Commits) -> None:
        save_live(commits, WHOLE)
        draft = save_draft(WHOLE.replace(SLIP, "Few doctors try it for pain."))
        sign(commits)
        newest = store.newest(PATH)
        assert newest is not None
        assert (newest.number, newest.live) == (draft.number + 1, False)
        assert signed_by(root) == ""
        with commits(execute=True):
            publish.publish(Edit(PATH, newest.text, "editor", newest.number), NOW)
        assert signed_by(root) == "Rosa Name"

    def test_a_second_check_of_the_same_text_updates_the_day(self, commits: Commits) -> None:
        sign(commits)
        sign(commits, LATER)
        signed = valid_signature(reading().article)
        assert signed is not None
        assert signed.on == LATER.date()

    def test_a_text_that_changed_since_it_was_opened_is_not_signed(self) -> None:
        with pytest.raises(NotTaken, match="changed since you opened"):
            sign_off.sign(reading(), ROSA, "0" * 64, NOW)
        assert not ReviewEvent.objects.exists()

    def test_a_save_during_the_signature_is_not_overwritten(self, commits: Commits) -> None:
        opened = reading()
        save_draft(DRAFT)
        with pytest.raises(store.Stale):
            sign_off.sign(opened, ROSA, opened.seen, NOW)
        assert not ReviewEvent.objects.exists()

    def test_an_open_block_prevents_a_signature(self, root: Path) -> None:
        save_draft(WHOLE.replace("Ask your own clinician first.", "It is a miracle cure."))
        opened = reading()
        assert opened.blocks
        with pytest.raises(NotTaken, match="cannot be signed yet"):
            sign_off.sign(opened, ROSA, opened.seen, NOW)

    def test_findings_that_a_review_settles_allow_a_signature(self, root: Path, commits: Commits) -> None:
        """A signature settles a check too far off, a claim that the text was checked, and news about a source."""
        save_draft(
            with_values(WHOLE.replace(SLIP, f"{SLIP} This page is medically reviewed."), review_due="2027-11-12")
        )
        (root / "watch.yaml").write_text(
            "events:\n  - {event: A new label, date: 2026-11-20, sources: [ketalar_label], cleared: false}\n"
        )
        refresh()
        opened = reading()
        assert {each.rule for each in opened.draft_check.findings if each.level == "block"} == {"A02", "A03", "A31"}
        assert opened.may_be_signed
        sign(commits)
        assert valid_signature(reading().article) is not None

    def test_invalid_rules_prevent_a_signature(self, root: Path) -> None:
        article = reading().article
        (root / "rules" / "required.yaml").write_text("ketamine_topics: [")
        refresh()
        with pytest.raises(NotTaken):
            sign_off.next_check(article, NOW.date())

    def test_a_signature_uses_the_word_lists_of_the_library(self, root: Path) -> None:
        article = reading().article
        due = sign_off.next_check(article, NOW.date())
        with pinned_library(get_library()):
            shutil.rmtree(root / "rules")
            assert sign_off.next_check(article, NOW.date()) == due

    def test_an_unreadable_text_is_not_signed(self) -> None:
        save_draft("Nothing of an article.")
        with pytest.raises(NotTaken, match="cannot be read"):
            sign_off.sign(reading(), ROSA, "", NOW)

    def test_a_text_that_would_not_load_is_reported_and_not_signed(self, commits: Commits) -> None:
        """The next check would be due before the page is published."""
        save_live(commits, with_values(WHOLE, published="2029-01-01", updated="2029-01-01", review_due="2029-02-01"))
        opened = reading()
        with pytest.raises(NotTaken, match="must come after “published”"):
            sign_off.sign(opened, ROSA, opened.seen, NOW)
        assert not ReviewEvent.objects.exists()


class TestTypingFix:
    def test_a_typing_fix_preserves_the_check_and_its_days(self, root: Path, commits: Commits) -> None:
        sign(commits)
        save_live(commits, newest_text().replace(SLIP, MENDED))
        assert signed_by(root) == ""
        ask(typing_fix=True)
        opened = sign_off.read(PATH, LATER)
        assert opened is not None
        with commits(execute=True):
            other = Clinician("sam", "Sam Name", "DO", "GA")
            step = sign_off.accept_typing_fix(opened, other, opened.seen, LATER)
        signed = valid_signature(reading().article)
        assert signed is not None
        assert (signed.name, signed.on, reading().article.review_due) == (
            "Rosa Name",
            NOW.date(),
            dt.date(2027, 5, 23),
        )
        assert (step.kind, step.by) == ("typing_fix", "sam")
        assert signed_by(root) == "Rosa Name"

    def test_typing_fixes_may_follow_each_other(self, root: Path, commits: Commits) -> None:
        sign(commits)
        fix_two_typos(commits)
        assert signed_by(root) == "Rosa Name"

    def test_typing_fixes_refer_to_the_last_full_check(self, commits: Commits) -> None:
        sign(commits)
        fix_two_typos(commits)
        signature = state(PATH, reading().article).signature
        assert signature is not None
        assert signature.kind == "typing_fix"
        assert read_whole(signature).kind == "signed"
        assert read_whole(read_whole(signature)) == read_whole(signature)

    def test_new_events_about_a_source_prevent_a_signature(self, root: Path) -> None:
        seen, key = reading().seen, reading().article.sources[0]
        event = f'{{event: "A new label", date: {NOW.date()}, sources: [{key}], cleared: false}}'
        (root / "watch.yaml").write_text(f"events:\n  - {event}\n")
        refresh()
        with pytest.raises(NotTaken, match="what is new about its sources"):
            sign_off.sign(reading(), ROSA, seen, NOW)

    def test_an_unsigned_page_has_no_typing_fix(self) -> None:
        with pytest.raises(NotTaken, match="No clinician has signed this page yet"):
            ask(typing_fix=True)

    def test_only_an_editor_can_declare_a_typing_fix(self, commits: Commits) -> None:
        sign(commits)
        save_draft(newest_text().replace(SLIP, MENDED))
        ask()
        opened = reading()
        with pytest.raises(NotTaken, match="No editor has said"):
            sign_off.accept_typing_fix(opened, ROSA, opened.seen, NOW)

    def test_a_declared_typing_fix_does_not_apply_to_the_next_text(self, commits: Commits) -> None:
        sign(commits)
        save_draft(newest_text().replace(SLIP, MENDED))
        ask(typing_fix=True)
        save_draft(newest_text().replace(MENDED, "It works for pain."))
        opened = reading()
        with pytest.raises(NotTaken, match="No editor has said"):
            sign_off.accept_typing_fix(opened, ROSA, opened.seen, NOW)

    def test_a_typing_fix_breaks_no_rule(self, commits: Commits) -> None:
        sign(commits)
        save_draft(newest_text().replace(SLIP, "It is a miracle cure."))
        ask(typing_fix=True)
        opened = reading()
        with pytest.raises(NotTaken, match="cannot be signed yet"):
            sign_off.accept_typing_fix(opened, ROSA, opened.seen, NOW)


class TestSendingBack:
    def test_editors_see_the_reason(self) -> None:
        opened = reading()
        step = sign_off.send_back(opened, "reviewer", "Say how often.", opened.seen, NOW)
        assert (step.kind, step.note) == ("sent_back", "Say how often.")
        assert newest_text() == WHOLE

    def test_sending_back_withdraws_a_signature(self, root: Path, commits: Commits) -> None:
        sign(commits)
        opened = reading()
        with commits(execute=True):
            sign_off.send_back(opened, "reviewer", "I was wrong.", opened.seen, NOW)
        assert signed_by(root) == ""
        assert reading().article.signed is None
        assert sign_off.attach(PATH, opened.revision.text) == newest_text()

    def test_sending_back_needs_a_reason(self) -> None:
        opened = reading()
        with pytest.raises(NotTaken, match="Write what must change"):
            sign_off.send_back(opened, "reviewer", "", opened.seen, NOW)


class TestAttaching:
    def test_a_restored_signed_text_is_signed_again(self, root: Path, commits: Commits) -> None:
        sign(commits)
        signed = newest_text()
        save_live(commits, sign_off.attach(PATH, signed.replace(SLIP, MENDED)))
        assert "reviewer:" not in newest_text()
        back = sign_off.attach(PATH, newest_text().replace(MENDED, SLIP))
        assert back == signed
        save_live(commits, back)
        assert signed_by(root) == "Rosa Name"

    def test_a_forged_signature_is_removed(self) -> None:
        article = reading().article
        forged = with_values(WHOLE, reviewer={**REVIEWER, "text": text_hash(article)})
        assert sign_off.attach(PATH, forged) == WHOLE

    def test_a_wrong_name_is_replaced_by_that_of_the_signer(self, commits: Commits) -> None:
        sign(commits)
        forged = newest_text().replace("Rosa Name", "R. Name")
        assert sign_off.attach(PATH, forged) == newest_text()

    def test_an_unreadable_text_is_left_unchanged(self) -> None:
        assert sign_off.attach(PATH, "Nothing of an article.") == "Nothing of an article."

    def test_a_signature_follows_a_renamed_page(self, root: Path, commits: Commits) -> None:
        sign(commits)
        text = with_values(newest_text(), aliases=("sore-backs",))
        newest = store.newest(PATH)
        assert newest is not None
        with commits(execute=True):
            renamed = sign_off.attach("articles/backs.md", text)
            store.move(PATH, "articles/backs.md", renamed, "editor", newest.number, NOW)
        assert renamed == text
        assert signed_by(root, "backs") == "Rosa Name"


class TestWhoMaySign:
    def test_a_clinician_has_a_name_credentials_and_a_license(self, sign_in: Cast) -> None:
        sign_in("reviewer")
        make_profile()
        assert sign_off.clinician(User.objects.get()) == ROSA

    def test_a_user_without_a_profile_may_not_sign(self, sign_in: Cast) -> None:
        sign_in("reviewer")
        assert sign_off.clinician(User.objects.get()) is None
        assert sign_off.clinician(AnonymousUser()) is None

    def test_a_user_without_a_full_name_may_not_sign(self, sign_in: Cast) -> None:
        sign_in("reviewer")
        make_profile()
        User.objects.update(first_name="", last_name="")
        assert sign_off.clinician(User.objects.get()) is None


def test_the_statement_of_a_signature_is_a_sentence() -> None:
    assert sign_off.statement(ROSA, "0123456789abcdef") == (
        "I am Rosa Name, MD, pain medicine, licensed in FL. I have read this text (fingerprint 0123 4567 89ab) as a "
        "whole, with its sources, and I stand behind it."
    )


def test_a_missing_article_cannot_be_opened_for_review(commits: Commits) -> None:
    assert sign_off.read("articles/nothing.md", NOW) is None
    newest = store.newest(PATH)
    assert newest is not None
    with commits(execute=True):
        store.remove(PATH, "editor", newest.number, NOW)
    assert sign_off.read(PATH, NOW) is None


def test_a_signature_without_a_day_is_ignored() -> None:
    """No code writes such a row; the column is nullable for the other kinds."""
    make_signature(path=PATH, text_hash=text_hash(reading().article), signed_on=None)
    assert sign_off.attach(PATH, WHOLE) == WHOLE


def test_the_article_of_these_tests_breaks_no_rule() -> None:
    assert reading().draft_check.findings == ()
    assert get_library().problems == ()
