"""The page with the list of articles."""

import datetime as dt
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.articles.editing.builders import NOON, make_revision
from tests.articles.editing.content_folder import Store, make_stored_content, sync_once
from tests.articles.editing.review.review_events import make_event
from tests.articles.readers.builders import make_feedback
from tests.conftest import Cast
from tests.content_builders import make_article

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("at_noon")]
LIST = "/admin/articles/contentfile/"


@pytest.fixture
def root(store: Store) -> Path:
    return store(walking=make_article(), sleep=make_article(title="Sleep and pain"))


def test_rows_link_to_the_editor_or_for_reviewers_to_the_review(sign_in: Cast, root: Path) -> None:
    assert f'<a href="{LIST}edit/walking/">Walking with a sore back</a>' in sign_in("editor").get(LIST).content.decode()
    text = sign_in("reviewer").get(LIST).content.decode()
    assert f'<a href="{LIST}review/walking/">Walking with a sore back</a>' in text
    assert f"{LIST}new/" not in text


def test_every_column_is_in_the_row(sign_in: Cast, root: Path) -> None:
    make_feedback()
    make_revision(live=False, by="mara", at=NOON + dt.timedelta(hours=1))
    text = sign_in("editor").get(LIST).content.decode()
    row = text[text.index("edit/walking/") :].partition("</tr>")[0]
    for cell in (
        '<a class="desk-small" href="/articles/walking/">See the page',
        "Newer draft kept",
        "Not yet checked",
        "January 10, 2027",
        "to mend</strong>",
        "mara, November 23, 2026, 1\u00a0p.m.",
        "1 to read",
    ):
        assert cell in row


def test_the_sorted_column_is_marked_visually_and_for_screen_readers(sign_in: Cast, root: Path) -> None:
    text = sign_in("editor").get(LIST, {"sort": "title"}).content.decode()
    assert '<th scope="col" aria-sort="ascending"><a href="?sort=-title">Title <span aria-hidden="true">▲' in text
    assert text.index("Sleep and pain") < text.index("Walking with a sore back")
    assert "▼" in sign_in("owner").get(LIST, {"sort": "-title"}).content.decode()


def test_a_filtered_list_shows_its_share_of_the_total(sign_in: Cast, root: Path) -> None:
    editor = sign_in("editor")
    text = editor.get(LIST, {"q": "sleep", "status": "live"}).content.decode()
    assert "1 of 2 articles" in text
    assert '<option value="live" selected>On the site</option>' in text
    assert "No article fits. Show all, or choose less." in editor.get(LIST, {"status": "ended"}).content.decode()


def test_the_pages_of_a_long_list_keep_the_filters(sign_in: Cast, root: Path) -> None:
    for number in range(50):
        make_revision(path=f"articles/kept-{number}.md", live=False, text="Half")
    editor = sign_in("editor")
    first = editor.get(LIST, {"sort": "title"}).content.decode()
    assert "52 articles" in first
    assert "?sort=title&amp;page=2" in first
    assert "Walking with a sore back" in editor.get(LIST, {"sort": "title", "page": "2"}).content.decode()


def test_an_empty_site_explains_how_to_start(sign_in: Cast, settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = make_stored_content(tmp_path)
    assert "No article fits. Start with “New article”." in sign_in("editor").get(LIST).content.decode()


def test_reviewers_see_waiting_reviews_on_top(sign_in: Cast, root: Path) -> None:
    make_event(path="articles/walking.md")
    assert "Waiting for a reviewer" in sign_in("reviewer").get(LIST).content.decode()
    assert "Waiting for a reviewer" not in sign_in("editor").get(LIST).content.decode()


def test_an_article_in_a_subfolder_is_linked_by_its_slug(sign_in: Cast, root: Path) -> None:
    (root / "articles" / "knees").mkdir()
    (root / "articles" / "knees" / "bending.md").write_text(make_article(title="Bending"))
    make_event(path="articles/knees/bending.md")
    reviewer = sign_in("reviewer")
    waiting = reviewer.get(LIST).content.decode().partition('id="waiting"')[2]
    assert f'<a href="{LIST}review/bending/">Bending</a>' in waiting.partition("</ul>")[0]
    assert reviewer.get(f"{LIST}review/bending/").status_code == 200


def test_a_file_with_an_invalid_slug_is_listed_without_a_link(sign_in: Cast, root: Path) -> None:
    (root / "articles" / "Odd.Name.md").write_text(make_article(title="Odd"))
    text = sign_in("editor").get(LIST).content.decode()
    assert "Odd.Name (articles/Odd.Name.md)" in text
    assert '<th scope="row">articles/Odd.Name.md</th>' in text


def test_a_problem_links_to_the_page_that_fixes_it(sign_in: Cast, root: Path) -> None:
    (root / "articles" / "odd.md").write_text(make_article(colour="blue"))
    (root / "topics.yaml").write_text("topics: [")
    (root / "notes.md").write_text("Nobody reads this.")
    text = sign_in("editor").get(LIST).content.decode()
    assert f'<th scope="row"><a href="{LIST}edit/odd/">articles/odd.md</a></th>' in text
    assert f'<th scope="row"><a href="{LIST}files/topics.yaml">topics.yaml</a></th>' in text
    assert '<th scope="row">notes.md</th>' in text
    assert '<th scope="row">topics.yaml</th>' in sign_in("reviewer").get(LIST).content.decode()


def test_invalid_rules_are_reported(sign_in: Cast, root: Path) -> None:
    (root / "rules" / "banned.yaml").write_text("words: [\n")
    assert "The content rules cannot be asked. rules/banned.yaml, line" in sign_in("editor").get(LIST).content.decode()


def test_a_dead_address_can_be_redirected(sign_in: Cast, root: Path) -> None:
    (root / "articles" / "walking.md").unlink()
    make_revision(removed=True)
    sync_once(root)
    text = sign_in("editor").get(LIST).content.decode()
    assert "Addresses that lead nowhere" in text
    assert '<label for="to-walking">Lead /articles/walking/ to</label>' in text
    assert '<option value="sleep">Sleep and pain</option>' in text
    assert "Addresses that lead nowhere" not in sign_in("reviewer").get(LIST).content.decode()


def test_a_removed_draft_leaves_no_dead_address(sign_in: Cast, root: Path) -> None:
    make_revision(path="articles/draft.md", text=make_article(status="draft"))
    make_revision(path="articles/draft.md", removed=True)
    assert "Addresses that lead nowhere" not in sign_in("editor").get(LIST).content.decode()
