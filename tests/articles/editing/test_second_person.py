"""What brings help to somebody in danger, and the lists of the content rules, change once two people want it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from articles.editing import second_person, store
from articles.models import Revision
from clinic_site.groups import STAFF_EDITORS
from tests.articles.editing.builders import NOON
from tests.articles.editing.shelf import look, make_shelf, told
from tests.content_builders import make_article

pytestmark = pytest.mark.django_db
PAGES = "/admin/articles/contentfile/"
FILES = f"{PAGES}files/"
BOX, QUIET, CRISIS, BANNED = "blocks/emergency.md", "blocks/unknowns.md", "crisis.yaml", "rules/banned.yaml"
NUMBERS = "Call [1-900-555-0199](tel:+19005550199) at any time.\n"
Post = Callable[..., Any]


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def root(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("articles.editing.judgments.VAR_FOLDER", tmp_path / "var")
    settings.CONTENT_DIR = make_shelf(tmp_path, walking=make_article())
    return Path(settings.CONTENT_DIR)


@pytest.fixture
def post(root: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Post:
    """Sends a form of the page of a file as that person, and what is saved by it reaches the files."""

    def sent(who: str, path: str, **data: object) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return signed_in(who).post(FILES + path, {"meant": "on", **data})

    return sent


def signed_in(who: str) -> Client:
    user, made = User.objects.get_or_create(username=who, is_staff=True, is_superuser=who == "owner")
    if made:
        user.groups.set(Group.objects.filter(name=STAFF_EDITORS))
    client = Client()
    client.force_login(user)
    return client


def show(who: str, path: str) -> str:
    return signed_in(who).get(FILES + path).content.decode()


def states(path: str) -> list[tuple[int, bool, str]]:
    return [(each.number, each.live, each.by) for each in Revision.objects.of(path)]


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
    assert "The change waits until a second person confirms it" in told(post(who, path, base=1, text=after))
    assert ((root / path).read_text(), states(path)[0]) == (before, (2, False, who))
    assert "You made this change yourself." in told(post(who, path, base=2, step="confirm"))
    assert (root / path).read_text() == before
    assert "was confirmed." in told(post("ben", path, base=2, step="confirm"))
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
def test_a_passage_waits_where_it_sends_readers_for_help_before_or_after(before: str, after: str, waits: bool) -> None:
    assert second_person.needs_second_person(QUIET, before, after) is waits


@pytest.mark.parametrize("path", ["clinic.yaml", "topics.yaml", "pages/about.md", "glossary.yaml"])
def test_other_files_do_not_wait(path: str) -> None:
    assert not second_person.needs_second_person(path, "a: 911", "b: 988")


def test_a_text_that_would_not_load_does_not_wait(root: Path, post: Post) -> None:
    assert (
        "“odd” is not a known key"
        in post("mara", CRISIS, base=1, text="phrases: [a]\nsearch_words: [b]\nodd: 1\n").content.decode()
    )
    assert states(CRISIS) == [(1, True, "on disk")]


def test_the_page_shows_the_change_and_a_button_to_all_but_its_author(root: Path, post: Post) -> None:
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


def test_the_lists_say_what_waits(root: Path, post: Post) -> None:
    assert "Changes that wait for a second person" not in signed_in("ben").get(PAGES).content.decode()
    post("mara", BOX, base=1, text=(root / BOX).read_text() + "\nMore.\n")
    page = signed_in("ben").get(PAGES).content.decode()
    assert f'<a href="{FILES}{BOX}">{BOX}</a>, changed by mara' in page
    assert "waits for a second person</strong>" in show("ben", "")


def test_a_change_of_the_change_waits_for_somebody_else_again(root: Path, post: Post) -> None:
    first, second = "phrases: [one]\nsearch_words: [b]\n", "phrases: [two]\nsearch_words: [b]\n"
    post("mara", CRISIS, base=1, text=first)
    assert "The change waits" in told(post("ben", CRISIS, base=2, text=second))
    assert "You made this change yourself." in told(post("ben", CRISIS, base=3, step="confirm"))
    stale = told(post("mara", CRISIS, base=2, step="confirm"))
    assert "Nothing was changed: ben saved revision 3 meanwhile." in stale
    assert "was confirmed" in told(post("mara", CRISIS, base=3, step="confirm"))
    assert (root / CRISIS).read_text() == second


def test_a_change_is_dropped_by_its_author_or_another_and_stays_in_the_history(root: Path, post: Post) -> None:
    before = (root / CRISIS).read_text()
    for number, who in ((1, "mara"), (3, "ben")):
        post("mara", CRISIS, base=number, text="phrases: [one]\nsearch_words: [b]\n")
        assert "The change was dropped." in told(post(who, CRISIS, base=number + 1, step="drop"))
        assert ((root / CRISIS).read_text(), states(CRISIS)[0]) == (before, (number + 2, True, who))
    assert "No change of this file waits any more." in told(post("ben", CRISIS, base=5, step="drop"))
    assert "No change of this file waits any more." in told(post("ben", CRISIS, base=5, step="confirm"))


def test_an_edit_on_disk_does_not_wait_and_takes_the_place_of_the_change(root: Path, post: Post) -> None:
    post("mara", CRISIS, base=1, text="phrases: [one]\nsearch_words: [b]\n")
    (root / CRISIS).write_text("phrases: [two]\nsearch_words: [b]\n")
    look(root)
    assert states(CRISIS)[0] == (3, True, "on disk")
    assert "No change of this file waits any more." in told(post("ben", CRISIS, base=2, step="confirm"))
    assert (root / CRISIS).read_text() == "phrases: [two]\nsearch_words: [b]\n"


def test_a_new_file_of_the_kind_waits_too(root: Path) -> None:
    edit = store.Edit("blocks/hotline.md", NUMBERS, "mara", 0)
    assert not second_person.save(edit, NOON).live
