"""An address once given leads to its article for good."""

from pathlib import Path

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from articles.editing import moving
from articles.editing.moving import why_taken
from articles.library import Library, load_library
from articles.models import Revision
from tests.articles.editing.builders import NOON, make_revision
from tests.articles.editing.shelf import look, make_shelf
from tests.content_builders import make_article, make_signed

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PATH = "articles/walking.md"


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    linking = make_article("## More\n\nSee [walking](/articles/walking/#a-walk) first.\n", title="Sleep")
    settings.CONTENT_DIR = make_shelf(tmp_path, walking=make_article(aliases=["strolling"]), sleep=linking)
    return Path(settings.CONTENT_DIR)


@pytest.fixture
def commits(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> DjangoCaptureOnCommitCallbacks:
    return django_capture_on_commit_callbacks


def library(root: Path) -> Library:
    return load_library(root)


def revision(path: str) -> Revision:
    return Revision.objects.of(path)[0]


@pytest.mark.parametrize(
    ("slug", "told"),
    [
        ("a-free-one", ""),
        ("Walking", "cannot be part of an address"),
        ("../secrets", "cannot be part of an address"),
        ("", "cannot be part of an address"),
        ("x" * 101, "The address has 101 characters. Keep it to 100."),
        ("walking", "“Walking with a sore back” has this address."),
        ("strolling", "“strolling” is an old address of “Walking with a sore back” and leads there."),
        ("only-kept", "Another draft has the address “only-kept”."),
        ("unread", "Another draft has the address “unread”."),
        ("gone", "An article stood at “gone” before."),
    ],
)
def test_an_address_that_is_taken_is_refused_in_words(root: Path, slug: str, told: str) -> None:
    (root / "articles" / "unread.md").write_bytes(b"\xff\xfe")
    make_revision(path="articles/only-kept.md", live=False)
    make_revision(path="articles/gone.md")
    make_revision(path="articles/gone.md", removed=True)
    refused = why_taken(slug, library(root))
    assert told in refused
    assert bool(refused) == bool(told)


def test_an_article_may_go_back_to_an_address_it_had_and_not_stay_where_it_is(root: Path) -> None:
    assert why_taken("strolling", library(root), own="walking") == ""
    assert "That is its address already." in why_taken("walking", library(root), own="walking")


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Sleep and pain at night", "sleep-and-pain-at-night"),
        ("Schlaf & Schmerz: schön?", "schlaf-schmerz-schon"),
        ("Walking", "walking-2"),
        (
            "A title that goes on and on until nobody wants to read it to its end",
            "a-title-that-goes-on-and-on-until-nobody-wants-to-read-it-to",
        ),
        ("x" * 90, "x" * 60),
        ("snake_case", "snake-case"),
        ("痛み", ""),
    ],
)
def test_an_address_is_suggested_that_is_free(root: Path, title: str, slug: str) -> None:
    assert moving.suggested_slug(title, library(root)) == slug


