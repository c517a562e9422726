import dataclasses

import pytest

from appointments.policies.office_fit import fitting_offices, gaps_in_words, offices_for
from clinic_site.clinic_yaml import get_clinic


@pytest.mark.parametrize(
    ("office", "interpreter", "access", "gaps"),
    [
        ("", "Twi", ["step_free"], []),
        ("closed-long-ago", "Twi", ["step_free"], []),
        ("port-alder", "spanish", ["step_free", "asl"], []),
        ("lake-wren", "", [], []),
        ("lake-wren", "", ["step_free"], ["Step-free access. The Port Alder office does."]),
        ("lake-wren", "Haitian Créole", [], ["Haitian Creole interpreter. The Port Alder office does."]),
        ("lake-wren", "Spanish, Korean", [], ["Korean interpreter. No other office does."]),
        ("lake-wren", "Spanish, Mixtec", [], []),  # a language on no list: the clinic answers by itself
        ("lake-wren", "Mexican Spanish/English, por favor", [], []),
        ("lake-wren", "lengua de señas", ["asl"], ["American Sign Language interpreter. The Port Alder office does."]),
        ("lake-wren", "español", [], []),
        ("lake-wren", "Creole", [], ["Haitian Creole interpreter. The Port Alder office does."]),
        ("lake-wren", "ASL", [], ["American Sign Language interpreter. The Port Alder office does."]),
        ("port-alder", "Kreyòl ayisyen, Sign  language", [], []),
        ("lake-wren", "", ["something-we-no-longer-list"], []),
    ],
)
def test_services_the_chosen_office_lacks_are_listed_with_who_offers_them(
    office: str, interpreter: str, access: list[str], gaps: list[str]
) -> None:
    wanted = [f"The Lake Wren office does not offer: {gap}" for gap in gaps]
    assert gaps_in_words(get_clinic(), office, interpreter, access) == wanted


def test_every_office_that_offers_a_service_is_named() -> None:
    clinic = get_clinic()
    third = dataclasses.replace(clinic.offices[0], slug="third", name="Third office")
    clinic = dataclasses.replace(clinic, offices=(*clinic.offices, third))
    [sentence] = gaps_in_words(clinic, "lake-wren", "", ["asl"])
    assert sentence.endswith("The Port Alder office and the Third office do.")


@pytest.mark.parametrize(
    ("chosen", "interpreter", "access", "offices"),
    [
        ("", "", [], ["port-alder", "lake-wren"]),
        ("lake-wren", "", ["step_free"], ["lake-wren"]),
        ("", "", ["step_free"], ["port-alder"]),
        ("closed-long-ago", "ASL", [], ["port-alder"]),
        ("", "Korean", [], ["port-alder", "lake-wren"]),
    ],
    ids=["no need", "chosen", "one fits", "chosen office is gone", "none fits"],
)
def test_times_are_looked_for_in_the_chosen_office_else_where_all_needs_are_met_else_everywhere(
    chosen: str, interpreter: str, access: list[str], offices: list[str]
) -> None:
    found = offices_for(get_clinic(), chosen, interpreter, access)
    assert [office.slug for office in found] == offices


def test_an_office_that_lacks_something_does_not_fit() -> None:
    assert [office.slug for office in fitting_offices(get_clinic(), "", ["asl"])] == ["port-alder"]
    assert fitting_offices(get_clinic(), "Korean", []) == []
