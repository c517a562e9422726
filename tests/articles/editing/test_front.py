"""Values to front matter and back: nothing that somebody types is changed on the way, and no other byte of a file."""

import datetime as dt
import random
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from articles.documents import Reviewer
from articles.editing.examination import examine
from articles.editing.forms import FileForm, opening_form
from articles.editing.front import (
    Front,
    body_of,
    lines_of_keys,
    read_front,
    skeleton,
    with_body,
    with_values,
    write_front,
)
from articles.frontmatter import parse_article
from articles.library import load_library
from clinic_site.content_files import ContentError, SourceFile
from tests.conftest import REAL_CONTENT
from tests.content_builders import REMOVED, make_article, make_content

SHIPPED = sorted((REAL_CONTENT / "articles").glob("*.md"))
TODAY = dt.date(2026, 11, 23)
ODD = (
    "a: b # c",
    "- [x] {y}",
    "“two” 'one' \"straight\"",
    "back\\slash \\n",
    "tab\there",
    "line\nbreak\r\nand\rmore",
    "next\x85line\u2028line\u2029page",
    "\ufeffmark \ufffe \x07 bell \x7f",
    "¿dolor? 疼痛 😀 e\u0301",
    "--- %YAML !!tag &anchor *alias | > @ `",
    "no",
    "2026-01-01",
    "null",
    "0x1F",
    "x" * 2000,
)
FRONT = Front(
    title="A page",
    summary="What it covers.",
    audience="Adults.",
    main_message="It may help.",
    topics=("movement",),
    author={"name": "A. Name", "role": "writer"},
    drafting="By people.",
    published="2026-01-10",
    updated="2026-01-11",
    review_due="2026-06-10",
    conflict="The clinic may gain.",
)
BODY = "\n## A walk\n\nIt may help.\n"


def parsed(front: Front) -> Front:
    """What the loader reads of what was written, as the same kind of value."""
    article = parse_article(SourceFile("articles/a-page.md", write_front(front) + BODY, "digest"))
    return Front(
        title=article.title,
        summary=article.summary,
        audience=article.audience,
        main_message=article.main_message,
        topics=article.topics,
        author={"name": article.author_name, "role": article.author_role},
        drafting=article.drafting,
        status=article.status,
        published=str(article.published),
        updated=str(article.updated),
        review_due=str(article.review_due),
        publish_from=str(article.publish_from or ""),
        publish_until=str(article.publish_until or ""),
        aliases=article.aliases,
        sources=article.sources,
        blocks=article.blocks,
        conflict=article.conflict,
        accepted=article.accepted,
    )


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_the_shipped_articles_are_written_as_they_stand(file: Path) -> None:
    text = file.read_text()
    front = read_front(text)
    assert text.startswith(write_front(front))
    assert with_values(text, title=front.title, topics=front.topics, accepted=front.accepted) == text
    assert with_body(text, body_of(text)[0]) == text


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_an_odd_text_comes_back_as_it_was_typed(odd: str) -> None:
    front = replace(
        FRONT,
        title=odd,
        summary=odd,
        author={"name": odd, "role": odd},
        topics=(odd, "movement"),
        sources=("plain", odd),
        accepted={"A17": odd},
    )
    assert parsed(front) == replace(
        front,
        title=odd.strip(),
        summary=odd.strip(),
        author={"name": odd.strip(), "role": odd.strip()},
        topics=(odd.strip(), "movement"),
        sources=("plain", odd.strip()),
        accepted={"A17": odd.strip()},
    )


