"""Questions for the visit in a rendered text: found, and made boxes to tick."""

import re
from pathlib import Path

import pytest
from django.utils.safestring import SafeString

from articles.library import load_library
from articles.rendering.page_cache import rendered
from articles.rendering.questions import questions_of, tick_boxes
from tests.content_builders import make_article, make_content

HEADING = "## Questions to take to your visit\n\n"
BEFORE, AFTER = "## First\n\n- Is this one?\n\n", "\n\n## Other options\n\n- Or that?\n"
BOX = re.compile(r'<li><label><input type="checkbox" name="q" value="([^"]*)"> ([^<]*)</label></li>')


@pytest.fixture
def body(tmp_path: Path) -> "Body":
    return Body(tmp_path)


class Body:
    """Render a list of questions as part of an article."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, questions: str) -> SafeString:
        root = make_content(self.folder, page=make_article(f"{BEFORE}{HEADING}{questions}{AFTER}"))
        return rendered(load_library(root).articles["page"]).body


@pytest.mark.parametrize(
    "questions", ["Copy these.\n\n- How long?\n- At what cost?", "1. How long?\n\n2. At what cost?"]
)
def test_each_item_of_the_list_is_a_question(body: Body, questions: str) -> None:
    assert [question.text for question in questions_of(body(questions), "page")] == ["How long?", "At what cost?"]


def test_each_question_becomes_a_box_in_a_form_that_leads_to_the_sheet(body: Body) -> None:
    html = body("- How long?\n- What's my risk?")
    form = tick_boxes(html, "page").partition("<form ")[2].partition("</form>")[0]
    assert form.startswith('action="/my-questions/sheet/" aria-labelledby="questions-to-take-to-your-visit"')
    questions = questions_of(html, "page")
    assert BOX.findall(form) == [(question.key, question.text) for question in questions]
    assert [question.text for question in questions] == ["How long?", "What’s my risk?"]
    assert '<button class="button button-quiet">Make my sheet</button>' in form


def test_the_rest_of_the_page_stays_as_it_is(body: Body) -> None:
    html = body("- How long?")
    ticked = tick_boxes(html, "page")
    assert ticked.startswith(html[: html.index('<section class="worksheet">')])
    assert ticked.endswith(html[html.index("</section>") :])


def test_a_key_names_the_page_and_the_words(body: Body) -> None:
    """So a question that changes, or that another page asks, is never mistaken for it."""
    html = body("- How long?\n- How long, then?")
    keys = [question.key for question in (*questions_of(html, "page"), *questions_of(html, "other"))]
    assert len(set(keys)) == 4
    assert re.fullmatch(r"page\.[0-9a-f]{4}", keys[0])


@pytest.mark.parametrize("questions", ["Bring a friend.", "- **How** long?", "- Look [here](/about/)?"])
def test_what_holds_more_than_words_is_no_question(body: Body, questions: str) -> None:
    html = body(questions)
    assert questions_of(html, "page") == ()
    assert tick_boxes(html, "page") == html


def test_a_page_without_the_list_has_no_questions(body: Body) -> None:
    html = SafeString("<p>Text</p>")
    assert questions_of(html, "page") == ()
    assert tick_boxes(html, "page") == html


def test_a_mark_of_html_in_a_question_stays_text(body: Body) -> None:
    html = body("- Is 5 < 6 & 7?")
    assert [question.text for question in questions_of(html, "page")] == ["Is 5 < 6 & 7?"]
    assert "Is 5 &lt; 6 &amp; 7?</label>" in tick_boxes(html, "page")


def test_terms_are_not_explained_inside_a_question(body: Body) -> None:
    html = body("- Do I have chronic pain?")
    assert [question.text for question in questions_of(html, "page")] == ["Do I have chronic pain?"]
