"""What a patient asked for that the office they chose does not have, and which office has it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from appointments.choices import LANGUAGES
from clinic_site.clinic import ACCESS, Clinic, Office
from clinic_site.crisis import plain_words

# What people type, in plain words, for what our lists call otherwise.
OTHER_NAMES = {"espanol": "Spanish", "castellano": "Spanish", "creole": "Haitian Creole", "kreyol": "Haitian Creole"}
# An access need, which people type as a language.
SIGNED = re.compile(r"\b(asl|sign language|lengua(je)? de senas)\b")


@dataclass(frozen=True)
class Gap:
    office: Office
    need: str  # in words, like “Step-free access” or “Polish interpreter”
    elsewhere: tuple[Office, ...]  # the offices that have it


def gaps(clinic: Clinic, office_slug: str, interpreter: str, access: Iterable[str]) -> Iterator[Gap]:
    """What the chosen office lacks. Nothing without an office: then the clinic picks one that fits.

    `interpreter`: as it is stored, in the patient's words. Of a language that no list knows nothing is said: the clinic
    answers that itself. `access`: keys of ACCESS.
    """
    office = clinic.office(office_slug)
    if office is None:
        return
    for language in _languages(clinic, interpreter):
        if language not in office.languages:
            elsewhere = tuple(each for each in clinic.offices if language in each.languages)
            yield Gap(office, f"{language} interpreter", elsewhere)
    signed = ["asl"] if SIGNED.search(plain_words(interpreter)) else []
    for key in dict.fromkeys([*access, *signed]):
        if key in ACCESS and key not in office.access:
            yield Gap(office, ACCESS[key], tuple(each for each in clinic.offices if key in each.access))


def _languages(clinic: Clinic, interpreter: str) -> list[str]:
    """The languages that our lists know among the words, by the lists' names."""
    listed = {*LANGUAGES, *(language for office in clinic.offices for language in office.languages)}
    names = {plain_words(language): language for language in sorted(listed)} | OTHER_NAMES
    asked = f" {plain_words(interpreter)} "
    return list(dict.fromkeys(language for name, language in names.items() if f" {name} " in asked))


def gaps_in_words(clinic: Clinic, office_slug: str, interpreter: str, access: Iterable[str]) -> list[str]:
    """A sentence for each gap, for the patient and for the desk."""
    return [_sentence(gap) for gap in gaps(clinic, office_slug, interpreter, access)]


def _sentence(gap: Gap) -> str:
    others = " and the ".join(each.name for each in gap.elsewhere)
    who = f"The {others} {'do' if len(gap.elsewhere) > 1 else 'does'}." if others else "No other office does."
    return f"The {gap.office.name} does not offer: {gap.need}. {who}"
