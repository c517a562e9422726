"""The buttons: a draft is always kept, nothing with an open block goes out, and readers see what was published."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import User
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from articles.editing import publishing, sign_off, store
from articles.editing.examination import examine
from articles.editing.front import read_front, with_values
from articles.editing.publishing import NotReady, Saved, publish, save_draft, status_of, withdraw
from articles.editing.store import Edit, Stale
from articles.library import refresh
from articles.models import Revision
from articles.standing import Due, standing
from clinic_site.content_files import ContentError
from tests.articles.editing.review_desk import NOW, PATH, ROSA, make_desk, reading
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
    """One published article, “sore-backs”, which was first published on November 2."""
    settings.CONTENT_DIR = make_desk(tmp_path)
    return Path(settings.CONTENT_DIR)


@pytest.fixture
def commits(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> DjangoCaptureOnCommitCallbacks:
    return django_capture_on_commit_callbacks


def edit(text: str, path: str = PATH) -> Edit:
    newest = store.newest(path)
    return Edit(path, text, "editor", newest.number if newest else 0, "A reason")


def front(text: str, key: str) -> object:
    return getattr(read_front(text), key)


def file(root: Path, path: str = PATH) -> str:
    return (root / path).read_text()


def draft(text: str, commits: DjangoCaptureOnCommitCallbacks, path: str = PATH, now: dt.datetime = NOW) -> Saved:
    with commits(execute=True):
        return save_draft(edit(text, path), now)


def published(text: str, commits: DjangoCaptureOnCommitCallbacks, path: str = PATH, now: dt.datetime = NOW) -> Saved:
    with commits(execute=True):
        return publish(edit(text, path), now)


def test_a_draft_of_a_new_article_is_the_file(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    saved = draft(WHOLE, commits, NEW)
    assert (saved.revision.live, saved.revision.by, saved.revision.why) == (True, "editor", "A reason")
    assert front(file(root, NEW), "status") == "draft"
    assert status_of(NEW) == "draft"


@pytest.mark.parametrize("line", ['"status": published', "status : published", "status: !!str published"])
def test_a_page_stays_on_the_site_however_its_status_is_written(
    root: Path, commits: DjangoCaptureOnCommitCallbacks, line: str
) -> None:
    (root / PATH).write_text(WHOLE.replace("status: published", line))
    refresh()
    assert status_of(PATH) == ""
    store.newest(PATH)  # notices the edit
    assert status_of(PATH) == "published"
    assert draft(CHANGED, commits).revision.live is False


def test_so_it_does_while_its_file_is_wrong(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    (root / PATH).write_text(WHOLE.replace("title:", "titel:"))
    assert draft(CHANGED, commits).revision.live is False


def test_a_draft_of_a_page_on_the_site_is_kept_beside_it(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    saved = draft(CHANGED, commits)
    assert not saved.revision.live
    assert front(saved.revision.text, "status") == "draft"
    assert file(root) == WHOLE
    assert status_of(PATH) == "published"


@pytest.mark.parametrize("text", [BROKEN, "no front matter at all"])
def test_a_draft_that_cannot_be_read_is_kept_as_it_was_typed(
    root: Path, commits: DjangoCaptureOnCommitCallbacks, text: str
) -> None:
    saved = draft(text, commits, NEW)
    assert not saved.revision.live
    assert saved.revision.text == text.replace("status: published", "status: draft")
    assert saved.examination.problems
    assert not (root / NEW).exists()


def oddly_written(text: str, style: str) -> str:
    """The same file with its top in another form of YAML, which claims that a clinician has signed it."""
    found = examine(NEW, text, NOW.date()).article
    assert found
    line = f"reviewer: {{name: F. Name, credentials: MD, license_state: FL, on: 2026-11-02, text: {found.text_hash}}}"
    _, head, body = text.split("---\n", 2)
    lines = [*head.strip().split("\n"), line]
    top = "{" + ",\n ".join(lines) + "}" if style == "in braces" else "\n".join(f"  {each}" for each in lines)
    return f"---\n{top}\n---\n{body}"


@pytest.mark.parametrize("style", ["in braces", "indented"])
def test_a_top_that_we_cannot_change_goes_nowhere(
    root: Path, commits: DjangoCaptureOnCommitCallbacks, style: str
) -> None:
    """It would bring its own status and its own signature."""
    saved = draft(oddly_written(BANNED, style), commits, NEW)
    assert not saved.revision.live
    with pytest.raises(ContentError, match="each at the very left"):
        published(oddly_written(WHOLE, style), commits, NEW)
    assert not (root / NEW).exists()


def test_a_draft_with_open_blocks_is_saved(commits: DjangoCaptureOnCommitCallbacks) -> None:
    saved = draft(BANNED, commits, NEW)
    assert saved.revision.live
    assert saved.examination.blocks == 1


def test_a_draft_is_kept_where_the_site_changed_in_that_very_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(edit: Edit, now: dt.datetime) -> Revision:
        raise ContentError(edit.path, 1, "A topic is gone.")

    monkeypatch.setattr(store, "put_up", refuse)
    assert not save_draft(edit(WHOLE, NEW), NOW).revision.live


def test_the_first_publication_dates_the_page(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    draft(WHOLE, commits, NEW)
    published(WHOLE, commits, NEW)
    text = file(root, NEW)
    assert [front(text, key) for key in ("status", "published", "updated")] == ["published", TODAY, TODAY]


def test_a_change_of_words_moves_the_day_of_the_last_change(
    root: Path, commits: DjangoCaptureOnCommitCallbacks
) -> None:
    published(CHANGED, commits)
    assert [front(file(root), key) for key in ("published", "updated")] == ["2026-11-02", TODAY]


def test_a_change_that_readers_do_not_see_moves_no_day(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    published(with_values(WHOLE, aliases=["sore"]), commits)
    assert front(file(root), "updated") == "2026-11-02"
    assert front(file(root), "aliases") == ("sore",)


def test_a_page_that_is_put_back_and_published_again_keeps_its_first_day(
    root: Path, commits: DjangoCaptureOnCommitCallbacks
) -> None:
    store.newest(PATH)
    with commits(execute=True):
        withdraw(PATH, "editor", 1, NOW)
    draft(WHOLE, commits)
    assert front(file(root), "status") == "draft"
    published(CHANGED, commits, now=LATER)
    assert [front(file(root), key) for key in ("published", "updated")] == ["2026-11-02", "2026-11-26"]


def test_the_day_is_the_clinics(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    published(WHOLE, commits, NEW, dt.datetime(2026, 11, 24, 3, 0, tzinfo=dt.UTC))
    assert front(file(root, NEW), "published") == TODAY


@pytest.mark.parametrize("text", [BANNED, BANNED.replace("miracle", "_mir&shy;acle_"), BROKEN, "nothing at all"])
def test_nothing_with_an_open_block_goes_out(root: Path, text: str) -> None:
    with pytest.raises(NotReady) as raised:
        publish(edit(text), NOW)
    assert raised.value.examination.blocks == 1
    assert file(root) == WHOLE
    assert Revision.objects.of(PATH).count() == 1


def test_a_draft_that_was_signed_is_published_as_signed(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    User.objects.create_user("reviewer")
    draft(WHOLE, commits, NEW)
    with commits(execute=True):
        found = reading(NEW)
        sign_off.sign(found, ROSA, found.seen, NOW)
    saved = published(store.on_site(NEW).text, commits, NEW, LATER)  # type: ignore[union-attr]
    assert saved.examination.article
    assert saved.examination.article.reviewer
    assert front(file(root, NEW), "reviewer")


@pytest.mark.parametrize("days", [184, 185, 220, 400])
def test_a_correction_goes_out_at_once_however_long_ago_the_page_was_checked(
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
        shown = standing(article, later)
    assert "A few doctors" in file(root)
    assert (str(article.review_due), article.updated) == (due, later.date())
    assert shown.reviewer is None
    assert shown.due is not Due.NOT_YET


@pytest.mark.parametrize(("days", "goes_out"), [(184, True), (185, False)])
def test_whoever_corrects_a_page_may_set_the_next_check_within_half_a_year_of_that_day(
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


def test_a_reviewer_whom_nobody_recorded_is_taken_out(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    forged = {"name": "R. Name", "credentials": "MD", "license_state": "FL", "on": TODAY, "text": "0" * 64}
    published(with_values(CHANGED, reviewer=forged), commits)
    assert front(file(root), "reviewer") == {}


def test_whoever_comes_second_is_told(commits: DjangoCaptureOnCommitCallbacks) -> None:
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


def test_a_newer_draft_outlives_the_withdrawal(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    kept = draft(CHANGED, commits).revision
    with commits(execute=True):
        withdraw(PATH, "owner", kept.number, NOW)
    newest = store.newest(PATH)
    assert newest
    assert (newest.live, newest.text, newest.by, newest.number) == (False, kept.text, "editor", kept.number + 2)
    assert front(file(root), "status") == "archived"


def test_what_is_not_there_cannot_be_withdrawn() -> None:
    with pytest.raises(LookupError):
        withdraw(NEW, "editor", 0, NOW)
    assert status_of(NEW) == ""


def test_a_text_whose_words_cannot_be_compared_is_not_dated_anew(
    root: Path, commits: DjangoCaptureOnCommitCallbacks
) -> None:
    assert publishing.published_text(PATH, "nothing", NOW.date()) == "nothing"
    assert publishing.published_text(NEW, "nothing", NOW.date()) == "nothing"
