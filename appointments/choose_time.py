"""The second page of the request form, for those who choose a time: what is free and fits their answers.

Nothing is stored until a time is chosen. The page carries the answers of the first one along, so it works without
script, and a time that was taken meanwhile loses nothing.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator

from appointments.models import ConsultationRequest
from appointments.policies.office_fit import offices_for
from appointments.request_form.fields import Ways, language
from appointments.visits.free_times import Bookable, Slot, by_day
from appointments.visits.holds import find_bookables, find_free_slots, find_slot
from clinic_site.clinic import Clinic, VisitKind

OWN_FIELDS = ("time", "place", "days", "take", "edit")  # of this page: the others are answers of the first one
DAYS_AT_ONCE = 3
NO_TIME = "Choose a time"
TAKEN = "Somebody else has just taken that time. Choose another one. Your answers are still here"


@dataclass(frozen=True)
class TimePlace:
    """A kind of visit and where it takes place; by phone the offices make no difference."""

    label: str
    value: str
    bookables: tuple[Bookable, ...]

    @property
    def kind(self) -> VisitKind:
        return self.bookables[0].kind


def fitting_places(clinic: Clinic, answers: Mapping[str, Any]) -> list[TimePlace]:
    """Return the places that fit the cleaned answers of the form: office, language, access, and calls."""
    offices = offices_for(clinic, answers.get("office", ""), language(answers), answers.get("access", ()))
    places = []
    for kind in clinic.visit_kinds:
        if kind.by_phone and not (answers.get("phone") and Ways.ticked(answers).call):
            continue
        for group in [offices] if kind.by_phone else [[office] for office in offices]:
            if bookables := tuple(find_bookables(clinic, group, kind)):
                label = kind.name if kind.by_phone else f"{kind.name}: {group[0].name}"
                places.append(TimePlace(label, f"{kind.slug}.{group[0].slug}", bookables))
    return places


class TimeForm(forms.Form):
    """Form of the page, for its errors."""

    time = forms.CharField(required=False, widget=forms.RadioSelect)


class TimeChoice:
    """The times that the page shows for `answers`, the cleaned ones of the form, and what `post` chose among them.

    `post`: the QueryDict of the form, with the fields of this page. `holder`: the request, if these answers are stored
    already: what it holds is free for it.
    """

    def __init__(
        self,
        clinic: Clinic,
        answers: Mapping[str, Any],
        post: Any,
        now: dt.datetime,
        holder: ConsultationRequest | None,
    ) -> None:
        self.clinic = clinic
        self.post = post
        self.now = now
        self.holder = holder
        self.places = fitting_places(clinic, answers)
        self.form = TimeForm(post)

    @cached_property
    def place(self) -> TimePlace | None:
        """The place that was chosen, or the one with the earliest free time; None if nothing is free."""
        free = [place for place in self.places if self._free[place.value]]
        chosen = next((place for place in free if place.value == self.post.get("place")), None)
        return chosen or min(free, key=lambda place: self._free[place.value][0].starts_at, default=None)

    @cached_property
    def _free(self) -> dict[str, list[Slot]]:
        return {
            place.value: _one_of_each_time(find_free_slots(place.bookables, self.now, holder=self.holder))
            for place in self.places
        }

    @property
    def other_places(self) -> list[TimePlace]:
        return [place for place in self.places if place != self.place and self._free[place.value]]

    @cached_property
    def groups(self) -> Page[tuple[dt.date, str, list[Slot]]]:
        """The days of this page: day, time zone for calls (the patient may be in another one), times."""
        slots = self._free[self.place.value] if self.place else []
        by_phone = self.place is not None and self.place.kind.by_phone
        groups = [
            (day, f"{self.clinic.local(times[0].starts_at):%Z}" if by_phone else "", times)
            for day, times in self._by_day(slots)
        ]
        return Paginator(groups, DAYS_AT_ONCE).get_page(self.post.get("days", self._page_of_choice(slots)))

    def _by_day(self, slots: list[Slot]) -> list[tuple[dt.date, list[Slot]]]:
        return list(by_day(self.clinic, slots).items())

    def _page_of_choice(self, slots: list[Slot]) -> int:
        """Return the page with the times nearest to the one that was chosen and is taken."""
        _, _, chosen = self.post.get("time", "").rpartition(".")
        before = [day for day, times in self._by_day(slots) if times[-1].value.rpartition(".")[2] < chosen]
        return len(before) // DAYS_AT_ONCE + 1

    def chosen_slot(self) -> Slot | None:
        """Return the free slot that was chosen, else None; if one was meant, the form has an error then."""
        if "take" not in self.post:
            return None
        value = self.post.get("time", "")
        slot = find_slot(self.clinic, value, self.now, holder=self.holder) if value else None
        if slot and any(_is_of(slot, bookable) for place in self.places for bookable in place.bookables):
            return slot
        self.refuse(TAKEN if value else NO_TIME)
        return None

    def refuse(self, message: str = TAKEN) -> None:
        self.form.add_error("time", message)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The answers of the first page, as hidden fields."""
        pairs = ((name, value) for name, values in self.post.lists() for value in values)
        return [(name, str(value)) for name, value in pairs if name not in OWN_FIELDS]


def _one_of_each_time(slots: list[Slot]) -> list[Slot]:
    """Return one slot for each time: whose calendar it is makes no difference to the patient."""
    return [next(same) for _, same in groupby(slots, key=lambda slot: slot.starts_at)]


def _is_of(slot: Slot, bookable: Bookable) -> bool:
    return (slot.calendar, slot.kind) == (bookable.calendar.slug, bookable.kind.slug)
