"""The library keeps the last good version of everything, tells what is wrong, and reads only what changed."""

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from articles.library import Library, get_library, load_library
from clinic_site.content_files import ContentError
from tests.articles.bad_content import BAD, bad_yaml, unknown_citation
from tests.content_builders import make_article, make_content

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with two good articles."""
    return make_content(tmp_path, good=make_article(), other=make_article(title="Another walk"))


def told(library: Library) -> list[str]:
    return [str(problem) for problem in library.problems]


@pytest.mark.parametrize(("spoil", "words"), BAD.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_bad_content_is_told_the_last_good_page_stays_and_the_rest_is_untouched(
    root: Path, spoil: Callable[[Path], None], words: str
) -> None:
    before = load_library(root)
    spoil(root / "articles" / "good.md")
    spoil(root / "articles" / "never-good.md")
    after = load_library(root, before)
    assert [words in line for line in told(after)] == [True, True]
    assert told(after)[0].startswith("articles/good.md:")
    assert after.articles["good"] is before.articles["good"]
    assert after.articles["other"] is before.articles["other"]
    assert "never-good" not in after.articles


def test_an_error_names_the_line_in_the_file(root: Path) -> None:
    unknown_citation(root / "articles" / "good.md")
    text = (root / "articles" / "good.md").read_text()
    line = 1 + text[: text.index("[@nobody1999]")].count("\n")
    assert told(load_library(root))[0].startswith(f"articles/good.md:{line}: ")


def test_a_mended_file_comes_up_again(root: Path) -> None:
    library = load_library(root)
    bad_yaml(root / "articles" / "good.md")
    library = load_library(root, library)
    (root / "articles" / "good.md").write_text(make_article(title="Mended"))
    library = load_library(root, library)
    assert library.problems == ()
    assert library.articles["good"].title == "Mended"


def test_only_what_changed_is_read_again(root: Path) -> None:
    before = load_library(root)
    (root / "articles" / "good.md").write_text(make_article(title="Changed"))
    after = load_library(root, before)
    assert after.articles["good"].title == "Changed"
    assert after.articles["other"] is before.articles["other"]
    assert after.files["articles/other.md"] is before.files["articles/other.md"]
    assert after.shared is before.shared


def test_a_file_touched_but_not_changed_stays_the_same_object(root: Path) -> None:
    before = load_library(root)
    os.utime(root / "articles" / "good.md", (0, 0))
    after = load_library(root, before)
    assert after.articles["good"] is before.articles["good"]


def test_a_changed_source_reaches_the_pages_that_may_show_it(root: Path) -> None:
    before = load_library(root)
    path = root / "references.yaml"
    path.write_text(path.read_text().replace("Walking and backs", "Walking, revised"))
    after = load_library(root, before)
    assert after.articles["good"] is not before.articles["good"]
    shared = after.articles["good"].shared
    assert shared is not None
    assert shared.sources["walking2020"].title == "Walking, revised"


def test_an_article_whose_topic_vanished_stays_as_it_was(root: Path) -> None:
    before = load_library(root)
    (root / "topics.yaml").write_text("topics:\n  - {slug: sleep, title: Sleep, description: Nights.}\n")
    after = load_library(root, before)
    assert after.articles["good"] is before.articles["good"]
    assert "The topic “movement” is not in topics.yaml" in told(after)[0]


def test_a_wrong_shared_file_keeps_its_last_good_content(root: Path) -> None:
    before = load_library(root)
    (root / "glossary.yaml").write_text("terms: none")
    after = load_library(root, before)
    assert after.shared.terms == before.shared.terms
    assert "glossary.yaml:1: “terms” must be a list" in told(after)[0]


def test_wrong_clinic_facts_are_told_and_the_last_good_stay(root: Path) -> None:
    before = load_library(root)
    path = root / "clinic.yaml"
    path.write_text(path.read_text().replace("owner:", "ownr:"))
    after = load_library(root, before)
    assert after.shared is before.shared
    assert "clinic.yaml:" in told(after)[0]


def test_a_start_with_a_wrong_list_of_sources_keeps_every_page_and_tells_one_mistake(root: Path) -> None:
    (root / "articles" / "good.md").write_text(make_article(body="A claim [@walking2020].\n", sources=["walking2020"]))
    (root / "references.yaml").write_text("sources: none")
    (root / "topics.yaml").write_text("topics: none")
    library = load_library(root)
    assert [line.split(":")[0] for line in told(library)] == ["references.yaml", "topics.yaml"]
    assert set(library.articles) == {"good", "other"}
    assert "A claim [@walking2020]." in library.articles["good"].rendered.body


def test_without_any_shared_file_the_site_still_loads(root: Path) -> None:
    for name in ("topics", "references", "glossary", "search"):
        (root / f"{name}.yaml").unlink()
    library = load_library(root)
    assert library.articles == {}
    assert library.search_words.stop_words == frozenset()


def test_a_deleted_file_leaves_the_site(root: Path) -> None:
    before = load_library(root)
    (root / "articles" / "good.md").unlink()
    assert "good" not in load_library(root, before).articles


def test_what_cannot_be_rendered_never_goes_up(root: Path) -> None:
    before = load_library(root)
    deep = "".join(f"{'    ' * level}- item\n" for level in range(300))
    (root / "articles" / "good.md").write_text(make_article(body=deep))
    after = load_library(root, before)
    assert "This file cannot be used (RecursionError)" in told(after)[0]
    assert after.articles["good"] is before.articles["good"]


def test_a_page_cannot_take_the_address_of_a_part_of_the_site(root: Path) -> None:
    (root / "pages" / "search.md").write_text((root / "pages" / "about.md").read_text())
    library = load_library(root)
    assert "The address /search/ belongs to a part of this site" in told(library)[0]
    assert "search" not in library.pages


@pytest.mark.parametrize("name", ["notes.md", "odd.yaml", "articles/odd.yaml", "images/a.md"])
def test_a_file_that_nobody_reads_is_told(root: Path, name: str) -> None:
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("a: b")
    assert f"{name}:1: Nothing reads this file" in told(load_library(root))[0]


def test_two_files_with_one_address_the_one_that_was_up_stays(root: Path) -> None:
    before = load_library(root)
    early = root / "articles" / "a-subfolder"
    early.mkdir()
    (early / "good.md").write_text(make_article(title="The newcomer"))
    after = load_library(root, before)
    assert after.articles["good"] is before.articles["good"]
    assert told(after) == [
        "articles/a-subfolder/good.md:1: The address “good” belongs to articles/good.md. Rename one of the two files."
    ]


def test_an_alias_redirects_and_belongs_to_one_article(root: Path) -> None:
    (root / "articles" / "good.md").write_text(make_article(aliases=["old", "other"]))
    (root / "articles" / "third.md").write_text(make_article(aliases=["old"]))
    library = load_library(root)
    assert library.aliases == {"old": "good"}
    assert [line.split(": ", 1)[1] for line in told(library)] == [
        "The alias “other” is already an address of “other”. Remove it from one of them.",
        "The alias “old” is already an address of “good”. Remove it from one of them.",
    ]


def test_every_old_address_of_an_article_leads_straight_to_it(root: Path) -> None:
    (root / "articles" / "good.md").write_text(make_article(aliases=["first", "second"]))
    assert load_library(root).aliases == {"first": "good", "second": "good"}


def test_two_articles_that_name_each_other_as_old_addresses_are_told_and_both_stay(root: Path) -> None:
    (root / "articles" / "good.md").write_text(make_article(aliases=["other"]))
    (root / "articles" / "other.md").write_text(make_article(aliases=["good"]))
    library = load_library(root)
    assert (library.aliases, set(library.articles)) == ({}, {"good", "other"})
    assert [line.split(": ", 1)[1] for line in told(library)] == [
        "The alias “other” is already an address of “other”. Remove it from one of them.",
        "The alias “good” is already an address of “good”. Remove it from one of them.",
    ]


def test_an_article_is_no_alias_of_itself(root: Path) -> None:
    (root / "articles" / "good.md").write_text(make_article(aliases=["good"]))
    assert "is already an address of “good”" in told(load_library(root))[0]


@pytest.mark.parametrize(
    ("overrides", "visible"),
    [
        ({}, True),
        ({"status": "draft"}, False),
        ({"status": "archived"}, False),
        ({"publish_from": "2026-11-23 10:00:00"}, True),
        ({"publish_from": "2026-11-23 10:01:00"}, False),
        ({"publish_until": "2026-11-23 10:00:00"}, False),
        ({"publish_until": "2026-11-23 10:01:00"}, True),
    ],
)
def test_an_article_is_visible_from_and_until_to_the_minute(
    root: Path, overrides: dict[str, object], visible: bool
) -> None:
    """NOW is 10:00 on the clinic's wall clock."""
    (root / "articles" / "good.md").write_text(make_article(**overrides))
    library = load_library(root)
    assert (library.articles["good"] in library.visible(NOW)) is visible


