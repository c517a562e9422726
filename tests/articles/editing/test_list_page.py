"""The list of articles, as those who work with it see it."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from pytest_django import Settings

from tests.articles.editing.builders import NOON, make_revision
from tests.articles.editing.review_events import make_event
from tests.articles.editing.shelf import look, make_shelf
from tests.articles.reader_builders import make_feedback
from tests.conftest import Cast
from tests.content_builders import make_article

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/contentfile/"


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def root(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("articles.editing.judgments.VAR_FOLDER", tmp_path / "var")
    settings.CONTENT_DIR = make_shelf(tmp_path, walking=make_article(), sleep=make_article(title="Sleep and pain"))
    return Path(settings.CONTENT_DIR)


def test_editors_are_led_to_the_editor_and_reviewers_to_the_review(sign_in: Cast, root: Path) -> None:
    assert f'<a href="{LIST}edit/walking/">Walking with a sore back</a>' in sign_in("editor").get(LIST).content.decode()
    text = sign_in("reviewer").get(LIST).content.decode()
    assert f'<a href="{LIST}review/walking/">Walking with a sore back</a>' in text
    assert f"{LIST}new/" not in text


def test_every_column_stands_in_the_row(sign_in: Cast, root: Path) -> None:
    make_feedback()
    make_revision(live=False, by="mara", at=NOON + dt.timedelta(hours=1))
    text = sign_in("editor").get(LIST).content.decode()
    row = text[text.index("edit/walking/") :].partition("</tr>")[0]
    for told in (
        '<a class="desk-small" href="/articles/walking/">See the page',
        "Newer draft kept",
        "Not yet checked",
        "January 10, 2027",
        "blocks</strong>",
        "mara, November 23, 2026, 1\u00a0p.m.",
        "1 to read",
    ):
        assert told in row


def test_the_sorted_column_says_so_to_eyes_and_to_screen_readers(sign_in: Cast, root: Path) -> None:
    text = sign_in("editor").get(LIST, {"sort": "title"}).content.decode()
    assert '<th scope="col" aria-sort="ascending"><a href="?sort=-title">Title <span aria-hidden="true">▲' in text
    assert text.index("Sleep and pain") < text.index("Walking with a sore back")
    assert "▼" in sign_in("owner").get(LIST, {"sort": "-title"}).content.decode()


def test_a_narrowed_list_says_how_many_of_how_many(sign_in: Cast, root: Path) -> None:
    editor = sign_in("editor")
    text = editor.get(LIST, {"q": "sleep", "status": "live"}).content.decode()
    assert "1 of 2 articles" in text
    assert '<option value="live" selected>On the site</option>' in text
    assert "No article fits. Show all, or choose less." in editor.get(LIST, {"status": "ended"}).content.decode()


def test_a_long_list_has_pages_that_keep_the_choice(sign_in: Cast, root: Path) -> None:
    for number in range(50):
        make_revision(path=f"articles/kept-{number}.md", live=False, text="Half")
    editor = sign_in("editor")
    first = editor.get(LIST, {"sort": "title"}).content.decode()
    assert "52 articles" in first
    assert "?sort=title&amp;page=2" in first
    assert "Walking with a sore back" in editor.get(LIST, {"sort": "title", "page": "2"}).content.decode()


def test_a_site_without_articles_says_how_to_start(sign_in: Cast, settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = make_shelf(tmp_path)
    assert "No article fits. Start with “New article”." in sign_in("editor").get(LIST).content.decode()


def test_reviewers_see_on_top_what_waits_for_them(sign_in: Cast, root: Path) -> None:
    make_event(path="articles/walking.md")
    assert "Waiting for a reviewer" in sign_in("reviewer").get(LIST).content.decode()
    assert "Waiting for a reviewer" not in sign_in("editor").get(LIST).content.decode()


def test_an_article_in_a_folder_below_is_led_to_by_its_slug(sign_in: Cast, root: Path) -> None:
    (root / "articles" / "knees").mkdir()
    (root / "articles" / "knees" / "bending.md").write_text(make_article(title="Bending"))
    make_event(path="articles/knees/bending.md")
    reviewer = sign_in("reviewer")
    waiting = reviewer.get(LIST).content.decode().partition('id="waiting"')[2]
    assert f'<a href="{LIST}review/bending/">Bending</a>' in waiting.partition("</ul>")[0]
    assert reviewer.get(f"{LIST}review/bending/").status_code == 200


def test_a_file_whose_name_is_no_address_is_listed_and_cannot_be_opened(sign_in: Cast, root: Path) -> None:
    (root / "articles" / "Odd.Name.md").write_text(make_article(title="Odd"))
    text = sign_in("editor").get(LIST).content.decode()
    assert "Odd.Name (articles/Odd.Name.md)" in text
    assert '<th scope="row">articles/Odd.Name.md</th>' in text


def test_a_problem_leads_to_where_it_is_mended(sign_in: Cast, root: Path) -> None:
    (root / "articles" / "odd.md").write_text(make_article(colour="blue"))
    (root / "topics.yaml").write_text("topics: [")
    (root / "notes.md").write_text("Nobody reads this.")
    text = sign_in("editor").get(LIST).content.decode()
    assert f'<th scope="row"><a href="{LIST}edit/odd/">articles/odd.md</a></th>' in text
    assert f'<th scope="row"><a href="{LIST}files/topics.yaml">topics.yaml</a></th>' in text
    assert '<th scope="row">notes.md</th>' in text
    assert '<th scope="row">topics.yaml</th>' in sign_in("reviewer").get(LIST).content.decode()


def test_rules_that_cannot_be_asked_are_told(sign_in: Cast, root: Path) -> None:
    (root / "rules" / "banned.yaml").write_text("words: [\n")
    assert "The content rules cannot be asked. rules/banned.yaml, line" in sign_in("editor").get(LIST).content.decode()


def test_an_address_that_leads_nowhere_can_be_led_somewhere(sign_in: Cast, root: Path) -> None:
    (root / "articles" / "walking.md").unlink()
    make_revision(removed=True)
    look(root)
    text = sign_in("editor").get(LIST).content.decode()
    assert "Addresses that lead nowhere" in text
    assert '<label for="to-walking">Lead /articles/walking/ to</label>' in text
    assert '<option value="sleep">Sleep and pain</option>' in text
    assert "Addresses that lead nowhere" not in sign_in("reviewer").get(LIST).content.decode()


def test_a_draft_that_was_removed_led_nobody_anywhere(sign_in: Cast, root: Path) -> None:
    make_revision(path="articles/draft.md", text=make_article(status="draft"))
    make_revision(path="articles/draft.md", removed=True)
    assert "Addresses that lead nowhere" not in sign_in("editor").get(LIST).content.decode()
