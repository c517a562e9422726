"""The editor's forms: what an article holds comes into fields and out again, and nothing typed gets lost between."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict

from articles.editing import forms
from articles.editing.examination import TOO_LARGE
from articles.editing.forms import ArticleForm, FileForm
from articles.editing.front import body_of, read_front, with_values
from articles.library import load_library
from clinic_site.content_files import MAX_BYTES, ContentError
from tests.articles.rules.judged import WHOLE
from tests.conftest import REAL_CONTENT
from tests.content_builders import make_article

SHARED = load_library(REAL_CONTENT).shared
SHIPPED = sorted((REAL_CONTENT / "articles").glob("*.md"))


def as_posted(text: str, **typed: Any) -> MultiValueDict[str, Any]:
    """What a browser sends of the form that shows `text`, with some fields typed over."""
    form = ArticleForm(SHARED, text)
    values = {name: form[name].value() for name in form.fields} | typed
    return MultiValueDict({name: value if isinstance(value, list) else [value] for name, value in values.items()})


def saved(text: str = WHOLE, **typed: Any) -> str:
    form = ArticleForm(SHARED, text, as_posted(text, **typed))
    assert form.is_valid(), form.errors
    return form.text()


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_an_article_that_nobody_changed_stays_as_it_is(file: Path) -> None:
    text = file.read_text()
    assert saved(text, body=body_of(text)[0].replace("\n", "\r\n")) == text


def test_what_is_typed_is_what_the_file_says() -> None:
    front = read_front(
        saved(
            title="  A “new”\r\n title: yes ",
            audience="Adults",
            author_name="A. Name",
            author_role="nurse",
            topics=["visits", "ketamine"],
            review_due="2027-03-01",
            publish_from="2026-12-01T08:00",
            publish_until="2026-12-02 09:30:15",
            answer_A17="It quotes\nthe label.",
        )
    )
    assert front.title == "A “new” title: yes"
    assert front.author == {"name": "A. Name", "role": "nurse"}
    assert front.topics == ("ketamine", "visits")  # what was there stays first
    assert (front.review_due, front.publish_from) == ("2027-03-01", "2026-12-01 08:00:00")
    assert front.publish_until == "2026-12-02 09:30:15"
    assert front.accepted == {"A17": "It quotes the label."}


def test_what_has_no_field_stays_as_it_was() -> None:
    text = with_values(WHOLE, aliases=["old"], status="draft", published="2026-11-01")
    front = read_front(saved(text, title="New"))
    assert (front.aliases, front.status, front.published) == (("old",), "draft", "2026-11-01")


def test_empty_dates_and_answers_are_taken_out() -> None:
    text = with_values(WHOLE, publish_from="2026-12-01 08:00:00", accepted={"A17": "x"})
    assert saved(text, publish_from="", answer_A17="") == WHOLE


@pytest.mark.parametrize(
    ("typed", "front"),
    [("next spring", "next spring"), ("2026-12-01", "2026-12-01"), ("2026-12-01T8:0", "2026-12-01T8:0")],
)
def test_a_date_that_is_none_is_kept_as_typed_and_shown_again(typed: str, front: str) -> None:
    text = saved(publish_from=typed)
    assert read_front(text).publish_from == front
    assert typed in str(ArticleForm(SHARED, text)["publish_from"])


def test_a_picker_shows_what_is_a_date() -> None:
    text = with_values(WHOLE, publish_from="2026-12-01 08:00:00")
    assert 'type="datetime-local"' in str(ArticleForm(SHARED, text)["publish_from"])
    assert 'value="2026-12-01T08:00:00"' in str(ArticleForm(SHARED, text)["publish_from"])
    day = with_values(WHOLE, publish_until="2026-12-01")
    assert 'value="2026-12-01T00:00:00"' in str(ArticleForm(SHARED, day)["publish_until"])
    assert 'type="date"' in str(ArticleForm(SHARED, WHOLE)["review_due"])
    assert 'type="text"' in str(ArticleForm(SHARED, with_values(WHOLE, review_due="soon"))["review_due"])


def test_the_sources_are_those_that_the_text_cites() -> None:
    text = saved(body="Walking [@asa2023; @cohen2018] and [@nobody2020].\n")
    assert read_front(text).sources == ("cohen2018", "asa2023")


def test_a_source_that_a_passage_in_the_text_cites_may_stay_listed() -> None:
    body = "## A\n\n{{ block: unknowns }}\n"
    assert read_front(saved(body=body)).sources == ("ferraro2025", "cohen2018")


def test_while_the_list_of_sources_is_wrong_every_key_stays() -> None:
    broken = replace(SHARED, sources={}, missing=frozenset({"references.yaml"}))
    form = ArticleForm(broken, WHOLE, as_posted(WHOLE))
    assert form.is_valid(), form.errors
    assert read_front(form.text()).sources == ("ketalar_label", "ferraro2025", "cohen2018", "lucas2024")


def test_a_passage_that_stands_in_the_text_is_ticked_by_itself() -> None:
    body = "{{ block: pain_red_flags }}\n\n{{ block: nowhere }}\n"
    blocks = read_front(saved(body=body, blocks=["emergency"])).blocks
    assert blocks == ("emergency", "pain_red_flags")


def test_passages_are_shown_with_their_first_words() -> None:
    labels = dict(ArticleForm(SHARED, WHOLE).fields["blocks"].choices)  # type: ignore[attr-defined]
    assert labels["not_advice"].startswith("Not advice: “General facts, not personal advice This page gives")
    assert "{{" not in "".join(labels.values())


@pytest.mark.parametrize("name", ["title", "body", "why", "answer_A17"])
def test_a_character_that_cannot_be_stored_is_told(name: str) -> None:
    form = ArticleForm(SHARED, WHOLE, as_posted(WHOLE, **{name: "a\0b"}))
    assert form.errors[name] == [forms.NUL]


def test_a_text_that_is_too_large_is_told() -> None:
    form = ArticleForm(SHARED, WHOLE, as_posted(WHOLE, body="é" * (MAX_BYTES // 2 + 1)))
    assert form.errors["body"] == [TOO_LARGE]


def test_a_note_that_is_too_long_is_told() -> None:
    form = ArticleForm(SHARED, WHOLE, as_posted(WHOLE, why="x" * 201))
    assert form.errors["why"] == [forms.WHY_TOO_LONG]


def test_a_topic_that_is_gone_is_told() -> None:
    form = ArticleForm(SHARED, WHOLE, as_posted(WHOLE, topics=["gone"]))
    assert form.errors["topics"] == ["“gone” is not on the list any more. Look at the list, then save again."]


def test_a_file_that_no_field_can_show_is_for_the_other_form() -> None:
    with pytest.raises(ContentError):
        ArticleForm(SHARED, "---\ntitle: [a]\n---\nx\n")


def test_a_file_comes_out_of_the_other_form_as_it_went_in() -> None:
    text = make_article()
    form = FileForm("\ufeff" + text.replace("\n", "\r\n"))
    assert form["whole"].value() == text
    posted = FileForm("", MultiValueDict({"whole": [text.replace("\n", "\r\n")], "why": [""]}))
    assert posted.is_valid()
    assert posted.text() == text


def test_the_form_says_which_fields_may_be_left_empty() -> None:
    form = ArticleForm(SHARED, WHOLE)
    assert set(form.fields) - set(form.unmarked) == {"why", "publish_from", "publish_until"}
