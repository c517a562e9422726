import pytest

from clinic_site.folding import fold


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("  Ana  MUÑOZ\n", "ana munoz"),
        ("Nguyễn Thị", "nguyen thi"),
        ("Straße", "strasse"),
        ("김민준", "김민준"),
        ("", ""),
    ],
)
def test_what_people_leave_out_or_type_differently_does_not_count(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_the_longest_name_fits_its_column() -> None:
    """800 characters for 200 typed: no letter folds to more than three."""
    assert max(len(fold(chr(code))) for code in range(0x110000) if not 0xD800 <= code < 0xE000) <= 3
