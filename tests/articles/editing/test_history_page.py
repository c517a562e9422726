"""Every state of a file can be seen, compared and brought back, and nothing goes on the site by it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from articles.models import Revision
from tests.articles.editing.builders import NOON, make_revision
from tests.articles.editing.shelf import look, make_shelf, told
from tests.conftest import Cast
from tests.content_builders import make_article

pytestmark = pytest.mark.django_db
HISTORY = "/admin/articles/contentfile/history/walking/"
RESTORE = f"{HISTORY}restore/"
PATH = "articles/walking.md"


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    """An article whose title was changed on disk: two revisions."""
    settings.CONTENT_DIR = make_shelf(tmp_path, walking=make_article(title="First steps"))
    file = Path(settings.CONTENT_DIR) / PATH
    file.write_text(make_article(title="Second steps"))
    look(settings.CONTENT_DIR)
    return Path(settings.CONTENT_DIR)


def show(client: Client, **asked: Any) -> str:
    return client.get(HISTORY, asked).content.decode()


def restore(client: Client, number: object, base: object) -> str:
    """What the page will say to which the step leads."""
    return told(client.post(RESTORE, {"number": number, "base": base}))


def test_it_lists_who_when_why_and_what_became_of_it(sign_in: Cast, root: Path) -> None:
    make_revision(live=False, by="mara", why="A calmer title", text=make_article(title="Third steps"))
    text = show(sign_in("editor"))
    rows = [row for row in text.split("<tr>") if 'name="compare"' in row]
    assert len(rows) == 3
    for expected in ("November 23, 2026, noon", "mara", "A calmer title", "kept as a draft"):
        assert expected in rows[0]
    assert "the file as it is" in rows[1]
    assert "on disk" in rows[1]
    assert "an earlier file" in rows[2]
    assert 'value="3">Bring back' not in text  # it is the newest already


def test_two_are_compared_word_by_word_side_by_side(sign_in: Cast, root: Path) -> None:
    editor = sign_in("editor")
    for asked in ("1:2", ["1", "2"]):
        text = show(editor, compare=asked)
        assert "First<span" in text
        assert "Second<span" in text
        assert "Before, line 2" in text
    assert "The two texts are the same." in show(editor, compare="2:2")


def test_what_was_added_or_taken_out_whole_says_so(sign_in: Cast, root: Path) -> None:
    old = make_revision(text="one\n").number
    make_revision(text="one\ntwo\n")
    make_revision(text="one\n")
    editor = sign_in("editor")
    assert "Not there before" in show(editor, compare=f"{old}:{old + 1}")
    assert "Taken out" in show(editor, compare=f"{old + 1}:{old + 2}")


@pytest.mark.parametrize("ticked", [{"compare": "1", "two": "yes"}, {"two": "yes"}, {"compare": "1"}])
def test_fewer_than_two_ticks_are_not_enough(sign_in: Cast, root: Path, ticked: dict[str, str]) -> None:
    text = show(sign_in("editor"), **ticked)
    assert "<title>Error: " in text
    assert text.count("Tick two revisions, then press “Compare the two”.") == 2


def test_a_long_history_has_pages(sign_in: Cast, root: Path) -> None:
    for _ in range(50):
        make_revision(live=False, text="Half")
    editor = sign_in("editor")
    assert "Page 1 of 2" in show(editor)
    assert 'value="1"' in show(editor, page=2)


def test_bringing_back_a_text_makes_it_the_newest_draft_and_leaves_the_site_alone(sign_in: Cast, root: Path) -> None:
    text = restore(sign_in("editor"), 1, 2)
    assert "The text of revision 1 is the newest draft now." in text
    newest = Revision.objects.of(PATH)[0]
    assert (newest.number, newest.live, newest.by, newest.why) == (3, False, "editor", "Restored from revision 1")
    assert "First steps" in newest.text
    assert "Second steps" in (root / PATH).read_text()


def test_who_was_overtaken_is_told_by_whom(sign_in: Cast, root: Path) -> None:
    make_revision(live=False, by="mara")
    assert "mara saved revision 3 meanwhile" in restore(sign_in("editor"), 1, 2)
    assert Revision.objects.of(PATH).count() == 3


@pytest.mark.parametrize("number", ["9", "", "x", "3"])
def test_what_holds_no_text_cannot_be_brought_back(sign_in: Cast, root: Path, number: str) -> None:
    make_revision(removed=True)
    assert "That revision holds no text to bring back." in restore(sign_in("editor"), number, 3)


def test_an_article_that_was_removed_has_a_history_and_comes_back_as_a_draft(
    sign_in: Cast, root: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    make_revision(removed=True)
    look(root)
    assert not (root / PATH).exists()
    editor = sign_in("editor")
    assert "removed" in show(editor)
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(RESTORE, {"number": 2, "base": 3})
    assert "status: draft" in (root / PATH).read_text()


def test_reviewers_look_and_bring_nothing_back(sign_in: Cast, root: Path) -> None:
    text = show(sign_in("reviewer"))
    assert "Bring back" not in text
    assert "/admin/articles/contentfile/review/walking/" in text


def test_a_step_asked_for_by_its_address_alone_changes_nothing(sign_in: Cast, root: Path) -> None:
    text = sign_in("editor").get(RESTORE, follow=True).content.decode()
    assert "Nothing was changed. Take the step again." in text


@pytest.mark.parametrize("slug", ["unknown", "Walking", "under_score"])
def test_what_never_was_has_no_history(sign_in: Cast, root: Path, slug: str) -> None:
    assert sign_in("editor").get(HISTORY.replace("walking", slug)).status_code == 404


def test_a_kept_draft_has_a_history_under_its_slug(sign_in: Cast, root: Path) -> None:
    make_revision(path="articles/only-kept.md", live=False, text="Half")
    assert "only-kept: history" in sign_in("editor").get(HISTORY.replace("walking", "only-kept")).content.decode()
