"""What a patient agrees to, word for word and by version. A changed wording needs a new version."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict

from appointments.answers import Answers
from appointments.choices import ContactWay
from clinic_site.clinic import Clinic


@dataclass(frozen=True)
class ConsentText:
    version: str
    text: str  # {clinic} stands for the clinic's name


class Consent(TypedDict):
    """One consent as it is stored with a request."""

    name: str
    version: str
    text: str
    number: str  # the phone number it is about; "" where it is about none
    at: str  # ISO 8601 with offset


TEXTS = {
    "adult": ConsentText("1", "I am 18 or older"),
    "not_emergency": ConsentText("1", "This is not an emergency"),
    "privacy": ConsentText("1", "I have read the privacy notice"),
    "calls": ConsentText("1", "You may call me at this number about my request."),
    "voicemail": ConsentText("1", "You may leave a voicemail with only a name and a phone number."),
    "texts": ConsentText(
        "1",
        "{clinic} may text me about my request and visits. Texts may be automatic. I do not have to agree to "
        "get care. Message rates may apply. Reply STOP to end, HELP for help. Texts are not private; do not "
        "send health details.",
    ),
}
ALWAYS = ("adult", "not_emergency", "privacy")  # the form is not sent without these, but for the second in a crisis


def wording(name: str, clinic: Clinic) -> str:
    """The consent as the patient reads it, and as it is stored."""
    return TEXTS[name].text.format(clinic=clinic.name)


def consents_given(answers: Answers, clinic: Clinic, now: dt.datetime) -> list[Consent]:
    """All that a patient who sent `answers` agreed to."""
    always = [name for name in ALWAYS if name != "not_emergency" or answers.not_emergency]
    numbers = {**dict.fromkeys(always, ""), **dict.fromkeys(_about_the_number(answers), answers.phone)}
    return [_consent(name, number, clinic, now) for name, number in numbers.items()]


def consents_for_number(given: Iterable[Consent], number: str, clinic: Clinic, now: dt.datetime) -> list[Consent]:
    """What was agreed to for the old number, agreed to anew for `number`."""
    names = dict.fromkeys(each["name"] for each in given if each["number"])
    return [_consent(name, number, clinic, now) for name in names]


def _consent(name: str, number: str, clinic: Clinic, now: dt.datetime) -> Consent:
    text = wording(name, clinic)
    return Consent(name=name, version=TEXTS[name].version, text=text, number=number, at=now.isoformat())


def _about_the_number(answers: Answers) -> list[str]:
    may_call = bool(answers.phone) and answers.contact_way != ContactWay.NO_CALLS
    agreed = {"calls": may_call, "voicemail": may_call and answers.voicemail, "texts": answers.texts}
    return [name for name, given in agreed.items() if given]
