"""HTML comments and tags never reach a page; the words around them do, on their original lines."""

import time
from dataclasses import replace

import pytest

from articles.content.documents import Article
from articles.frontmatter import parse_article
from articles.loading.shared_files import parse_block
from articles.rendering.raw_html import without_html
from articles.rendering.renderer import render
from clinic_site.content.files import SourceFile
from tests.content_builders import make_article
from tests.shipped import shipped_library


def read(body: str) -> Article:
    article = parse_article(SourceFile("articles/a-page.md", make_article(body), ""))
    return replace(article, shared=shipped_library().shared)


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("Rest can help. <!-- TODO: ask -->", "Rest can help. "),
        ("First line<br>second line.", "First line second line."),
        ("First line<BR/>second line.", "First line second line."),
        ('<p class="MsoNormal">Word<o:p></o:p></p>', " Word "),
        ('See <a href="/about/">this</a> <b>now</b>.', "See this now."),
        ("CO<sub>2</sub> and 10<sup>3</sup>", "CO2 and 103"),
        ("mir<span>ac</span>le", "miracle"),
        ("One <!-- a\nb\n-->\ntwo", "One \n\n\ntwo"),
        ("One <b\nclass=x>two", "One \ntwo"),
        ("One <!-- never closed\nstill\n\nTwo", "One \n\n\nTwo"),
        ("One <!-- never closed", "One "),
        ("<!----> a <!--> b --> c", " a  c"),
        ("<!-- a --> b <!-- c\n\nd <!-- e\n\nf", " b \n\nd \n\nf"),
        ("<!DOCTYPE html><?xml version='1'?>Text", "Text"),
        ("3 < 4 and 5 > 4, p<.05, <3", "3 < 4 and 5 > 4, p<.05, <3"),
        ("<https://www.cdc.gov/> and <help@clinic.example>", "<https://www.cdc.gov/> and <help@clinic.example>"),
        ("A <b and no end.\n\nB > A", "A <b and no end.\n\nB > A"),
    ],
)
def test_comments_and_tags_are_removed_and_words_and_lines_remain(typed: str, left: str) -> None:
    assert without_html(typed)[0] == left
    assert left.count("\n") == typed.count("\n")


def test_a_page_and_its_key_points_hold_no_comment_or_tag() -> None:
    page = render(
        read("## Key points\n\n- One <!-- doubt -->\n\n## A <u>walk</u>\n\nTwo<br>lines <!-- a\n\nname -->.\n")
    )
    html = page.key_points + page.body
    assert not {"doubt", "name", "&lt;", "&gt;"} & {word for word in ("doubt", "name", "&lt;", "&gt;") if word in html}
    assert [heading.text for heading in page.contents] == ["A walk"]


def test_a_passage_inside_a_comment_does_not_count_as_placed() -> None:
    page = render(read("## A walk\n\n<!--\n{{ block: emergency }}\n-->\n\nText.\n"))
    assert "988" in page.closing


def test_a_shared_passage_holds_no_comment() -> None:
    block = parse_block(SourceFile("blocks/a.md", "Rest. <!-- why? [@walking2020] -->\n", ""))
    assert (block.text, block.cites) == ("Rest. \n", frozenset())


def test_a_page_with_only_a_comment_has_no_text() -> None:
    with pytest.raises(Exception, match="There is no text below the front matter"):
        read("<!-- to be written -->\n")


@pytest.mark.parametrize("unit", ["<!--", "<!-- a\n\n", "<a ", "<a\n", "<", "</", "<!", "<a b='", "<a>", "-->", "<a:"])
@pytest.mark.timed
def test_unclosed_tags_and_comments_are_processed_in_linear_time(unit: str) -> None:
    begun = time.thread_time()
    without_html(unit * 100_000)
    assert time.thread_time() - begun < 2