def test_renaming_takes_every_old_address_along(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    with commits(execute=True):
        moving.rename(PATH, "taking-walks", "editor", 1, NOON)
    found = library(root)
    assert found.articles["taking-walks"].aliases == ("strolling", "walking")
    assert found.aliases == {"strolling": "taking-walks", "walking": "taking-walks"}
    assert not (root / PATH).exists()
    assert revision(PATH).removed
    assert revision("articles/taking-walks.md").why == "Renamed from “walking” to “taking-walks”"


def test_renaming_there_and_back_leaves_one_address_and_no_circle(
    root: Path, commits: DjangoCaptureOnCommitCallbacks
) -> None:
    with commits(execute=True):
        moving.rename(PATH, "taking-walks", "editor", 1, NOON)
    with commits(execute=True):
        moving.rename("articles/taking-walks.md", "walking", "editor", 1, NOON)
    assert library(root).articles["walking"].aliases == ("strolling", "taking-walks")
    assert library(root).problems == ()


def test_a_draft_beside_the_page_goes_along(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    make_revision(live=False, text=make_article(title="Better"))
    with commits(execute=True):
        moving.rename(PATH, "taking-walks", "editor", 2, NOON)
    draft = revision("articles/taking-walks.md")
    assert not draft.live
    assert "title: Better" in draft.text
    assert "aliases: [walking]" in draft.text
    assert library(root).articles["taking-walks"].title == "Walking with a sore back"


def test_a_draft_that_cannot_be_read_is_renamed_as_it_is(root: Path) -> None:
    make_revision(path="articles/half.md", live=False, text="Half a sentence")
    moving.rename("articles/half.md", "whole", "editor", 1, NOON)
    assert (revision("articles/whole.md").text, revision("articles/whole.md").live) == ("Half a sentence", False)
    assert revision("articles/half.md").removed


def test_a_file_name_repeated_in_the_file_does_not_stop_it(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    (root / PATH).write_text(make_article(slug="walking"))
    look(root)
    with commits(execute=True):
        moving.rename(PATH, "taking-walks", "editor", 2, NOON)
    assert "taking-walks" in library(root).articles


def test_the_texts_that_name_an_address_are_found(root: Path) -> None:
    block = root / "blocks" / "unknowns.md"
    block.write_text(f"{block.read_text()}\nMore [on walks](/articles/walking/).\n")
    make_signed(root, "sleep")
    found = [(link.path, link.name, link.signed) for link in moving.links_to("walking", library(root))]
    assert found == [("articles/sleep.md", "Sleep", True), ("blocks/unknowns.md", "unknowns", False)]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[a](/articles/walking/)", True),
        ("[a](/articles/walking)", True),
        ("[a](/articles/walking/#part)", True),
        ("[a](/articles/walking-more/)", False),
        ("[a](https://other.example/articles/walking/)", False),
        ("[a](/articles/not-walking/)", False),
    ],
)
def test_a_link_is_told_from_what_only_looks_like_it(root: Path, text: str, named: bool) -> None:
    (root / "articles" / "sleep.md").write_text(make_article(f"## More\n\nSee {text}.\n"))
    assert bool(moving.links_to("walking", library(root))) == named


def test_links_to_old_addresses_are_mended_each_as_a_revision(
    root: Path, commits: DjangoCaptureOnCommitCallbacks
) -> None:
    with commits(execute=True):
        moving.rename(PATH, "taking-walks", "editor", 1, NOON)
    assert [link.path for link in moving.outdated_links("taking-walks", library(root))] == ["articles/sleep.md"]
    with commits(execute=True):
        done = list(moving.mend_links("taking-walks", library(root), "editor", NOON))
    assert done == [("articles/sleep.md", "")]
    assert "(/articles/taking-walks/#a-walk)" in (root / "articles" / "sleep.md").read_text()
    assert revision("articles/sleep.md").why == "Links now name “taking-walks”"
    assert moving.outdated_links("taking-walks", library(root)) == []


def test_a_draft_is_mended_beside_its_page(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    text = make_article("## More\n\nSee [a walk](/articles/strolling/) and sleep.\n")
    (root / "articles" / "sleep.md").write_text(text)
    look(root)
    make_revision(path="articles/sleep.md", live=False, text=text.replace("and sleep", "and rest"))
    with commits(execute=True):
        assert list(moving.mend_links("walking", library(root), "editor", NOON)) == [("articles/sleep.md", "")]
    live, draft = Revision.objects.of("articles/sleep.md")[1], revision("articles/sleep.md")
    assert live.live
    assert not draft.live
    assert "/articles/walking/) and sleep" in live.text
    assert "/articles/walking/) and rest" in draft.text


def test_passages_that_pages_share_are_mended_too(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    (root / "blocks" / "unknowns.md").write_text("More [on walks](/articles/strolling/).\n")
    look(root)
    with commits(execute=True):
        list(moving.mend_links("walking", library(root), "editor", NOON))
    assert (root / "blocks" / "unknowns.md").read_text() == "More [on walks](/articles/walking/).\n"


def test_there_is_nothing_to_mend_for_an_article_that_is_only_a_draft(root: Path) -> None:
    assert moving.outdated_links("only-kept", library(root)) == []
    assert list(moving.mend_links("only-kept", library(root), "editor", NOON)) == []


def test_an_address_that_was_lost_is_found_and_led_to_an_article(
    root: Path, commits: DjangoCaptureOnCommitCallbacks
) -> None:
    (root / PATH).unlink()
    make_revision(removed=True)
    look(root)
    newest = list(Revision.objects.newest_of_each())
    assert moving.lost(library(root), newest) == ["walking"]
    with commits(execute=True):
        assert moving.lead("walking", "sleep", library(root), "editor", NOON) == ""
    assert library(root).aliases == {"walking": "sleep"}
    assert moving.lost(library(root), newest) == []
    with commits(execute=True):
        assert moving.lead("walking", "sleep", library(root), "editor", NOON) == ""
    assert library(root).aliases == {"walking": "sleep"}


def test_what_was_never_public_is_not_lost(root: Path) -> None:
    make_revision(path="articles/draft.md", text=make_article(status="draft"))
    make_revision(path="articles/draft.md", removed=True)
    make_revision(path="pages/about.md", removed=True)
    make_revision(path="articles/odd.name.md", text=make_article())
    make_revision(path="articles/odd.name.md", removed=True)
    assert moving.lost(library(root), Revision.objects.newest_of_each()) == []


@pytest.mark.parametrize(
    ("old", "told"), [("free", ""), ("walking", "leads to an article already"), ("A b", "cannot be part of an address")]
)
def test_only_an_address_that_leads_nowhere_can_be_led(root: Path, old: str, told: str) -> None:
    assert told in moving.why_not_led(old, library(root))
    assert bool(moving.why_not_led(old, library(root))) == bool(told)


def test_what_stops_a_change_is_told(root: Path) -> None:
    def spoiled(text: str) -> str:
        return text.replace("topics: [movement]", "topics: [unknown]")

    assert "articles/walking.md, line" in moving.amend(PATH, spoiled, "editor", NOON, "A slip")
    assert Revision.objects.of(PATH).count() == 1


def test_a_draft_that_stands_alone_is_changed_too(root: Path) -> None:
    make_revision(path="articles/half.md", live=False, text="See /articles/strolling/")
    assert moving.amend("articles/half.md", lambda text: f"{text} today", "editor", NOON, "A word") == ""
    assert (revision("articles/half.md").number, revision("articles/half.md").live) == (2, False)
    assert revision("articles/half.md").text == "See /articles/strolling/ today"
