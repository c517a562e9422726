"""Any text is processed in a time that fits its length; what would take longer is refused, with its line."""

import random
import time

import pytest

from articles.frontmatter import parse_article
from articles.loading.shared_files import parse_block
from articles.loading.validation import check_document
from articles.rendering.blocks import whole_text
from articles.rendering.limits import check_limits
from articles.rendering.plain_text import plain_text
from articles.rendering.renderer import render
from articles.rules.registry import check_page
from articles.rules.text.page_text import of_document
from clinic_site.content.files import ContentError, SourceFile
from tests.articles.rules.judged import TODAY, TOPIC, read_article
from tests.content_builders import make_article
from tests.shipped import shipped_library

BUDGET = 4  # seconds of CPU; an ordinary text of that length takes about one
MARKS = """
[ ![ [a]( [a](< [a](" [a]('_) [a](“ [a][ [a](/b) ![a](/b) ![a](/pictures/ [[a] []( ]] [^ [^1] [@ [@a; [@a,_ [@cohen2018]
[! {{_block: {{ {{_a_}} {{_clinic:_name_}} {claim-ok: {claim-ok:_a} * ** *a_ *a*_ **a_*b_ ***a _a __ ` `a`` `a` < <a <a_
<!-- <b> <http:// <http://a> <a@b.c> & &amp; \\ \\* ( ) ] # - -_ >_ > | a|b|_ ' " '" -- ... 1._ + ~ = Table:_ (727)_
727- tel: A._ “ “a”_ a a_
""".split()
LINES = ["- a", "1. a", "> a", "> > a", "| a | b |", "|-|-|", "# a", "## a", "## Common questions", "---", "===", ": a"]
LINES += [
    "*[a]: b",
    "[^1]: a",
    "    a",
    "  - a",
    "Table: a",
    "{{ block: risks }}",
    "> [!URGENT] a",
    "![a](/pictures/b)",
]
LINES += ["![a](/pictures/b)", "a", "• a", "1) a"]


def process(body: str) -> str:
    """Process a text as the site does, from the file to the rules. Return why it was refused, or an empty string."""
    try:
        article = read_article(make_article(f"## A\n\n{body}\n"))
        render(article)
    except ContentError as error:
        return error.problem.message
    except RecursionError:  # the library reports this as a problem
        return "too deep"
    check_document(article, shipped_library().shared)
    list(check_page(of_document(article, shipped_library().shared, shipped_library().lists, TODAY, TOPIC)))
    plain_text(whole_text(article))
    return ""


def seconds(body: str) -> float:
    begun = time.thread_time()
    process(body)
    return time.thread_time() - begun


@pytest.mark.parametrize("times", [1_000, 80_000])
@pytest.mark.timed
def test_a_repeated_mark_is_processed_or_refused_in_time(times: int) -> None:
    slow = {mark: took for mark in MARKS if (took := seconds(mark.replace("_", " ") * times)) > BUDGET}
    assert slow == {}


@pytest.mark.parametrize("times", [390, 80_000])
@pytest.mark.parametrize("between", ["\n", "\n\n"])
@pytest.mark.timed
def test_a_repeated_line_is_processed_or_refused_in_time(times: int, between: str) -> None:
    slow = {line: took for line in LINES if (took := seconds(between.join([line] * times))) > BUDGET}
    assert slow == {}


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.timed
def test_mixed_marks_are_processed_in_time(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (the same texts at each run)
    marks = [mark.replace("_", " ") for mark in chance.sample(MARKS, 4)]
    line = "".join(chance.choices([*marks, "a", " "], k=5_000))[:4_900]
    body = "\n\n".join(["\n".join([line] * 4)] * 2)
    assert seconds(body) < BUDGET, marks


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Text.\n" + "a" * 5_001, 2, "This line has more than 5,000 characters."),
        ("- a\n" * 401, 401, "More than 400 lines or 20,000 characters stand here without an empty line."),
        (("a" * 4_999 + "\n") * 5, 5, "More than 400 lines or 20,000 characters stand here without an empty line."),
        ("a\n\n" * 5_001, 10_001, "This file has more than 10,000 lines."),
        ("[^1]: a\n\n" * 201, 401, "This file has more than 200 footnotes and abbreviations."),
        ("*[a]: b\n\n" * 201, 401, "This file has more than 200 footnotes and abbreviations."),
        ("{{ block: risks }}\n\n" * 101, 201, "This file places more than 100 shared passages."),
        ("> " * 21 + "a", 1, "This line is quoted more than 20 times over."),
    ],
)
def test_a_text_over_a_limit_is_refused_at_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(ContentError) as caught:
        check_limits("articles/a.md", 11, text)
    assert caught.value.problem.line == 10 + line
    assert caught.value.problem.message.startswith(words)


def test_a_text_at_each_limit_is_accepted() -> None:
    check_limits("articles/a.md", 1, "a" * 5_000)
    check_limits("articles/a.md", 1, "- a\n" * 400 + "\n" + "- a\n" * 400)
    check_limits("articles/a.md", 1, "[^1]: a\n\n" * 200)
    check_limits("articles/a.md", 1, "> " * 20 + "a\n>\n" + "> a\n" * 400)


def test_articles_and_shared_passages_are_checked() -> None:
    for read, path, text in (
        (parse_article, "articles/a.md", make_article("a" * 5_001)),
        (parse_block, "blocks/a.md", "a" * 5_001),
    ):
        with pytest.raises(ContentError, match="more than 5,000 characters"):
            read(SourceFile(path, text, ""))


@pytest.mark.parametrize("body", ["{claim-ok: a\n\nText {claim-ok: b}.\n", "{claim-ok: a {claim-ok: b}.\n"])
def test_an_unclosed_mark_does_not_swallow_the_next_one(body: str) -> None:
    assert "{claim-ok: b" not in render(read_article(make_article(body))).body
