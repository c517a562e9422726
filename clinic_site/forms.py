"""Fields of forms that patients and staff fill in."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from django import forms

from clinic_site.text.folding import without_invisible


@dataclass(frozen=True)
class FormError:
    """A line of the error summary on top of a page."""

    href: str  # where the page says more; "" for no link
    message: str
    field: str = ""  # of the form
    line: int = 0  # of the field, where it is about one


def _one_line(text: str) -> str:
    """Return `text` without control and invisible characters, with every run of white space as one space."""
    shown = without_invisible(text)
    return " ".join("".join(" " if unicodedata.category(char) == "Cc" else char for char in shown).split())


def _too_long(label: str, limit: int) -> dict[str, str]:
    return {"max_length": f"{label} must be {limit} characters or fewer"}


class LineField(forms.CharField):
    """One line of text in any script. Text that is too long is an error and is never cut."""

    def __init__(self, *, label: str, short: str, missing: str = "", max_length: int = 200, **kwargs: Any) -> None:
        """`short` names the field in errors. With `missing`, the error for an empty field, an answer is required."""
        messages = {"required": missing, **_too_long(short, max_length)}
        super().__init__(label=label, required=bool(missing), max_length=max_length, error_messages=messages, **kwargs)

    def to_python(self, value: Any) -> str:
        return _one_line(str(super().to_python(value) or ""))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}  # no maxlength: browsers would cut pasted text silently


class NoteField(forms.CharField):
    """A few lines of text; a line break counts as one character, as people count."""

    def __init__(self, *, label: str, short: str, max_length: int, missing: str = "", **kwargs: Any) -> None:
        """`short` names the field in errors. With `missing`, the error for an empty field, an answer is required."""
        messages = {"required": missing, **_too_long(short, max_length)}
        super().__init__(label=label, required=bool(missing), max_length=max_length, error_messages=messages, **kwargs)

    def to_python(self, value: Any) -> str:
        lines = str(super().to_python(value) or "").splitlines()
        return "\n".join(_one_line(line) for line in lines).strip()

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}
