"""The visits of some days by office and calendar, each with what the desk needs to know."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from appointments.desk import labels
from appointments.desk.visit_labels import kind_name, office_and_calendar, times
from appointments.models import ConsultationRequest, Visit
from appointments.policies.contact import attach_look_alikes
from appointments.visits.stranded import stranded_because
from clinic_site.clinic import Clinic


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
