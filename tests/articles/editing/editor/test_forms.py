"""The editor's forms: articles round-trip through the fields, and no typed text is lost."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from articles.editing.drafts.front_matter import body_of, read_front, with_values
from articles.editing.editor import forms
from articles.editing.editor.forms import ArticleForm, FileForm
from articles.editing.revisions.load_check import TOO_LARGE
from articles.editing.revisions.store import NOT_STORABLE
from clinic_site.content.files import MAX_BYTES, ContentError
from tests.articles.rules.judged import WHOLE
from tests.content_builders import make_article
from tests.shipped import REAL_CONTENT, shipped_library

SHIPPED = sorted((REAL_CONTENT / "articles").glob("*.md"))


def make_form(text: str, data: MultiValueDict[str, Any] | None = None) -> ArticleForm:
    return ArticleForm(shipped_library().shared, text, data)


def as_posted(text: str, **typed: Any) -> MultiValueDict[str, Any]:
    """Return the POST data of the form for `text`, with some values replaced."""
    form = make_form(text)
    values = {name: form[name].value() for name in form.fields} | typed
    return MultiValueDict({name: value if isinstance(value, list) else [value] for name, value in values.items()})


def saved(text: str = WHOLE, **typed: Any) -> str:
    form = make_form(text, as_posted(text, **typed))
    assert form.is_valid(), form.errors
    return form.text()


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_an_unchanged_article_is_saved_byte_for_byte(file: Path) -> None:
    text = file.read_text()
    assert saved(text, body=body_of(text)[0].replace("\n", "\r\n")) == text


def test_typed_values_are_written_to_the_file() -> None:
    front = read_front(
        saved(
            title="  A “new”\r\n title:\x08 yes ",
            audience="Adults",
            author_name="A. Name",
            author_role="nurse",
            topics=["visits", "ketamine"],
            review_due="2027-03-01",
            publish_from="2026-12-01T08:00",
            publish_until="2026-12-02 09:30:15",
            answer_A09="It quotes\nthe label.",
        )
    )
    assert front.title == "A “new” title: yes"
    assert front.author == {"name": "A. Name", "role": "nurse"}
    assert front.topics == ("ketamine", "visits")  # existing values stay first
    assert (front.review_due, front.publish_from) == ("2027-03-01", "2026-12-01 08:00:00")
    assert front.publish_until == "2026-12-02 09:30:15"
    assert front.accepted == {"A09": "It quotes the label."}


def test_values_without_a_field_are_preserved() -> None:
    text = with_values(WHOLE, aliases=["old"], status="draft", published="2026-11-01")
    front = read_front(saved(text, title="New"))
    assert (front.aliases, front.status, front.published) == (("old",), "draft", "2026-11-01")


def test_empty_dates_and_answers_are_removed() -> None:
    text = with_values(WHOLE, publish_from="2026-12-01 08:00:00", accepted={"A17": "x"})
    assert saved(text, publish_from="", answer_A17="") == WHOLE


def test_a_reason_has_a_box_if_the_file_has_one_or_a_rule_warns() -> None:
    def boxes(form: ArticleForm) -> list[str]:
        return [name for name in form.fields if name.startswith(forms.ANSWER)]

    assert boxes(make_form(WHOLE)) == []
    answered = make_form(with_values(WHOLE, accepted={"A17": "It quotes."}))
    answered.add_answers(["A09", "A17"])
    assert boxes(answered) == ["answer_A17", "answer_A09"]
    assert [answered[name].value() for name in boxes(answered)] == ["It quotes.", None]


def test_a_reason_for_a_hint_is_preserved() -> None:
    text = with_values(WHOLE, accepted={"A06": "No date.", "A09": "It claims nothing."})
    assert saved(text) == text


@pytest.mark.parametrize(
    ("typed", "front"),
    [("next spring", "next spring"), ("2026-12-01", "2026-12-01"), ("2026-12-01T8:0", "2026-12-01T8:0")],
)
def test_an_invalid_date_is_shown_again_as_typed(typed: str, front: str) -> None:
    text = saved(publish_from=typed)
    assert read_front(text).publish_from == front
    assert typed in str(make_form(text)["publish_from"])


def test_a_date_picker_is_shown_for_valid_dates_only() -> None:
    text = with_values(WHOLE, publish_from="2026-12-01 08:00:00")
    assert 'type="datetime-local"' in str(make_form(text)["publish_from"])
    assert 'value="2026-12-01T08:00:00"' in str(make_form(text)["publish_from"])
    day = with_values(WHOLE, publish_until="2026-12-01")
    assert 'value="2026-12-01T00:00:00"' in str(make_form(day)["publish_until"])
    assert 'type="date"' in str(make_form(WHOLE)["review_due"])
    assert 'type="text"' in str(make_form(with_values(WHOLE, review_due="soon"))["review_due"])


def test_the_sources_are_derived_from_the_citations() -> None:
    text = saved(body="Walking [@asa2023; @cohen2018] and [@nobody2020].\n")
    assert read_front(text).sources == ("cohen2018", "asa2023")


def test_a_source_cited_by_a_passage_may_remain_listed() -> None:
    body = "## A\n\n{{ block: unknowns }}\n"
    assert read_front(saved(body=body)).sources == ("ketalar_label", "ferraro2025", "cohen2018")


def test_an_invalid_list_of_sources_removes_no_key() -> None:
    broken = replace(shipped_library().shared, sources={}, missing=frozenset({"references.yaml"}))
    form = ArticleForm(broken, WHOLE, as_posted(WHOLE))
    assert form.is_valid(), form.errors
    assert read_front(form.text()).sources == ("ketalar_label", "ferraro2025", "cohen2018", "lucas2024")


def test_a_passage_in_the_text_is_ticked_automatically() -> None:
    body = "{{ block: pain_red_flags }}\n\n{{ block: nowhere }}\n"
    blocks = read_front(saved(body=body, blocks=["emergency"])).blocks
    assert blocks == ("emergency", "pain_red_flags")


def test_passages_are_shown_with_their_first_words() -> None:
    labels = dict(make_form(WHOLE).fields["blocks"].choices)  # type: ignore[attr-defined]
    assert labels["not_advice"].startswith("Not advice: “Not personal advice This page cannot tell")
    assert "{{" not in "".join(labels.values())


@pytest.mark.parametrize("name", ["title", "body", "why", "answer_A17"])
def test_a_character_that_cannot_be_stored_is_an_error(name: str) -> None:
    form = make_form(WHOLE, as_posted(WHOLE, **{name: "a\0b"}))
    assert form.errors[name] == [NOT_STORABLE]


def test_too_large_a_text_is_an_error() -> None:
    form = make_form(WHOLE, as_posted(WHOLE, body="é" * (MAX_BYTES // 2 + 1)))
    assert form.errors["body"] == [TOO_LARGE]


def test_too_long_a_note_is_an_error() -> None:
    form = make_form(WHOLE, as_posted(WHOLE, why="x" * 201))
    assert form.errors["why"] == [forms.WHY_TOO_LONG]


def test_an_unknown_topic_is_an_error() -> None:
    form = make_form(WHOLE, as_posted(WHOLE, topics=["gone"]))
    assert form.errors["topics"] == ["“gone” is not on the list any more. Look at the list, then save again."]


def test_a_file_that_does_not_fit_the_fields_uses_the_plain_form() -> None:
    with pytest.raises(ContentError):
        make_form("---\ntitle: [a]\n---\nx\n")


def test_the_plain_form_preserves_the_file() -> None:
    text = make_article()
    form = FileForm("\ufeff" + text.replace("\n", "\r\n"))
    assert form["whole"].value() == text
    posted = FileForm("", MultiValueDict({"whole": [text.replace("\n", "\r\n")], "why": [""]}))
    assert posted.is_valid()
    assert posted.text() == text


def test_optional_fields_are_marked() -> None:
    form = make_form(WHOLE)
    assert set(form.fields) - set(form.unmarked) == {"why", "publish_from", "publish_until"}
