"""Forms for what staff may change in clinic.yaml: hours, closed days, calendars and kinds of visit.

Each form knows which values of the file it changes, so that all other lines stay as they are.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify

from articles.editing.shared_files.clinic_fields import LIKE, DayField, NumberField
from articles.editing.shared_files.yaml_edits import Path, Value, with_value
from clinic_site.clinic import QUARTER_MINUTES, WEEKDAYS, Calendar, Clinic, Office, Span, VisitKind, Week
from clinic_site.clinic_yaml import LONGEST_HORIZON, LONGEST_LEAD, LONGEST_VISIT, MOST_A_DAY, NUMBER_TO_CALL
from clinic_site.dates import dated, day
from clinic_site.forms import LineField, NoteField
from clinic_site.text.folding import fold

Changes = list[tuple[Path, Value | None]]
HOURS_HELP = f"Write it like {LIKE}. Leave it empty if it is closed."
OWN_HOURS_HELP = f"Leave all days empty to use the hours of the office. Else write them like {LIKE}."
NEVER_OPEN = "Give at least one day on which the office is open"
NO_NUMBER = "{what}: leave phone numbers out, because patients call those of the office"
LONGEST_CLOSING = 60  # days at once: more is a mistyped year
RESERVED = ("new",)  # slugs that are addresses of forms


def _name(what: str, **kwargs: Any) -> LineField:
    return LineField(label="Name", short="“Name”", missing=f"Enter a name for {what}", max_length=80, **kwargs)


class FactsForm(forms.Form):
    """A part of the clinic's facts, in fields. changes() returns the values of the file that the valid form changes."""

    use_required_attribute = False
    unmarked: Collection[str] = WEEKDAYS  # not marked as optional: an empty day is an answer
    title = ""
    why = ""  # for the history of the file
    removable = ""  # the words of the button that removes the whole part; empty: it cannot be removed

    def removal(self) -> Changes:
        """Return the values to remove. Raises ValidationError if something needs them."""
        raise ValidationError("This cannot be removed")

    def _week(self) -> Week:
        return tuple(self.cleaned_data[weekday] for weekday in WEEKDAYS)


def with_changes(text: str, changes: Changes) -> str:
    """Return the text of clinic.yaml with the changes. Raises ContentError if the text cannot be read."""
    for path, value in changes:
        text = with_value(text, path, value)
    return text


def _hour_changes(path: Path, before: Week, after: Week) -> Changes:
    """Return the changed days; those that close come last, so that the hours are never empty in between."""
    changed = [(name, spans) for name, was, spans in zip(WEEKDAYS, before, after, strict=True) if was != spans]
    found: Changes = [((*path, name), _spans(spans) or None) for name, spans in changed]
    return sorted(found, key=lambda change: change[1] is None)


def _spans(spans: Sequence[Span]) -> list[str]:
    return [f"{span.opens:%H:%M}-{span.closes:%H:%M}" for span in spans]


def _week_mapping(week: Week) -> dict[str, Value]:
    return {name: _spans(spans) for name, spans in zip(WEEKDAYS, week, strict=True) if spans}


def _check_number(what: str, text: str) -> str:
    """Return the text. Raises ValidationError for a phone number: which ones patients call is up to the owner."""
    if NUMBER_TO_CALL.search(fold(text)):
        raise ValidationError(NO_NUMBER.format(what=what))
    return text


def _free_slug(name: str, taken: Collection[str], fallback: str) -> str:
    base = slugify(name) or fallback
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 4))
    return next(slug for slug in (base, *numbered) if slug not in taken and slug not in RESERVED)


class HoursForm(FactsForm):
    """Hours of an office."""

    def __init__(self, office: Office, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(zip(WEEKDAYS, office.hours, strict=True)))
        self._office = office
        self.title = f"Hours of the {office.name}"
        self.why = f"Hours, {office.name}"
        self.fields.update({weekday: DayField(weekday) for weekday in WEEKDAYS})
        self.fields[WEEKDAYS[0]].help_text = HOURS_HELP

    def clean(self) -> None:
        if not self.errors and not any(self._week()):
            raise ValidationError(NEVER_OPEN)

    def changes(self) -> Changes:
        return _hour_changes(("offices", self._office.slug, "hours"), self._office.hours, self._week())


