"""Changes of crisis texts and word lists need a second person."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from articles.editing import rename
from articles.editing.revisions import store
from articles.editing.shared_files import second_person
from articles.models import Revision
from clinic_site.database.group_permissions import STAFF_EDITORS
from tests.articles.editing.builders import NOON
from tests.articles.editing.content_folder import Store, message, sync_once
from tests.content_builders import make_article
from tests.sessions import start_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
PAGES = "/admin/articles/contentfile/"
FILES = f"{PAGES}files/"
BOX, QUIET, CRISIS, BANNED = "blocks/emergency.md", "blocks/unknowns.md", "crisis.yaml", "rules/banned.yaml"
NUMBERS = "Call [1-900-555-0199](tel:+19005550199) at any time.\n"
Post = Callable[..., Any]


@pytest.fixture
def root(store: Store) -> Path:
    return store(walking=make_article())


@pytest.fixture
def post(root: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Post:
    """Return a function that posts the form of a file as that user and runs the on-commit callbacks."""

    def sent(who: str, path: str, **data: object) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return signed_in(who).post(FILES + path, {"meant": "on", **data})

    return sent


def signed_in(who: str) -> Client:
    user, created = User.objects.get_or_create(username=who, is_staff=True, is_superuser=who == "owner")
    if created:
        user.groups.set(Group.objects.filter(name=STAFF_EDITORS))
    client = Client()
    start_session(client, user)
    return client


def show(who: str, path: str) -> str:
    return signed_in(who).get(FILES + path).content.decode()


def states(path: str) -> list[tuple[int, bool, str]]:
    return [(revision.number, revision.live, revision.by) for revision in Revision.objects.of(path)]


@pytest.mark.parametrize("who", ["mara", "owner"])
@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (BOX, "911", "555"),
        (BOX, "trouble breathing", "a cold"),
        (CRISIS, "want to die", "want to rest"),
        (BANNED, "miracle", "harmlessword"),
    ],
)
def test_a_change_waits_until_a_second_person_confirms_it(
    root: Path, post: Post, who: str, path: str, old: str, new: str
) -> None:
    before = (root / path).read_text()
    after = before.replace(old, new)
    assert after != before
    assert "The change waits until a second person confirms it" in message(post(who, path, base=1, text=after))
    assert ((root / path).read_text(), states(path)[0]) == (before, (2, False, who))
    assert "You made this change yourself." in message(post(who, path, base=2, step="confirm"))
    assert (root / path).read_text() == before
    assert "was confirmed." in message(post("ben", path, base=2, step="confirm"))
    assert ((root / path).read_text(), states(path)[0]) == (after, (3, True, "ben"))
    assert Revision.objects.of(path)[0].why == f"Confirmed: revision 2 by {who}"


@pytest.mark.parametrize(
    ("before", "after", "waits"),
    [
        ("Nobody knows.\n", "Nobody knows yet.\n", False),
        ("Nobody knows.\n", NUMBERS, True),
        (NUMBERS, "Nobody knows.\n", True),
        ("> [!URGENT] call us\n> - fever\n", "> [!URGENT] call us\n> - a cold\n", True),
        ("> [!EMERGENCY] call\n> - fainting\n", "Nobody knows.\n", True),
        ("> [!CARE] take care\n> - fever\n", "> [!CARE] take care\n> - a cold\n", False),
        ("Call 988, day or night.\n", "Rest, day or night.\n", True),
        ("Call (900) 555-0199.\n", "Call us.\n", True),
        ("Nobody knows.\n", "Call 1-9&#48;0-555-01&#57;9.\n", True),
        ("Nobody knows.\n", "Text HELP to 741741.\n", True),
        ("Nobody knows.\n", "Call +44 20 7946 0958.\n", True),
        ("Nobody knows.\n", "Call 900\u00a0555\u00a00199.\n", True),
        ("Nobody knows.\n", "Call **9**11.\n", True),
        ("Nobody knows.\n", "[Write](sms&#58;741741).\n", True),
        ("Nobody knows.\n", "Nobody knows since 2018 [@walking2020], in 24 of 60 studies.\n", False),
        (NUMBERS, NUMBERS, False),
    ],
)
def test_a_change_waits_if_the_passage_leads_to_help_before_or_after(before: str, after: str, waits: bool) -> None:
    assert second_person.needs_second_person(QUIET, before, after) is waits


@pytest.mark.parametrize("path", ["clinic.yaml", "topics.yaml", "pages/about.md", "glossary.yaml"])
def test_other_files_do_not_wait(path: str) -> None:
    assert not second_person.needs_second_person(path, "a: 911", "b: 988")


def test_a_text_that_would_not_load_is_refused_at_once(root: Path, post: Post) -> None:
    assert (
        "“odd” is not a known key"
        in post("mara", CRISIS, base=1, text="phrases: [a]\nsearch_words: [b]\nodd: 1\n").content.decode()
    )
    assert states(CRISIS) == [(1, True, "on disk")]


def test_the_change_can_be_confirmed_by_anyone_but_its_author(root: Path, post: Post) -> None:
    assert "Readers’ safety depends on this file" in show("ben", BOX)
    assert "Readers’ safety depends on this file" not in show("ben", QUIET)
    text = (root / BOX).read_text().replace("trouble breathing", "a cold")
    post("mara", BOX, base=1, text=text, why="A test")
    page = show("ben", BOX)
    assert "Revision 2 (mara, November 23, 2026" in page
    assert "“A test”" in page
    assert ">Confirm the change</button>" in page
    assert "diff-removed" in page
    own = show("mara", BOX)
    assert ">Confirm the change</button>" not in own
    assert ">Drop the change</button>" in own


def test_the_lists_show_waiting_changes(root: Path, post: Post) -> None:
    assert "Changes that wait for a second person" not in signed_in("ben").get(PAGES).content.decode()
    post("mara", BOX, base=1, text=(root / BOX).read_text() + "\nMore.\n")
    page = signed_in("ben").get(PAGES).content.decode()
    assert f'<a href="{FILES}{BOX}">{BOX}</a>, changed by mara' in page
    assert "waits for a second person</strong>" in show("ben", "")


def test_an_edited_change_needs_a_new_confirmation(root: Path, post: Post) -> None:
    first, second = "phrases: [one]\nsearch_words: [b]\n", "phrases: [two]\nsearch_words: [b]\n"
    post("mara", CRISIS, base=1, text=first)
    assert "The change waits" in message(post("ben", CRISIS, base=2, text=second))
    assert "You made this change yourself." in message(post("ben", CRISIS, base=3, step="confirm"))
    stale = message(post("mara", CRISIS, base=2, step="confirm"))
    assert "Nothing was changed: ben saved revision 3 meanwhile." in stale
    assert "was confirmed" in message(post("mara", CRISIS, base=3, step="confirm"))
    assert (root / CRISIS).read_text() == second


def test_a_change_stays_its_authors_when_a_colleague_updates_the_links_in_it(
    root: Path, post: Post, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    post("mara", BOX, base=1, text=f"{(root / BOX).read_text()}\n{NUMBERS}")
    with django_capture_on_commit_callbacks(execute=True):
        assert rename.edit_file(BOX, lambda text: f"{text}\nRest.\n", "ben", NOON, "Links") == ""
    assert states(BOX)[:2] == [(4, False, "mara"), (3, True, "ben")]
    assert "You made this change yourself." in message(post("mara", BOX, base=4, step="confirm"))
    assert "+19005550199" not in (root / BOX).read_text()


def test_anyone_may_drop_a_change_which_stays_in_the_history(root: Path, post: Post) -> None:
    before = (root / CRISIS).read_text()
    for number, who in ((1, "mara"), (3, "ben")):
        post("mara", CRISIS, base=number, text="phrases: [one]\nsearch_words: [b]\n")
        assert "The change was dropped." in message(post(who, CRISIS, base=number + 1, step="drop"))
        assert ((root / CRISIS).read_text(), states(CRISIS)[0]) == (before, (number + 2, True, who))
    assert "No change of this file waits any more." in message(post("ben", CRISIS, base=5, step="drop"))
    assert "No change of this file waits any more." in message(post("ben", CRISIS, base=5, step="confirm"))


def test_an_edit_on_disk_does_not_wait_and_replaces_the_change(root: Path, post: Post) -> None:
    post("mara", CRISIS, base=1, text="phrases: [one]\nsearch_words: [b]\n")
    (root / CRISIS).write_text("phrases: [two]\nsearch_words: [b]\n")
    sync_once(root)
    assert states(CRISIS)[0] == (3, True, "on disk")
    assert "No change of this file waits any more." in message(post("ben", CRISIS, base=2, step="confirm"))
    assert (root / CRISIS).read_text() == "phrases: [two]\nsearch_words: [b]\n"


def test_a_new_file_of_that_kind_waits(root: Path) -> None:
    edit = store.Edit("blocks/hotline.md", NUMBERS, "mara", 0)
    assert not second_person.save(edit, NOON).live
