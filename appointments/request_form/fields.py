"""Fields that the request form shares with the patient's page and the desk, and what their answers store.

They accept what people type.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django import forms
from django.core.validators import EmailValidator

from appointments.choices import LANGUAGES, OTHER_LANGUAGE, OWN_NAMES, ContactWay
from appointments.phones import Phone, read_phone
from clinic_site.clinic import Clinic
from clinic_site.forms import LineField
from clinic_site.text.folding import same_letters
from clinic_site.text.phones import PhoneNumberError

EMAIL_LENGTH = 254
CHOOSE = dict.fromkeys(("invalid_choice", "invalid_list"), "Choose from the answers shown")
EMAIL_ERROR = "Enter an e-mail address in the correct format, like name@example.com"
NAME_LANGUAGE = "Enter the language you want"
TICK_ONE = "Tick at least one way in which we may reach you"
TICK_CALL_TOO = "Tick “Call me”, too, or another way: we can leave a voicemail only if we may call you"
REACH = "Enter a phone number or an e-mail address"
NUMBER_TO_CALL = "Enter a phone number so that we can call you"
NUMBER_FOR_VOICEMAIL = "Enter a phone number so that we can leave a voicemail"
NUMBER_TO_TEXT = "Enter a phone number so that we can text you"
ADDRESS_TO_WRITE = "Enter an e-mail address so that we can write to you"


class EmailField(LineField):
    widget = forms.EmailInput
    default_validators = [EmailValidator(EMAIL_ERROR)]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(short="E-mail address", max_length=EMAIL_LENGTH, **kwargs)

    def to_python(self, value: Any) -> str:
        return super().to_python(same_letters(str(value or "")))


class PhoneField(LineField):
    """A line that becomes a Phone, or None if it is empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(short="Phone number", widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}), **kwargs)

    def clean(self, value: Any) -> Phone | None:
        text = super().clean(value)
        try:
            return read_phone(text) if text else None
        except PhoneNumberError as error:
            raise forms.ValidationError(str(error), code="phone") from error


class Radios(forms.RadioSelect):
    """Radio buttons, some with a hint (aria-describedby)."""

    hints: Mapping[str, str] = MappingProxyType({})  # by the value of the radio button

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        option["attrs"].pop("aria-invalid", None)  # not allowed on a radio button: the group has the message
        option["hint"] = str(self.hints.get(str(value), ""))
        if option["hint"]:
            option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_hint"
        return option


Choices = Iterable[tuple[str | None, str]]


def radios(label: str, choices: Choices, **kwargs: Any) -> forms.ChoiceField:
    """Return an optional field with one answer."""
    return forms.ChoiceField(
        label=label, choices=list(choices), required=False, widget=Radios, error_messages=CHOOSE, **kwargs
    )


def checkboxes(label: str, choices: Choices, **kwargs: Any) -> forms.MultipleChoiceField:
    """Return an optional field with any number of answers."""
    widget = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(
        label=label, choices=list(choices), required=False, widget=widget, error_messages=CHOOSE, **kwargs
    )


def box(label: str, missing: str = "", **kwargs: Any) -> forms.BooleanField:
    """Return a field with one checkbox. With `missing`, the error for an empty one, it is required."""
    return forms.BooleanField(label=label, required=bool(missing), error_messages={"required": missing}, **kwargs)


def interpreter_field() -> forms.ChoiceField:
    """Return the list of languages, which offer_languages() fills."""
    return forms.ChoiceField(label="Interpreter", required=False, error_messages=CHOOSE, help_text="Free of charge.")


def interpreter_other_field() -> LineField:
    return LineField(label="Another language", short="Language", max_length=100, help_text="If it is not in the list.")


def _languages(clinic: Clinic) -> list[str]:
    """Return the languages of the list: ours and those that the offices offer."""
    return sorted({*LANGUAGES, *(language for office in clinic.offices for language in office.languages)})


def offer_languages(field: Any, clinic: Clinic) -> None:
    choices = ((language, OWN_NAMES.get(language, language)) for language in _languages(clinic))
    field.choices = [("", "No interpreter needed"), *choices, (OTHER_LANGUAGE, "Another language")]


def language(cleaned: Mapping[str, Any]) -> str:
    """Return the chosen and the typed language, or the one that is given."""
    languages = (cleaned.get("interpreter", ""), cleaned.get("interpreter_other", ""))
    return ", ".join(language for language in languages if language and language != OTHER_LANGUAGE)


def chosen_and_typed(interpreter: str, clinic: Clinic) -> tuple[str, str]:
    """Return what to choose and what to type for a stored language: the opposite of language()."""
    chosen, _, typed = interpreter.partition(", ")
    if not interpreter or chosen in _languages(clinic):
        return chosen, typed
    return OTHER_LANGUAGE, interpreter


def missing_language(cleaned: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (field, message) if another language was chosen and none was typed."""
    if cleaned.get("interpreter") == OTHER_LANGUAGE and not cleaned.get("interpreter_other", "other"):
        yield "interpreter_other", NAME_LANGUAGE


@dataclass(frozen=True)
class Ways:
    """The four ticks of “How may we reach you?”, and what a request stores for them.

    | ticked            | stored                                                                        |
    |-------------------|-------------------------------------------------------------------------------|
    | call alone        | contact_way “phone”                                                           |
    | call and others   | contact_way empty: no preference                                              |
    | no call           | contact_way “no_calls”: nobody rings, whatever else is ticked                 |
    | voicemail         | voicemail, if calls are allowed: leaving one makes the telephone ring         |
    | texts             | texts                                                                         |
    | no e-mail         | no address: nobody may write to an address that is not stored                 |
    """

    call: bool
    voicemail: bool
    texts: bool
    mail: bool

    @classmethod
    def ticked(cls, cleaned: Mapping[str, Any]) -> "Ways":
        return cls(*(bool(cleaned.get(name)) for name in ("call", "voicemail", "texts", "mail")))

    @property
    def contact_way(self) -> str:
        if not self.call:
            return ContactWay.NO_CALLS.value
        return "" if self.texts or self.mail else ContactWay.PHONE.value

    @property
    def may_leave_voicemail(self) -> bool:
        return self.call and self.voicemail

    @property
    def reach_nobody(self) -> bool:
        """Whether no way is left. A voicemail alone is none: the telephone would ring against the patient's wish."""
        return not (self.call or self.texts or self.mail)


def missing_ways(ways: Ways, *, has_phone: bool, has_email: bool) -> Iterator[tuple[str, str]]:
    """Yield (field, message) where nothing is ticked, or where a tick needs a number or an address that is missing.

    “Call me” and “E-mail me” are ticked from the start. So a number alone, or an address alone, is enough as long as
    the tick that fits the answer is there; whoever ticks more has to give a number.
    """
    if ways.reach_nobody:
        yield "call", TICK_CALL_TOO if ways.voicemail else TICK_ONE
    if not has_phone and not has_email and (ways.reach_nobody or (ways.call and ways.mail)):
        yield "phone", REACH
    elif not has_phone and (message := _needs_number(ways, has_email=has_email)):
        yield "phone", message
    elif not has_email and ways.mail and not ways.call and not ways.texts:
        yield "email", ADDRESS_TO_WRITE


def _needs_number(ways: Ways, *, has_email: bool) -> str:
    """Return why the number is missing; "" if an e-mail is enough."""
    if ways.texts:
        return NUMBER_TO_TEXT
    if ways.may_leave_voicemail:
        return NUMBER_FOR_VOICEMAIL
    return NUMBER_TO_CALL if ways.call and not (ways.mail and has_email) else ""
