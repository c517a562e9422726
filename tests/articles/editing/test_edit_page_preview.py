"""The preview of what is typed, and what the script of the editor's page asks for."""

import html
from typing import Any

import pytest
from django.test import Client

from articles.editing.editor_context import counted
from articles.editing.examination import examine
from articles.editing.forms import ArticleForm
from articles.editing.places import Told, told
from articles.library import get_library
from tests.articles.editing.edit_desk import (
    BANNED,
    BODY,
    CHANGED,
    PAGE,
    newest,
    shown,
    typed,
)
from tests.articles.editing.review_desk import NOW, PATH
from tests.articles.rules.judged import WHOLE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]


def check(client: Client, **overrides: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.post(f"{PAGE}check/", typed(**overrides)).json()
    return answer


def test_the_script_gets_the_true_page_and_what_was_found(editor: Client) -> None:
    answer = check(editor, body=BANNED)
    assert answer["page"].startswith("<!doctype html>")
    assert "It is a miracle." in answer["page"]
    assert "This is a preview." in answer["page"]
    assert "Was this page helpful?" not in answer["page"]
    assert "“miracle” promises too much." in html.unescape(answer["findings_html"])
    assert answer["counted"] == "1 thing stops publication."
    assert "[@ketalar_label]" in answer["cited_html"]
    assert answer["to_answer"] == []
    assert newest().number == 1


def test_the_script_is_told_of_a_text_that_is_no_page(editor: Client) -> None:
    answer = check(editor, title="", body="")
    assert answer["page"] == ""
    assert "The text cannot become a page as it is." in answer["findings_html"]
    assert "The text cites none yet." in answer["cited_html"]


def test_the_script_is_told_which_rules_want_an_answer(editor: Client) -> None:
    answer = check(editor, body=BODY.replace("- Ask who will watch you.", "- Ask all of it, and every day."))
    assert answer["to_answer"] == ["A09"]
    assert 'href="#id_answer_A09"' in answer["findings_html"]
    assert answer["counted"].startswith("Nothing stops publication. 1 warning waits")


def test_a_preview_is_the_true_page_in_a_window_of_its_own(editor: Client) -> None:
    page = shown(editor.post(f"{PAGE}preview/", typed(body=CHANGED)))
    assert "<title>Preview: Ketamine and sore backs" in page
    assert "A few doctors" in page
    assert "A clinician has not yet checked this page" in page
    assert newest().number == 1


def test_a_text_that_cannot_be_shown_says_why(editor: Client) -> None:
    page = shown(editor.post(f"{PAGE}preview/", typed(title="")))
    assert "“Title”: “Title” is empty. Fill it in." in page


@pytest.mark.parametrize("name", ["check", "preview"])
def test_their_addresses_alone_lead_to_the_editor(editor: Client, name: str) -> None:
    assert editor.get(f"{PAGE}{name}/")["Location"] == PAGE


def test_it_counts_what_there_is_to_do() -> None:
    one = told(examine(PATH, "nothing", NOW.date()), "nothing", ArticleForm(get_library().shared, WHOLE))[0]
    many = {level: Told(**{**vars(one), "level": level}) for level in ("block", "warn")}
    assert counted([many["block"]] * 2 + [many["warn"]] * 2) == (
        "2 things stop publication. 2 warnings wait for an answer."
    )
