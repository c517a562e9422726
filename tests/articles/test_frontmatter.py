"""Front matter is read strictly: each slip is told with its line and what to do."""

import datetime as dt

import pytest

from articles.frontmatter import parse_article, parse_page
from clinic_site.content_files import ContentError, SourceFile
from tests.content_builders import REMOVED, REVIEWER, make_article

LONG = " ".join(["word"] * 61)


def source(text: str, path: str = "articles/a-walk.md") -> SourceFile:
    return SourceFile(path, text, "digest")


def problem_of(text: str, path: str = "articles/a-walk.md") -> str:
    with pytest.raises(ContentError) as caught:
        parse_article(source(text, path))
    return str(caught.value.problem)


def test_an_article_is_read_whole() -> None:
    article = parse_article(source(make_article(aliases=["old-walk"], publish_from="2026-03-01 08:00:00")))
    assert (article.slug, article.title, article.url) == ("a-walk", "Walking with a sore back", "/articles/a-walk/")
    assert (article.topics, article.aliases) == (("movement",), ("old-walk",))
    assert article.published == dt.date(2026, 1, 10)
    assert str(article.publish_from) == "2026-03-01 08:00:00"
    assert article.signed is None
    assert article.body.startswith("## A walk")


def test_a_warning_may_be_answered_with_a_reason() -> None:
    answers = {"A17": "It quotes the label.", "A07": "Nothing newer."}
    assert parse_article(source(make_article(accepted=answers))).accepted == answers
    assert parse_article(source(make_article())).accepted == {}


def test_a_reviewer_who_signed_is_named() -> None:
    signed = parse_article(source(make_article(reviewer=REVIEWER))).signed
    assert signed is not None
    assert (signed.name, signed.license_state, signed.on) == ("R. Name", "FL", dt.date(2026, 2, 1))


def test_the_slug_may_be_repeated_in_the_front_matter() -> None:
    assert parse_article(source(make_article(slug="a-walk"))).slug == "a-walk"


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"title": REMOVED}, "“title” is missing"),
        ({"titel": "x"}, "“titel” is not a known key"),
        ({"status": "live"}, "Use one of: draft, published, archived"),
        ({"summary": LONG}, "“summary” has 61 words. Keep it to 60."),
        ({"published": "soon"}, "“published” must be a date"),
        ({"updated": "2025-01-01"}, "“updated” is before “published”"),
        ({"review_due": "2026-01-10"}, "“review_due” must come after “published”"),
        ({"publish_from": "2026-03-01", "publish_until": "2026-03-01"}, "“publish_until” must come after"),
        ({"slug": "other"}, "“slug” differs from the file name “a-walk”"),
        ({"aliases": ["Old Walk"]}, "“Old Walk” cannot be part of an address"),
        ({"aliases": ["Old-Walk"]}, "“Old-Walk” cannot be part of an address"),
        ({"author": {"name": "A", "role": "b", "degree": "c"}}, "“degree” is not a known key"),
        ({"reviewer": {"name": "A"}}, "“credentials” is missing"),
        ({"reviewer": REVIEWER | {"license_state": "Florida"}}, "Use the two letters of the state, like FL."),
        ({"accepted": {"A99": "Because."}}, "“A99” is not a rule. Rules go from A01 to A31."),
        ({"accepted": {"A08": "Because."}}, "A08 stops publication. No reason answers it"),
        ({"accepted": {"A17": " "}}, "“A17” must be text"),
        ({"accepted": "A17"}, "“accepted” must hold lines of “name: value”"),
    ],
)
def test_each_slip_is_told(overrides: dict[str, object], words: str) -> None:
    assert words in problem_of(make_article(**overrides))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("No front matter", "articles/a-walk.md:1: The file must start with a line “---”"),
        ("---\ntitle: x\n", "articles/a-walk.md:1: The front matter has no end."),
        ("---\ntitle: x: y\n---\nText", "articles/a-walk.md:2: This is not valid YAML"),
        (make_article(body="  \n"), "There is no text below the front matter"),
    ],
)
def test_a_file_of_the_wrong_shape_is_told(text: str, told: str) -> None:
    assert told in problem_of(text)


@pytest.mark.parametrize("path", ["articles/A Walk.md", "articles/a-walk.es.md"])
def test_a_file_name_must_fit_into_an_address(path: str) -> None:
    assert "cannot be part of an address" in problem_of(make_article(), path)


def test_a_page_has_fewer_fields() -> None:
    text = "---\ntitle: About\nsummary: Us.\nupdated: 2026-01-10\n---\nHello.\n"
    page = parse_page(source(text, "pages/about.md"))
    assert (page.url, page.body_line) == ("/about/", 6)
    with pytest.raises(ContentError, match="“status” is not a known key"):
        parse_page(source(text.replace("title", "status: draft\ntitle"), "pages/about.md"))
