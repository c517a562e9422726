"""Phone numbers: read as people write them, stored as E.164, shown as people in their country write them."""

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, ValidationResult

REGION = "US"


def parse_number(text: str) -> PhoneNumber | None:
    """Brackets, dots, spaces, +1, "x12" or "ext. 12", and foreign numbers with +. None when it is no number.

    It need not be in service: only the length is checked, so that a new area code never locks anybody out, and the
    fictional 555-01xx pass. Seven digits are refused: they are useless to somebody who does not know the area.
    """
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    return number if possible else None


def e164(number: PhoneNumber) -> str:
    """+17275550142: without the extension."""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def format_phone(number: str) -> str:
    """An E.164 number as people in its country write it; from abroad, with the country code."""
    parsed = phonenumbers.parse(number)
    at_home = parsed.country_code == phonenumbers.country_code_for_region(REGION)
    style = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)
