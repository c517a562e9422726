"""Phone numbers: parsed as people write them, stored as E.164, shown in the format of their country."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from clinic_site.text.folding import fold

REGION = "US"
NORTH_AMERICA, MEXICO = 1, 52  # country codes
EXTENSION = re.compile(
    r"(?:;\s*ext=|(?<![^\W\d_])(?:extension|extn?|x|anexo|interno|int|poste|durchwahl|доб)[.:]*\s*|#\s*|,,+\s*)"
    r"(\d{1,9})(?!\d)#?"
)
# Separators between two numbers, or between a number and other text: letters, some signs, a second plus.
BETWEEN = re.compile(r"[^\W\d_]+|[,;&|@]|(?<=\d)\D*(?=\+)")
BEHIND = re.compile(r"[(\[/*~](?=.*\d)")  # begins other text after a number, like hours
PARTED = re.compile(r"(?:\d\D*){8,}(?:/| - )(?:\D*\d){5,}")  # more digits before it than an area code: two numbers
NORTH_AMERICAN = re.compile(r"[2-9]\d{2}[2-9]\d{6}")  # no area code and no exchange begins with 0 or 1

IN_DIGITS = "Enter the phone number in digits, like 727 555 0142"
TEN_DIGITS = "Phone number must have 10 digits, like 727 555 0142"
FROM_ABROAD = f"{TEN_DIGITS}, or start with + and a country code, like +44 20 7946 0958"
AREA_CODE = (
    "In the US and Canada the area code and the rest of the number start with 2 to 9. Check the number, or start with "
    "+ and a country code"
)
NO_COUNTRY = "No country has the code behind the +. Check the number"
ONE_NUMBER = "Enter one phone number only"
NUMBER_ALONE = (
    "Enter the phone number without words or digits that are not part of it. An extension goes behind it, like "
    "727 555 0142 ext. 12"
)


class PhoneNumberError(ValueError):
    """A text that is not a phone number. The error's text is a sentence for the person who typed it."""


def read_number(text: str) -> PhoneNumber:
    """Return the one phone number in `text`, however people write numbers, in digits of any script.

    Brackets, dots, spaces, +, 00 and an extension are accepted. Letters are never dialed: a word before or after the
    number is ignored. The number need not be in service: only the length is checked, so that new area codes and the
    fictional 555-01xx are accepted. Seven digits are refused: they are useless without an area code.

    Raises PhoneNumberError.
    """
    rest, extension = _split_extension(fold(text))
    parts = [part for part in BETWEEN.split(rest) if any(map(str.isdigit, part))]
    if not parts:
        raise PhoneNumberError(IN_DIGITS)
    if len(parts) > 1:
        raise PhoneNumberError(ONE_NUMBER if all(map(_is_number, parts)) else NUMBER_ALONE)
    number = _read_alone(parts[0])
    number.extension = extension or None
    return number


def parse_number(text: str) -> PhoneNumber | None:
    """Return what read_number() returns, or None if it raises."""
    try:
        return read_number(text)
    except PhoneNumberError:
        return None


def digits_without_extension(text: str) -> str:
    """Return all digits of a number, or of the end of a number, as 0 to 9."""
    rest, _ = _split_extension(fold(text))
    return re.sub(r"[^0-9]", "", rest)


def _split_extension(folded: str) -> tuple[str, str]:
    """Return the text without its extension, and the extension; "" if there is none."""
    first = re.search("[0-9]", folded)
    found = EXTENSION.search(folded, first.end()) if first else None
    return (f"{folded[: found.start()]};{folded[found.end() :]}", found[1]) if found else (folded, "")


def _read_alone(part: str) -> PhoneNumber:
    """Return the number in `part`. Raises PhoneNumberError, with a specific sentence for digits after the number."""
    try:
        number = _read_part(part)
    except PhoneNumberError as error:
        if str(error) == ONE_NUMBER:
            raise
        groups = part.split()
        cuts = [(" ".join(groups[:at]), " ".join(groups[at:])) for at in range(1, len(groups))]
        behind = [after for before, after in cuts if _is_number(before)]
        if behind:
            raise PhoneNumberError(ONE_NUMBER if any(map(_is_number, behind)) else NUMBER_ALONE) from None
        raise
    if any(_is_number(part[: mark.start()]) for mark in BEHIND.finditer(part)):
        raise PhoneNumberError(NUMBER_ALONE)
    return number


def _is_number(part: str) -> bool:
    try:
        _read_part(part)
    except PhoneNumberError:
        return False
    return True


def _read_part(part: str) -> PhoneNumber:
    """Return the number written in digits and signs, without letters. Raises PhoneNumberError."""
    if PARTED.search(part):
        raise PhoneNumberError(ONE_NUMBER)
    digits = re.sub(r"\D", "", part)
    with_country = part.lstrip(" (").startswith("+")
    if digits.startswith("00"):
        digits, with_country = digits[2:], True
    try:
        number = phonenumbers.parse(f"+{digits}" if with_country else digits, REGION)
    except NumberParseException as error:
        of_country = f"A phone number does not have {len(digits)} digits. Check the number"
        unknown = error.error_type == NumberParseException.INVALID_COUNTRY_CODE
        raise PhoneNumberError(
            NO_COUNTRY if unknown else of_country if with_country else _wrong_length(digits)
        ) from error
    number = _without_old_mobile_prefix(number)
    _check(number, digits)
    return number


def _check(number: PhoneNumber, digits: str) -> None:
    """Raise PhoneNumberError for a number that cannot exist. `digits` are the digits as typed."""
    national = phonenumbers.national_significant_number(number)
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        code = number.country_code
        of_country = f"A phone number with +{code} does not have {len(national)} digits behind that. Check the number"
        raise PhoneNumberError(_wrong_length(digits) if code == NORTH_AMERICA else of_country)
    if number.country_code == NORTH_AMERICA and not NORTH_AMERICAN.fullmatch(national):
        raise PhoneNumberError(AREA_CODE)


def _wrong_length(digits: str) -> str:
    """Return the sentence for a number without a country code, or with the code of the US and Canada."""
    return FROM_ABROAD if digits.startswith("0") or len(digits) > len("1 727 555 0142") else TEN_DIGITS


def _without_old_mobile_prefix(number: PhoneNumber) -> PhoneNumber:
    """Drop the 1 that mobile numbers in Mexico had after the country code until 2019.

    No area code there begins with 1.
    """
    national = phonenumbers.national_significant_number(number)
    if number.country_code == MEXICO and national.startswith("1"):
        return PhoneNumber(country_code=MEXICO, national_number=int(national[1:]))
    return number


def e164(number: PhoneNumber) -> str:
    """Return the number without its extension, as in +17275550142."""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def format_phone(number: str) -> str:
    """Return an E.164 number as people in its country write it; a foreign number with its country code."""
    parsed = phonenumbers.parse(number)
    at_home = parsed.country_code == phonenumbers.country_code_for_region(REGION)
    style = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)
