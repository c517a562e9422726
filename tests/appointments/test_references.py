import itertools

import pytest

from appointments.references import ALPHABET, new_reference, normalise


def test_a_reference_is_two_groups_of_three() -> None:
    characters = itertools.cycle("K7M3QX")
    assert new_reference(lambda alphabet: next(characters)) == "K7M-3QX"


def test_every_character_is_in_the_alphabet() -> None:
    assert set(new_reference()) <= set(ALPHABET) | {"-"}


def test_two_references_differ() -> None:
    assert len({new_reference() for _ in range(100)}) > 90


@pytest.mark.parametrize("looks_alike", ["0O", "1IL", "2Z", "5S", "8B"])
def test_no_two_characters_look_alike(looks_alike: str) -> None:
    assert len(set(looks_alike) & set(ALPHABET)) == 0


def test_no_vowel_makes_a_word() -> None:
    assert not set("AEIOUY") & set(ALPHABET)


@pytest.mark.parametrize(
    "typed",
    ["K7M-3QX", "k7m3qx", "K7M 3QX", " k7m - 3qx ", "K7M3QX", "K7M‑3QX", "K7M\u200b-3QX", "Ｋ７Ｍ−３ＱＸ"],
)
def test_a_reference_is_parsed_in_any_spelling(typed: str) -> None:
    assert normalise(typed) == "K7M-3QX"


@pytest.mark.parametrize("typed", ["", "K7M", "K7M-3QX9", "K7M-3Q0", "Ana Torres", "7275550111"])
def test_other_text_is_not_a_reference(typed: str) -> None:
    assert normalise(typed) == ""
