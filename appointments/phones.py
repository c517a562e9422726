"""Phone numbers as people write them."""

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberFormat

REGION = "US"
US_CODE = 1
US_DIGITS = 10
FEWEST_DIGITS_TO_SEARCH = 4


@dataclass(frozen=True)
class Phone:
    typed: str
    number: str  # E.164, like +17275550142
    extension: str


def parse_phone(text: str) -> Phone | None:
    """Brackets, dots, spaces, +1, "x12" or "ext. 12", and foreign numbers with +. None when it is no number.

    It need not be in service: only the length is checked, so that a new area code never locks anybody out.
    """
    try:
        parsed = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed) or _too_short_for_us(parsed):
        return None
    number = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)  # leaves the extension out
    return Phone(text, number, parsed.extension or "")


def _too_short_for_us(parsed: phonenumbers.PhoneNumber) -> bool:
    """Seven digits are possible within one area, and useless to a desk that does not know which."""
    return parsed.country_code == US_CODE and len(str(parsed.national_number)) != US_DIGITS


def digits_to_search(text: str) -> str:
    """The digits by which a stored number is found, however it is typed; "" when too few to mean a number."""
    phone = parse_phone(text)
    digits = re.sub(r"\D", "", phone.number if phone else text)
    return digits if len(digits) >= FEWEST_DIGITS_TO_SEARCH else ""
