"""What each step at the desk needs to be told, and the sentences for what is missing."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone

from appointments.choices import Attempt, DeclineReason, Status
from appointments.fields import LineField, NoteField
from appointments.models import NOTE_LENGTH, ConsultationRequest
from appointments.references import normalise
from appointments.visit_time import Visit, obstacle, parse_date, parse_time, typed_date
from clinic_site.clinic_file import get_clinic
from clinic_site.groups import FRONT_DESK
from clinic_site.wording import clock

OUT_OF_DATE = "Nothing was changed. Look at the request as it is now, then take the step again"
NOT_OFFERED = "Choose one of the steps on this page"
NO_REASON = "Choose why the request is declined"
NO_COLLEAGUE = "Choose a colleague from the list"
NO_TEXT = "Write the note before you add it"
NO_DATE = "Enter the date of the visit as month, day and year, like 12/1/2026"
NO_TIME = "Enter the time of the visit with a.m. or p.m., like 3:30 p.m."
NO_OFFICE = "Choose the office of the visit"
FORM_OF_ITS_OWN = (Status.DECLINED, Status.SCHEDULED)
MOVES = [(status.value, status.label) for status in Status if status not in FORM_OF_ITS_OWN]
TYPED = {"autocomplete": "off", "spellcheck": "false"}


def told(message: str) -> dict[str, str]:
    """One sentence, whatever is wrong with the value."""
    return dict.fromkeys(("required", "invalid", "invalid_choice"), message)


class StepForm(forms.Form):
    """A step towards `obj`, the request as it is stored, by the user `actor`.

    `typed`: what was posted with another step of the page, which shows it again when that step is refused.
    """

    use_required_attribute = False  # what is missing is told in our words

    def __init__(
        self, data: Any = None, *, obj: ConsultationRequest, actor: str, typed: Mapping[str, Any] | None = None
    ) -> None:
        initial = {**self.values_of(obj), **(typed or {})}
        super().__init__(data, initial=initial, auto_id=f"{type(self).__name__.lower()}-%s")  # many forms on one page
        self.obj = obj
        self.actor = actor

    @staticmethod
    def values_of(obj: ConsultationRequest) -> dict[str, Any]:
        """What the fields show before anybody types."""
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
    """A step that changes the request: it holds for the request as the page showed it.

    `text` is a note that may stand in its box when the step is taken.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages=told(OUT_OF_DATE))
    text = note_field()


class AttemptForm(VersionForm):
    outcome = forms.ChoiceField(choices=Attempt.choices, widget=forms.HiddenInput, error_messages=told(NOT_OFFERED))


class MoveForm(VersionForm):
    to = forms.ChoiceField(choices=MOVES, widget=forms.HiddenInput, error_messages=told(NOT_OFFERED))


class DeclineForm(VersionForm):
    because = forms.ChoiceField(
        label="Reason for declining",
        choices=[("", "Choose a reason"), *DeclineReason.choices],
        error_messages=told(NO_REASON),
    )


class ScheduleForm(VersionForm):
    """A visit of the request, which has one already where it is scheduled. Gives a Visit as `visit`."""

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
    visit_office = forms.ChoiceField(label="Office of the visit", error_messages=told(NO_OFFICE))

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
            clinic = get_clinic()
            day, time, office = answers["visit_date"], answers["visit_time"], answers["visit_office"]
            answers["visit"] = Visit(clinic.moment(dt.datetime.combine(day, time)), office)
            if found := obstacle(clinic, day, time, office, timezone.now()):
                self.add_error(f"visit_{found.part}", found.text)
        return answers


Read = TypeVar("Read")


def _read(value: Read | None, otherwise: str) -> Read:
    """Raises ValidationError with the sentence `otherwise` where nothing could be read."""
    if value is None:
        raise forms.ValidationError(otherwise)
    return value


class AssignForm(VersionForm):
    colleague = forms.ChoiceField(label="Colleague", error_messages=told(NO_COLLEAGUE))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted({self.actor, *front_desk()})
        choices = [("", "Choose a colleague"), *((name, name) for name in names)]
        cast("forms.ChoiceField", self.fields["colleague"]).choices = choices


def front_desk() -> list[str]:
    """The user names of those who work at the desk."""
    desk = get_user_model().objects.filter(is_active=True, groups__name=FRONT_DESK)
    return [user.get_username() for user in desk]


class NoteForm(StepForm):
    """Notes are only ever added, so one from a page that is out of date is as welcome."""

    text = note_field()

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if not text:
            raise forms.ValidationError(NO_TEXT)
        return text


class JoinForm(VersionForm):
    """`version` is that of the newer one of the two: it is the one that changes."""

    other = forms.ModelChoiceField(
        ConsultationRequest.objects.all(), widget=forms.HiddenInput, error_messages=told(NOT_OFFERED)
    )


class EraseForm(StepForm):
    reference = forms.CharField(required=False, widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reference"].label = f"Type {self.obj.reference} to erase it"

    def clean_reference(self) -> str:
        """However it is typed. It proves that somebody means this request, not another."""
        if normalise(self.cleaned_data["reference"]) != self.obj.reference:
            raise forms.ValidationError(f"Type {self.obj.reference} to erase this request")
        return self.obj.reference
