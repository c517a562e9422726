import pytest

from appointments import forms
from appointments.request_form import fields

CALL = {"call": True, "mail": True, "phone": "+17275550111"}


@pytest.mark.parametrize(
    ("interpreter", "other", "messages"),
    [
        ("other", "", [("interpreter_other", fields.NAME_LANGUAGE)]),
        ("other", "Twi", []),
        ("Spanish", "", []),
        ("", "", []),
    ],
)
def test_another_language_has_to_be_named(interpreter: str, other: str, messages: list[tuple[str, str]]) -> None:
    given = CALL | {"interpreter": interpreter, "interpreter_other": other}
    assert list(forms.missing_answers(given, wrong=set())) == messages


def test_a_usable_way_of_contact_is_required() -> None:
    assert list(forms.missing_answers({"call": True, "mail": True}, wrong=set())) == [("phone", fields.REACH)]


@pytest.mark.parametrize("field", ["phone", "email"])
def test_a_field_with_an_error_gets_no_second_one(field: str) -> None:
    ticked = {"call": True, "mail": True, "interpreter": "other"}
    assert list(forms.missing_answers(ticked, wrong={field, "interpreter_other"})) == []
