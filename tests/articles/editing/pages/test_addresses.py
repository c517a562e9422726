"""The pages for new articles, renaming, withdrawal and dead addresses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from articles.library import load_library
from articles.models import Revision
from articles.rendering.signed_text import valid_signature
from tests.articles.editing.builders import make_revision
from tests.articles.editing.content_folder import make_stored_content, message, sync_once
from tests.conftest import Cast
from tests.content_builders import make_article, make_signed

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("at_noon")]
DESK = "/admin/articles/contentfile/"
Post = Callable[..., Any]


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    linking = make_article("## More\n\nSee [walking](/articles/walking/) first.\n", title="Sleep")
    settings.CONTENT_DIR = make_stored_content(tmp_path, walking=make_article(), sleep=linking)
    return Path(settings.CONTENT_DIR)


@pytest.fixture
def editor(sign_in: Cast, root: Path) -> Client:
    return sign_in("editor")


@pytest.fixture
def post(editor: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Post:
    """Return a function that posts a form and runs the on-commit callbacks."""

    def sent(page: str, **data: object) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return editor.post(DESK + page, data)

    return sent


def slugs(root: Path) -> set[str]:
    return set(load_library(root).articles)


# New article


def test_a_new_article_asks_for_a_title(editor: Client, post: Post) -> None:
    assert '<label for="id_title">Title' in editor.get(f"{DESK}new/").content.decode()
    text = post("new/", title=" ", slug="").content.decode()
    assert "<title>Error: " in text
    assert '<a href="#id_title">Write a title</a>' in text
    assert 'aria-describedby="id_title_helptext id_title_error"' in text


def test_an_address_is_suggested_and_can_be_changed(post: Post) -> None:
    text = post("new/", title="Rest and pain", slug="").content.decode()
    assert "This address is free" in text
    assert 'value="rest-and-pain"' in text
    assert "<title>Error: " not in text


def test_a_title_without_a_usable_slug_asks_for_an_address(post: Post) -> None:
    assert "Write an address: none can be made from this title" in post("new/", title="痛み", slug="").content.decode()


def test_a_draft_is_created_from_the_skeleton_and_opened(root: Path, post: Post) -> None:
    response = post("new/", title="Rest and pain", slug="rest-and-pain")
    assert (response.status_code, response["Location"]) == (303, f"{DESK}edit/rest-and-pain/")
    assert "The draft “Rest and pain” was made." in message(response)
    revision = Revision.objects.of("articles/rest-and-pain.md")[0]
    assert (revision.number, revision.by, revision.why) == (1, "editor", "New, from the skeleton")
    assert 'title: "Rest and pain"' in revision.text


@pytest.mark.parametrize("slug", ["walking", "Not an address", "x" * 101])
def test_an_unavailable_address_is_refused_and_the_title_shown_again(post: Post, slug: str) -> None:
    text = post("new/", title="Rest and pain", slug=slug).content.decode()
    assert 'id="id_slug_error"' in text
    assert 'value="Rest and pain"' in text


def test_losing_the_race_for_a_new_address_is_reported(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("articles.editing.pages.addresses.why_taken", lambda *_: "")
    make_revision(path="articles/rest.md", live=False, by="mara")
    assert "mara saved revision 1 meanwhile" in post("new/", title="Rest", slug="rest").content.decode()


# Renaming


def test_the_page_shows_the_address_and_links_to_it(editor: Client) -> None:
    text = editor.get(f"{DESK}rename/walking/").content.decode()
    assert "The address is now <strong>/articles/walking/</strong>." in text
    assert 'value="walking"' in text
    assert "Sleep (articles/sleep.md)" in text


def test_after_a_rename_both_addresses_lead_to_the_article(root: Path, editor: Client, post: Post) -> None:
    response = post("rename/walking/", slug="taking-walks", base=1)
    assert (response.status_code, response["Location"]) == (303, f"{DESK}rename/taking-walks/")
    assert "/articles/walking/ leads there" in message(response)
    assert editor.get("/articles/walking/")["Location"] == "/articles/taking-walks/"
    assert editor.get("/articles/taking-walks/").status_code == 200


def test_without_links_to_the_old_address_the_editor_opens(root: Path, post: Post) -> None:
    assert post("rename/sleep/", slug="sleeping", base=1)["Location"] == f"{DESK}edit/sleeping/"


@pytest.mark.parametrize(
    ("slug", "refusal"),
    [
        ("", "Write the new address"),
        ("sleep", "“Sleep” has this address. Write another one."),
        ("walking", "That is its address already. Write another one."),
    ],
)
def test_an_unavailable_address_is_refused_with_a_reason(post: Post, slug: str, refusal: str) -> None:
    text = post("rename/walking/", slug=slug, base=1).content.decode()
    assert f'<a href="#id_slug">{refusal}</a>' in text


def test_a_stale_page_changes_no_address(root: Path, post: Post) -> None:
    make_revision(live=False, by="mara")
    assert "mara saved revision 2 meanwhile" in post("rename/walking/", slug="taking-walks", base=1).content.decode()
    assert slugs(root) == {"walking", "sleep"}


def test_a_form_without_a_revision_number_is_refused(post: Post) -> None:
    text = post("rename/walking/", slug="taking-walks").content.decode()
    assert "Open the page again, then take the step" in text


def test_links_are_updated_by_a_button_that_states_the_effect(root: Path, editor: Client, post: Post) -> None:
    make_signed(root, "sleep")
    sync_once(root)
    post("rename/walking/", slug="taking-walks", base=1)
    text = editor.get(f"{DESK}rename/taking-walks/").content.decode()
    assert "Texts that name an old address" in text
    assert "It goes back to “not yet checked”" in text
    assert "articles/sleep.md now names /articles/taking-walks/." in message(post("rename/taking-walks/", step="mend"))
    assert "(/articles/taking-walks/)" in (root / "articles" / "sleep.md").read_text()
    assert valid_signature(load_library(root).articles["sleep"]) is None


def test_a_link_that_cannot_be_updated_is_reported(root: Path, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post("rename/walking/", slug="taking-walks", base=1)
    monkeypatch.setattr("articles.editing.rename.edit_file", lambda *_: "The disk is full.")
    assert "articles/sleep.md: The disk is full." in message(post("rename/taking-walks/", step="mend"))


@pytest.mark.parametrize("slug", ["unknown", "gone"])
def test_only_existing_articles_are_renamed(editor: Client, slug: str) -> None:
    make_revision(path="articles/gone.md")
    make_revision(path="articles/gone.md", removed=True)
    assert editor.get(f"{DESK}rename/{slug}/").status_code == 404


# Withdrawing


def test_the_withdrawal_page_states_what_readers_will_see(editor: Client) -> None:
    text = editor.get(f"{DESK}withdraw/walking/").content.decode()
    assert "“This article was withdrawn”" in text
    assert "Sleep (articles/sleep.md)" in text
    assert "and the newer draft" not in text
    assert "Withdraw the article" in text
    make_revision(live=False)
    assert "and the newer draft" in editor.get(f"{DESK}withdraw/walking/").content.decode()


def test_a_withdrawn_article_is_gone_for_readers_and_can_be_restored(root: Path, editor: Client, post: Post) -> None:
    response = post("withdraw/walking/", base=1)
    assert response["Location"] == DESK
    assert "The article was withdrawn." in message(response)
    assert editor.get("/articles/walking/").status_code == 410
    assert "Put back as a draft" in editor.get(f"{DESK}withdraw/walking/").content.decode()
    response = post("withdraw/walking/", base=2, step="back")
    assert response["Location"] == f"{DESK}edit/walking/"
    assert load_library(root).articles["walking"].status == "draft"
    assert Revision.objects.of("articles/walking.md")[0].why == "Put back as a draft"


@pytest.mark.parametrize("step", ["", "back"])
def test_a_stale_page_withdraws_nothing(root: Path, post: Post, step: str) -> None:
    make_revision(live=False, by="mara")
    response = post("withdraw/walking/", base=1, step=step)
    assert response["Location"] == f"{DESK}withdraw/walking/"
    assert "mara saved revision 2 meanwhile" in message(response)
    assert load_library(root).articles["walking"].status == "published"


def test_only_an_article_can_be_withdrawn(editor: Client) -> None:
    make_revision(path="articles/only-kept.md", live=False)
    for slug in ("unknown", "only-kept"):
        assert editor.get(f"{DESK}withdraw/{slug}/").status_code == 404


# Dead addresses


def test_a_dead_address_can_redirect_to_an_article(root: Path, editor: Client, post: Post) -> None:
    response = post("lead/", old="strolling", to="walking")
    assert response["Location"] == DESK
    assert "/articles/strolling/ now leads to “Walking with a sore back”." in message(response)
    assert editor.get("/articles/strolling/")["Location"] == "/articles/walking/"


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        ({"old": "strolling", "to": ""}, "Choose the article it leads to."),
        ({"old": "sleep", "to": "walking"}, "/articles/sleep/ leads to an article already."),
        ({"old": "../x", "to": "walking"}, "cannot be part of an address"),
    ],
)
def test_an_address_that_cannot_redirect_is_reported(
    root: Path, post: Post, data: dict[str, str], refusal: str
) -> None:
    assert refusal in message(post("lead/", **data))
    assert load_library(root).aliases == {}


def test_a_get_request_changes_nothing(editor: Client) -> None:
    assert "Nothing was changed." in message(editor.get(f"{DESK}lead/"))
