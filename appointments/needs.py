"""What a patient asked for that the office they chose does not have, and which office has it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clinic_site.clinic import ACCESS, Clinic, Office
from clinic_site.folding import fold

# What people type, folded, for what the offices' lists call otherwise.
OTHER_NAMES = {
    "espanol": "spanish",
    "castellano": "spanish",
    "creole": "haitian creole",
    "kreyol": "haitian creole",
    "kreyol ayisyen": "haitian creole",
}
SIGNED = ("asl", "american sign language", "sign language")  # an access need, and people type it as a language


@dataclass(frozen=True)
class Gap:
    office: Office
    need: str  # in words, like “Step-free access” or “Polish interpreter”
    elsewhere: tuple[Office, ...]  # the offices that have it


def gaps(clinic: Clinic, office_slug: str, interpreter: str, access: Iterable[str]) -> Iterator[Gap]:
    """What the chosen office lacks. Nothing without an office: then the clinic picks one that fits.

    `interpreter`: as it is stored, one language or several with commas between them. `access`: keys of ACCESS.
    """
    office = clinic.office(office_slug)
    if office is None:
        return
    for language in filter(None, map(str.strip, interpreter.split(","))):
        if not _speaks(office, language):
            yield Gap(
                office, f"{language} interpreter", tuple(each for each in clinic.offices if _speaks(each, language))
            )
    for key in access:
        if key in ACCESS and key not in office.access:
            yield Gap(office, ACCESS[key], tuple(each for each in clinic.offices if key in each.access))


def gaps_in_words(clinic: Clinic, office_slug: str, interpreter: str, access: Iterable[str]) -> list[str]:
    """A sentence for each gap, for the patient and for the desk."""
    return [_sentence(gap) for gap in gaps(clinic, office_slug, interpreter, access)]


def _sentence(gap: Gap) -> str:
    others = " and the ".join(each.name for each in gap.elsewhere)
    who = f"The {others} {'do' if len(gap.elsewhere) > 1 else 'does'}." if others else "No other office does."
    return f"The {gap.office.name} does not offer: {gap.need}. {who}"


def _speaks(office: Office, language: str) -> bool:
    asked = fold(language)
    if asked in SIGNED and "asl" in office.access:
        return True
    return OTHER_NAMES.get(asked, asked) in {fold(each) for each in office.languages}