class ClosuresForm(FactsForm):
    """Closed days of an office: tick those to take out, and add one or several days in a row."""

    unmarked = ("removed",)
    removed = forms.MultipleChoiceField(
        label="Closed days: tick those to take out", required=False, widget=forms.CheckboxSelectMultiple
    )
    first = forms.DateField(
        label="Close on", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Close on: enter a date, like 12/24/2026"},
    )  # fmt: skip
    last = forms.DateField(
        label="Last day, if several days in a row", required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Last day: enter a date, like 12/26/2026"},
    )  # fmt: skip
    reason = LineField(label="Reason, as patients read it", short="“Reason”", max_length=80)

    def __init__(self, office: Office, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self._office = office
        self.title = f"Closed days of the {office.name}"
        self.why = f"Closed days, {office.name}"
        days = sorted(office.closures.items())
        choices = [(date.isoformat(), f"{day(date)}, {date.year}: {reason}") for date, reason in days]
        removed = self.fields["removed"]
        assert isinstance(removed, forms.MultipleChoiceField)  # noqa: S101 (for the type checker)
        removed.choices = choices
        if not choices:
            del self.fields["removed"]

    def clean_reason(self) -> str:
        return _check_number("Reason", str(self.cleaned_data["reason"]))

    def clean(self) -> None:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if "first" in self.errors or "last" in self.errors:
            return
        if not first and (last or self.cleaned_data.get("reason")):
            self.add_error("first", "Close on: enter the day on which the office is closed")
        elif first and not self.cleaned_data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", "Reason: say why, as in “Staff training”; patients read it")
        if first and last and not first <= last < first + dt.timedelta(days=LONGEST_CLOSING):
            limits = f"from {dated(first)} on, at most {LONGEST_CLOSING} days in all"
            self.add_error("last", f"Last day: enter a day {limits}")
        taken = [date for date in self._days() if date in self._office.closures and str(date) not in self._removed()]
        if taken:
            self.add_error("first", f"{dated(taken[0])} is a closed day already: take it out to give another reason")

    def _removed(self) -> list[str]:
        return list(self.cleaned_data.get("removed", []))

    def _days(self) -> list[dt.date]:
        first = self.cleaned_data.get("first")
        if not first or self.errors:
            return []
        count = ((self.cleaned_data.get("last") or first) - first).days + 1
        return [first + dt.timedelta(days=number) for number in range(count)]

    def changes(self) -> Changes:
        path, reason = ("offices", self._office.slug, "closures"), str(self.cleaned_data["reason"])
        days = self._days()
        closed: Changes = [
            ((*path, str(date), "reason"), reason)
            if date in self._office.closures
            else ((*path, str(date)), {"date": date, "reason": reason})
            for date in days
        ]
        opened = set(self._removed()) - {str(date) for date in days}
        return [*closed, *(((*path, date), None) for date in sorted(opened))]


class CalendarForm(FactsForm):
    """A calendar: a person or a room of an office that can be booked."""

    name = _name("the calendar", help_text="As the front desk reads it, like “Room 2”. Patients do not see it.")
    kinds = forms.MultipleChoiceField(
        label="Kinds of visit", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Kinds of visit: tick at least one"},
    )  # fmt: skip

    def __init__(
        self, clinic: Clinic, office: Office, calendar: Calendar | None, own_hours: bool, data: Mapping[str, Any] | None
    ) -> None:
        """`calendar` is None for a new one. `own_hours`: the calendar has hours of its own."""
        week: Week = calendar.hours if calendar and own_hours else ((),) * len(WEEKDAYS)
        initial: dict[str, Any] = dict(zip(WEEKDAYS, week, strict=True))
        if calendar:
            initial |= {"name": calendar.name, "kinds": [kind.slug for kind in calendar.kinds]}
        super().__init__(data, initial=initial)
        self._clinic, self._office, self._calendar, self._week_before = clinic, office, calendar, week
        self.title = f"Calendar “{calendar.name}”, {office.name}" if calendar else f"New calendar, {office.name}"
        self.why = self.title
        self.removable = "Remove the calendar" if calendar else ""
        kinds = self.fields["kinds"]
        assert isinstance(kinds, forms.MultipleChoiceField)  # noqa: S101 (for the type checker)
        kinds.choices = [(kind.slug, kind.name) for kind in clinic.visit_kinds]
        if not clinic.visit_kinds:
            del self.fields["kinds"]
        self.fields.update({weekday: DayField(weekday) for weekday in WEEKDAYS})
        self.fields[WEEKDAYS[0]].help_text = OWN_HOURS_HELP

    def clean_name(self) -> str:
        return _check_number("Name", str(self.cleaned_data["name"]))

    def changes(self) -> Changes:
        name, kinds, week = self.cleaned_data["name"], self.cleaned_data.get("kinds", []), self._week()
        if self._calendar is None:
            taken = [calendar.slug for office in self._clinic.offices for calendar in office.calendars]
            slug = _free_slug(f"{self._office.slug}-{name}", taken, "calendar")
            values: dict[str, Value] = {"slug": slug, "name": name}
            values |= {"kinds": kinds} if kinds else {}
            values |= {"hours": _week_mapping(week)} if any(week) else {}
            return [(self._path(slug), values)]
        path = self._path(self._calendar.slug)
        found: Changes = [((*path, "name"), name)] if name != self._calendar.name else []
        if kinds != [kind.slug for kind in self._calendar.kinds]:
            found.append(((*path, "kinds"), kinds))
        return found + _hour_changes((*path, "hours"), self._week_before, week)

    def removal(self) -> Changes:
        return [(self._path(self._calendar.slug), None)] if self._calendar else super().removal()

    def _path(self, slug: str) -> Path:
        return ("offices", self._office.slug, "calendars", slug)


class VisitKindForm(FactsForm):
    """A kind of visit with its rules."""

    unmarked = ("by_phone",)
    name = _name("the kind of visit", help_text="As patients read it, like “First consultation in the office”.")
    by_phone = forms.BooleanField(label="By phone: the patient need not come", required=False)
    minutes = NumberField("Length, in minutes", QUARTER_MINUTES, LONGEST_VISIT, QUARTER_MINUTES)
    buffer_minutes = NumberField(
        "Pause after it, in minutes",
        0,
        LONGEST_VISIT,
        QUARTER_MINUTES,
        help_text="Before the next visit in the calendar.",
    )
    lead_hours = NumberField(
        "Notice, in hours", 0, LONGEST_LEAD, help_text="Patients choose, move and cancel a time until then."
    )
    horizon_days = NumberField("Days ahead", 1, LONGEST_HORIZON, help_text="How far ahead patients choose a time.")
    most_a_day = NumberField("Most on one day", 1, MOST_A_DAY, help_text="In one calendar.")
    confirm = forms.ChoiceField(
        label="When a patient chooses a time",
        choices=[("desk", "The desk answers first; the time is held meanwhile"), ("auto", "It is booked at once")],
        widget=forms.RadioSelect,
        error_messages={"required": "When a patient chooses a time: choose what happens"},
    )
    bring = NoteField(
        label="What to bring", short="“What to bring”", max_length=500, widget=forms.Textarea({"rows": 3}),
        help_text="One thing on each line, as patients read it.",
    )  # fmt: skip

    def __init__(self, clinic: Clinic, kind: VisitKind | None, data: Mapping[str, Any] | None) -> None:
        """`kind` is None for a new one."""
        self._clinic, self._kind = clinic, kind
        super().__init__(data, initial=_kind_values(kind) | {"bring": "\n".join(kind.bring)} if kind else NEW_KIND)
        self.title = f"Kind of visit: {kind.name}" if kind else "New kind of visit"
        self.why = self.title
        self.removable = "Remove this kind of visit" if kind else ""

    def clean_name(self) -> str:
        return _check_number("Name", str(self.cleaned_data["name"]))

    def clean_bring(self) -> list[str]:
        lines = _check_number("What to bring", str(self.cleaned_data["bring"])).splitlines()
        return list(dict.fromkeys(line for line in lines if line))

    def changes(self) -> Changes:
        wanted = {name: self.cleaned_data[name] for name in NEW_KIND} | {"bring": self.cleaned_data["bring"]}
        if self._kind is None:
            slug = _free_slug(wanted["name"], [kind.slug for kind in self._clinic.visit_kinds], "visit")
            values: dict[str, Value] = {"slug": slug} | {
                name: value for name, value in wanted.items() if value or name == "lead_hours"
            }
            return [(("visits", slug), values)]
        before = _kind_values(self._kind)
        path = ("visits", self._kind.slug)
        return [
            ((*path, name), None if value == [] else value) for name, value in wanted.items() if value != before[name]
        ]

    def removal(self) -> Changes:
        if self._kind is None:
            return super().removal()
        users = [
            calendar.name
            for office in self._clinic.offices
            for calendar in office.calendars
            if self._kind in calendar.kinds
        ]
        if users:
            raise ValidationError(f"First take this kind of visit out of its calendars: {', '.join(users)}")
        return [(("visits", self._kind.slug), None)]


def _kind_values(kind: VisitKind) -> dict[str, Any]:
    """Return the values of the kind by their keys in the file."""
    plain = {name: getattr(kind, name) for name in NEW_KIND if name != "confirm"}
    return plain | {"confirm": "desk" if kind.needs_answer else "auto", "bring": list(kind.bring)}


# What a new kind of visit starts with.
NEW_KIND: dict[str, Any] = {
    "name": "", "by_phone": False, "minutes": 30, "buffer_minutes": 0, "lead_hours": 24, "horizon_days": 42,
    "most_a_day": 8, "confirm": "desk",
}  # fmt: skip


AnyForm = HoursForm | ClosuresForm | CalendarForm | VisitKindForm
