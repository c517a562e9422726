"""What the patient needs and the chosen office lacks, which office has it, and which offices have it all."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from appointments.choices import LANGUAGES
from clinic_site.clinic import ACCESS, Clinic, Office
from clinic_site.crisis_words import plain_words

# What people type, by plain_words(), for languages in our lists.
OTHER_NAMES = {"espanol": "Spanish", "castellano": "Spanish", "creole": "Haitian Creole", "kreyol": "Haitian Creole"}
# An access need, which people type as a language.
SIGNED = re.compile(r"\b(asl|sign language|lengua(je)? de senas)\b")


@dataclass(frozen=True)
class Gap:
    office: Office
    need: str  # in words, like “Step-free access” or “Polish interpreter”
    elsewhere: tuple[Office, ...]  # the offices that have it


def gaps(clinic: Clinic, office_slug: str, interpreter: str, access: Iterable[str]) -> Iterator[Gap]:
    """Return what the chosen office lacks; nothing without an office, because then the clinic picks one that fits.

    `interpreter` is in the patient's words; the clinic answers for a language that no list knows. `access` holds keys
    of ACCESS.
    """
    office = clinic.office(office_slug)
    if office is None:
        return
    for language in _languages(clinic, interpreter):
        if language not in office.languages:
            elsewhere = tuple(other for other in clinic.offices if language in other.languages)
            yield Gap(office, f"{language} interpreter", elsewhere)
    signed = ["asl"] if SIGNED.search(plain_words(interpreter)) else []
    for key in dict.fromkeys([*access, *signed]):
        if key in ACCESS and key not in office.access:
            yield Gap(office, ACCESS[key], tuple(other for other in clinic.offices if key in other.access))


def fitting_offices(clinic: Clinic, interpreter: str, access: Collection[str]) -> list[Office]:
    """Return the offices that have all the patient needs. See gaps()."""
    return [office for office in clinic.offices if not any(gaps(clinic, office.slug, interpreter, access))]


def offices_for(clinic: Clinic, chosen: str, interpreter: str, access: Collection[str]) -> list[Office]:
    """Return the office that the patient chose; else those that fit; else all, and the clinic tells what it can do."""
    if office := clinic.office(chosen):
        return [office]
    return fitting_offices(clinic, interpreter, access) or list(clinic.offices)


def _languages(clinic: Clinic, interpreter: str) -> list[str]:
    """Return the listed languages among the words, by their names in the lists."""
    listed = {*LANGUAGES, *(language for office in clinic.offices for language in office.languages)}
    names = {plain_words(language): language for language in sorted(listed)} | OTHER_NAMES
    words = f" {plain_words(interpreter)} "
    return list(dict.fromkeys(language for name, language in names.items() if f" {name} " in words))


def gaps_in_words(clinic: Clinic, office_slug: str, interpreter: str, access: Iterable[str]) -> list[str]:
    """Return a sentence for each gap, for the patient and for the desk."""
    return [_sentence(gap) for gap in gaps(clinic, office_slug, interpreter, access)]


def _sentence(gap: Gap) -> str:
    others = " and the ".join(office.name for office in gap.elsewhere)
    who = f"The {others} {'do' if len(gap.elsewhere) > 1 else 'does'}." if others else "No other office does."
    return f"The {gap.office.name} does not offer: {gap.need}. {who}"
