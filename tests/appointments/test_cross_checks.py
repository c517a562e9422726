from typing import Any

import pytest

from appointments import cross_checks as said

PHONE = {"phone": "+17275550111"}
EMAIL = {"email": "ana@example.com"}
TEXTS = {"texts": True}


def way(value: str) -> dict[str, Any]:
    return {"contact_way": value}


@pytest.mark.parametrize(
    ("given", "messages"),
    [
        (PHONE, []),
        (EMAIL, []),
        ({}, [("phone", said.REACH)]),
        (way("phone"), [("phone", said.REACH)]),
        (PHONE | way("phone"), []),
        (EMAIL | way("phone"), [("phone", said.NUMBER_TO_CALL)]),
        (PHONE | way("email"), [("email", said.ADDRESS_TO_WRITE)]),
        (EMAIL | way("email"), []),
        (PHONE | TEXTS | way("text"), []),
        (PHONE | way("text"), [("texts", said.BOX_FOR_TEXTS)]),
        (EMAIL | way("text"), [("phone", said.NUMBER_TO_TEXT), ("texts", said.BOX_FOR_TEXTS)]),
        (EMAIL | TEXTS, [("phone", said.NUMBER_TO_TEXT)]),
        (PHONE | way("no_calls"), [("email", said.ADDRESS_NOT_CALL)]),
        (PHONE | TEXTS | way("no_calls"), []),
        (PHONE | EMAIL | way("no_calls"), []),
        (EMAIL | way("no_calls"), []),
        (PHONE | {"interpreter": "other", "interpreter_other": ""}, [("interpreter_other", said.NAME_LANGUAGE)]),
        (PHONE | {"interpreter": "other", "interpreter_other": "Twi"}, []),
        (PHONE | {"interpreter": "Spanish", "interpreter_other": ""}, []),
    ],
)
def test_there_is_a_way_that_works(given: dict[str, Any], messages: list[tuple[str, str]]) -> None:
    assert list(said.missing_answers(given, wrong=set())) == messages


@pytest.mark.parametrize("field", ["phone", "email"])
def test_a_field_that_has_an_error_already_gets_no_second_one(field: str) -> None:
    assert list(said.missing_answers({}, wrong={field})) == []
    assert list(said.missing_answers({"interpreter": "other"}, wrong={field, "interpreter_other"})) == []
