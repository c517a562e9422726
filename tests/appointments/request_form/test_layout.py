from typing import Any

import pytest
from django.test import Client

from appointments import scripts
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import make_form_data
from tests.appointments.pages import Page, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
FORM = "/consultation/"
CLOSED = [
    "Hear what we will say",
    "If someone else answers: we say nothing",
    "Good times and office: any",
    "Interpreter (intérprete), access needs: none",
    "For whom, a note: not said",
]


def summaries(response: Any, *, opened: bool) -> list[str]:
    details = Page(response).all("details")
    return [words(next(each.iter("summary"))) for each in details if (each.get("open") is not None) is opened]


def test_optional_answers_are_hidden_and_each_group_says_what_we_assume(client: Client) -> None:
    response = client.get(FORM)
    assert summaries(response, opened=False) == CLOSED
    assert summaries(response, opened=True) == []


def test_the_article_that_led_here_is_what_we_learn_without_a_word(client: Client) -> None:
    closed = summaries(client.get(f"{FORM}?from=ketamine-basics"), opened=False)
    assert closed[-1] == "For whom, a note: the article only"


def test_every_answer_that_is_hidden_is_optional(client: Client) -> None:
    page = Page(client.get(FORM))
    hidden = {field.get("name") for group in page.all("details") for field in group.iter() if field.get("name")}
    assert {"others_may", "best_times", "office", "interpreter", "access", "for_whom", "note"} <= hidden
    assert not hidden & {"name", "phone", "email", "call", "voicemail", "texts", "mail", "adult"}


@pytest.mark.parametrize(
    ("name", "value", "opened"),
    [
        ("others_may", "know", "If someone else answers"),
        ("best_times", ["midday"], "Good times and office"),
        ("office", "lake-wren", "Good times and office"),
        ("office", "unknown", "Good times and office"),
        ("interpreter", "Spanish", "Interpreter (intérprete), access needs"),
        ("access_note", "x" * 201, "Interpreter (intérprete), access needs"),
        ("note", "After 3", "For whom, a note"),
    ],
)
def test_a_group_with_an_answer_or_an_error_comes_back_open(client: Client, name: str, value: Any, opened: str) -> None:
    response = client.post(FORM, make_form_data(**{"name": "", "others_may": "nothing", name: value}))
    assert summaries(response, opened=True) == [opened]


def test_an_article_that_is_not_to_be_known_comes_back_open(client: Client) -> None:
    data = make_form_data(name="", others_may="nothing", came_from="ketamine-basics", came_from_ok=None)
    assert summaries(client.post(FORM, data), opened=True) == ["For whom, a note"]
    ticked = client.post(FORM, data | {"came_from_ok": "on"})
    assert summaries(ticked, opened=True) == []


@pytest.mark.parametrize("office", ["", "lake-wren"])
def test_the_form_shows_what_the_desk_says_on_a_voicemail(client: Client, office: str) -> None:
    page = Page(client.post(FORM, make_form_data(name="", office=office)))
    assert scripts.voicemail(get_clinic(), office) in page.text


def test_the_form_shows_the_words_of_the_mail(client: Client) -> None:
    text = Page(client.get(FORM)).text
    assert "You will hear from us by Tuesday, November 24, 5 p.m. EST." in text
    assert "Nobody reads replies to this message." in text


def test_the_line_in_spanish_leads_to_the_interpreters(client: Client) -> None:
    page = Page(client.get(FORM))
    assert page.links["Pida un intérprete gratis"] == "#id_interpreter"
    assert "id_interpreter" in page.ids