@pytest.mark.parametrize("seed", range(60))
def test_any_text_comes_back_as_it_was_typed(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (the same texts each time)
    signs = "".join(ODD) + "\"'\\:#-[]{},&*!|>%@`?\t\n\x00\x1b\xa0"
    text = f"a{''.join(chance.choice(signs) for _ in range(chance.randrange(1, 60)))}z"
    front = replace(FRONT, title=text, conflict=text, publish_from="2026-03-01 08:00:00", blocks=(text,))
    assert parsed(front) == front
    assert read_front(write_front(front)) == front


def test_empty_values_are_written_so_that_they_can_be_filled_in() -> None:
    text = write_front(Front())
    assert 'title: ""\n' in text
    assert "topics: []\n" in text
    assert "author: {}\n" in text
    assert not {"reviewer", "publish_from", "publish_until", "accepted"}.intersection(text.split(":"))
    assert read_front(text) == Front()


def test_a_date_that_does_not_exist_is_kept_as_it_was_typed() -> None:
    text = write_front(replace(FRONT, review_due="next spring", updated="2026-13-45"))
    assert 'review_due: "next spring"' in text
    assert "updated: 2026-13-45" in text
    assert read_front(text).review_due == "next spring"


FILE = """---
# A remark.
title: 'Plain'   # why

summary: >-
  Two
  lines.
aliases: [one,   two]
# Another.
accepted:
  A17: x
---

Body: stays.
"""


def test_only_the_keys_that_change_are_written_anew() -> None:
    changed = with_values(
        FILE, title="New", accepted={"A07": "why: so"}, published=dt.date(2026, 1, 2), aliases=["one", "two"]
    )
    assert changed == FILE.replace("title: 'Plain'   # why", 'title: "New"   # why').replace(
        "aliases", "published: 2026-01-02\naliases", 1
    ).replace("  A17: x", '  A07: "why: so"')


@pytest.mark.parametrize(
    "line", ["status: draft # why", "status: [draft] # why", "status: # why", 'status: "draft"\t# why']
)
def test_a_remark_behind_a_value_outlives_a_change(line: str) -> None:
    changed = with_values(f"---\n{line}\ntitle: A\n---\nText\n", status="published")
    assert changed.startswith("---\nstatus: published")
    assert changed.split("\n")[1].endswith("# why")
    assert changed.split("\n")[2] == "title: A"


def test_a_text_that_a_remark_cuts_is_shown_as_a_file_and_never_saved_short() -> None:
    text = make_article(title=REMOVED).replace("---\n", "---\ntitle: Ketamine is the #1 topic\n", 1)
    with pytest.raises(ContentError, match="“#” begins a remark here, and leaves “Ketamine is the” alone"):
        read_front(text)
    with pytest.raises(ContentError, match="“#” begins a remark"):
        with_values(text, status="draft")
    assert isinstance(opening_form(text, load_library(REAL_CONTENT).shared), FileForm)


def test_keys_are_taken_out_and_put_in_where_they_belong() -> None:
    assert "summary" not in with_values(FILE, summary=None)
    assert "Body: stays." in with_values(FILE, summary=None)
    assert with_values(FILE, reviewer=None) == FILE
    assert "accepted" not in with_values(FILE, accepted={})
    assert with_values("---\nsummary: a\n---\nx\n", title="T") == '---\ntitle: "T"\nsummary: a\n---\nx\n'


def test_a_reviewer_is_written_on_one_line() -> None:
    reviewer = Reviewer("R. Name", "MD", "FL", dt.date(2026, 2, 1), "f" * 64)
    line = f'reviewer: {{name: "R. Name", credentials: "MD", license_state: FL, on: 2026-02-01, text: "{"f" * 64}"}}\n'
    text = with_values(make_article(), reviewer=reviewer)
    assert line in text
    assert with_values(text, reviewer=reviewer) == text
    assert read_front(text).reviewer["on"] == "2026-02-01"


def test_a_moment_is_written_so_that_the_loader_reads_it() -> None:
    text = with_values(make_article(), publish_from=dt.datetime(2026, 3, 1, 8, 30))  # noqa: DTZ001 (the clinic's clock)
    assert "publish_from: 2026-03-01 08:30:00\n" in text
    assert str(parse_article(SourceFile("articles/a.md", text, "")).publish_from) == "2026-03-01 08:30:00"


def test_line_ends_and_marks_of_other_systems_stay() -> None:
    text = "\ufeff" + make_article().replace("\n", "\r\n")
    changed = with_values(text, title="New", status="draft")
    assert changed.startswith('\ufeff---\r\ntitle: "New"\r\n')
    assert changed.count("\r\n") == changed.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("no front", 1, "must start with a line"),
        ("---\ntitle: x\n", 1, "has no end"),
        ("---\ntitle: [x\n---\n", 2, "not valid YAML"),
        ("---\ntitle: a\ntitle: b\n---\n", 3, "stands twice"),
        ("---\n{title: a, summary: b}\n---\n", 2, "at the very left"),
        ("---\n  title: a\n---\n", 2, "at the very left"),
        ("---\nsummary: a\ntitle: [a]\n---\n", 3, "“title” does not hold what belongs there"),
        ("---\ntopics: sleep\n---\n", 2, "“topics” does not hold"),
        ("---\ntopics: [[a]]\n---\n", 2, "“topics” does not hold"),
        ("---\nauthor: me\n---\n", 2, "“author” does not hold"),
        ("---\nauthor: {name: [me]}\n---\n", 2, "“author” does not hold"),
    ],
)
def test_what_no_field_can_show_is_told_with_its_line(text: str, line: int, sentence: str) -> None:
    with pytest.raises(ContentError) as raised:
        read_front(text)
    assert raised.value.problem.line == line
    assert sentence in raised.value.problem.message


