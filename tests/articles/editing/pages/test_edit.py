"""The editor's page: its content and its buttons."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from articles.editing.drafts.front_matter import read_front, with_values
from articles.editing.review import sign_off
from articles.editing.revisions import store
from articles.editing.revisions.store import CannotWrite, Edit
from articles.models import Revision
from clinic_site.content.files import ContentError
from tests.articles.editing.builders import make_revision
from tests.articles.editing.content_folder import message, sync_once
from tests.articles.editing.pages.edit_desk import (
    BANNED,
    BODY,
    CHANGED,
    NEW_PAGE,
    NEW_PATH,
    PAGE,
    Post,
    faults,
    newest,
    show,
    shown,
    typed,
)
from tests.articles.editing.review.review_desk import NOW, PATH, ROSA, reading
from tests.articles.rules.judged import WHOLE
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root"), pytest.mark.slow]


def test_an_editor_sees_the_article_in_fields_with_its_status(editor: Client) -> None:
    page = show(editor)
    assert 'value="Ketamine and sore backs"' in page
    assert "Ketamine is a drug for surgery." in page
    assert '<input type="hidden" name="base" value="1">' in page
    for line in ("On the site", "Last changed outside the editor, November 23", "No clinician has signed this text"):
        assert f"<li>{line}" in page
    assert "Nothing stops publication, and every warning is answered." in page
    assert "[@ketalar_label]</code>" in page
    for name in ("review", "history", "rename", "withdraw"):
        assert f'href="/admin/articles/contentfile/{name}/sore-backs/"' in page
    assert 'href="/articles/sore-backs/"' in page
    assert "Why may it stay?" not in page


@pytest.mark.parametrize(
    ("who", "status"), [("front desk", 403), ("reviewer", 403), ("patient", 302), ("stranger", 302), ("owner", 200)]
)
def test_only_editors_open_the_editor(sign_in: Cast, who: str, status: int) -> None:
    client = sign_in(who)
    assert client.get(PAGE).status_code == status
    for name in ("check", "preview"):
        assert client.post(f"{PAGE}{name}/", typed()).status_code == (200 if who == "owner" else status)


@pytest.mark.parametrize("slug", ["never-there", "two--hyphens", "a_b", "x" * 300])
def test_an_unknown_article_is_not_found(editor: Client, slug: str) -> None:
    assert editor.get(f"/admin/articles/contentfile/edit/{slug}/").status_code == 404


def test_a_removed_article_redirects_to_its_history(editor: Client) -> None:
    make_revision(path=PATH, removed=True)
    assert editor.get(PAGE)["Location"].endswith("/history/sore-backs/")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"status": "draft"}, "Draft: readers cannot open it"),
        ({"status": "archived"}, "Withdrawn: readers are told so"),
        ({"publish_from": "2026-12-01 08:00:00"}, "Goes on the site on December 1, 2026, 8\xa0a.m."),
        ({"publish_until": "2026-11-20 08:00:00"}, "Off the site: its time has ended"),
    ],
)
def test_the_page_states_what_readers_can_open(editor: Client, root: Path, change: dict[str, str], line: str) -> None:
    (root / PATH).write_text(with_values(WHOLE, **change))
    sync_once(root)
    page = show(editor)
    assert f"<li>{line}</li>" in page
    assert ("Put back as draft" in page) is ("status" in change and change["status"] == "archived")
    assert ("Open the page" in page) is ("status" not in change)


def test_a_newer_draft_is_opened(editor: Client) -> None:
    make_revision(path=PATH, live=False, by="mara", text=with_values(WHOLE, title="A newer title"))
    page = show(editor)
    assert 'value="A newer title"' in page
    assert "You see a newer draft, saved by mara" in page
    assert 'name="base" value="2"' in page


def test_a_signature_is_shown(
    editor: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    User.objects.create_user("reviewer")
    with django_capture_on_commit_callbacks(execute=True):
        found = reading()
        sign_off.sign(found, ROSA, found.seen, NOW)
    assert "<li>Signed by Rosa Name, MD, pain medicine, on November 23, 2026</li>" in show(editor)


def test_an_old_address_and_a_box_for_an_answer_are_shown(editor: Client, root: Path) -> None:
    (root / PATH).write_text(with_values(WHOLE, aliases=["old-backs"], accepted={"A17": "It quotes."}))
    sync_once(root)
    page = show(editor)
    assert "/articles/old-backs/" in page
    assert re.findall(r'<div data-rule="(A\d\d)"', page) == ["A17"]
    assert "It quotes.</textarea>" in page


def test_a_new_warning_is_shown_with_a_box_to_answer_it(editor: Client, post: Post) -> None:
    warned = BODY.replace("- Ask who will watch you.", "- Ask all of it, and every day.")
    post("draft", body=warned)
    page = show(editor)
    assert "1 warning waits for an answer." in page
    assert re.findall(r'<div data-rule="(A\d\d)"', page) == ["A09"]
    post("draft", body=warned, base="2", answer_A09="It claims nothing.")
    page = show(editor)
    assert "Nothing stops publication, and every warning is answered." in page
    assert "Your answer: It claims nothing." in page


def test_a_file_that_does_not_fit_the_fields_opens_in_the_plain_form(editor: Client, root: Path) -> None:
    (root / PATH).write_text(WHOLE.replace('title: "', 'title: ["'))
    sync_once(root)
    page = show(editor)
    assert '<textarea name="whole"' in page
    assert "Line 2" in page
    assert "<h1>sore-backs</h1>" in page


def test_any_article_can_be_opened_in_the_plain_form(editor: Client) -> None:
    page = show(editor, f"{PAGE}?file")
    assert '<textarea name="whole"' in page
    assert "<h1>Ketamine and sore backs</h1>" in page
    assert 'id="tools"' not in page


def test_a_draft_is_stored_beside_the_published_page(post: Post, root: Path) -> None:
    response = post(body=CHANGED, why="Plainer")
    assert (response.status_code, response["Location"]) == (303, f"{PAGE}?saved=1")
    assert message(response) == "The draft is kept. Readers see the page as it was, until you publish."
    assert (root / PATH).read_text() == WHOLE
    assert (newest().number, newest().live, newest().by, newest().why) == (2, False, "editor", "Plainer")
    assert "A few doctors" in newest().text


def test_publishing_updates_the_page(post: Post, root: Path) -> None:
    assert message(post("publish", body=CHANGED)) == "Published. Readers see it within two seconds."
    assert "A few doctors" in (root / PATH).read_text()


@pytest.mark.parametrize(
    ("dates", "words"),
    [
        ({"publish_from": "2026-12-01T08:00"}, "Published. From December 1, 2026, 8\xa0a.m. it is on the site."),
        ({"publish_until": "2026-11-20T08:00"}, "Published, but its time on the site has ended."),
    ],
)
def test_an_unpublished_page_says_so(post: Post, dates: dict[str, str], words: str) -> None:
    assert message(post("publish", **dates)).startswith(words)


def test_publishing_may_tell_readers_what_changed(post: Post, root: Path) -> None:
    note = "Readers asked what the drug is."
    post("publish", body=CHANGED, why=note, tell="unclear")
    assert newest().why == note
    told = ({"on": "2026-11-23", "what": note, "unclear": "true"},)
    assert read_front((root / PATH).read_text()).changes == told
    post("draft", body=BODY, why="A draft.", tell="changed", base="2")
    assert read_front(newest().text).changes == told


def test_readers_are_told_nothing_without_a_note(post: Post) -> None:
    page = shown(post("publish", body=CHANGED, tell="changed"))
    assert faults(page) == [("#id_why", "Write in “Note on this save” what changed: readers will see it.")]
    assert newest().number == 1


def test_the_rules_look_at_what_readers_are_told(post: Post) -> None:
    page = shown(post("publish", body=CHANGED, why="It is a miracle now.", tell="changed"))
    assert faults(page)[0][0] == "#id_why"
    assert "“miracle” promises too much." in faults(page)[0][1]
    assert newest().number == 1


def test_a_draft_of_an_unpublished_article_is_written_to_the_file(post: Post, root: Path) -> None:
    (root / NEW_PATH).write_text(with_values(WHOLE, status="draft"))
    sync_once(root)
    assert message(post(page=NEW_PAGE, title="New")) == "The draft is saved. Readers cannot open it."
    assert read_front((root / NEW_PATH).read_text()).title == "New"


def test_an_invalid_draft_is_stored(post: Post) -> None:
    assert message(post(title="")).startswith("The draft is kept. It cannot become a page yet")
    assert not newest().live


def test_checking_saves_nothing_and_shows_the_typed_text_again(post: Post) -> None:
    page = shown(post("check", body=BANNED, title="My title"))
    assert "1 thing stops publication." in page
    assert 'value="My title"' in page
    assert "It is a miracle." in page
    assert "data-unsaved" in page
    assert newest().number == 1


def test_an_open_block_is_shown_with_its_place_and_prevents_publication(post: Post, root: Path) -> None:
    page = shown(post("publish", body=BANNED, summary="word " * 61))
    assert "<title>Error: " in page
    assert faults(page)[0] == ("#id_summary", "“Summary”: “Summary” has 61 words. Keep it to 60.")
    assert [href for href, _ in faults(page)] == ["#id_summary", "#finding-2"]
    assert 'id="id_summary_error"' in page
    page = shown(post("publish", body=BANNED))
    ((href, words),) = faults(page)
    assert words.startswith("Line 9 of the text: “miracle” promises too much.")
    assert f'id="{href[1:]}"' in page
    assert 'data-field="body" data-line="9"' in page
    assert "You can save the draft all the same." in page
    assert "Something in the text stops publication." in page
    assert (root / PATH).read_text() == WHOLE


def test_a_block_without_a_field_links_to_its_finding(post: Post, root: Path) -> None:
    (root / PATH).write_text(with_values(WHOLE, aliases=["Not A Slug"]))
    sync_once(root)
    page = shown(post("publish", base="2"))
    assert faults(page)[0][0] == "#finding-1"
    assert 'id="finding-1"' in page


@pytest.mark.parametrize("do", ["draft", "publish", "check"])
def test_a_text_that_no_file_can_hold_is_an_error_and_shown_again(post: Post, do: str) -> None:
    page = shown(post(do, body="a\0b", title="My title"))
    assert faults(page)[0][0] == "#id_body"
    assert "a character that cannot be stored" in faults(page)[0][1]
    assert 'value="My title"' in page
    assert newest().number == 1


def test_an_unwritable_disk_is_reported(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(edit: Edit, now: dt.datetime) -> Revision:
        raise CannotWrite("This machine cannot write.")

    monkeypatch.setattr(store, "save_live", refuse)
    page = shown(post("publish", body=CHANGED))
    assert faults(page) == [("#buttons", "This machine cannot write.")]
    assert "A few doctors" in page


def test_a_change_of_the_site_during_the_save_is_reported(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(edit: Edit, now: dt.datetime) -> Revision:
        raise ContentError(edit.path, 2, "A topic is gone.")

    monkeypatch.setattr(store, "save_live", refuse)
    assert faults(shown(post("publish", body=CHANGED))) == [("#id_title", "“Title”: A topic is gone.")]


def test_the_plain_form_saves_the_file_as_typed(editor: Client) -> None:
    text = with_values(WHOLE, title="As a file")
    response = editor.post(PAGE, {"whole": text.replace("\n", "\r\n"), "base": "1", "do": "draft"})
    assert response.status_code == 303
    assert newest().text == with_values(text, status="draft")


def test_in_the_plain_form_a_block_names_its_line(editor: Client) -> None:
    text = WHOLE.replace("Some doctors try it for pain.", "It is a miracle.")
    page = shown(editor.post(PAGE, {"whole": text, "base": "1", "do": "publish"}))
    number = next(number for number, line in enumerate(text.split("\n"), 1) if "miracle" in line)
    assert faults(page)[0][1].startswith(f"Line {number}: “miracle” promises too much.")
