import pytest

from clinic_site.text.folding import fold, fold_name, same_letters, without_invisible

EVERY_LETTER = [chr(code) for code in range(0x20000) if not 0xD800 <= code < 0xE000]


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("  Ana  MUÑOZ\n", "ana munoz"),
        ("Nguyễn Thị", "nguyen thi"),
        ("Straße", "strasse"),
        ("김민준", "김민준"),
        ("", ""),
        ("Łukasz Wróbel", "lukasz wrobel"),
        ("Đặng Văn An", "dang van an"),
        ("SØREN Ærø", "soren aero"),
        ("Guðmundur Þór", "gudmundur thor"),
        ("İlham ışık", "ilham isik"),
        ("Ɓala Ƙaura", "bala kaura"),
        ("Ａｎａ　Ｔｏｒｒｅｓ", "ana torres"),
        ("ｶﾞ", fold("ガ")),
        ("Ana\u200bTor\u00adres\ufeff", "anatorres"),
        ("Jose\u0301", "jose"),
        ("علی کریمی", fold("علي كريمي")),
        ("𝐀𝐧𝐚 ﬁ", "ana fi"),
        ("٠١٢ ７ ९", "012 7 9"),
        ("\ufdfa", "\ufdfa"),
    ],
)
def test_differences_in_spelling_and_marks_are_folded(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize("apostrophe", "'`´‘’‛ʹʻʼʽʾʿ′՚׳＇")
def test_every_apostrophe_is_folded_to_one(apostrophe: str) -> None:
    assert fold(f"O{apostrophe}Brien") == "o'brien"


@pytest.mark.parametrize("hyphen", "-‐‑‒–—―−﹘﹣－־")
def test_every_hyphen_is_folded_to_one(hyphen: str) -> None:
    assert fold(f"Anne{hyphen}Marie") == "anne-marie"


def test_a_character_is_folded_alike_in_every_text() -> None:
    """With a rare letter beside it, and without."""
    everyday = [*map(chr, range(128)), *"“”’"]
    assert [char for char in everyday if f"{fold(f'A{char}B')}l" != fold(f"A{char}Bł")] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siobhán O’Brien", "siobhan obrien"),
        ("O'Brien", "O Brien"),
        ("Anne‐Marie Lee", "Anne Marie Lee"),
        ("Anne\u00adMarie", "AnneMarie"),
        ("Van den Berg", "Vandenberg"),
        ("J.R. Smith", "JR Smith"),
        ("Gal·la", "Galla"),
    ],
)
def test_names_are_compared_by_their_letters(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize(("one", "other"), [("---", "***"), ("Ana", "Anna"), ("हिन्दी", "हिन्दु"), ("🙂", "🙃")])
def test_different_names_stay_different(one: str, other: str) -> None:
    assert fold_name(one) != fold_name(other)


def test_folding_twice_changes_nothing_more() -> None:
    assert [letter for letter in EVERY_LETTER if fold(fold(letter)) != fold(letter)] == []


def test_the_longest_name_fits_its_column() -> None:
    """800 characters for 200 typed: no letter folds to more than three."""
    assert max(len(fold(letter)) for letter in EVERY_LETTER) <= 3


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Ana\u200b \u200eTorres\ufeff", "Ana Torres"),
        ("\u202eAna\u202c \u2066Torres\u2069", "Ana Torres"),
        ("Ana\u200dTorres", "AnaTorres"),
        ("A\ufe0fna", "Ana"),
        ("An\u00ada\u2060\u034f\U000e0041", "Ana"),
        ("Ana\u0301", "Ana\u0301"),
    ],
)
def test_invisible_characters_are_removed(typed: str, shown: str) -> None:
    assert without_invisible(typed) == shown


@pytest.mark.parametrize("typed", ["می‌خواهم", "क्‍ष", "葛\U000e0100飾", "❤\ufe0f", "👩\u200d⚕\ufe0f", "李小龍", "김민준"])
def test_characters_that_shape_their_neighbor_remain(typed: str) -> None:
    assert without_invisible(typed) == typed


@pytest.mark.parametrize("typed", ["\u3164", "\u200b\ufeff", "\u2800 \xa0", "\u0301", "\ufe0f", "\u200f\u202e", ""])
def test_a_text_of_invisible_characters_is_empty(typed: str) -> None:
    assert without_invisible(typed) == ""


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("fi\u00adbro\u200bmyalgia", "fibromyalgia"),
        ("ｐａｉｎ　ｋｅｔａ", "pain keta"),
        ("cafe\u0301", "café"),
        ("ﬁbro", "fibro"),
        ("½ of 3 m²…", "½ of 3 m²…"),
    ],
)
def test_equal_letters_have_one_form(written: str, same: str) -> None:
    assert same_letters(written) == same
