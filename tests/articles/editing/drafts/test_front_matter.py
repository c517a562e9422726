"""Front matter round-trips: values are preserved as typed, and no other byte changes."""

import datetime as dt
import random
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django import Settings

from articles.content.documents import QUESTIONS, Reviewer
from articles.editing.drafts.draft_check import check_draft
from articles.editing.drafts.front_matter import (
    FrontMatter,
    body_of,
    lines_of_keys,
    read_front,
    with_body,
    with_values,
    write_front,
)
from articles.editing.drafts.new_article import skeleton
from articles.editing.editor.forms import FileForm, opening_form
from articles.frontmatter import parse_article
from clinic_site.content.files import ContentError, SourceFile
from tests.content_builders import REMOVED, make_article, make_content
from tests.shipped import REAL_CONTENT, shipped_library

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
    "\ufeffmark \xad \u200b",
    "¿dolor? 疼痛 😀 e\u0301",
    "--- %YAML !!tag &anchor *alias | > @ `",
    "no",
    "2026-01-01",
    "null",
    "0x1F",
    "x" * 2000,
)
FRONT = FrontMatter(
    title="A page",
    summary="What it covers.",
    audience="Adults.",
    main_message="It may help.",
    answers={
        "works": "Perhaps. {certainty: low}",
        "safe": "It is. {certainty: not graded}",
        "for_me": "Ask. {certainty: very low}",
    },
    topics=("movement",),
    author={"name": "A. Name", "role": "writer"},
    drafting="By people.",
    published="2026-01-10",
    updated="2026-01-11",
    review_due="2026-06-10",
    conflict="The clinic may gain.",
)
BODY = "\n## A walk\n\nIt may help.\n"


def parsed(front: FrontMatter) -> FrontMatter:
    """Return the values that the loader reads from the written front matter."""
    article = parse_article(SourceFile("articles/a-page.md", write_front(front) + BODY, "digest"))
    return FrontMatter(
        title=article.title,
        summary=article.summary,
        audience=article.audience,
        main_message=article.main_message,
        answers={
            key: f"{answer.text} {{certainty: {answer.certainty}}}"
            for key, answer in zip(QUESTIONS, article.answers, strict=True)
        },
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
        changes=tuple(
            {"on": str(change.on), "what": change.what, **({"unclear": "true"} if change.unclear else {})}
            for change in article.changes
        ),
    )


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_the_shipped_articles_round_trip_unchanged(file: Path) -> None:
    text = file.read_text()
    front = read_front(text)
    assert text.startswith(write_front(front))
    assert with_values(text, title=front.title, topics=front.topics, accepted=front.accepted) == text
    assert with_body(text, body_of(text)[0]) == text


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_an_odd_text_round_trips(odd: str) -> None:
    front = replace(
        FRONT,
        title=odd,
        summary=odd,
        author={"name": odd, "role": odd},
        topics=(odd, "movement"),
        sources=("plain", odd),
        accepted={"A17": odd},
        changes=({"on": "2026-11-30", "what": odd[:200], "unclear": "true"},),
    )
    assert parsed(front) == replace(
        front,
        title=odd.strip(),
        summary=odd.strip(),
        author={"name": odd.strip(), "role": odd.strip()},
        topics=(odd.strip(), "movement"),
        sources=("plain", odd.strip()),
        accepted={"A17": odd.strip()},
        changes=({"on": "2026-11-30", "what": odd[:200].strip(), "unclear": "true"},),
    )


def test_a_change_is_put_on_top_of_those_that_the_file_has() -> None:
    text = write_front(replace(FRONT, changes=({"on": "2026-02-01", "what": "First."},))) + BODY
    new = {"on": "2026-11-30", "what": "Second.", "unclear": "true"}
    changed = with_values(text, changes=(new, *read_front(text).changes))
    lines = 'changes:\n  - {on: 2026-11-30, what: "Second.", unclear: true}\n  - {on: 2026-02-01, what: "First."}\n'
    assert changed == text.replace('changes:\n  - {on: 2026-02-01, what: "First."}\n', lines)
    assert with_values(changed, changes=read_front(changed).changes) == changed
    assert read_front(text.replace('  - {on: 2026-02-01, what: "First."}\n', "")).changes == ()


@pytest.mark.parametrize("value", ["New.", "{on: 2026-11-30}", "[New.]", "[{on: [a]}]"])
def test_changes_that_are_no_list_of_entries_are_left_to_the_file(value: str) -> None:
    with pytest.raises(ContentError, match="“changes” does not hold what belongs there") as caught:
        read_front(f"---\ntitle: x\nchanges: {value}\n---\nText")
    assert caught.value.problem.line == 3


