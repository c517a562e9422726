"""Shared files are edited as plain text: texts that would not load are refused, and no text is lost."""

import datetime as dt
import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from articles.editing.revisions import disk
from articles.library import load_library, refresh
from articles.models import Revision
from articles.rendering.signed_text import valid_signature
from tests.articles.editing.builders import make_revision
from tests.articles.editing.content_folder import WATCH, Store, message, sync_once
from tests.conftest import Cast
from tests.content_builders import make_article, make_signed

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("at_noon")]
FILES = "/admin/articles/contentfile/files/"
TOPICS, BLOCK, WATCHED = "topics.yaml", "blocks/unknowns.md", "watch.yaml"
TOPIC = "  - slug: rest\n    title: Rest\n    description: Lying down.\n"
Post = Callable[..., Any]


@pytest.fixture
def root(store: Store) -> Path:
    carrying = make_article("## A walk\n\n{{ block: unknowns }}\n", blocks=["unknowns"])
    citing = make_article("## A walk\n\nIt may help [@walking2020].\n", sources=["walking2020"], title="Sleep")
    return store(walking=carrying, sleep=citing)


@pytest.fixture
def editor(sign_in: Cast, root: Path) -> Client:
    return sign_in("editor")


@pytest.fixture
def post(editor: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Post:
    """Return a function that posts a form and runs the on-commit callbacks."""

    def sent(path: str, **data: object) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return editor.post(FILES + path, {"base": 1, **data})

    return sent


def show(client: Client, path: str, **query: Any) -> str:
    return client.get(FILES + path, query).content.decode()


def count(path: str) -> int:
    return Revision.objects.of(path).count()


def test_every_file_is_listed_with_its_purpose(root: Path, editor: Client) -> None:
    (root / "pages" / "odd.md").write_bytes(b"\xff\xfe")
    (root / "rules" / "notes.md").write_text("Not for this folder.\n")
    text = show(editor, "")
    for path, kind in (
        ("pages/about.md", "A plain page"),
        (BLOCK, "A passage that several pages share"),
        ("clinic.yaml", "The clinic’s facts"),
        ("rules/banned.yaml", "Words that the content rules look for"),
    ):
        assert f'<a href="{FILES}{path}">{path}</a>' in text
        assert kind in text
    assert '<th scope="row">pages/odd.md</th>' in text
    assert "not readable as text" in text
    assert "articles/walking.md" not in text


def test_problems_are_counted_for_every_file(root: Path, editor: Client) -> None:
    (root / TOPICS).write_text("topics: [\n")
    row = show(editor, "").partition(f">{TOPICS}</a>")[2].partition("</tr>")[0]
    assert "1 to mend</strong>" in row


def test_a_save_records_author_and_note_and_reaches_the_site(root: Path, editor: Client, post: Post) -> None:
    text = (root / TOPICS).read_text() + TOPIC
    response = post(TOPICS, text=text.replace("\n", "\r\n"), why="  A new\n topic ")
    assert (response.status_code, response["Location"]) == (303, FILES + TOPICS)
    assert "topics.yaml was saved." in message(response)
    revision = Revision.objects.of(TOPICS)[0]
    assert (revision.number, revision.live, revision.by, revision.why) == (2, True, "editor", "A new topic")
    assert (root / TOPICS).read_text() == text
    assert "rest" in load_library(root).shared.topics


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("demo: false", "demo: true", 2),
        ("name: Marigold Pain Clinic", "name: Another Clinic", 4),
        ("owner: Marigold", "owner: Nobody at", 5),
        ("sells: The clinic may offer", "sells: The clinic never offers", 6),
        ("time_zone: America/New_York", "time_zone: America/Denver", 8),
        ("reply_within_working_days: 1", "reply_within_working_days: 9", 9),
        ("notices_email: desk@", "notices_email: other@", 11),
        ("fallback_email: manager@", "fallback_email: other@", 12),
        ("contact_email: website@", "contact_email: other@", 13),
        ("articles_email: articles@", "articles_email: other@", 14),
        ("security_email: security@", "security_email: other@", 15),
        ("erase_led_nowhere_after_days: 90 ", "erase_led_nowhere_after_days: 1 ", 17),
        ("name: Port Alder office", "name: Another office", 28),
        ('address: ["1 Demonstration Way', 'address: ["9 Demonstration Way', 29),
        ('phone: "+1 727 555 0142"', 'phone: "+1 900 555 0142"', 30),
        ("slug: lake-wren", "slug: somewhere", 46),
        ('phone: "+1 727 555 0178"', 'phone: "+1 900 555 0178"', 49),
        ("access: [large_print, relay, extra_time]", "access: [asl]", 59),
        ("languages: [Spanish]", "languages: [French]", 60),
        ("crisis_alarm_after_minutes: 30", "crisis_alarm_after_minutes: 480", 64),
    ],
)
def test_an_editor_cannot_change_facts_of_the_owner(root: Path, post: Post, before: str, after: str, line: int) -> None:
    original = (root / "clinic.yaml").read_text()
    answer = post("clinic.yaml", text=original.replace(before, after)).content.decode()
    assert f"Line {line}: Only an owner of the site may change “{before.partition(':')[0]}”." in answer
    assert ((root / "clinic.yaml").read_text(), count("clinic.yaml")) == (original, 1)


