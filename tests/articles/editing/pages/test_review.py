"""The review page: editors request a check; clinicians sign, accept a typing fix, or send back."""

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings
from time_machine import TimeMachineFixture

from articles.editing.drafts.front_matter import with_values
from articles.editing.pages.review import NOT_COMPLETE
from articles.editing.review import sign_off
from articles.editing.revisions import store
from articles.editing.revisions.store import CannotWrite, Edit
from articles.models import ReviewEvent
from articles.rendering.signed_text import text_hash
from tests.articles.editing.review.review_desk import (
    MENDED,
    NOW,
    PATH,
    SLIP,
    make_desk,
    make_profile,
    reading,
    signed_by,
)
from tests.articles.editing.review.review_events import make_event, make_signature
from tests.articles.rules.judged import WHOLE
from tests.conftest import Cast
from tests.content_builders import REVIEWER

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
URL = "/admin/articles/contentfile/review/sore-backs/"
STATEMENT = "I am Rosa Name, MD, pain medicine, licensed in FL. I have read this text"


@pytest.fixture(autouse=True)
def root(settings: Settings, tmp_path: Path, time_machine: TimeMachineFixture) -> Path:
    """A content folder with one article that breaks no rule, on a Monday morning."""
    time_machine.move_to(NOW, tick=False)
    root = make_desk(tmp_path)
    settings.CONTENT_DIR = root
    return root


@pytest.fixture
def reviewer(sign_in: Cast) -> Client:
    """A reviewer with a complete profile."""
    client = sign_in("reviewer")
    make_profile()
    return client


