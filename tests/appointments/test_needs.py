import dataclasses

import pytest

from appointments.needs import gaps_in_words
from clinic_site.clinic_file import get_clinic


@pytest.mark.parametrize(
    ("office", "interpreter", "access", "said"),
    [
        ("", "Twi", ["step_free"], []),
        ("closed-long-ago", "Twi", ["step_free"], []),
        ("port-alder", "spanish", ["step_free", "asl"], []),
        ("lake-wren", "", [], []),
        ("lake-wren", "", ["step_free"], ["Step-free access. The Port Alder office does."]),
        ("lake-wren", "Haitian Créole", [], ["Haitian Creole interpreter. The Port Alder office does."]),
        ("lake-wren", "Spanish, Korean", [], ["Korean interpreter. No other office does."]),
        ("lake-wren", "Spanish, Mixtec", [], []),  # no list knows it: the clinic answers that itself
        ("lake-wren", "Mexican Spanish/English, por favor", [], []),
        ("lake-wren", "lengua de señas", ["asl"], ["American Sign Language interpreter. The Port Alder office does."]),
        ("lake-wren", "español", [], []),
        ("lake-wren", "Creole", [], ["Haitian Creole interpreter. The Port Alder office does."]),
        ("lake-wren", "ASL", [], ["American Sign Language interpreter. The Port Alder office does."]),
        ("port-alder", "Kreyòl ayisyen, Sign  language", [], []),
        ("lake-wren", "", ["something-we-no-longer-list"], []),
    ],
)
def test_what_the_chosen_office_lacks_and_who_has_it(
    office: str, interpreter: str, access: list[str], said: list[str]
) -> None:
    wanted = [f"The Lake Wren office does not offer: {each}" for each in said]
    assert gaps_in_words(get_clinic(), office, interpreter, access) == wanted


def test_every_office_that_has_it_is_named() -> None:
    clinic = get_clinic()
    third = dataclasses.replace(clinic.offices[0], slug="third", name="Third office")
    clinic = dataclasses.replace(clinic, offices=(*clinic.offices, third))
    [said] = gaps_in_words(clinic, "lake-wren", "", ["asl"])
    assert said.endswith("The Port Alder office and the Third office do.")
