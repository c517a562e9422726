"""A phone number is parsed as people write it, and other text is never dialed."""

import pytest

from clinic_site.text.phones import (
    AREA_CODE,
    FROM_ABROAD,
    IN_DIGITS,
    NO_COUNTRY,
    NUMBER_ALONE,
    ONE_NUMBER,
    TEN_DIGITS,
    PhoneNumberError,
    digits_without_extension,
    e164,
    read_number,
)


@pytest.mark.parametrize(
    "text",
    [
        "727 555 0142 (cell)",
        "727 555 0142 Ana",
        "Cell: 727-555-0142",
        "Ana 727 555 0142 Torres",
        "tel:+1-727-555-0142",
        "+1 727 555 0142 móvil",
        "727 555 0142 сот",
        "\u202a+1 (727) 555-0142\u202c",
        "727‑555‑0142",
        "٧٢٧ ٥٥٥ ٠١٤٢",
        "# 727 555 0142",
    ],
)
def test_words_before_and_after_a_number_are_ignored(text: str) -> None:
    number = read_number(text)
    assert (e164(number), number.extension) == ("+17275550142", None)


@pytest.mark.parametrize(
    ("text", "e164_number"),
    [
        ("+49 30 1234567 Handy", "+49301234567"),
        ("+49 (0)30/1234567", "+49301234567"),
        ("(+49) 30 1234567", "+49301234567"),
        ("00 44 20 7946 0958", "+442079460958"),
        ("0044 (0)20 7946 0958", "+442079460958"),
        ("011 44 20 7946 0958", "+442079460958"),
        ("＋４４ ２０ ７９４６ ０９５８", "+442079460958"),
        ("+33 6 12 34 56 78 portable", "+33612345678"),
        ("+52 1 55 5555 0100", "+525555550100"),
        ("0052 1 55 5555 0100", "+525555550100"),
        ("+52 55 5555 0100", "+525555550100"),
        ("+54 9 11 5555-0100", "+5491155550100"),
    ],
)
def test_an_international_number_is_parsed_as_dialed(text: str, e164_number: str) -> None:
    assert e164(read_number(text)) == e164_number


@pytest.mark.parametrize(
    "ending", ["x12 (work)", " Ext. 12 Ana", ",,12", " ;ext=12", " # 12", " int. 12", " доб. 12", " ｘ１２"]
)
def test_an_extension_is_separated_from_words(ending: str) -> None:
    number = read_number(f"727 555 0142{ending}")
    assert (e164(number), number.extension) == ("+17275550142", "12")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Ana", IN_DIGITS),
        ("+", IN_DIGITS),
        ("ana@example.com", IN_DIGITS),
        ("555-0142 Ana", TEN_DIGITS),
        ("1-800-FLOWERS", TEN_DIGITS),
        ("+1 727 555 014", TEN_DIGITS),
        ("727 555 01422", TEN_DIGITS),
        ("5", TEN_DIGITS),
        ("07946 095800", FROM_ABROAD),
        ("8" * 40, FROM_ABROAD),
        ("1727555014", AREA_CODE),
        ("727 055 0142", AREA_CODE),
        ("+1 127 555 0142", AREA_CODE),
        ("+999 123 4567", NO_COUNTRY),
        ("+44 1", "A phone number does not have 3 digits. Check the number"),
        ("00", "A phone number does not have 0 digits. Check the number"),
        ("+44 20 7946 09581", "A phone number with +44 does not have 11 digits behind that. Check the number"),
        ("+52 1 55 5555 010", "A phone number with +52 does not have 9 digits behind that. Check the number"),
        ("727 555 0142 or 727 555 0199", ONE_NUMBER),
        ("727 555 0142 727 555 0199", ONE_NUMBER),
        ("727 555 0142/727 555 0199", ONE_NUMBER),
        ("727 555 0142, +44 20 7946 0958", ONE_NUMBER),
        ("+44 20 7946 0958 +44 20 7946 0959", ONE_NUMBER),
        ("+49 30 123456 / 654321", ONE_NUMBER),
        ("+49 30 123456 - 654321", ONE_NUMBER),
        ("727 555 0142 after 5", NUMBER_ALONE),
        ("727 call 555 0142", NUMBER_ALONE),
        ("727 555 O142", NUMBER_ALONE),
        ("(727) 555-0142 or 0143", NUMBER_ALONE),
        ("727 555 0142 x12 x13", NUMBER_ALONE),
        ("727 x 555 0142", NUMBER_ALONE),
        ("727 555 0142 ext 12345678901234567890", NUMBER_ALONE),
        ("727 555 0142 5pm", NUMBER_ALONE),
        ("727 555 0142 9-5", NUMBER_ALONE),
        ("+49 30 1234567 (8-16)", NUMBER_ALONE),
        ("+43 1 5123456 (9-17 Uhr)", NUMBER_ALONE),
        ("+49 30 1234567 / 12", NUMBER_ALONE),
        ("+49 30 1234567 *9", NUMBER_ALONE),
        ("+49 30 1234567 [8-16]", NUMBER_ALONE),
    ],
)
def test_an_invalid_number_is_reported_with_the_reason(text: str, sentence: str) -> None:
    with pytest.raises(PhoneNumberError) as caught:
        read_number(text)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("727 555 0142 ext 3", "7275550142"),
        ("0142 x3", "0142"),
        ("٠١٤٢", "0142"),
        ("０１４２", "0142"),
        ("ends in 0142", "0142"),
        ("ext 3", "3"),
        ("", ""),
    ],
)
def test_digits_without_extension_leaves_the_extension_out(text: str, digits: str) -> None:
    assert digits_without_extension(text) == digits
