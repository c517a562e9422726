"""Old addresses of an article lead to it forever."""

from pathlib import Path

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from articles.editing import rename
from articles.editing.rename import why_taken
from articles.library import Library, load_library
from articles.models import Revision
from tests.articles.editing.builders import NOON, make_revision
from tests.articles.editing.content_folder import make_stored_content, sync_once
from tests.content_builders import make_article, make_signed

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PATH = "articles/walking.md"


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    linking = make_article("## More\n\nSee [walking](/articles/walking/#a-walk) first.\n", title="Sleep")
    settings.CONTENT_DIR = make_stored_content(tmp_path, walking=make_article(aliases=["strolling"]), sleep=linking)
    return Path(settings.CONTENT_DIR)


@pytest.fixture
def commits(django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> DjangoCaptureOnCommitCallbacks:
    return django_capture_on_commit_callbacks


def library(root: Path) -> Library:
    return load_library(root)


def revision(path: str) -> Revision:
    return Revision.objects.of(path)[0]


@pytest.mark.parametrize(
    ("slug", "reason"),
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
def test_a_taken_address_is_refused_with_a_reason(root: Path, slug: str, reason: str) -> None:
    (root / "articles" / "unread.md").write_bytes(b"\xff\xfe")
    make_revision(path="articles/only-kept.md", live=False)
    make_revision(path="articles/gone.md")
    make_revision(path="articles/gone.md", removed=True)
    refused = why_taken(slug, library(root))
    assert reason in refused
    assert bool(refused) == bool(reason)


def test_an_article_may_return_to_a_former_address_but_not_keep_its_own(root: Path) -> None:
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
def test_a_free_address_is_suggested(root: Path, title: str, slug: str) -> None:
    assert rename.suggested_slug(title, library(root)) == slug


def test_renaming_preserves_every_old_address(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    with commits(execute=True):
        rename.rename(PATH, "taking-walks", "editor", 1, NOON)
    found = library(root)
    assert found.articles["taking-walks"].aliases == ("strolling", "walking")
    assert found.aliases == {"strolling": "taking-walks", "walking": "taking-walks"}
    assert not (root / PATH).exists()
    assert revision(PATH).removed
    assert revision("articles/taking-walks.md").why == "Renamed from “walking” to “taking-walks”"


def test_renaming_back_leaves_one_alias_and_no_loop(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    with commits(execute=True):
        rename.rename(PATH, "taking-walks", "editor", 1, NOON)
    with commits(execute=True):
        rename.rename("articles/taking-walks.md", "walking", "editor", 1, NOON)
    assert library(root).articles["walking"].aliases == ("strolling", "taking-walks")
    assert library(root).problems == ()


def test_a_newer_draft_is_renamed_with_its_page(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    make_revision(live=False, text=make_article(title="Better"))
    with commits(execute=True):
        rename.rename(PATH, "taking-walks", "editor", 2, NOON)
    draft = revision("articles/taking-walks.md")
    assert not draft.live
    assert "title: Better" in draft.text
    assert "aliases: [walking]" in draft.text
    assert library(root).articles["taking-walks"].title == "Walking with a sore back"


def test_an_unreadable_draft_is_renamed_unchanged(root: Path) -> None:
    make_revision(path="articles/half.md", live=False, text="Half a sentence")
    rename.rename("articles/half.md", "whole", "editor", 1, NOON)
    assert (revision("articles/whole.md").text, revision("articles/whole.md").live) == ("Half a sentence", False)
    assert revision("articles/half.md").removed


def test_a_slug_repeated_in_the_file_does_not_prevent_renaming(
    root: Path, commits: DjangoCaptureOnCommitCallbacks
) -> None:
    (root / PATH).write_text(make_article(slug="walking"))
    sync_once(root)
    with commits(execute=True):
        rename.rename(PATH, "taking-walks", "editor", 2, NOON)
    assert "taking-walks" in library(root).articles


def test_texts_that_link_to_an_address_are_found(root: Path) -> None:
    block = root / "blocks" / "unknowns.md"
    block.write_text(f"{block.read_text()}\nMore [on walks](/articles/walking/).\n")
    make_signed(root, "sleep")
    found = [(link.path, link.name, link.signed) for link in rename.links_to("walking", library(root))]
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
def test_links_are_distinguished_from_similar_text(root: Path, text: str, named: bool) -> None:
    (root / "articles" / "sleep.md").write_text(make_article(f"## More\n\nSee {text}.\n"))
    assert bool(rename.links_to("walking", library(root))) == named


def test_links_to_old_addresses_are_updated_in_one_revision_per_file(
    root: Path, commits: DjangoCaptureOnCommitCallbacks
) -> None:
    with commits(execute=True):
        rename.rename(PATH, "taking-walks", "editor", 1, NOON)
    assert [link.path for link in rename.outdated_links("taking-walks", library(root))] == ["articles/sleep.md"]
    with commits(execute=True):
        done = list(rename.update_links("taking-walks", library(root), "editor", NOON))
    assert done == [("articles/sleep.md", "")]
    assert "(/articles/taking-walks/#a-walk)" in (root / "articles" / "sleep.md").read_text()
    assert revision("articles/sleep.md").why == "Links now name “taking-walks”"
    assert rename.outdated_links("taking-walks", library(root)) == []


def test_links_in_a_draft_are_updated(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    text = make_article("## More\n\nSee [a walk](/articles/strolling/) and sleep.\n")
    (root / "articles" / "sleep.md").write_text(text)
    sync_once(root)
    make_revision(path="articles/sleep.md", live=False, text=text.replace("and sleep", "and rest"))
    with commits(execute=True):
        assert list(rename.update_links("walking", library(root), "editor", NOON)) == [("articles/sleep.md", "")]
    live, draft = Revision.objects.of("articles/sleep.md")[1], revision("articles/sleep.md")
    assert live.live
    assert not draft.live
    assert "/articles/walking/) and sleep" in live.text
    assert "/articles/walking/) and rest" in draft.text


def test_links_in_shared_passages_are_updated(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    (root / "blocks" / "unknowns.md").write_text("More [on walks](/articles/strolling/).\n")
    sync_once(root)
    with commits(execute=True):
        list(rename.update_links("walking", library(root), "editor", NOON))
    assert (root / "blocks" / "unknowns.md").read_text() == "More [on walks](/articles/walking/).\n"


def test_an_unpublished_draft_needs_no_link_updates(root: Path) -> None:
    assert rename.outdated_links("only-kept", library(root)) == []
    assert list(rename.update_links("only-kept", library(root), "editor", NOON)) == []


def test_a_dead_address_is_found_and_redirected(root: Path, commits: DjangoCaptureOnCommitCallbacks) -> None:
    (root / PATH).unlink()
    make_revision(removed=True)
    sync_once(root)
    newest = list(Revision.objects.newest_of_each())
    assert rename.broken_addresses(library(root), newest) == ["walking"]
    with commits(execute=True):
        assert rename.add_redirect("walking", "sleep", library(root), "editor", NOON) == ""
    assert library(root).aliases == {"walking": "sleep"}
    assert rename.broken_addresses(library(root), newest) == []
    with commits(execute=True):
        assert rename.add_redirect("walking", "sleep", library(root), "editor", NOON) == ""
    assert library(root).aliases == {"walking": "sleep"}


def test_an_address_that_was_never_public_is_not_dead(root: Path) -> None:
    make_revision(path="articles/draft.md", text=make_article(status="draft"))
    make_revision(path="articles/draft.md", removed=True)
    make_revision(path="pages/about.md", removed=True)
    make_revision(path="articles/odd.name.md", text=make_article())
    make_revision(path="articles/odd.name.md", removed=True)
    assert rename.broken_addresses(library(root), Revision.objects.newest_of_each()) == []


@pytest.mark.parametrize(
    ("old", "reason"),
    [("free", ""), ("walking", "leads to an article already"), ("A b", "cannot be part of an address")],
)
def test_only_a_dead_address_can_be_redirected(root: Path, old: str, reason: str) -> None:
    assert reason in rename.why_no_redirect(old, library(root))
    assert bool(rename.why_no_redirect(old, library(root))) == bool(reason)


def test_a_refused_change_returns_its_reason(root: Path) -> None:
    def spoiled(text: str) -> str:
        return text.replace("topics: [movement]", "topics: [unknown]")

    assert "articles/walking.md, line" in rename.edit_file(PATH, spoiled, "editor", NOON, "A slip")
    assert Revision.objects.of(PATH).count() == 1


def test_links_in_a_draft_without_a_page_are_updated(root: Path) -> None:
    make_revision(path="articles/half.md", live=False, text="See /articles/strolling/")
    assert rename.edit_file("articles/half.md", lambda text: f"{text} today", "editor", NOON, "A word") == ""
    assert (revision("articles/half.md").number, revision("articles/half.md").live) == (2, False)
    assert revision("articles/half.md").text == "See /articles/strolling/ today"
