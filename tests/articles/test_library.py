"""The library keeps last good versions, reports problems, and reads only changed files."""

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from articles.library import Library, get_library, load_library
from articles.rendering.blocks import reading_minutes, whole_text
from articles.rendering.page_cache import rendered
from clinic_site.content.files import ContentError
from tests.articles.bad_content import BAD, bad_yaml, unknown_citation
from tests.content_builders import make_article, make_content

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A content folder with two valid articles."""
    return make_content(tmp_path, good=make_article(), other=make_article(title="Another walk"))


def messages(library: Library) -> list[str]:
    return [str(problem) for problem in library.problems]


@pytest.mark.parametrize(("spoil", "words"), BAD.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_invalid_content_is_reported_and_the_last_good_page_stays_up(
    root: Path, spoil: Callable[[Path], None], words: str
) -> None:
    before = load_library(root)
    spoil(root / "articles" / "good.md")
    spoil(root / "articles" / "never-good.md")
    after = load_library(root, before)
    assert [words in line for line in messages(after)] == [True, True]
    assert messages(after)[0].startswith("articles/good.md:")
    assert after.articles["good"] is before.articles["good"]
    assert after.articles["other"] is before.articles["other"]
    assert "never-good" not in after.articles


def test_an_error_names_the_line_in_the_file(root: Path) -> None:
    unknown_citation(root / "articles" / "good.md")
    text = (root / "articles" / "good.md").read_text()
    line = 1 + text[: text.index("[@nobody1999]")].count("\n")
    assert messages(load_library(root))[0].startswith(f"articles/good.md:{line}: ")


def test_a_fixed_file_is_published_again(root: Path) -> None:
    library = load_library(root)
    bad_yaml(root / "articles" / "good.md")
    library = load_library(root, library)
    (root / "articles" / "good.md").write_text(make_article(title="Mended"))
    library = load_library(root, library)
    assert library.problems == ()
    assert library.articles["good"].title == "Mended"


def test_only_changed_files_are_read_again(root: Path) -> None:
    before = load_library(root)
    (root / "articles" / "good.md").write_text(make_article(title="Changed"))
    after = load_library(root, before)
    assert after.articles["good"].title == "Changed"
    assert after.articles["other"] is before.articles["other"]
    assert after.files["articles/other.md"] is before.files["articles/other.md"]
    assert after.shared is before.shared


def test_a_touched_but_unchanged_file_keeps_its_object(root: Path) -> None:
    before = load_library(root)
    os.utime(root / "articles" / "good.md", (0, 0))
    after = load_library(root, before)
    assert after.articles["good"] is before.articles["good"]


def test_a_changed_source_updates_the_pages_that_may_show_it(root: Path) -> None:
    before = load_library(root)
    path = root / "references.yaml"
    path.write_text(path.read_text().replace("Walking and backs", "Walking, revised"))
    after = load_library(root, before)
    assert after.articles["good"] is not before.articles["good"]
    shared = after.articles["good"].shared
    assert shared is not None
    assert shared.sources["walking2020"].title == "Walking, revised"


def test_an_article_with_a_removed_topic_keeps_its_last_good_version(root: Path) -> None:
    before = load_library(root)
    (root / "topics.yaml").write_text("topics:\n  - {slug: sleep, title: Sleep, description: Nights.}\n")
    after = load_library(root, before)
    assert after.articles["good"] is before.articles["good"]
    assert "The topic “movement” is not in topics.yaml" in messages(after)[0]


def test_a_wrong_shared_file_keeps_its_last_good_content(root: Path) -> None:
    before = load_library(root)
    (root / "glossary.yaml").write_text("terms: none")
    after = load_library(root, before)
    assert after.shared.terms == before.shared.terms
    assert "glossary.yaml:1: “terms” must be a list" in messages(after)[0]


def test_invalid_clinic_facts_are_reported_and_the_last_good_ones_stay(root: Path) -> None:
    before = load_library(root)
    path = root / "clinic.yaml"
    path.write_text(path.read_text().replace("owner:", "ownr:"))
    after = load_library(root, before)
    assert after.shared is before.shared
    assert "clinic.yaml:" in messages(after)[0]


def test_a_start_with_an_invalid_list_of_sources_keeps_all_pages(root: Path) -> None:
    (root / "articles" / "good.md").write_text(make_article(body="A claim [@walking2020].\n", sources=["walking2020"]))
    (root / "references.yaml").write_text("sources: none")
    (root / "topics.yaml").write_text("topics: none")
    library = load_library(root)
    assert [line.split(":")[0] for line in messages(library)] == ["references.yaml", "topics.yaml"]
    assert set(library.articles) == {"good", "other"}
    assert "A claim [@walking2020]." in rendered(library.articles["good"]).body


def test_the_site_loads_without_shared_files(root: Path) -> None:
    for name in ("topics", "references", "glossary", "search"):
        (root / f"{name}.yaml").unlink()
    library = load_library(root)
    assert library.articles == {}
    assert library.search_words.stop_words == frozenset()


def test_a_deleted_file_is_removed_from_the_site(root: Path) -> None:
    before = load_library(root)
    (root / "articles" / "good.md").unlink()
    assert "good" not in load_library(root, before).articles


def test_a_page_that_cannot_be_rendered_is_not_published(root: Path) -> None:
    before = load_library(root)
    deep = "".join(f"{'    ' * level}- item\n" for level in range(300))
    (root / "articles" / "good.md").write_text(make_article(body=deep))
    after = load_library(root, before)
    assert "This file cannot be used (RecursionError)" in messages(after)[0]
    assert after.articles["good"] is before.articles["good"]


def test_a_page_may_not_take_a_reserved_address(root: Path) -> None:
    (root / "pages" / "search.md").write_text((root / "pages" / "about.md").read_text())
    library = load_library(root)
    assert "The address /search/ belongs to a part of this site" in messages(library)[0]
    assert "search" not in library.pages


@pytest.mark.parametrize("name", ["notes.md", "odd.yaml", "articles/odd.yaml", "images/a.md"])
def test_an_unused_file_is_reported(root: Path, name: str) -> None:
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("a: b")
    assert f"{name}:1: Nothing reads this file" in messages(load_library(root))[0]


def test_of_two_files_with_one_address_the_published_one_stays(root: Path) -> None:
    before = load_library(root)
    early = root / "articles" / "a-subfolder"
    early.mkdir()
    (early / "good.md").write_text(make_article(title="The newcomer"))
    after = load_library(root, before)
    assert after.articles["good"] is before.articles["good"]
    assert messages(after) == [
        "articles/a-subfolder/good.md:1: The address “good” belongs to articles/good.md. Rename one of the two files."
    ]


def test_an_alias_redirects_and_belongs_to_one_article(root: Path) -> None:
    (root / "articles" / "good.md").write_text(make_article(aliases=["old", "other"]))
    (root / "articles" / "third.md").write_text(make_article(aliases=["old"]))
    library = load_library(root)
    assert library.aliases == {"old": "good"}
    assert [line.split(": ", 1)[1] for line in messages(library)] == [
        "The alias “other” is already an address of “other”. Remove it from one of them.",
        "The alias “old” is already an address of “good”. Remove it from one of them.",
    ]


def test_every_old_address_of_an_article_redirects_to_it(root: Path) -> None:
    (root / "articles" / "good.md").write_text(make_article(aliases=["first", "second"]))
    assert load_library(root).aliases == {"first": "good", "second": "good"}


def test_two_articles_as_aliases_of_each_other_are_reported_and_stay_up(root: Path) -> None:
    (root / "articles" / "good.md").write_text(make_article(aliases=["other"]))
    (root / "articles" / "other.md").write_text(make_article(aliases=["good"]))
    library = load_library(root)
    assert (library.aliases, set(library.articles)) == ({}, {"good", "other"})
    assert [line.split(": ", 1)[1] for line in messages(library)] == [
        "The alias “other” is already an address of “other”. Remove it from one of them.",
        "The alias “good” is already an address of “good”. Remove it from one of them.",
    ]


def test_an_article_may_not_be_an_alias_of_itself(root: Path) -> None:
    (root / "articles" / "good.md").write_text(make_article(aliases=["good"]))
    assert "is already an address of “good”" in messages(load_library(root))[0]


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
    """NOW is 10:00 local time at the clinic."""
    (root / "articles" / "good.md").write_text(make_article(**overrides))
    library = load_library(root)
    assert (library.articles["good"] in library.visible(NOW)) is visible


def test_an_unchecked_article_is_never_visible(root: Path) -> None:
    loaded = load_library(root).files["articles/good.md"].value
    assert not loaded.visible(NOW)
    assert (loaded.cites, whole_text(loaded)) == (frozenset(), loaded.body)


def test_sources_know_the_pages_that_cite_them_even_through_blocks(root: Path) -> None:
    (root / "articles" / "good.md").write_text(make_article(blocks=["unknowns"], sources=["walking2020"]))
    library = load_library(root)
    good = library.articles["good"]
    assert library.cited_by["walking2020"] == (good,)
    assert library.cited_by["resting2019"] == (good,)
    assert library.cited_by["unread"] == ()


def test_articles_are_sorted_newest_first(root: Path) -> None:
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
    assert [reading_minutes(library.articles[slug]) for slug in ("good", "other")] == [1, 5]
