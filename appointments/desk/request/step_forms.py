"""Forms of the desk's steps, and the sentences for what is missing."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, cast

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone

from appointments.booking import MOST_OFFERS, OUTCOMES
from appointments.choices import Attempt, CancelReason, DeclineReason, Status, VisitStatus
from appointments.models import NOTE_LENGTH, ConsultationRequest
from appointments.references import normalise
from appointments.visit_time import obstacle, parse_date, parse_time, typed_date
from appointments.visits.free_times import Bookable, Slot, dated_slot, is_free, slot_at
from appointments.visits.holds import find_bookables, find_slot, taken_times
from clinic_site.canned_answers import get_canned_answers
from clinic_site.clinic import QUARTER_MINUTES, Office
from clinic_site.clinic_yaml import get_clinic
from clinic_site.database.group_permissions import FRONT_DESK
from clinic_site.dates import clock
from clinic_site.forms import LineField, NoteField

OUT_OF_DATE = "Nothing was changed. Look at the request as it is now, then take the step again"
NOT_OFFERED = "Choose one of the steps on this page"
NO_REASON = "Choose why the request is declined"
NO_COLLEAGUE = "Choose a colleague from the list"
NO_TEXT = "Write the note before you add it"
NO_ANSWER = "Choose an answer from the list"
NO_SLOTS = f"Tick one to {MOST_OFFERS} of the free times to offer"
NO_SLOT = "Tick the one free time to book"
GONE = "A ticked time is no longer free: look at the times again"
NO_DATE = "Enter the date of the visit as month, day and year, like 12/1/2026"
NO_TIME = "Enter the time of the visit with a.m. or p.m., like 3:30 p.m."
NO_OFFICE = "Choose the office of the visit"
NO_QUARTER = f"In a calendar visits begin every {QUARTER_MINUTES} minutes: enter a time like 3:15 p.m."
NO_CALENDAR = "This office has no calendar for that kind of visit: choose another office or kind"
NOT_FREE = "That time is not free in a calendar of this office, or its hours are too short: enter another time"
NO_CANCEL_REASON = "Choose why the visit is cancelled"
FORM_OF_ITS_OWN = (Status.DECLINED, Status.SCHEDULED)
MOVES = [(status.value, status.label) for status in Status if status not in FORM_OF_ITS_OWN]
TYPED = {"autocomplete": "off", "spellcheck": "false"}
RESULTS = sorted({status for after in OUTCOMES.values() for status in after}, key=list(VisitStatus).index)


def one_message(message: str) -> dict[str, str]:
    """Return error messages with one sentence for every kind of error."""
    return dict.fromkeys(("required", "invalid", "invalid_choice"), message)


class StepForm(forms.Form):
    """Form of a step on `obj`, the stored request, by the user `actor`.

    `typed` are the values posted with another step of the page, shown again if that step is refused.
    """

    use_required_attribute = False  # missing answers get our own messages

    def __init__(
        self, data: Any = None, *, obj: ConsultationRequest, actor: str, typed: Mapping[str, Any] | None = None
    ) -> None:
        initial = {**self.values_of(obj), **(typed or {})}
        super().__init__(data, initial=initial, auto_id=f"{type(self).__name__.lower()}-%s")  # unique on the page
        self.obj = obj
        self.actor = actor

    @staticmethod
    def values_of(obj: ConsultationRequest) -> dict[str, Any]:
        """Return the initial values of the fields."""
        return {}


def note_field() -> NoteField:
    return NoteField(
        label="Add a note",
        short="Note",
        max_length=NOTE_LENGTH,
        widget=forms.Textarea({"rows": 4}),
        help_text=f"Up to {NOTE_LENGTH:,} characters. No health details. The buttons above add it, too.",
    )


class VersionForm(StepForm):
    """Form of a step that changes the request, bound to the version that the page showed.

    `text` is a note that may be in its box when the step is taken.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages=one_message(OUT_OF_DATE))
    text = note_field()


class AttemptForm(VersionForm):
    outcome = forms.ChoiceField(
        choices=Attempt.choices, widget=forms.HiddenInput, error_messages=one_message(NOT_OFFERED)
    )


class MoveForm(VersionForm):
    to = forms.ChoiceField(choices=MOVES, widget=forms.HiddenInput, error_messages=one_message(NOT_OFFERED))


class DeclineForm(VersionForm):
    because = forms.ChoiceField(
        label="Reason for declining",
        choices=[("", "Choose a reason"), *DeclineReason.choices],
        error_messages=one_message(NO_REASON),
    )


class AssignForm(VersionForm):
    colleague = forms.ChoiceField(label="Colleague", error_messages=one_message(NO_COLLEAGUE))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted({self.actor, *front_desk()})
        choices = [("", "Choose a colleague"), *((name, name) for name in names)]
        cast("forms.ChoiceField", self.fields["colleague"]).choices = choices


def front_desk() -> list[str]:
    """Return the user names of those who work at the desk."""
    desk = get_user_model().objects.filter(is_active=True, groups__name=FRONT_DESK)
    return [user.get_username() for user in desk]


class NoteForm(StepForm):
    """Form of a note. Notes are only added, so a page that is out of date may add one."""

    text = note_field()

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError(NO_TEXT)
        return text


class AnswerForm(VersionForm):
    """Form of an answer, by its name in content/answers.yaml, with the text that the page showed for it."""

    answer = forms.CharField(required=False, widget=forms.HiddenInput)
    answer_text = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Refuse a text that staff changed meanwhile: the desk has not read it."""
        text = get_canned_answers().get(self.cleaned_data["answer"])
        if text is None or text != self.cleaned_data["answer_text"]:
            raise forms.ValidationError(NO_ANSWER)
        return self.cleaned_data


class JoinForm(VersionForm):
    """Form to join two requests; `version` is that of the newer one, which changes."""

    other = forms.ModelChoiceField(
        ConsultationRequest.objects.all(), widget=forms.HiddenInput, error_messages=one_message(NOT_OFFERED)
    )


class EraseForm(StepForm):
    reference = forms.CharField(required=False, widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].label = f"Type {self.obj.reference} to erase it"

    def clean_reference(self) -> str:
        """Check the reference, however it is typed: it proves that somebody means this request."""
        if normalise(self.cleaned_data["reference"]) != self.obj.reference:
            raise forms.ValidationError(f"Type {self.obj.reference} to erase this request")
        return self.obj.reference


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
        error_messages=one_message(NO_CANCEL_REASON),
    )


class OutcomeForm(VersionForm):
    visit_status = forms.ChoiceField(
        choices=[(status.value, status.label) for status in RESULTS],
        widget=forms.HiddenInput,
        error_messages=one_message(NOT_OFFERED),
    )
