"""The library keeps the last good version of everything, tells what is wrong, and reads only what changed."""

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from articles.library import Library, get_library, load_library
from clinic_site.content_files import MAX_BYTES, ContentError
from tests.content_builders import make_article, make_content

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with two good articles."""
    return make_content(tmp_path, good=make_article(), other=make_article(title="Another walk"))


def told(library: Library) -> list[str]:
    return [str(problem) for problem in library.problems]


def bad_yaml(path: Path) -> None:
    path.write_text(make_article().replace("title:", "title: [", 1))


def unknown_key(path: Path) -> None:
    path.write_text(make_article(colour="blue"))


def unknown_topic(path: Path) -> None:
    path.write_text(make_article(topics=["flying"]))


def unknown_source(path: Path) -> None:
    path.write_text(make_article(sources=["nobody1999"]))


def unknown_block(path: Path) -> None:
    path.write_text(make_article(blocks=["banner"]))


def unlisted_source(path: Path) -> None:
    path.write_text(make_article(body="A claim [@walking2020].\n"))


def unknown_citation(path: Path) -> None:
    path.write_text(make_article(body="One.\n\nA claim [@nobody1999].\n"))


def unlisted_block(path: Path) -> None:
    path.write_text(make_article(body="{{ block: unknowns }}\n"))


def unknown_block_in_the_text(path: Path) -> None:
    path.write_text(make_article(body="{{ block: banner }}\n"))


def unknown_fact(path: Path) -> None:
    path.write_text(make_article(body="We are {{ clinic: motto }}.\n"))


def stray_braces(path: Path) -> None:
    path.write_text(make_article(body="See {{ block: unknowns }} here.\n", blocks=["unknowns"]))


def unknown_callout(path: Path) -> None:
    path.write_text(make_article(body="> [!PANIC] now\n> Run.\n"))


def phone_number(path: Path) -> None:
    path.write_text(make_article(body="Call (727) 555-0142.\n"))


def not_utf8(path: Path) -> None:
    path.write_bytes(make_article().encode() + b"\xff")


def too_large(path: Path) -> None:
    path.write_text(make_article(body="x" * MAX_BYTES))


def link_out(path: Path) -> None:
    outside = path.parent.parent.parent / "outside.md"
    outside.write_text(make_article())
    path.unlink(missing_ok=True)
    path.symlink_to(outside)


def dangling_link(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(path.parent / "gone.md")


BAD = {
    bad_yaml: "not valid YAML",
    unknown_key: "“colour” is not a known key",
    unknown_topic: "The topic “flying” is not in topics.yaml",
    unknown_source: "The source “nobody1999” is not in references.yaml",
    unknown_block: "The block “banner” is not in blocks/",
    unlisted_source: "“@walking2020” is cited but not listed under “sources”",
    unknown_citation: "“@nobody1999” is not in references.yaml",
    unlisted_block: "“unknowns” is placed in the text but not listed under “blocks”",
    unknown_block_in_the_text: "“banner” is not a block",
    unknown_fact: "“motto” is not a fact of the clinic. Use one of: name,",
    stray_braces: "“{{ block: unknowns }}” means nothing here",
    unknown_callout: "“[!PANIC]” is not a kind of call-out. Use one of: CARE, URGENT, EMERGENCY",
    phone_number: "A phone number stands in the text",
    not_utf8: "not saved as UTF-8",
    too_large: "larger than 1 MiB",
    link_out: "link to a file outside the content folder",
    dangling_link: "cannot be read",
}


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


@pytest.mark.parametrize(
    ("text", "told_as"),
    [
        ("One.\n\n{{ block: emergency }}", "blocks/unknowns.md:3: A block cannot hold another block"),
        ("A claim [@nobody1999].", "blocks/unknowns.md:1: “@nobody1999” is not in references.yaml"),
        ("Call {{ clinic: phnes }}.", "blocks/unknowns.md:1: “phnes” is not a fact of the clinic"),
        ("> [!PANIC] run", "blocks/unknowns.md:1: “[!PANIC]” is not a kind of call-out"),
    ],
)
def test_a_block_that_is_wrong_is_told_and_stays_as_it_was(root: Path, text: str, told_as: str) -> None:
    before = load_library(root)
    (root / "blocks" / "unknowns.md").write_text(text)
    after = load_library(root, before)
    assert told_as in told(after)[0]
    assert after.shared.blocks["unknowns"] == before.shared.blocks["unknowns"]
    assert "unknowns" not in load_library(root).shared.blocks


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"summary": "Call 727-555-0142."}, "A phone number stands in the text"),
        ({"conflict": "Run by {{ clinic: onwer }}."}, "“onwer” is not a fact of the clinic"),
        ({"drafting": "By {{ nobody }}."}, "“{{ nobody }}” means nothing here"),
    ],
)
def test_what_the_front_matter_shows_to_readers_is_checked_too(
    root: Path, overrides: dict[str, object], words: str
) -> None:
    (root / "articles" / "good.md").write_text(make_article(**overrides))
    assert words in told(load_library(root))[0]


@pytest.mark.parametrize("number", ["7275550142", "+17275550142", "(727)5550142", "727–555–0142", "1-800-FDA-1088"])
def test_a_phone_number_is_found_however_it_is_typed(root: Path, number: str) -> None:
    (root / "articles" / "good.md").write_text(make_article(body=f"Call {number} now.\n"))
    assert "A phone number stands in the text" in told(load_library(root))[0]


@pytest.mark.parametrize("text", ["From 1999 to 2023.", "2,309 adults in 67 trials.", "In 2010-2015 (24.3%)."])
def test_figures_are_no_phone_numbers(root: Path, text: str) -> None:
    (root / "articles" / "good.md").write_text(make_article(body=f"{text}\n"))
    assert load_library(root).problems == ()


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


def test_a_term_with_an_unknown_source_is_told(root: Path) -> None:
    path = root / "glossary.yaml"
    path.write_text(path.read_text().replace("walking2020", "nobody1999"))
    assert "names the source “nobody1999”" in told(load_library(root))[0]


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
