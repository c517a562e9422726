"""Typed text is never lost: not by a concurrent save, nor by an ended session."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from articles.editing.drafts.front_matter import read_front, with_values
from articles.models import Revision
from tests.articles.editing.builders import make_revision
from tests.articles.editing.content_folder import message, sync_once
from tests.articles.editing.pages.edit_desk import CHANGED, NEW_PAGE, NEW_PATH, PAGE, Post, newest, show, shown, typed
from tests.articles.editing.review.review_desk import PATH
from tests.articles.rules.judged import WHOLE
from tests.conftest import Cast
from tests.sessions import start_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root"), pytest.mark.slow]


def given_theirs(**overrides: Any) -> str:
    text = with_values(WHOLE, title="Their title")
    make_revision(path=PATH, by="mara", why="A calmer title", live=False, text=text, **overrides)
    return text


def test_a_stale_save_shows_both_texts(post: Post) -> None:
    given_theirs()
    page = shown(post("publish", body=CHANGED))
    assert "Somebody saved meanwhile" in page
    assert "<strong>mara</strong> saved revision 2" in page
    assert "(“A calmer title”)" in page
    assert "A few doctors" in page.partition('name="body"')[2]  # the editor's own text
    assert "Their title" in page.partition('id="theirs"')[2].partition("</textarea>")[0]
    assert "diff-removed" in page
    assert re.search(r">Theirs, line \d+<", page)
    assert re.search(r">Yours, line \d+<", page)
    assert 'name="base" value="2"' in page
    assert 'name="do" value="publish">Save mine on top of theirs' in page
    assert newest().number == 2


def test_saving_over_another_edit_stores_both(post: Post) -> None:
    theirs = given_theirs()
    post("draft", body=CHANGED, base="2")
    assert newest().number == 3
    assert "A few doctors" in newest().text
    assert Revision.objects.of(PATH).numbered([2]).get().text == theirs


def test_ones_own_text_can_be_stored_as_a_draft(post: Post, root: Path) -> None:
    given_theirs()
    assert message(post("keep", body=CHANGED, base="2")).startswith("The draft is kept. Readers see the page as it was")
    assert not newest().live
    (root / NEW_PATH).write_text(with_values(WHOLE, status="draft"))
    sync_once(root)
    assert message(post("keep", page=NEW_PAGE, body=CHANGED)).endswith("The draft is kept. Readers cannot open it.")


def test_a_removal_during_the_edit_is_reported(post: Post) -> None:
    make_revision(path=PATH, by="mara", removed=True)
    page = shown(post("draft", body=CHANGED))
    assert "<strong>mara</strong> took the article away" in page
    assert "A few doctors" in page
    assert 'id="theirs"' not in page


@pytest.mark.parametrize("base", ["", "x", "99"])
def test_a_text_without_a_known_base_is_not_lost(post: Post, base: str) -> None:
    page = shown(post(body=CHANGED, base=base))
    assert "Somebody saved meanwhile" in page
    assert "A few doctors" in page


def test_typed_text_survives_broken_front_matter_on_disk(post: Post) -> None:
    make_revision(path=PATH, by="mara", live=False, text=WHOLE.replace('title: "', 'title: ["'))
    page = shown(post("draft", body=CHANGED, title="Mine", base="2"))
    assert "Somebody" not in page
    assert newest().number == 3
    assert read_front(newest().text).title == "Mine"


def test_typed_text_survives_a_file_without_front_matter(post: Post) -> None:
    make_revision(path=NEW_PATH, live=False, text="nothing")
    assert post("draft", page=NEW_PAGE, body=CHANGED, title="Mine").status_code == 303
    assert read_front(newest(NEW_PATH).text).title == "Mine"


def test_a_text_posted_after_the_session_ended_is_returned(editor: Client) -> None:
    editor.logout()
    response = editor.post(
        PAGE, typed(body=CHANGED, title="My <title>", answer_A17="It quotes.", topics=["ketamine", "visits"])
    )
    page = shown(response)
    assert response.status_code == 403
    assert "You are not signed in any more." in page
    assert f"/admin/login/?next={PAGE}" in page
    assert "A few doctors" in page
    assert "&lt;title&gt;" in response.content.decode()
    assert "It quotes." in page
    assert "ketamine, visits" in page
    assert "readonly" in page
    assert newest().number == 1


def test_a_page_from_before_a_new_login_is_returned(sign_in: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    start_session(strict, User.objects.get(pk=sign_in("editor").session["_auth_user_id"]))
    strict.get(PAGE)
    response = strict.post(PAGE, typed(body=CHANGED, csrfmiddlewaretoken="x" * 64, unknown="not shown"))
    assert response.status_code == 403
    assert "You signed in anew since that page was opened" in shown(response)
    assert "A few doctors" in shown(response)
    assert "not shown" not in shown(response)
    assert newest().number == 1


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_what_another_site_posts_is_shown_to_nobody(sign_in: Cast, site: str, signed_in: bool) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"sec-fetch-site": site})
    strict.get("/admin/login/")
    if signed_in:
        start_session(strict, User.objects.get(pk=sign_in("editor").session["_auth_user_id"]))
    response = strict.post(PAGE, typed(body=CHANGED))
    assert response.status_code == 403
    assert "A few doctors" not in response.content.decode()


def test_the_returned_page_has_a_valid_token(sign_in: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)
    start_session(strict, User.objects.get(pk=sign_in("editor").session["_auth_user_id"]))
    token = re.search('csrfmiddlewaretoken" value="([^"]+)"', show(strict))
    assert token
    assert strict.post(PAGE, typed(body=CHANGED, csrfmiddlewaretoken=token[1])).status_code == 303
