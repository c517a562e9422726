"""The buttons: drafts are always stored, and open blocks prevent publication."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from articles.editing.drafts.draft_check import check_draft
from articles.editing.drafts.front_matter import read_front, with_values
from articles.editing.editor import publish as publishing
from articles.editing.editor.publish import (
    MOST_CHANGES,
    NotReady,
    Saved,
    publish,
    save_draft,
    status_of,
    with_change,
    withdraw,
)
from articles.editing.review import sign_off
from articles.editing.revisions import store
from articles.editing.revisions.store import Edit, Stale
from articles.library import refresh
from articles.models import Revision
from articles.rendering.signed_text import text_hash, valid_signature
from articles.review_status import Due, review_status
from clinic_site.content.files import ContentError
from tests.articles.editing.review.review_desk import NOW, PATH, ROSA, make_desk, reading
from tests.articles.rules.judged import WHOLE

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NEW = "articles/a-new-page.md"
CHANGED = WHOLE.replace("Some doctors try it for pain.", "A few doctors try it for pain.")
BANNED = WHOLE.replace("Some doctors try it for pain.", "It is a miracle.")
BROKEN = WHOLE.replace("topics:", "topiks:")
TODAY = "2026-11-23"
LATER = NOW + dt.timedelta(days=3)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def root(settings: Settings, tmp_path: Path) -> Path:
    """A content folder with one article, “sore-backs”, first published on November 2."""
    settings.CONTENT_DIR = make_desk(tmp_path)
    return Path(settings.CONTENT_DIR)


@pytest.fixture
def commits(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> DjangoCaptureOnCommitCallbacks:
    return django_capture_on_commit_callbacks


def edit(text: str, path: str = PATH) -> Edit:
    newest = store.newest(path)
    return Edit(path, text, "editor", newest.number if newest else 0, "A reason")


def front(text: str, key: str) -> Any:
    return getattr(read_front(text), key)


def file(root: Path, path: str = PATH) -> str:
    return (root / path).read_text()


def draft(text: str, commits: DjangoCaptureOnCommitCallbacks, path: str = PATH, now: dt.datetime = NOW) -> Saved:
    with commits(execute=True):
        return save_draft(edit(text, path), now)


def published(text: str, commits: DjangoCaptureOnCommitCallbacks, path: str = PATH, now: dt.datetime = NOW) -> Saved:
    with commits(execute=True):
        return publish(edit(text, path), now)


def test_a_draft_of_a_new_article_is_written_to_the_file(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    saved = draft(WHOLE, commits, NEW)
    assert (saved.revision.live, saved.revision.by, saved.revision.why) == (True, "editor", "A reason")
    assert front(file(root, NEW), "status") == "draft"
    assert status_of(NEW) == "draft"


@pytest.mark.parametrize("line", ['"status": published', "status : published", "status: !!str published"])
def test_a_page_stays_published_in_any_notation_of_its_status(
    root: Path, commits: DjangoCaptureOnCommitCallbacks, line: str
) -> None:
    (root / PATH).write_text(WHOLE.replace("status: published", line))
    refresh()
    assert status_of(PATH) == ""
    store.newest(PATH)  # stores the edit
    assert status_of(PATH) == "published"
    assert draft(CHANGED, commits).revision.live is False


def test_a_page_stays_published_while_its_file_is_invalid(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    (root / PATH).write_text(WHOLE.replace("title:", "titel:"))
    assert draft(CHANGED, commits).revision.live is False


def test_a_draft_of_a_published_page_is_stored_separately(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    saved = draft(CHANGED, commits)
    assert not saved.revision.live
    assert front(saved.revision.text, "status") == "draft"
    assert file(root) == WHOLE
    assert status_of(PATH) == "published"


@pytest.mark.parametrize("text", [BROKEN, "no front matter at all"])
def test_an_unreadable_draft_is_stored_as_typed(root: Path, commits: DjangoCaptureOnCommitCallbacks, text: str) -> None:
    saved = draft(text, commits, NEW)
    assert not saved.revision.live
    assert saved.revision.text == text.replace("status: published", "status: draft")
    assert saved.draft_check.problems
    assert not (root / NEW).exists()


def with_yaml_style(text: str, style: str) -> str:
    """Return the file with its front matter in another YAML style and a forged reviewer."""
    found = check_draft(NEW, text, NOW.date()).article
    assert found
    line = f"reviewer: {{name: F. Name, credentials: MD, license_state: FL, on: 2026-11-02, text: {text_hash(found)}}}"
    _, head, body = text.split("---\n", 2)
    lines = [*head.strip().split("\n"), line]
    top = "{" + ",\n ".join(lines) + "}" if style == "in braces" else "\n".join(f"  {line}" for line in lines)
    return f"---\n{top}\n---\n{body}"


@pytest.mark.parametrize("style", ["in braces", "indented"])
def test_front_matter_that_cannot_be_changed_is_not_published(
    root: Path, commits: DjangoCaptureOnCommitCallbacks, style: str
) -> None:
    """The front matter would set its own status and signature."""
    saved = draft(with_yaml_style(BANNED, style), commits, NEW)
    assert not saved.revision.live
    with pytest.raises(ContentError, match="each at the very left"):
        published(with_yaml_style(WHOLE, style), commits, NEW)
    assert not (root / NEW).exists()


def test_a_draft_with_open_blocks_is_saved(commits: DjangoCaptureOnCommitCallbacks) -> None:
    saved = draft(BANNED, commits, NEW)
    assert saved.revision.live
    assert saved.draft_check.blocks == 1


def test_a_draft_is_stored_if_the_site_changes_during_the_save(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(edit: Edit, now: dt.datetime) -> Revision:
        raise ContentError(edit.path, 1, "A topic is gone.")

    monkeypatch.setattr(store, "save_live", refuse)
    assert not save_draft(edit(WHOLE, NEW), NOW).revision.live


def test_the_first_publication_sets_the_date_of_the_page(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    draft(WHOLE, commits, NEW)
    published(WHOLE, commits, NEW)
    text = file(root, NEW)
    assert [front(text, key) for key in ("status", "published", "updated")] == ["published", TODAY, TODAY]


def test_a_change_of_words_updates_the_date_of_the_last_change(
    root: Path, commits: DjangoCaptureOnCommitCallbacks
) -> None:
    published(CHANGED, commits)
    assert [front(file(root), key) for key in ("published", "updated")] == ["2026-11-02", TODAY]


def test_a_change_invisible_to_readers_updates_no_date(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    published(with_values(WHOLE, aliases=["sore"]), commits)
    assert front(file(root), "updated") == "2026-11-02"
    assert front(file(root), "aliases") == ("sore",)


def test_a_change_before_the_first_day_updates_no_date(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    """With today's date, the page would have changed before its publication."""
    (root / PATH).write_text(with_values(WHOLE, published="2026-12-01", updated="2026-12-01"))
    published(with_values(file(root), aliases=["sore"]), commits)
    assert front(file(root), "updated") == "2026-12-01"
    with pytest.raises(NotReady):
        publish(edit(with_values(CHANGED, published="2026-12-01", updated="2026-12-01")), NOW)