def test_a_parsed_file_that_no_library_checked_is_never_visible(root: Path) -> None:
    loaded = load_library(root).files["articles/good.md"].value
    assert not loaded.visible(NOW)
    assert (loaded.cites, loaded.full_text) == (frozenset(), loaded.body)


def test_sources_know_the_pages_that_cite_them_also_through_blocks(root: Path) -> None:
    (root / "articles" / "good.md").write_text(make_article(blocks=["unknowns"], sources=["walking2020"]))
    library = load_library(root)
    good = library.articles["good"]
    assert library.cited_by["walking2020"] == (good,)
    assert library.cited_by["resting2019"] == (good,)
    assert library.cited_by["unread"] == ()


def test_articles_stand_newest_first(root: Path) -> None:
    (root / "articles" / "newest.md").write_text(make_article(published="2026-02-01"))
    assert list(load_library(root).articles) == ["newest", "good", "other"]


def test_the_current_library_is_loaded_once_and_needs_clinic_facts(settings: Settings, root: Path) -> None:
    settings.CONTENT_DIR = root
    assert get_library() is get_library()
    settings.CONTENT_DIR = root / "articles"
    with pytest.raises(ContentError, match=r"clinic\.yaml"):
        get_library()


def test_reading_time_is_at_least_a_minute(root: Path) -> None:
    (root / "articles" / "other.md").write_text(make_article(body="word " * 1000))
    library = load_library(root)
    assert [library.articles[slug].minutes for slug in ("good", "other")] == [1, 5]
