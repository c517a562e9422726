"""A phone number as a patient gives it, and as the desk looks for it."""

import re
from dataclasses import dataclass

from clinic_site.phones import e164, parse_number

FEWEST_DIGITS_TO_SEARCH = 4


@dataclass(frozen=True)
class Phone:
    typed: str
    number: str  # E.164, like +17275550142
    extension: str


def parse_phone(text: str) -> Phone | None:
    """What clinic_site.phones.parse_number() reads, with what was typed. None when it is no number."""
    number = parse_number(text)
    return Phone(text, e164(number), number.extension or "") if number else None


def digits_to_search(text: str) -> str:
    """The digits by which a stored number is found, however it is typed; "" when too few to mean a number."""
    phone = parse_phone(text)
    digits = re.sub(r"\D", "", phone.number if phone else text)
    return digits if len(digits) >= FEWEST_DIGITS_TO_SEARCH else ""