@pytest.mark.parametrize("seed", range(60))
def test_any_text_that_a_page_can_show_round_trips(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (the same texts each time)
    signs = "".join(ODD) + "\"'\\:#-[]{},&*!|>%@`?\t\n\xa0"
    text = f"a{''.join(chance.choice(signs) for _ in range(chance.randrange(1, 60)))}z"
    front = replace(FRONT, title=text, conflict=text, publish_from="2026-03-01 08:00:00", blocks=(text,))
    assert parsed(front) == front
    assert read_front(write_front(front)) == front


def test_empty_values_are_written_as_empty_keys() -> None:
    text = write_front(FrontMatter())
    assert 'title: ""\n' in text
    assert "topics: []\n" in text
    assert "author: {}\n" in text
    assert not {"reviewer", "publish_from", "publish_until", "accepted"}.intersection(text.split(":"))
    assert read_front(text) == FrontMatter()


def test_a_nonexistent_date_is_written_as_typed() -> None:
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


def test_only_changed_keys_are_rewritten() -> None:
    changed = with_values(
        FILE, title="New", accepted={"A07": "why: so"}, published=dt.date(2026, 1, 2), aliases=["one", "two"]
    )
    assert changed == FILE.replace("title: 'Plain'   # why", 'title: "New"   # why').replace(
        "aliases", "published: 2026-01-02\naliases", 1
    ).replace("  A17: x", '  A07: "why: so"')


@pytest.mark.parametrize(
    "line", ["status: draft # why", "status: [draft] # why", "status: # why", 'status: "draft"\t# why']
)
def test_a_comment_after_a_value_survives_a_change(line: str) -> None:
    changed = with_values(f"---\n{line}\ntitle: A\n---\nText\n", status="published")
    assert changed.startswith("---\nstatus: published")
    assert changed.split("\n")[1].endswith("# why")
    assert changed.split("\n")[2] == "title: A"


def test_a_value_cut_by_a_comment_uses_the_plain_form_and_is_not_truncated() -> None:
    text = make_article(title=REMOVED).replace("---\n", "---\ntitle: Ketamine is the #1 topic\n", 1)
    with pytest.raises(ContentError, match="“#” begins a remark here, and leaves “Ketamine is the” alone"):
        read_front(text)
    with pytest.raises(ContentError, match="“#” begins a remark"):
        with_values(text, status="draft")
    assert isinstance(opening_form(text, shipped_library().shared), FileForm)


def test_keys_are_removed_and_inserted_in_order() -> None:
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


def test_a_datetime_is_written_in_the_format_of_the_loader() -> None:
    text = with_values(make_article(), publish_from=dt.datetime(2026, 3, 1, 8, 30))  # noqa: DTZ001 (the clinic's clock)
    assert "publish_from: 2026-03-01 08:30:00\n" in text
    assert str(parse_article(SourceFile("articles/a.md", text, "")).publish_from) == "2026-03-01 08:30:00"


def test_windows_line_endings_and_byte_order_marks_are_preserved() -> None:
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
def test_front_matter_that_does_not_fit_the_fields_is_reported_with_its_line(
    text: str, line: int, sentence: str
) -> None:
    with pytest.raises(ContentError) as raised:
        read_front(text)
    assert raised.value.problem.line == line
    assert sentence in raised.value.problem.message


def test_empty_and_unknown_keys_are_accepted() -> None:
    text = "---\nslug: a\ncolour: blue\ntopics:\nauthor:\ntitle:\n---\nx\n"
    assert read_front(text) == FrontMatter()
    assert "colour: blue" in with_values(text, title="T")


def test_a_value_of_the_wrong_type_is_replaced() -> None:
    assert 'title: "T"\n' in with_values("---\ntitle: [a]\n---\nx\n", title="T")


def test_the_text_starts_after_the_blank_lines() -> None:
    assert body_of(make_article("\n\n## A walk\n")) == ("## A walk\n", make_article().split("\n").index("---", 1) + 4)
    assert body_of("---\na: b\n---\n") == ("", 5)
    assert with_body("---\na: b\n---\nold\n", "\n\nnew\n\n\n") == "---\na: b\n---\n\nnew\n"


@pytest.mark.parametrize("odd", ["\r", "\x85", "\u2028", "\u2029"])
def test_a_line_break_known_only_to_yaml_is_refused(odd: str) -> None:
    """The loader would read the rest as a new line, but the editor as part of a comment."""
    text = f"---\ntitle: A\nsummary: B # remark{odd}status: published\nslug: c\n---\nText\n"
    with pytest.raises(ContentError, match="odd line break") as error:
        with_values(text, status="draft")
    assert error.value.problem.line == 3


def test_every_key_has_a_line_number() -> None:
    assert lines_of_keys(FILE) == [(3, "title"), (5, "summary"), (8, "aliases"), (10, "accepted"), (12, "")]


def test_the_skeleton_loads_but_cannot_be_published(settings: Settings) -> None:
    settings.CONTENT_DIR = REAL_CONTENT
    text = skeleton('What "pacing" is: a guide', TODAY)
    found = check_draft("articles/pacing.md", text, TODAY)
    assert found.problems == ()
    assert found.article
    assert (found.article.title, found.article.status) == ('What "pacing" is: a guide', "draft")
    assert {finding.rule for finding in found.findings if finding.level == "block"} == {"A01"}
    lines = [number for number, line in enumerate(text.split("\n"), 1) if "Fill in:" in line]
    assert set(lines) <= {finding.line for finding in found.findings}
    assert "{{ block: other_options }}" in text


def test_the_skeleton_uses_existing_passages_only(settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = make_content(tmp_path)
    text = skeleton("A page", TODAY)
    assert "blocks: []" in text
    assert "{{ block" not in text
