"""Fields of the forms for the clinic's facts: the hours of a day, and numbers within limits."""

import datetime as dt
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clinic_site.clinic import Span
from clinic_site.dates import NO_BREAK, clock

TIME = re.compile(r"(?P<noon>noon)|(?P<hour>\d{1,2})(?::(?P<minutes>\d\d))?\s*(?P<half>[ap])?(?(half)\.?m\.?)")
STRETCH = re.compile(r"\s*(?:-|–|\bto\b|\buntil\b)\s*")
SEPARATOR = re.compile(r"\s*(?:[,;]|\band\b)\s*")
NOON = 12
LIKE = "“8 a.m. to noon, 1 p.m. to 5 p.m.”"
UNCLEAR = "{day}: write the hours like {like}, or leave the field empty"
BACKWARD = "{day}: each time must be later than the one before it"


def parse_hours(text: str) -> tuple[Span, ...]:
    """Return the stretches in “8 a.m. to noon, 1 p.m. to 5 p.m.” or “08:00-12:00, 13:00-17:00”; () for no text.

    Raises ValueError for anything else, and for an hour that may be in the morning or in the afternoon.
    """
    stretches = [STRETCH.split(part) for part in SEPARATOR.split(text.strip().lower()) if part]
    if any(len(times) != 2 for times in stretches):
        raise ValueError
    return tuple(Span(_time(opens), _time(closes)) for opens, closes in stretches)


def _time(text: str) -> dt.time:
    found = TIME.fullmatch(text)
    if not found:
        raise ValueError
    if found["noon"]:
        return dt.time(NOON)
    hour, minutes = int(found["hour"]), int(found["minutes"] or 0)
    if found["half"] and 1 <= hour <= NOON:
        return dt.time(hour % NOON + (NOON if found["half"] == "p" else 0), minutes)
    if found["half"] or not found["minutes"] or len(found["hour"]) == 1:
        raise ValueError
    return dt.time(hour, minutes)


def hours_in_words(spans: Sequence[Span]) -> str:
    """Return 8 a.m. to noon, 1 p.m. to 5 p.m.; "" for a closed day."""
    return ", ".join(f"{clock(span.opens)} to {clock(span.closes)}" for span in spans).replace(NO_BREAK, " ")


class DayField(forms.CharField):
    """The hours of one day of the week, as stretches."""

    def __init__(self, weekday: str) -> None:
        super().__init__(label=weekday.capitalize(), required=False)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else hours_in_words(value or ())

    def to_python(self, value: Any) -> Any:
        try:
            spans = parse_hours(str(value or ""))
        except ValueError as error:
            raise ValidationError(UNCLEAR.format(day=self.label, like=LIKE)) from error
        times = [time for span in spans for time in (span.opens, span.closes)]
        if any(earlier >= later for earlier, later in pairwise(times)):
            raise ValidationError(BACKWARD.format(day=self.label))
        return spans


class NumberField(forms.IntegerField):
    """A whole number within limits, with one sentence for all errors."""

    def __init__(self, label: str, least: int, most: int, step: int = 1, **kwargs: Any) -> None:
        self._least, self._most, self._step = least, most, step
        within = f"from {least} to {most}"
        steps = f", a multiple of {step}" if step > 1 else ""
        self._refused = f"{label.partition(',')[0]}: enter a whole number {within}{steps}"
        messages = {"required": self._refused, "invalid": self._refused}
        super().__init__(
            label=label, error_messages=messages, widget=forms.TextInput({"inputmode": "numeric"}), **kwargs
        )

    def clean(self, value: Any) -> int:
        number = int(super().clean(value))
        if number % self._step or not self._least <= number <= self._most:
            raise ValidationError(self._refused)
        return number
