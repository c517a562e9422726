"""What must hold between the answers about reaching somebody: a way that works, and that the person chose."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from appointments.choices import OTHER_LANGUAGE, ContactWay

REACH = "Enter a phone number or an e-mail address"
NUMBER_TO_CALL = "Enter a phone number so that we can call you"
NUMBER_TO_TEXT = "Enter a phone number so that we can text you"
ADDRESS_TO_WRITE = "Enter an e-mail address so that we can write to you"
ADDRESS_NOT_CALL = "Enter an e-mail address, or tick the box for texts, so that we can reach you without a call"
BOX_FOR_TEXTS = "Tick the box for texts, or choose another way to reach you"
NAME_LANGUAGE = "Enter the language you want"


def missing_answers(given: Mapping[str, Any], wrong: Collection[str]) -> Iterator[tuple[str, str]]:
    """(field, message) for what the other answers make necessary. `wrong`: fields with an error already."""
    has_phone = bool(given.get("phone")) or "phone" in wrong
    has_email = bool(given.get("email")) or "email" in wrong
    texts = bool(given.get("texts"))
    way = given.get("contact_way", "")
    if not has_phone and not has_email:
        yield "phone", REACH
    elif not has_phone:
        yield from _without_phone(way, texts)
    elif not has_email:
        yield from _without_email(way, texts)
    if way == ContactWay.TEXT and not texts:
        yield "texts", BOX_FOR_TEXTS
    if given.get("interpreter") == OTHER_LANGUAGE and not given.get("interpreter_other", "other"):
        yield "interpreter_other", NAME_LANGUAGE


def _without_phone(way: str, texts: bool) -> Iterator[tuple[str, str]]:
    if way == ContactWay.PHONE:
        yield "phone", NUMBER_TO_CALL
    elif way == ContactWay.TEXT or texts:
        yield "phone", NUMBER_TO_TEXT


def _without_email(way: str, texts: bool) -> Iterator[tuple[str, str]]:
    if way == ContactWay.EMAIL:
        yield "email", ADDRESS_TO_WRITE
    elif way == ContactWay.NO_CALLS and not texts:
        yield "email", ADDRESS_NOT_CALL
