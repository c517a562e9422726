"""The preview of unsaved text, and the endpoint for the editor's script."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from articles.editing.drafts.draft_check import check_draft
from articles.editing.editor.context import counted
from articles.editing.editor.findings import EditorFinding, editor_findings
from articles.editing.editor.forms import ArticleForm
from articles.library import get_library
from tests.articles.editing.pages.edit_desk import BANNED, BODY, CHANGED, PAGE, newest, shown, typed
from tests.articles.editing.review.review_desk import NOW, PATH
from tests.articles.rules.judged import WHOLE

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("root")]


def check(client: Client, **overrides: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.post(f"{PAGE}check/", typed(**overrides)).json()
    return answer


def test_the_script_gets_the_real_page_and_its_findings(editor: Client) -> None:
    answer = check(editor, body=BANNED)
    assert answer["page"].startswith("<!doctype html>")
    assert "It is a miracle." in answer["page"]
    assert "This is a preview." in answer["page"]
    assert "Was this page helpful?" not in answer["page"]
    assert "“miracle” promises too much." in html.unescape(answer["findings_html"])
    assert answer["counted"] == "1 thing stops publication."
    assert "[@ketalar_label]" in answer["cited_html"]
    assert answer["answers_html"].strip() == ""
    assert newest().number == 1


def test_the_script_gets_an_error_for_an_invalid_text(editor: Client) -> None:
    answer = check(editor, title="", body="")
    assert answer["page"] == ""
    assert "The text cannot become a page as it is." in answer["findings_html"]
    assert "The text cites none yet." in answer["cited_html"]
    assert answer["counted"].startswith("At least 1 thing stops publication. What else does cannot be seen")


def test_a_fault_on_top_lets_the_count_grow(editor: Client) -> None:
    assert check(editor, body=BANNED)["counted"] == "1 thing stops publication."
    answer = check(editor, body=BANNED, title="")
    assert answer["counted"] == "2 things stop publication."
    assert "“miracle” promises too much." in html.unescape(answer["findings_html"])


def test_what_is_left_to_fill_in_is_one_entry_with_its_places(editor: Client) -> None:
    left = BODY.replace("Some doctors try it for pain.", "\n\nFill in: who tries it.\n\nFill in: and why.\n\n")
    answer = check(editor, body=left, audience="Fill in: who this page is for.")
    assert answer["counted"] == "3 things stop publication."
    findings = html.unescape(answer["findings_html"])
    assert findings.count("<li ") == 1
    assert "Fill in what is left, in 3 places." in findings
    assert re.findall(r'data-field="(\w+)"', findings) == ["audience", "body", "body"]
    summary = shown(editor.post(PAGE, typed(do="publish", body=left, audience="Fill in: who this page is for.")))
    assert "Fill in what is left, in 3 places: “Audience”, Line" in summary


def test_the_script_gets_the_rules_that_need_an_answer(editor: Client) -> None:
    answer = check(editor, body=BODY.replace("- Ask who will watch you.", "- Ask all of it, and every day."))
    assert re.findall(r'data-rule="(A\d\d)"', answer["answers_html"]) == ["A09"]
    assert 'id="id_answer_A09"' in answer["answers_html"]
    assert 'href="#id_answer_A09"' in answer["findings_html"]
    assert answer["counted"].startswith("Nothing stops publication. 1 warning waits")


def test_a_typed_reason_keeps_its_box_after_the_warning_is_gone(editor: Client) -> None:
    answer = check(editor, answer_A09="It claims nothing.", answer_A27="")
    assert re.findall(r'data-rule="(A\d\d)"', answer["answers_html"]) == ["A09"]
    assert "It claims nothing." in answer["answers_html"]


def test_a_hint_is_shown_without_an_answer_box(editor: Client) -> None:
    answer = check(editor, body=BODY.replace("- Ask who will watch you.", f"{'word ' * 31}end."))
    assert "Hints, which need no answer (1)" in answer["findings_html"]
    assert (answer["answers_html"].strip(), answer["counted"]) == (
        "",
        "Nothing stops publication, and every warning is answered.",
    )


def test_a_preview_is_the_real_page_in_its_own_window(editor: Client) -> None:
    page = shown(editor.post(f"{PAGE}preview/", typed(body=CHANGED)))
    assert "<title>Preview: Ketamine and sore backs" in page
    assert "A few doctors" in page
    assert "A clinician has not yet checked this page" in page
    assert newest().number == 1


def test_an_invalid_text_is_explained_instead_of_previewed(editor: Client) -> None:
    page = shown(editor.post(f"{PAGE}preview/", typed(title="")))
    assert "“Title”: “Title” is empty. Fill it in." in page


@pytest.mark.parametrize("name", ["check", "preview"])
def test_a_get_of_check_or_preview_redirects_to_the_editor(editor: Client, name: str) -> None:
    assert editor.get(f"{PAGE}{name}/")["Location"] == PAGE


def test_open_findings_are_counted() -> None:
    one = editor_findings(
        check_draft(PATH, "nothing", NOW.date()), "nothing", ArticleForm(get_library().shared, WHOLE)
    )[0]
    many = {level: EditorFinding(**{**vars(one), "level": level}) for level in ("block", "warn")}
    assert counted([many["block"]] * 2 + [many["warn"]] * 2) == (
        "2 things stop publication. 2 warnings wait for an answer."
    )
