"""A phone number as a patient types it, and as the desk searches for it."""

from dataclasses import dataclass

from clinic_site.text.phones import PhoneNumberError, digits_without_extension, e164, read_number

FEWEST_DIGITS_TO_SEARCH = 4


@dataclass(frozen=True)
class Phone:
    typed: str
    number: str  # E.164, like +17275550142
    extension: str


def read_phone(text: str) -> Phone:
    """Return what clinic_site.text.phones.read_number() reads, with the typed text. Raises PhoneNumberError."""
    number = read_number(text)
    return Phone(text, e164(number), number.extension or "")


def parse_phone(text: str) -> Phone | None:
    """Return what read_phone() reads; None if it is not a number."""
    try:
        return read_phone(text)
    except PhoneNumberError:
        return None


def digits_to_search(text: str) -> str:
    """Return the digits that find a stored number, however it is typed; "" if they are too few."""
    phone = parse_phone(text)
    digits = digits_without_extension(phone.number if phone else text)
    return digits if len(digits) >= FEWEST_DIGITS_TO_SEARCH else ""
