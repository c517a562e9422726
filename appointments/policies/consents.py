"""Consent texts, word for word and by version. A changed wording needs a new version."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypedDict

from appointments.choices import ContactWay
from appointments.models import ConsultationRequest
from clinic_site.clinic import Clinic
from clinic_site.text.phones import format_phone


@dataclass(frozen=True)
class ConsentText:
    version: str
    text: str  # {clinic} stands for the clinic's name, {privacy_link} for PRIVACY_LINK


class Consent(TypedDict):
    """One consent as a request stores it."""

    name: str
    version: str
    text: str
    number: str  # phone number that the consent is about, or ""
    at: str  # ISO 8601 with offset


PRIVACY_LINK = "privacy notice (new tab)"  # the page makes these words a link
TEXTS = {
    "adult_no_emergency": ConsentText("1", "I am 18 or older, and this is not an emergency."),
    "adult": ConsentText("1", "I am 18 or older"),  # in a crisis: nobody has to say then that it is no emergency
    "privacy": ConsentText("2", "How we use your answers: {privacy_link}."),
    "calls": ConsentText("2", "Call me about my request"),
    "voicemail": ConsentText("2", "Leave a voicemail with only a name and number"),
    # The first sentence is the label of the box, the others are its hint.
    "texts": ConsentText(
        "2",
        "Text me about my request and visits. May be automatic; rates may apply; not private. Reply STOP to end, "
        "HELP for help. Not needed for care.",
    ),
    "email": ConsentText("1", "E-mail me"),
}
# What a caller said, as the desk wrote it down: the caller has read nothing.
SPOKEN = {
    "adult_no_emergency": ConsentText("spoken-1", "As spoken: the caller is 18 or older, and this is no emergency."),
    "adult": ConsentText("spoken-1", "As spoken: the caller is 18 or older."),
    "privacy": ConsentText("spoken-1", "The caller was told that the privacy notice is on the site of {clinic}."),
    "calls": ConsentText("spoken-1", "As spoken: the clinic may call at this number about the request."),
    "voicemail": ConsentText("spoken-1", "As spoken: a voicemail with only a name and a phone number is allowed."),
    "texts": ConsentText("spoken-1", f"Read out to the caller, who agreed: “{TEXTS['texts'].text}”"),
    "email": ConsentText("spoken-1", "As spoken: the clinic may write to this address about the request."),
}


def wording(name: str, clinic: Clinic, *, spoken: bool = False) -> str:
    """Return the consent as the patient reads it, or as the desk confirms it for a caller, and as it is stored."""
    return (SPOKEN if spoken else TEXTS)[name].text.format(clinic=clinic.name, privacy_link=PRIVACY_LINK)


def consents_given(request: ConsultationRequest, clinic: Clinic, *, not_emergency: bool) -> list[Consent]:
    """Return all consents of the patient who sent or spoke `request`. `not_emergency`: the patient said so."""
    general = ["adult_no_emergency" if not_emergency else "adult", "privacy", *(["email"] if request.email else [])]
    numbers = {**dict.fromkeys(general, ""), **dict.fromkeys(_about_the_number(request), request.phone)}
    at, spoken = request.created_at, request.by_phone
    return [_consent(name, number, clinic, at, spoken=spoken) for name, number in numbers.items()]


def consents_for_number(given: Iterable[Consent], number: str, clinic: Clinic, now: dt.datetime) -> list[Consent]:
    """Return the consents for the old number, repeated for `number`."""
    names = {consent["name"]: consent["version"].startswith("spoken") for consent in given if consent["number"]}
    return [_consent(name, number, clinic, now, spoken=spoken) for name, spoken in names.items()]


def _consent(name: str, number: str, clinic: Clinic, now: dt.datetime, *, spoken: bool = False) -> Consent:
    text, version = wording(name, clinic, spoken=spoken), (SPOKEN if spoken else TEXTS)[name].version
    return Consent(name=name, version=version, text=text, number=number, at=now.isoformat())


def _about_the_number(request: ConsultationRequest) -> list[str]:
    may_call = bool(request.phone) and request.contact_way != ContactWay.NO_CALLS
    agreed = {"calls": may_call, "voicemail": may_call and request.voicemail, "texts": request.texts}
    return [name for name, is_given in agreed.items() if is_given]


def readable(consent: Consent) -> dict[str, Any]:
    """Return the consent for a page: with its `moment`, and its number as people write it as `phone`."""
    moment = dt.datetime.fromisoformat(consent["at"])
    return {**consent, "moment": moment, "phone": consent["number"] and format_phone(consent["number"])}
