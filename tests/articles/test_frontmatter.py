"""Strict parsing of front matter: each mistake is reported with its line and a fix."""

import datetime as dt

import pytest

from articles.frontmatter import parse_article, parse_page
from clinic_site.content.files import ContentError, SourceFile
from tests.content_builders import REMOVED, REVIEWER, make_article

LONG = " ".join(["word"] * 61)
ANSWER = " ".join(["word"] * 26)
ANSWERS = {
    "works": "Perhaps. {certainty: low}",
    "safe": "It is. {certainty: not graded}",
    "for_me": "Ask. {certainty: disputed}",
}
CHANGE = {"on": dt.date(2026, 11, 30), "what": "New."}


def source(text: str, path: str = "articles/a-walk.md") -> SourceFile:
    return SourceFile(path, text, "digest")


def problem_of(text: str, path: str = "articles/a-walk.md") -> str:
    with pytest.raises(ContentError) as caught:
        parse_article(source(text, path))
    return str(caught.value.problem)


def test_an_article_is_parsed_with_all_fields() -> None:
    article = parse_article(source(make_article(aliases=["old-walk"], publish_from="2026-03-01 08:00:00")))
    assert (article.slug, article.title, article.url) == ("a-walk", "Walking with a sore back", "/articles/a-walk/")
    assert (article.topics, article.aliases) == (("movement",), ("old-walk",))
    assert article.published == dt.date(2026, 1, 10)
    assert str(article.publish_from) == "2026-03-01 08:00:00"
    assert article.signed is None
    assert article.body.startswith("## A walk")


def test_a_warning_may_be_answered_with_a_reason_and_so_may_a_hint_in_an_old_file() -> None:
    answers = {"A17": "It quotes the label.", "A07": "Nothing newer."}
    assert parse_article(source(make_article(accepted=answers))).accepted == answers
    assert parse_article(source(make_article())).accepted == {}


def test_the_answers_are_parsed_in_the_order_of_the_questions_and_an_old_file_has_none() -> None:
    answers = parse_article(source(make_article(answers=dict(reversed(ANSWERS.items()))))).answers
    assert [(answer.question, answer.text, answer.certainty) for answer in answers] == [
        ("Does it work?", "Perhaps.", "low"),
        ("Is it safe?", "It is.", "not graded"),
        ("Is it for me?", "Ask.", "disputed"),
    ]
    assert parse_article(source(make_article(answers=REMOVED))).answers == ()


def test_a_reviewer_is_parsed() -> None:
    signed = parse_article(source(make_article(reviewer=REVIEWER))).signed
    assert signed is not None
    assert (signed.name, signed.license_state, signed.on) == ("R. Name", "FL", dt.date(2026, 2, 1))


def test_the_slug_may_be_repeated_in_the_front_matter() -> None:
    assert parse_article(source(make_article(slug="a-walk"))).slug == "a-walk"


def test_changes_come_the_newest_first() -> None:
    old = CHANGE | {"on": dt.date(2026, 2, 1), "what": "Readers asked.", "unclear": True}
    article = parse_article(source(make_article(changes=[old, CHANGE])))
    assert [(change.what, change.unclear) for change in article.changes] == [("New.", False), ("Readers asked.", True)]


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
        ({"accepted": {"A99": "Because."}}, "“A99” is not a rule. Rules go from A01 to A33."),
        ({"accepted": {"A08": "Because."}}, "A08 stops publication. No reason answers it"),
        ({"accepted": {"A17": " "}}, "“A17” must be text"),
        ({"answers": {"works": "Yes. {certainty: low}"}}, "“safe” is missing"),
        ({"answers": ANSWERS | {"cost": "Much. {certainty: low}"}}, "“cost” is not a known key"),
        ({"answers": ANSWERS | {"works": "Yes."}}, "“works” must be plain words, and at their end a mark like"),
        ({"answers": ANSWERS | {"works": "{certainty: low}"}}, "“works” must be plain words"),
        ({"answers": ANSWERS | {"works": "Yes. {certainty: sure}"}}, "Use one of: very low, low, moderate"),
        ({"answers": ANSWERS | {"works": "{{ clinic: name }} {certainty: low}"}}, "“works” must be plain words"),
        ({"answers": ANSWERS | {"safe": f"{ANSWER} {{certainty: low}}"}}, "“safe” has 26 words. Keep it to 25."),
        ({"answers": "Yes"}, "“answers” must hold lines of “name: value”"),
        ({"accepted": "A17"}, "“accepted” must hold lines of “name: value”"),
        ({"changes": [{"on": "2026-11-30"}]}, "“what” is missing"),
        ({"changes": [{"on": "soon", "what": "New."}]}, "“on” must be a date"),
        ({"changes": [CHANGE | {"why": "Because."}]}, "“why” is not a known key"),
        ({"changes": [CHANGE | {"unclear": "a bit"}]}, "“unclear” must be true or false"),
        ({"changes": [CHANGE | {"what": "new " * 41}]}, "“what” has 41 words. Keep it to 40."),
        ({"changes": "New."}, "“changes” must be a list"),
    ],
)
def test_each_mistake_is_reported(overrides: dict[str, object], words: str) -> None:
    assert words in problem_of(make_article(**overrides))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("No front matter", "articles/a-walk.md:1: The file must start with a line “---”"),
        ("---\ntitle: x\n", "articles/a-walk.md:1: The front matter has no end."),
        ("---\ntitle: x: y\n---\nText", "articles/a-walk.md:2: This is not valid YAML"),
        (make_article(body="  \n"), "There is no text below the front matter"),
    ],
)
def test_a_file_of_the_wrong_structure_is_reported(text: str, message: str) -> None:
    assert message in problem_of(text)


@pytest.mark.parametrize("path", ["articles/A Walk.md", "articles/a-walk.es.md"])
def test_a_file_name_must_fit_into_an_address(path: str) -> None:
    assert "cannot be part of an address" in problem_of(make_article(), path)


def test_a_page_has_fewer_fields() -> None:
    text = "---\ntitle: About\nsummary: Us.\nupdated: 2026-01-10\n---\nHello.\n"
    page = parse_page(source(text, "pages/about.md"))
    assert (page.url, page.body_line) == ("/about/", 6)
    with pytest.raises(ContentError, match="“status” is not a known key"):
        parse_page(source(text.replace("title", "status: draft\ntitle"), "pages/about.md"))
