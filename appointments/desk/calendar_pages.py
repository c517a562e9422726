"""The day sheet, to print, and the list of a week: the visits by office and calendar."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET

from appointments import workflow
from appointments.choices import Action
from appointments.desk import labels
from appointments.desk.access import is_no_look
from appointments.desk.visit_labels import kind_name, office_and_calendar, times
from appointments.models import ConsultationRequest, Visit
from appointments.policies.contact import attach_look_alikes
from appointments.visit_time import parse_date
from appointments.visits.stranded import stranded_because
from clinic_site.clinic import Clinic
from clinic_site.clinic_yaml import get_clinic

DAY, WEEK = 1, 7
NAME = "appointments_consultationrequest"


class Place(NamedTuple):
    """The calendars that a page is about: all, those of an office, or one."""

    office: str = ""  # slug
    calendar: str = ""  # slug

    @property
    def value(self) -> str:
        """The place as the address of a page has it; place_of() reads it."""
        return "/".join(filter(None, self))


@dataclass(frozen=True)
class Row:
    visit: Visit
    day: dt.date
    times: str
    kind: str
    needs: list[str]
    safe_contact: str
    others_may: str
    stranded: str  # why the visit cannot take place then; "" if it can


@dataclass(frozen=True)
class CalendarRows:
    """The visits in one calendar, in the order of time."""

    name: str
    rows: list[Row]


def places(clinic: Clinic) -> list[tuple[str, str]]:
    """Return the value and the name of each place to choose."""
    found = [("", "All offices and calendars")]
    for office in clinic.offices:
        found.append((Place(office.slug).value, office.name))
        found += [
            (Place(office.slug, calendar.slug).value, f"{office.name}, {calendar.name}")
            for calendar in office.calendars
        ]
    return found


def place_of(clinic: Clinic, value: str) -> Place:
    """Return the place with this value; all calendars for anything else."""
    return Place(*value.split("/")) if value in dict(places(clinic)) and value else Place()


def visits_of(clinic: Clinic, place: Place, first: dt.date, days: int) -> list[Visit]:
    """Return the visits that start on `days` days from `first` on, with their requests and look-alikes."""
    end = clinic.midnight(first + dt.timedelta(days=days))
    found = Visit.objects.on_days(clinic.midnight(first), end).select_related("request")
    found = found.filter(office=place.office) if place.office else found
    visits = list(found.filter(calendar=place.calendar) if place.calendar else found)
    attach_look_alikes(requests_of(visits))
    return visits


def requests_of(visits: Sequence[Visit]) -> list[ConsultationRequest]:
    return [visit.request for visit in visits]


def by_calendar(clinic: Clinic, visits: Sequence[Visit]) -> list[CalendarRows]:
    """Group the visits by office and calendar, by their names."""
    groups = defaultdict(list)
    for visit in visits:
        groups[office_and_calendar(clinic, visit.office, visit.calendar)].append(_row(clinic, visit))
    return [CalendarRows(name, groups[name]) for name in sorted(groups)]


def _row(clinic: Clinic, visit: Visit) -> Row:
    request = visit.request
    interpreter = f"Interpreter: {request.interpreter}" if request.interpreter else ""
    needs = labels.access_needs(request) if request.access or request.access_note else ""
    return Row(
        visit=visit,
        day=clinic.today(visit.starts_at),
        times=times(visit),
        kind=kind_name(clinic, visit.kind),
        needs=[need for need in (interpreter, needs) if need],
        safe_contact=labels.safe_contact(request),
        others_may=labels.others_may(request) or labels.NOT_CALLED,
        stranded=stranded_because(clinic, visit),
    )


class CalendarPages(admin.ModelAdmin[ConsultationRequest]):
    """The views at day/ and week/ beside the list, for those who may see requests."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("day/", wrap(self.day_view), name=f"{NAME}_day"),
            path("week/", wrap(self.week_view), name=f"{NAME}_week"),
            *super().get_urls(),
        ]

    @method_decorator(require_GET)
    def day_view(self, request: HttpRequest) -> HttpResponse:
        """Show the sheet of a day; the audit trail says of each request on it who printed it."""
        return self._answer(request, DAY)

    @method_decorator(require_GET)
    def week_view(self, request: HttpRequest) -> HttpResponse:
        """Show the week of a day, from Monday on; like the queue, the list is no look at a request."""
        return self._answer(request, WEEK)

    def _answer(self, request: HttpRequest, days: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if is_no_look(request):
            return HttpResponse(status=403)
        clinic, now, actor = get_clinic(), timezone.now(), request.user.get_username()
        day = _possible_day(request.GET.get("date", "")) or clinic.today(now)
        first = day - dt.timedelta(days=day.weekday()) if days == WEEK else day
        place = place_of(clinic, request.GET.get("where", ""))
        visits = visits_of(clinic, place, first, days)
        context: dict[str, Any] = {
            "first": first,
            "before": first - dt.timedelta(days=days),
            "after": first + dt.timedelta(days=days),
            "where": place.value,
            "place": dict(places(clinic))[place.value],
            "places": places(clinic),
            "calendars": by_calendar(clinic, visits),
            "now": now,
            "actor": actor,
        }
        if days == DAY:
            workflow.record_each(requests_of(visits), Action.PRINTED, actor, now)
            return render(request, "admin/appointments/day_sheet.html", context)
        context |= {**self.admin_site.each_context(request), "title": "Week", "opts": self.opts}
        return render(request, "admin/appointments/week.html", context)


def _possible_day(text: str) -> dt.date | None:
    """Return parse_date() of the text within the years that a visit can have; None for anything else."""
    day = parse_date(text)
    return day if day and 2000 <= day.year < 2200 else None