@pytest.fixture
def post(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Any:
    """Return a function that presses a button of the current page and follows the redirect."""

    def pressed(client: Client, step: str, **fields: str) -> str:
        data = {"step": step, "seen": reading().seen, **fields}
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(URL, data, follow=True)
        assert answer.status_code == 200
        return words(answer.content.decode())

    return pressed


def words(html: str) -> str:
    """Return the text of the page without its frame."""
    return " ".join(re.sub("<[^>]*>", " ", html).split())


def shown(client: Client) -> str:
    answer = client.get(URL)
    assert answer.status_code == 200
    return words(answer.content.decode())


def save_draft(text: str) -> None:
    newest = store.newest(PATH)
    assert newest is not None
    store.save_draft_beside(Edit(PATH, text, "editor", newest.number), NOW)


class TestWhoMay:
    @pytest.mark.parametrize(
        ("who", "status"), [("editor", 200), ("reviewer", 200), ("owner", 200), ("front desk", 403)]
    )
    def test_open_the_page(self, sign_in: Cast, who: str, status: int) -> None:
        assert sign_in(who).get(URL).status_code == status

    @pytest.mark.parametrize("who", ["patient", "stranger"])
    def test_anonymous_users_are_sent_to_the_login(self, sign_in: Cast, who: str) -> None:
        assert sign_in(who).get(URL)["Location"].startswith("/admin/login/")

    @pytest.mark.parametrize(
        ("who", "may"),
        [
            ("editor", {"ask", "preview_link"}),
            ("reviewer", {"sign", "send_back", "preview_link"}),
            ("owner", {"ask", "sign", "send_back", "preview_link"}),
        ],
    )
    def test_see_only_permitted_buttons(self, sign_in: Cast, who: str, may: set[str]) -> None:
        client = sign_in(who)
        make_profile(who)
        assert set(re.findall('name="step" value="([a-z_]+)"', client.get(URL).content.decode())) == may

    @pytest.mark.parametrize(
        ("who", "step"),
        [
            ("editor", "sign"),
            ("editor", "typing_fix"),
            ("editor", "send_back"),
            ("reviewer", "ask"),
            ("front desk", "ask"),
        ],
    )
    def test_nobody_may_post_a_step_without_permission(self, sign_in: Cast, who: str, step: str) -> None:
        fields = {"step": step, "seen": reading().seen, "agreed": "on", "note": "A note."}
        assert sign_in(who).post(URL, fields).status_code == 403
        assert not ReviewEvent.objects.exists()

    def test_sign_needs_a_complete_profile(self, sign_in: Cast, post: Any) -> None:
        client = sign_in("reviewer")
        assert NOT_COMPLETE in shown(client)
        assert NOT_COMPLETE in post(client, "sign", agreed="on")
        assert not ReviewEvent.objects.exists()

    def test_links_to_the_editor_are_for_editors(self, editor: Client, reviewer: Client) -> None:
        assert "Edit this article" in shown(editor)
        assert "Edit this article" not in shown(reviewer)


def test_from_the_request_to_the_signature(root: Path, editor: Client, reviewer: Client, post: Any) -> None:
    assert "Not yet checked. No clinician has signed this text" in shown(editor)
    page = post(editor, "ask", note="Is the table right?\r\nI am not sure.")
    assert "The text was sent to review." in page
    assert "Sent to review on November 23, 2026, 10 a.m. by editor. Note: Is the table right? I am not sure." in page
    assert ReviewEvent.objects.get().note == "Is the table right?\nI am not sure."
    assert STATEMENT in shown(reviewer)
    signed = post(reviewer, "sign", agreed="on")
    assert "You signed this text." in signed
    assert (
        "Signed. Rosa Name, MD, pain medicine, licensed in FL, checked this text on November 23, 2026. "
        "The next check is due on May 23, 2027." in signed
    )
    assert "This is the text on the site. Revision 2, saved on November 23, 2026, 10 a.m. (reviewer)." in signed
    assert "Signed: Rosa Name, MD, pain medicine, licensed in FL" in signed
    assert "Sign again, after a new check" in signed
    assert signed_by(root) == "Rosa Name"


def test_the_text_is_shown_as_readers_get_it(editor: Client) -> None:
    page = shown(editor)
    for sentence in (
        "Ketamine and sore backs",
        "What people may notice",
        "Sources of this page",
        "Who gains The clinic may gain.",
    ):
        assert sentence in page
    assert f"Fingerprint {sign_off.fingerprint(text_hash(reading().article))}." in page
    assert "Nothing: the text keeps every rule." in page


class TestWhatIsMissing:
    def test_the_box_must_be_ticked(self, reviewer: Client) -> None:
        page = reviewer.post(URL, {"step": "sign", "seen": reading().seen}).content.decode()
        message = "Tick the box to say that you have read the text and stand behind it"
        assert "<title>Error: Review" in page
        assert f'<a href="#signform-agreed">{message}</a>' in page
        assert f'id="signform-agreed_error"><span class="visually-hidden">Error: </span>{message}' in page
        assert 'aria-describedby="signform-agreed_error"' in page

    def test_sending_back_needs_a_note(self, reviewer: Client, post: Any) -> None:
        assert post(reviewer, "send_back").count("Write what must change before you send the text back.") == 2

    def test_too_long_a_note_is_an_error_and_shown_again(self, editor: Client, post: Any) -> None:
        note = "a" * 501
        page = post(editor, "ask", note=note)
        assert page.count("The note must be 500 characters or fewer") == 2
        assert note in page

    def test_a_text_that_changed_since_must_be_read_again(self, reviewer: Client) -> None:
        seen = reading().seen
        save_draft(WHOLE.replace(SLIP, MENDED))
        page = reviewer.post(URL, {"step": "sign", "seen": seen, "agreed": "on"}).content.decode()
        assert "changed since you opened this page." in page
        assert not re.search('name="agreed"[^>]*checked', page)
        assert f'name="seen" value="{reading().seen}"' in page
        assert not ReviewEvent.objects.exists()

    def test_an_invalid_hash_counts_as_another_text(self, editor: Client, post: Any) -> None:
        assert "changed since you opened this page." in post(editor, "ask", seen="0" * 65)

    def test_a_typing_fix_to_an_unsigned_page(self, editor: Client, post: Any) -> None:
        assert "No clinician has signed this page yet" in post(editor, "ask", typing_fix="on")

    def test_a_concurrent_save(self, reviewer: Client, post: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        newest = store.newest(PATH)
        assert newest is not None
        monkeypatch.setattr(store, "save_live", _raises(store.Stale(newest)))
        assert "somebody outside the editor saved revision 1 meanwhile." in post(reviewer, "sign", agreed="on")
        assert not ReviewEvent.objects.exists()

    def test_an_unwritable_disk(self, reviewer: Client, post: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(store, "save_live", _raises(CannotWrite("This machine cannot write.")))
        assert "This machine cannot write." in post(reviewer, "sign", agreed="on")
        assert not ReviewEvent.objects.exists()


def _raises(error: Exception) -> Any:
    def write(*args: object) -> None:
        raise error

    return write


class TestSinceItWasSigned:
    @pytest.fixture(autouse=True)
    def _signed_and_changed(self, reviewer: Client, post: Any) -> None:
        post(reviewer, "sign", agreed="on")
        save_draft(reading().revision.text.replace(SLIP, MENDED))

    def test_changes_are_shown_word_by_word(self, reviewer: Client) -> None:
        page = reviewer.get(URL).content.decode()
        assert "What changed since Rosa Name signed on November 23, 2026" in page
        assert re.search(r"<del[^>]*>.*pain\b.*</del>", page)
        assert re.search(r"<ins[^>]*>.*pains\b.*</ins>", page)
        assert "Changed since it was signed. Rosa Name signed an earlier text" in words(page)
        assert "This is a draft that is kept beside the page; readers do not see it." in words(page)

    def test_a_typing_fix_is_proposed_and_accepted(self, editor: Client, reviewer: Client, post: Any) -> None:
        assert "Accept as a typing fix" not in shown(reviewer)
        assert "Only a typing slip was mended since it was signed; no meaning changed" in shown(editor)
        page = post(editor, "ask", typing_fix="on")
        assert "editor says: only a typing slip was mended since it was signed; no meaning changed." in page
        assert "Accept as a typing fix" in shown(reviewer)
        accepted = post(reviewer, "typing_fix")
        assert "You accepted the change as a typing fix." in accepted
        assert "Signed. Rosa Name" in accepted

    def test_accepting_a_typing_fix_needs_a_proposal_by_an_editor(self, reviewer: Client, post: Any) -> None:
        assert "No editor has said of this text" in post(reviewer, "typing_fix")

    def test_a_change_after_the_request_is_shown(self, editor: Client, post: Any) -> None:
        post(editor, "ask")
        save_draft(reading().revision.text.replace(MENDED, "It works for pain."))
        assert "The text was changed after that." in shown(editor)


def test_a_text_is_sent_back_with_a_note_and_requested_again(editor: Client, reviewer: Client, post: Any) -> None:
    post(editor, "ask")
    page = post(reviewer, "send_back", note="Say how often.")
    assert "The text was sent back to the editors." in page
    assert "Sent back on November 23, 2026, 10 a.m. by reviewer. Note: Say how often." in page
    save_draft(WHOLE.replace(SLIP, MENDED))
    assert "The text was changed after that. Send it to review again when it is ready." in shown(editor)


def test_a_request_for_a_new_check_keeps_the_old_one(editor: Client) -> None:
    make_signature(path=PATH, text_hash=text_hash(reading().article))
    make_event(path=PATH, text_hash=text_hash(reading().article))
    assert "The signature of R. Name holds for this text." in shown(editor)


def test_open_blocks_are_listed_and_prevent_signing(editor: Client, reviewer: Client) -> None:
    save_draft(WHOLE.replace("Ask your own clinician first.", "It is a miracle cure."))
    assert "Stops publication." in shown(editor)
    assert "Mend what stops publication first" in shown(editor)
    assert "This text cannot be signed yet" in shown(reviewer)
    assert "Sign this text" not in shown(reviewer)


def test_reviewers_see_the_reasons_of_editors(reviewer: Client) -> None:
    text = with_values(WHOLE, accepted={"A17": "A quotation."})
    save_draft(text.replace("Ask your own clinician first.", "No miracle {claim-ok: what others say} is to be had."))
    page = shown(reviewer)
    assert "Reason given: what others say" in page
    assert re.search(r"Line \d+ of the text, No miracle .* \(A08\): ", page)


def test_a_hint_needs_no_answer(reviewer: Client) -> None:
    save_draft(WHOLE.replace("Ask your own clinician first.", f"{'word ' * 31}end."))
    page = shown(reviewer)
    assert "Hints, which need no answer" in page
    assert "This sentence has 32 words." in page
    assert "Not answered yet" not in page


def test_an_overdue_check_is_shown_with_the_signature(reviewer: Client, post: Any) -> None:
    post(reviewer, "sign", agreed="on")
    save_draft(with_values(reading().revision.text, review_due=dt.date(2026, 11, 20)))
    page = shown(reviewer)
    assert "checked this text on November 23, 2026. The next check is overdue: it was due on November 20, 2026." in page
    assert "Read the text anew, and sign it again." in page


def test_news_about_a_source_is_shown_with_the_signature(root: Path, reviewer: Client, post: Any) -> None:
    entry = "events:\n  - event: A new label\n    date: 2026-11-20\n    sources: [ketalar_label]\n    cleared: false\n"
    (root / "watch.yaml").write_text(entry)
    assert "sign it if it still stands, or send it back." in shown(reviewer)
    page = post(reviewer, "sign", agreed="on")
    assert "A new label). Until that is cleared, the page says that no clinician has checked it" in page
    assert "sign it again if it still stands, or send it back." in page


def test_a_draft_that_would_not_load_shows_the_reason(editor: Client) -> None:
    save_draft(WHOLE.replace("status: published", "status: draft").replace("topics: [ketamine]", "topics: [nothing]"))
    assert "The topic “nothing” is not in topics.yaml." in shown(editor)
    assert "not on the site" not in shown(editor)


def test_an_unreadable_text_is_not_reviewed(editor: Client) -> None:
    save_draft("Nothing of an article.")
    page = shown(editor)
    assert "This text cannot be read, so nobody can check it." in page
    assert "Line 1: The file must start with a line “---” and its front matter." in page
    answer = editor.post(URL, {"step": "ask", "seen": ""})
    assert "The text cannot be read as it is." in words(answer.content.decode())


def test_an_unpublished_text_says_so(root: Path, editor: Client) -> None:
    (root / PATH).write_text(WHOLE.replace("status: published", "status: draft"))
    assert "This text is not on the site. Revision 1" in shown(editor)


def test_a_reviewer_line_without_a_signature_is_reported(root: Path, editor: Client) -> None:
    line = {**REVIEWER, "text": text_hash(reading().article)}
    (root / PATH).write_text(with_values(WHOLE, reviewer=line))
    assert "The file names a reviewer, and no recorded signature is behind it." in shown(editor)


def test_a_preview_link_shows_the_draft_without_login(editor: Client) -> None:
    page = editor.post(URL, {"step": "preview_link"}).content.decode()
    link = re.search(r'readonly value="https?://[^/]+(/preview/[^"]+)"', page)
    assert link
    assert "It works until November 30, 2026, 10 a.m." in words(page)
    assert Client().get(link[1]).status_code == 200


@pytest.mark.parametrize("slug", ["nothing", "Nothing", "a_b"])
def test_a_missing_article_is_not_found(editor: Client, slug: str) -> None:
    assert editor.get(f"/admin/articles/contentfile/review/{slug}/").status_code == 404


def test_an_unknown_step_is_not_found(editor: Client) -> None:
    assert editor.post(URL, {"step": "burn"}).status_code == 404


class TestOnTheStartPage:
    @pytest.mark.parametrize(("who", "sees"), [("reviewer", True), ("owner", True), ("editor", False)])
    def test_waiting_reviews_are_listed_for_reviewers(self, sign_in: Cast, who: str, sees: bool) -> None:
        make_event(path=PATH, typing_fix=True)
        page = sign_in(who).get("/admin/").content.decode()
        assert (f'<a href="{URL}">Ketamine and sore backs</a>, asked by editor' in page) == sees
        assert ("as a typing fix" in page) == sees

    def test_nothing_waits(self, reviewer: Client) -> None:
        assert "wait for a reviewer" not in reviewer.get("/admin/").content.decode()
