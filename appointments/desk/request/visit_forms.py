"""Forms of the steps that offer, book, move, cancel and close a visit."""

import datetime as dt
from collections.abc import Iterator
from typing import Any, TypeVar, cast

from django import forms
from django.utils import timezone

from appointments.booking import MOST_OFFERS, OUTCOMES
from appointments.choices import CancelReason, VisitStatus
from appointments.desk.request.step_forms import NOT_OFFERED, VersionForm, one_message
from appointments.models import ConsultationRequest
from appointments.visit_time import obstacle, parse_date, parse_time, typed_date
from appointments.visits.free_times import Bookable, Slot, dated_slot, is_free, slot_at
from appointments.visits.holds import find_bookables, find_slot, taken_times
from clinic_site.clinic import QUARTER_MINUTES, Office
from clinic_site.clinic_yaml import get_clinic
from clinic_site.dates import clock
from clinic_site.forms import LineField

NO_SLOTS = f"Tick one to {MOST_OFFERS} of the free times to offer"
NO_SLOT = "Tick the one free time to book"
GONE = "A ticked time is no longer free: look at the times again"
NO_DATE = "Enter the date of the visit as month, day and year, like 12/1/2026"
NO_TIME = "Enter the time of the visit with a.m. or p.m., like 3:30 p.m."
NO_OFFICE = "Choose the office of the visit"
NO_QUARTER = f"In a calendar visits begin every {QUARTER_MINUTES} minutes: enter a time like 3:15 p.m."
NO_CALENDAR = "This office has no calendar for that kind of visit: choose another office or kind"
NOT_FREE = "That time is not free in a calendar of this office, or its hours are too short: enter another time"
NO_REASON = "Choose why the visit is cancelled"
TYPED = {"autocomplete": "off", "spellcheck": "false"}
RESULTS = sorted({status for after in OUTCOMES.values() for status in after}, key=list(VisitStatus).index)


class TimesForm(VersionForm):
    """Form of ticked free times. In a valid form `slots` are the slots, in the order of time."""

    slots = forms.Field(widget=forms.CheckboxSelectMultiple)
    most = MOST_OFFERS
    missing = NO_SLOTS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "times-%s"  # the same boxes are ticked for each step
        self.fields["slots"].error_messages.update(one_message(self.missing))

    def clean_slots(self) -> list[Slot]:
        values = set(self.cleaned_data["slots"])
        if len(values) > self.most:
            raise forms.ValidationError(self.missing)
        clinic, now = get_clinic(), timezone.now()
        slots = [find_slot(clinic, value, now, for_desk=True, holder=self.obj) for value in values]
        found = [slot for slot in slots if slot]
        if len(found) < len(slots):
            raise forms.ValidationError(GONE)
        return sorted(found, key=lambda slot: slot.starts_at)


class OfferForm(TimesForm):
    """Form of the times to offer."""


class BookForm(TimesForm):
    """Form of the one time to book. A valid form has it as `slot`."""

    most = 1
    missing = NO_SLOT

    def clean(self) -> dict[str, Any]:
        if slots := self.cleaned_data.get("slots"):
            self.cleaned_data["slot"] = slots[0]
        return self.cleaned_data


class ScheduleForm(VersionForm):
    """Form of a typed date and time. A valid form has its slot as `slot`: in a calendar, if the office has any."""

    visit_date = LineField(
        label="Date of the visit",
        short="Date of the visit",
        missing=NO_DATE,
        help_text="Month, day and year, like 12/1/2026",
        widget=forms.TextInput(TYPED),
    )
    visit_time = LineField(
        label="Time of the visit",
        short="Time of the visit",
        missing=NO_TIME,
        help_text="Like 3:30 p.m.",
        widget=forms.TextInput(TYPED),
    )
    visit_office = forms.ChoiceField(label="Office of the visit", error_messages=one_message(NO_OFFICE))
    kind = forms.CharField(required=False, widget=forms.HiddenInput)  # the kind whose free times the page showed

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = ((office.slug, office.name) for office in get_clinic().offices)
        cast("forms.ChoiceField", self.fields["visit_office"]).choices = [("", "Choose an office"), *offices]

    @staticmethod
    def values_of(obj: ConsultationRequest) -> dict[str, Any]:
        if obj.visit_at is None:
            return {"visit_office": obj.office}
        at = get_clinic().local(obj.visit_at)
        return {"visit_date": typed_date(at), "visit_time": clock(at), "visit_office": obj.visit_office}

    def clean_visit_date(self) -> dt.date:
        return _read(parse_date(self.cleaned_data["visit_date"]), NO_DATE)

    def clean_visit_time(self) -> dt.time:
        return _read(parse_time(self.cleaned_data["visit_time"]), NO_TIME)

    def clean(self) -> dict[str, Any]:
        answers = self.cleaned_data
        if {"visit_date", "visit_time", "visit_office"} <= set(answers):
            day, time, office = answers["visit_date"], answers["visit_time"], answers["visit_office"]
            if found := obstacle(get_clinic(), day, time, office, timezone.now()):
                self.add_error(f"visit_{found.part}", found.text)
            else:
                self._find_slot(get_clinic().moment(dt.datetime.combine(day, time)))
        return answers

    def _find_slot(self, at: dt.datetime) -> None:
        """Set `slot`, or add the error that says why there is none."""
        office = next(office for office in get_clinic().offices if office.slug == self.cleaned_data["visit_office"])
        if not any(calendar.kinds for calendar in office.calendars):
            self.cleaned_data["slot"] = dated_slot(office.slug, at)
            return
        bookables, now = list(self._bookables(office)), timezone.now()
        taken = taken_times(bookables, now, holder=self.obj)
        free = (bookable for bookable in bookables if is_free(bookable, at, taken, now, for_desk=True))
        if bookable := next(free, None):
            self.cleaned_data["slot"] = slot_at(bookable, at)
        elif not bookables:
            self.add_error("visit_office", NO_CALENDAR)
        else:
            self.add_error("visit_time", NOT_FREE if at.timestamp() % (QUARTER_MINUTES * 60) == 0 else NO_QUARTER)

    def _bookables(self, office: Office) -> Iterator[Bookable]:
        """Yield the office's calendars with the chosen kind of visit; without a choice, with the first kind of each."""
        clinic = get_clinic()
        if kind := clinic.visit_kind(self.cleaned_data["kind"]):
            yield from find_bookables(clinic, [office], kind)
        else:
            calendars = (calendar for calendar in office.calendars if calendar.kinds)
            yield from (Bookable(clinic, office, calendar, calendar.kinds[0]) for calendar in calendars)


Read = TypeVar("Read")


def _read(value: Read | None, otherwise: str) -> Read:
    """Return the value. Raises ValidationError with the sentence `otherwise` if nothing could be parsed."""
    if value is None:
        raise forms.ValidationError(otherwise)
    return value


class CancelForm(VersionForm):
    cancelled_because = forms.ChoiceField(
        label="Reason for cancelling",
        choices=[("", "Choose a reason"), *CancelReason.choices],
        error_messages=one_message(NO_REASON),
    )


class OutcomeForm(VersionForm):
    visit_status = forms.ChoiceField(
        choices=[(status.value, status.label) for status in RESULTS],
        widget=forms.HiddenInput,
        error_messages=one_message(NOT_OFFERED),
    )