def test_a_page_published_again_keeps_its_first_date(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    store.newest(PATH)
    with commits(execute=True):
        withdraw(PATH, "editor", 1, NOW)
    draft(WHOLE, commits)
    assert front(file(root), "status") == "draft"
    published(CHANGED, commits, now=LATER)
    assert [front(file(root), key) for key in ("published", "updated")] == ["2026-11-02", "2026-11-26"]


def test_dates_are_in_the_time_zone_of_the_clinic(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    published(WHOLE, commits, NEW, dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC))
    assert front(file(root, NEW), "published") == TODAY


@pytest.mark.parametrize(("tell", "entry"), [("changed", {}), ("unclear", {"unclear": "true"})])
def test_the_note_on_a_change_is_recorded_for_readers_if_the_editor_says_so(tell: str, entry: dict[str, str]) -> None:
    assert store.newest(PATH)
    told = with_change(PATH, CHANGED, "We said it in fewer words.", tell, NOW.date())
    assert front(told, "changes") == ({"on": TODAY, "what": "We said it in fewer words."} | entry,)
    twice = read_front(with_change(PATH, told, "Again.", "changed", LATER.date()))
    assert [change["what"] for change in twice.changes] == ["Again.", "We said it in fewer words."]


def test_a_note_for_colleagues_a_new_page_and_an_odd_top_record_nothing() -> None:
    assert with_change(PATH, CHANGED, "A slip.", "", NOW.date()) == CHANGED
    assert with_change(NEW, CHANGED, "All of it.", "changed", NOW.date()) == CHANGED
    assert store.newest(PATH)
    odd = CHANGED.replace("title: ", "? title\n: ", 1)
    assert with_change(PATH, odd, "A word.", "changed", NOW.date()) == odd


def test_a_page_tells_its_last_changes_alone() -> None:
    assert store.newest(PATH)
    text = CHANGED
    for number in range(MOST_CHANGES + 1):
        text = with_change(PATH, text, f"Change {number}.", "changed", NOW.date())
    assert [change["what"] for change in read_front(text).changes][::19] == ["Change 20.", "Change 1."]


@pytest.mark.parametrize("text", [BANNED, BANNED.replace("miracle", "_mir&shy;acle_"), BROKEN, "nothing at all"])
def test_a_text_with_an_open_block_is_not_published(root: Path, text: str) -> None:
    with pytest.raises(NotReady) as raised:
        publish(edit(text), NOW)
    assert raised.value.draft_check.blocks >= 1
    assert file(root) == WHOLE
    assert Revision.objects.of(PATH).count() == 1


def test_a_signed_draft_is_published_with_its_signature(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    User.objects.create_user("reviewer")
    draft(WHOLE, commits, NEW)
    with commits(execute=True):
        found = reading(NEW)
        sign_off.sign(found, ROSA, found.seen, NOW)
    saved = published(store.live_revision(NEW).text, commits, NEW, LATER)  # type: ignore[union-attr]
    assert saved.draft_check.article
    assert valid_signature(saved.draft_check.article)
    assert front(file(root, NEW), "reviewer")


@pytest.mark.parametrize("days", [184, 185, 220, 400])
def test_a_correction_is_published_at_once_even_if_the_check_is_long_ago(
    root: Path, commits: DjangoCaptureOnCommitCallbacks, days: int
) -> None:
    User.objects.create_user("reviewer")
    with commits(execute=True):
        sign_off.sign(reading(), ROSA, reading().seen, NOW)
    assert front(file(root), "reviewer")
    due, later = front(file(root), "review_due"), NOW + dt.timedelta(days=days)
    with time_machine.travel(later, tick=False):
        published(
            file(root).replace("Some doctors try it for pain.", "A few doctors try it for pain."), commits, now=later
        )
        article = refresh().articles["sore-backs"]
        shown = review_status(article, later)
    assert "A few doctors" in file(root)
    assert (str(article.review_due), article.updated) == (due, later.date())
    assert shown.reviewer is None
    assert shown.due is not Due.NOT_YET


def test_an_overdue_page_may_be_filed_under_another_topic(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    later = NOW + dt.timedelta(days=400)
    with time_machine.travel(later, tick=False):
        published(file(root).replace("topics: [ketamine", "topics: [deciding, ketamine"), commits, now=later)
    assert "deciding, ketamine" in file(root)


@pytest.mark.parametrize(("days", "goes_out"), [(184, True), (185, False)])
def test_a_correction_may_set_the_next_check_within_half_a_year(
    root: Path, commits: DjangoCaptureOnCommitCallbacks, days: int, goes_out: bool
) -> None:
    later = NOW + dt.timedelta(days=300)
    text = with_values(CHANGED, review_due=later.date() + dt.timedelta(days=days))
    with time_machine.travel(later, tick=False):
        if goes_out:
            published(text, commits, now=later)
        else:
            with pytest.raises(NotReady):
                published(text, commits, now=later)
    assert ("A few doctors" in file(root)) is goes_out


def test_a_reviewer_without_a_signature_is_removed(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    forged = {"name": "R. Name", "credentials": "MD", "license_state": "FL", "on": TODAY, "text": "0" * 64}
    published(with_values(CHANGED, reviewer=forged), commits)
    assert front(file(root), "reviewer") == {}


def test_the_second_of_two_saves_is_refused(commits: DjangoCaptureOnCommitCallbacks) -> None:
    mine = edit(CHANGED)
    published(WHOLE.replace("A review from 2025", "One review from 2025"), commits)
    for step in (publish, save_draft):
        with pytest.raises(Stale):
            step(mine, NOW)


def test_a_withdrawn_page_is_archived(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    store.newest(PATH)
    with commits(execute=True):
        revision = withdraw(PATH, "editor", 1, NOW, "Out of date")
    assert (revision.live, revision.why) == (True, "Out of date")
    assert file(root) == WHOLE.replace("status: published", "status: archived")
    assert status_of(PATH) == "archived"


def test_a_withdrawal_preserves_a_newer_draft(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    newer = draft(CHANGED, commits).revision
    with commits(execute=True):
        withdraw(PATH, "owner", newer.number, NOW)
    newest = store.newest(PATH)
    assert newest
    assert (newest.live, newest.text, newest.by, newest.number) == (False, newer.text, "editor", newer.number + 2)
    assert front(file(root), "status") == "archived"


def test_a_missing_article_cannot_be_withdrawn() -> None:
    with pytest.raises(LookupError):
        withdraw(NEW, "editor", 0, NOW)
    assert status_of(NEW) == ""


def test_a_text_that_cannot_be_compared_keeps_its_date(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    assert publishing.published_text(PATH, "nothing", NOW.date()) == "nothing"
    assert publishing.published_text(NEW, "nothing", NOW.date()) == "nothing"
