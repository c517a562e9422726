"""A phone number as a patient gives it, and as the desk looks for it."""

from dataclasses import dataclass

from clinic_site.phones import PhoneNumberError, digits_without_extension, e164, read_number

FEWEST_DIGITS_TO_SEARCH = 4


@dataclass(frozen=True)
class Phone:
    typed: str
    number: str  # E.164, like +17275550142
    extension: str


def read_phone(text: str) -> Phone:
    """What clinic_site.phones.read_number() reads, with what was typed. Raises PhoneNumberError."""
    number = read_number(text)
    return Phone(text, e164(number), number.extension or "")


def parse_phone(text: str) -> Phone | None:
    """What read_phone() reads; None when it is no number."""
    try:
        return read_phone(text)
    except PhoneNumberError:
        return None


def digits_to_search(text: str) -> str:
    """The digits by which a stored number is found, however it is typed; "" when too few to mean a number."""
    phone = parse_phone(text)
    digits = digits_without_extension(phone.number if phone else text)
    return digits if len(digits) >= FEWEST_DIGITS_TO_SEARCH else ""