def test_an_editor_cannot_remove_an_office_or_a_fact_with_a_default(root: Path, post: Post) -> None:
    original = (root / "clinic.yaml").read_text()
    one_office = original[: original.index("  - slug: lake-wren")]
    assert "may change “offices”." in post("clinic.yaml", text=one_office).content.decode()
    shorter = original.replace("reply_within_working_days: 1\n", "").replace("erase_others_after_days: 365", "")
    assert post("clinic.yaml", text=shorter).status_code == 303  # these values are the defaults


def test_an_editor_changes_hours_and_closed_days(root: Path, post: Post) -> None:
    text = (root / "clinic.yaml").read_text().replace('thursday: ["09:00-12:00", "13:00-18:00"]', "thursday: []")
    text = text.replace("date: 2026-12-24, reason: Christmas Eve", "date: 2026-12-23, reason: Staff training")
    assert post("clinic.yaml", text=text).status_code == 303
    assert (root / "clinic.yaml").read_text() == text


def test_an_editor_changes_the_hours_and_an_owner_the_rest(
    root: Path, post: Post, sign_in: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    text = (root / "clinic.yaml").read_text().replace('friday: ["08:00-16:00"]', 'friday: ["08:00-15:00"]')
    assert post("clinic.yaml", text=text).status_code == 303
    text = text.replace("notices_email: desk@", "notices_email: other@")
    with django_capture_on_commit_callbacks(execute=True):
        sign_in("owner").post(f"{FILES}clinic.yaml", {"base": 2, "text": text})
    assert (root / "clinic.yaml").read_text() == text


def test_an_unchanged_text_adds_no_revision(root: Path, post: Post) -> None:
    assert "the text is the same" in message(post(TOPICS, text=(root / TOPICS).read_text()))
    assert count(TOPICS) == 1


def test_a_text_that_would_not_load_is_returned_with_the_error_line(root: Path, post: Post) -> None:
    typed = "topics:\n  - slug: rest\n    titel: Rest\n    description: Lying down.\n"
    text = post(TOPICS, text=typed).content.decode()
    assert "<title>Error: " in text
    assert '<li value="2" class="desk-here">' in text
    assert "titel: Rest" in text
    assert 'aria-describedby="id_text_error"' in text
    assert count(TOPICS) == 1


def test_too_long_a_note_is_an_error_and_shown_again(root: Path, post: Post) -> None:
    text = post(TOPICS, text=(root / TOPICS).read_text() + TOPIC, why="a" * 201).content.decode()
    assert '<a href="#id_why">“Why” must be 200 characters or fewer</a>' in text
    assert "a" * 201 in text
    assert "title: Rest" in text
    assert count(TOPICS) == 1


def test_an_unwritable_folder_is_reported(root: Path, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(disk, "check_writable", refuse)
    text = post(TOPICS, text=(root / TOPICS).read_text() + TOPIC).content.decode()
    assert "cannot write its content folder" in text
    assert "title: Rest" in text


def test_a_stale_save_is_refused_with_both_texts(root: Path, post: Post) -> None:
    theirs = (root / TOPICS).read_text().replace("Movement", "Moving")
    mine = (root / TOPICS).read_text() + TOPIC
    post(TOPICS, text=theirs)
    text = post(TOPICS, text=mine).content.decode()
    assert '<a href="#theirs">editor saved this file meanwhile. Both texts are below</a>' in text
    assert '<label for="id_text">Your text' in text
    assert "Save mine on top of theirs" in text
    assert "title: Rest" in text
    assert "title: Moving" in text
    assert 'name="base" value="2"' in text
    assert post(TOPICS, text=mine, base=2).status_code == 303
    assert [revision.text for revision in Revision.objects.of(TOPICS)[:2]] == [mine, theirs]


def test_a_passage_lists_its_pages_and_asks_for_confirmation(root: Path, editor: Client, post: Post) -> None:
    make_signed(root, "walking")
    sync_once(root)
    assert valid_signature(load_library(root).articles["walking"]) is not None
    text = show(editor, BLOCK)
    assert "Walking with a sore back: <strong>signed; it goes back to “not yet checked”</strong>" in text
    assert "Change the passage on this page" in text
    text = post(BLOCK, text="Nobody knows.\n").content.decode()
    assert '<a href="#id_meant">Tick the box' in text
    assert 'aria-describedby="id_meant_error"' in text
    assert "Nobody knows." in text
    assert post(BLOCK, text="Nobody knows.\n", meant="on").status_code == 303
    assert valid_signature(load_library(root).articles["walking"]) is None


def test_a_tick_survives_an_error_in_the_text(post: Post) -> None:
    assert 'id="id_meant" checked' in post(BLOCK, text="Nobody knows [@nobody].\n", meant="on").content.decode()


def test_a_passage_on_several_pages_counts_them(editor: Client) -> None:
    assert "Change the passage on all 2 pages" in show(editor, "blocks/emergency.md")


def test_facts_used_in_signed_texts_are_marked(editor: Client) -> None:
    assert "part of the texts that clinicians sign" in show(editor, "references.yaml")
    assert "part of the texts that clinicians sign" not in show(editor, TOPICS)


def test_a_problem_on_disk_is_shown_above_the_text(root: Path, editor: Client) -> None:
    (root / TOPICS).write_text("topics: [\n")
    assert "Until then the site uses the last version that was right." in show(editor, TOPICS)


def test_open_events_are_listed_with_their_pages_and_cleared_by_a_button(
    root: Path, editor: Client, post: Post
) -> None:
    make_signed(root, "sleep", on=dt.date(2026, 11, 19))
    (root / WATCHED).write_text(WATCH.format(key="walking2020"))
    sync_once(root)
    text = show(editor, WATCHED)
    assert "<h3>A new label, November 20, 2026</h3>" in text
    review = "/admin/articles/contentfile/review/sleep/"
    assert f'<li><a href="{review}">Sleep</a>: signed on November 19, 2026</li>' in text
    assert "Clear it after a clinician has held each page against the news" in text
    refused = "“Sleep” was signed before this. Have it signed anew, or sent back, first."
    assert refused in message(post(WATCHED, step="clear", event=0, base=2))
    make_signed(root, "sleep", on=dt.date(2026, 11, 20))
    sync_once(root)
    refresh()
    assert "The entry is cleared" in message(post(WATCHED, step="clear", event=0, base=2))
    assert "cleared: true" in (root / WATCHED).read_text()
    assert Revision.objects.of(WATCHED)[0].why == "Cleared: every page was looked at"
    assert "Open entries" not in show(editor, WATCHED)
    assert "cannot be cleared by the button" in message(post(WATCHED, step="clear", event=0, base=3))


def test_an_event_about_an_uncited_source_says_so(root: Path, editor: Client) -> None:
    (root / WATCHED).write_text(WATCH.format(key="nobody2000"))
    sync_once(root)
    assert "No page cites nobody2000." in show(editor, WATCHED)


def test_an_earlier_text_is_opened_from_the_history_and_saved(root: Path, editor: Client, post: Post) -> None:
    first = (root / TOPICS).read_text()
    post(TOPICS, text=first + TOPIC)
    text = show(editor, f"{TOPICS}/history/")
    assert f'<a href="{FILES}{TOPICS}?revision=1">Open this text' in text
    assert "Bring back" not in text
    text = show(editor, TOPICS, revision=1)
    assert "This is the text of revision 1. It is not saved yet." in text
    assert 'value="Restored from revision 1"' in text
    assert "title: Rest" not in text
    assert "title: Rest" in show(editor, TOPICS, revision=9)


def test_two_revisions_of_a_file_are_compared(root: Path, editor: Client, post: Post) -> None:
    post(TOPICS, text=(root / TOPICS).read_text() + TOPIC)
    text = show(editor, f"{TOPICS}/history/", compare="1:2")
    assert "Not there before" in text
    assert f'<a href="{FILES}{TOPICS}/history/">History</a>' in text


@pytest.mark.parametrize(
    "path",
    [
        "unknown.yaml",
        "articles/walking.md",
        "pages/gone.md",
        "pages/Upper.md",
        "../secrets",
        "rules/../clinic.yaml",
        ".seen.json",
    ],
)
def test_only_existing_content_files_are_opened(editor: Client, path: str) -> None:
    make_revision(path="pages/gone.md")
    make_revision(path="pages/gone.md", removed=True)
    assert editor.get(FILES + path).status_code == 404
    assert editor.get(f"{FILES}{path}/history/").status_code == 404


def test_only_events_are_cleared(root: Path, post: Post) -> None:
    assert post(TOPICS, step="clear", event=0, base=1).status_code == 404
