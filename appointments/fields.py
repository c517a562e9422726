"""Form fields that forgive how people type and say in words what is wrong."""

import copy
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, cast

from django import forms
from django.core.validators import EmailValidator

from appointments.phones import Phone, read_phone
from clinic_site.folding import same_letters, without_invisible
from clinic_site.phones import PhoneNumberError

CHOOSE = dict.fromkeys(("invalid_choice", "invalid_list"), "Choose from the answers shown")
EMAIL_ERROR = "Enter an e-mail address in the correct format, like name@example.com"
EMAIL_LENGTH = 254

# Slips of the finger, each by the domain that was meant.
EMAIL_SLIPS = {
    "gmail.com": ("gmial.com", "gmal.com", "gmai.com", "gamil.com", "gnail.com", "gmail.co", "gmail.con"),
    "hotmail.com": ("hotmial.com", "hotmal.com", "hotmai.com", "hotmail.co", "hotmail.con"),
    "yahoo.com": ("yaho.com", "yahooo.com", "yhoo.com", "yahoo.co", "yahoo.con"),
    "outlook.com": ("outlok.com", "outloook.com", "outlook.co", "outlook.con"),
    "icloud.com": ("iclod.com", "icloud.co", "icloud.con"),
}


def email_suggestion(address: str) -> str:
    """The address that was probably meant; "" where nothing looks like a slip."""
    local, _, domain = address.rpartition("@")
    meant = next((right for right, slips in EMAIL_SLIPS.items() if domain.lower() in slips), "")
    return f"{local}@{meant}" if local and meant else ""


def one_line(text: str) -> str:
    """Without control characters and what cannot be seen, and with every run of white space as one space."""
    shown = without_invisible(text)
    return " ".join("".join(" " if unicodedata.category(char) == "Cc" else char for char in shown).split())


def _too_long(label: str, limit: int) -> dict[str, str]:
    return {"max_length": f"{label} must be {limit} characters or fewer"}


class LineField(forms.CharField):
    """One line of text in any script. Nothing is cut off in typing or pasting: too long a text is told."""

    def __init__(self, *, label: str, short: str, missing: str = "", max_length: int = 200, **kwargs: Any) -> None:
        """`short` names the field in errors. With `missing`, told when nothing is typed, it must be filled."""
        messages = {"required": missing, **_too_long(short, max_length)}
        super().__init__(label=label, required=bool(missing), max_length=max_length, error_messages=messages, **kwargs)

    def to_python(self, value: Any) -> str:
        return one_line(str(super().to_python(value) or ""))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}  # no maxlength: browsers cut a pasted text without a word


class EmailField(LineField):
    widget = forms.EmailInput
    default_validators = [EmailValidator(EMAIL_ERROR)]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(short="E-mail address", max_length=EMAIL_LENGTH, **kwargs)

    def to_python(self, value: Any) -> str:
        return super().to_python(same_letters(str(value or "")))


class PhoneField(LineField):
    """Gives a Phone, or None where nothing was typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(short="Phone number", widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}), **kwargs)

    def clean(self, value: Any) -> Phone | None:
        text = super().clean(value)
        try:
            return read_phone(text) if text else None
        except PhoneNumberError as error:
            raise forms.ValidationError(str(error), code="phone") from error


class NoteField(forms.CharField):
    """A few lines of text; a line break counts as one character, as people count."""

    def __init__(self, *, label: str, short: str, max_length: int, **kwargs: Any) -> None:
        messages = _too_long(short, max_length)
        super().__init__(label=label, required=False, max_length=max_length, error_messages=messages, **kwargs)

    def to_python(self, value: Any) -> str:
        lines = str(super().to_python(value) or "").splitlines()
        return "\n".join(one_line(line) for line in lines).strip()

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}


Hint = Callable[[str], str]  # value of an answer -> what is said of it, "" for nothing


def _no_hint(value: str) -> str:
    return ""


class Radios(forms.RadioSelect):
    """Radio buttons, each of which may have a hint of its own, tied to it. Hints are made when they are shown."""

    hint: Hint = staticmethod(_no_hint)

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        option["attrs"].pop("aria-invalid", None)  # not allowed on a radio button: the group's message says it
        option["hint"] = self.hint(str(value))
        if option["hint"]:
            option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_hint"
        return option


Choices = Iterable[tuple[str | None, str]]


def radios(label: str, choices: Choices, **kwargs: Any) -> forms.ChoiceField:
    """A choice that may be left open."""
    return forms.ChoiceField(
        label=label,
        choices=list(choices),
        required=False,
        widget=Radios,
        error_messages=CHOOSE,
        **kwargs,
    )


def with_hints(field: forms.Field, hint: Hint) -> forms.Field:
    """A copy of a field of radios() whose answers have hints."""
    own, widget = copy.copy(field), cast("Radios", copy.copy(field.widget))
    own.widget, widget.hint = widget, hint
    return own


def selection(label: str, choices: Choices, **kwargs: Any) -> forms.ChoiceField:
    """A choice from a longer list, which may be left open."""
    return forms.ChoiceField(label=label, choices=list(choices), required=False, error_messages=CHOOSE, **kwargs)


def checkboxes(label: str, choices: Choices, **kwargs: Any) -> forms.MultipleChoiceField:
    """Any number of answers, none included."""
    return forms.MultipleChoiceField(
        label=label,
        choices=list(choices),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=CHOOSE,
        **kwargs,
    )


def box(label: str, missing: str = "", **kwargs: Any) -> forms.BooleanField:
    """One box to tick; with `missing`, the error for leaving it empty, it must be ticked."""
    return forms.BooleanField(label=label, required=bool(missing), error_messages={"required": missing}, **kwargs)
