"""Every revision can be viewed, compared and restored, without publishing it."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from articles.models import Revision
from tests.articles.editing.builders import make_revision
from tests.articles.editing.content_folder import make_stored_content, message, sync_once
from tests.conftest import Cast
from tests.content_builders import make_article

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
HISTORY = "/admin/articles/contentfile/history/walking/"
RESTORE = f"{HISTORY}restore/"
PATH = "articles/walking.md"


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    """A content folder with one article of two revisions: its title was changed on disk."""
    settings.CONTENT_DIR = make_stored_content(tmp_path, walking=make_article(title="First steps"))
    file = Path(settings.CONTENT_DIR) / PATH
    file.write_text(make_article(title="Second steps"))
    sync_once(settings.CONTENT_DIR)
    return Path(settings.CONTENT_DIR)


def show(client: Client, **query: Any) -> str:
    return client.get(HISTORY, query).content.decode()


def restore(client: Client, number: object, base: object) -> str:
    """Return the message on the page after the restoration."""
    return message(client.post(RESTORE, {"number": number, "base": base}))


def test_every_revision_is_listed_with_author_time_note_and_state(sign_in: Cast, root: Path) -> None:
    make_revision(live=False, by="mara", why="A calmer title", text=make_article(title="Third steps"))
    text = show(sign_in("editor"))
    rows = [row for row in text.split("<tr>") if 'name="compare"' in row]
    assert len(rows) == 3
    for expected in ("November 23, 2026, noon", "mara", "A calmer title", "kept as a draft"):
        assert expected in rows[0]
    assert "the file as it is" in rows[1]
    assert "somebody outside the editor" in rows[1]
    assert "an earlier file" in rows[2]
    assert 'value="3">Bring back' not in text  # revision 2 is the newest already
    assert RESTORE in text


def test_two_revisions_are_compared_word_by_word_side_by_side(sign_in: Cast, root: Path) -> None:
    editor = sign_in("editor")
    for chosen in ("1:2", ["1", "2"]):
        text = show(editor, compare=chosen)
        assert "First<span" in text
        assert "Second<span" in text
        assert "Before, line 2" in text
    assert "The two texts are the same." in show(editor, compare="2:2")


def test_an_added_or_removed_text_says_so(sign_in: Cast, root: Path) -> None:
    old = make_revision(text="one\n").number
    make_revision(text="one\ntwo\n")
    make_revision(text="one\n")
    editor = sign_in("editor")
    assert "Not there before" in show(editor, compare=f"{old}:{old + 1}")
    assert "Taken out" in show(editor, compare=f"{old + 1}:{old + 2}")


@pytest.mark.parametrize("ticked", [{"compare": "1", "two": "yes"}, {"two": "yes"}, {"compare": "1"}])
def test_fewer_than_two_ticked_revisions_are_an_error(sign_in: Cast, root: Path, ticked: dict[str, str]) -> None:
    text = show(sign_in("editor"), **ticked)
    assert "<title>Error: " in text
    assert text.count("Tick two revisions, then press “Compare the two”.") == 2


def test_a_long_history_has_pages(sign_in: Cast, root: Path) -> None:
    for _ in range(50):
        make_revision(live=False, text="Half")
    editor = sign_in("editor")
    assert "Page 1 of 2" in show(editor)
    assert 'value="1"' in show(editor, page=2)


def test_restoring_a_text_makes_a_draft_and_publishes_nothing(sign_in: Cast, root: Path) -> None:
    text = restore(sign_in("editor"), 1, 2)
    assert "The text of revision 1 is the newest draft now." in text
    newest = Revision.objects.of(PATH)[0]
    assert (newest.number, newest.live, newest.by, newest.why) == (3, False, "editor", "Restored from revision 1")
    assert "First steps" in newest.text
    assert "Second steps" in (root / PATH).read_text()


def test_a_single_revision_leaves_nothing_to_bring_back(sign_in: Cast, settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = make_stored_content(tmp_path, walking=make_article())
    assert RESTORE not in show(sign_in("editor"))


def test_a_stale_restoration_names_the_other_editor(sign_in: Cast, root: Path) -> None:
    make_revision(live=False, by="mara")
    assert "mara saved revision 3 meanwhile" in restore(sign_in("editor"), 1, 2)
    assert Revision.objects.of(PATH).count() == 3


@pytest.mark.parametrize("number", ["9", "", "x", "3"])
def test_a_revision_without_text_cannot_be_restored(sign_in: Cast, root: Path, number: str) -> None:
    make_revision(removed=True)
    assert "That revision holds no text to bring back." in restore(sign_in("editor"), number, 3)


def test_a_removed_article_has_a_history_and_is_restored_as_a_draft(
    sign_in: Cast, root: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    make_revision(removed=True)
    sync_once(root)
    assert not (root / PATH).exists()
    editor = sign_in("editor")
    assert "removed" in show(editor)
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(RESTORE, {"number": 2, "base": 3})
    assert "status: draft" in (root / PATH).read_text()


def test_reviewers_see_the_history_and_cannot_restore(sign_in: Cast, root: Path) -> None:
    text = show(sign_in("reviewer"))
    assert "Bring back" not in text
    assert "/admin/articles/contentfile/review/walking/" in text


def test_a_get_request_changes_nothing(sign_in: Cast, root: Path) -> None:
    text = sign_in("editor").get(RESTORE, follow=True).content.decode()
    assert "Nothing was changed. Take the step again." in text


@pytest.mark.parametrize("slug", ["unknown", "Walking", "under_score"])
def test_an_unknown_article_has_no_history(sign_in: Cast, root: Path, slug: str) -> None:
    assert sign_in("editor").get(HISTORY.replace("walking", slug)).status_code == 404


def test_a_draft_without_a_file_has_a_history_under_its_slug(sign_in: Cast, root: Path) -> None:
    make_revision(path="articles/only-kept.md", live=False, text="Half")
    assert "only-kept: history" in sign_in("editor").get(HISTORY.replace("walking", "only-kept")).content.decode()