def test_empty_keys_and_unknown_ones_do_no_harm() -> None:
    text = "---\nslug: a\ncolour: blue\ntopics:\nauthor:\ntitle:\n---\nx\n"
    assert read_front(text) == Front()
    assert "colour: blue" in with_values(text, title="T")


def test_a_value_of_the_wrong_kind_is_written_over() -> None:
    assert 'title: "T"\n' in with_values("---\ntitle: [a]\n---\nx\n", title="T")


def test_the_text_starts_below_the_blank_lines() -> None:
    assert body_of(make_article("\n\n## A walk\n")) == ("## A walk\n", make_article().split("\n").index("---", 1) + 4)
    assert body_of("---\na: b\n---\n") == ("", 5)
    assert with_body("---\na: b\n---\nold\n", "\n\nnew\n\n\n") == "---\na: b\n---\n\nnew\n"


@pytest.mark.parametrize("odd", ["\r", "\x85", "\u2028", "\u2029"])
def test_a_line_break_that_only_yaml_knows_is_refused(odd: str) -> None:
    """What stands behind it would be a line of its own to the loader, and part of a remark to us."""
    text = f"---\ntitle: A\nsummary: B # remark{odd}status: published\nslug: c\n---\nText\n"
    with pytest.raises(ContentError, match="odd line break") as error:
        with_values(text, status="draft")
    assert error.value.problem.line == 3


def test_every_key_has_its_line() -> None:
    assert lines_of_keys(FILE) == [(3, "title"), (5, "summary"), (8, "aliases"), (10, "accepted"), (12, "")]


def test_a_new_article_loads_and_cannot_be_published_as_it_is(settings: Settings) -> None:
    settings.CONTENT_DIR = REAL_CONTENT
    text = skeleton('What "pacing" is: a guide', TODAY)
    found = examine("articles/pacing.md", text, TODAY)
    assert found.problems == ()
    assert found.article
    assert (found.article.title, found.article.status) == ('What "pacing" is: a guide', "draft")
    assert {finding.rule for finding in found.findings if finding.level == "block"} == {"A01"}
    lines = [number for number, line in enumerate(text.split("\n"), 1) if "Fill in:" in line]
    assert set(lines) <= {finding.line for finding in found.findings}
    assert "{{ block: other_options }}" in text


def test_a_new_article_names_no_passage_that_is_not_there(settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = make_content(tmp_path)
    text = skeleton("A page", TODAY)
    assert "blocks: []" in text
    assert "{{ block" not in text
