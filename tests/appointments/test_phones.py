import pytest

from appointments.phones import Phone, digits_to_search, parse_phone


@pytest.mark.parametrize(
    "typed",
    [
        "7275550142",
        "727 555 0142",
        "727-555-0142",
        "727.555.0142",
        "(727) 555-0142",
        "(727)555-0142",
        "+1 727 555 0142",
        "+17275550142",
        "1-727-555-0142",
        "1 (727) 555.0142",
        "  727 555 0142  ",
        "727–555–0142",
        "７２７５５５０１４２",
    ],
)
def test_a_us_number_is_parsed_in_any_spelling(typed: str) -> None:
    assert parse_phone(typed) == Phone(typed, "+17275550142", "")


@pytest.mark.parametrize("ending", ["x12", " x 12", " ext 12", " ext. 12", ", ext. 12", " extension 12", "#12"])
def test_an_extension_is_separated(ending: str) -> None:
    typed = "727 555 0142" + ending
    assert parse_phone(typed) == Phone(typed, "+17275550142", "12")


@pytest.mark.parametrize(
    ("typed", "number"), [("+44 20 7946 0958", "+442079460958"), ("+52 55 5555 0100", "+525555550100")]
)
def test_a_foreign_number_needs_a_plus(typed: str, number: str) -> None:
    assert parse_phone(typed) == Phone(typed, number, "")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "call me",
        "555-0142",
        "727 555 014",
        "727 555 01422",
        "07275550142",
        "+44 1",
        "727 555 0142 727 555 0178",
        "+",
    ],
)
def test_text_that_cannot_be_dialed_is_no_number(typed: str) -> None:
    assert parse_phone(typed) is None


@pytest.mark.parametrize("typed", ["(727) 555 0142", "727.555.0142", "+1 727 555 0142", "727 555 0142 x9"])
def test_a_complete_number_is_searched_by_all_digits(typed: str) -> None:
    assert digits_to_search(typed) == "17275550142"


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("555-0142", "5550142"),
        ("0142", "0142"),
        ("142", ""),
        ("Ana", ""),
        ("٠١٤٢", "0142"),
        ("555-0142 Ana", "5550142"),
    ],
)
def test_a_partial_number_is_searched_from_four_digits(typed: str, digits: str) -> None:
    assert digits_to_search(typed) == digits
