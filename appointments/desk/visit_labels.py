"""Labels of visits for the desk: when, where, in which calendar, and of which kind."""

from appointments.choices import OFFERS, VisitStatus
from appointments.desk.labels import office_name
from appointments.models import ConsultationRequest, Visit
from appointments.visit_time import VisitTime, when_and_where
from clinic_site.clinic import Clinic
from clinic_site.clinic_yaml import get_clinic
from clinic_site.dates import clock

NO_CALENDAR = "No calendar"  # booked with a date alone
NO_KIND = "Kind not said"


def current_visit(request: ConsultationRequest) -> Visit | None:
    """Return the visit that was picked, booked or took place last; None without any. One query unless prefetched."""
    left_out = (*OFFERS, VisitStatus.CANCELLED)
    visits = [visit for visit in request.visits.all() if visit.status not in left_out] if request.pk else []
    return max(visits, key=lambda visit: visit.pk, default=None)


def calendar_name(clinic: Clinic, office_slug: str, slug: str) -> str:
    """Return the name of the calendar; its slug if the clinic no longer has that calendar."""
    office = clinic.office(office_slug)
    calendar = office.calendar(slug) if office else None
    return calendar.name if calendar else slug or NO_CALENDAR


def office_and_calendar(clinic: Clinic, office_slug: str, calendar_slug: str) -> str:
    return f"{office_name(clinic, office_slug)}, {calendar_name(clinic, office_slug, calendar_slug)}"


def kind_name(clinic: Clinic, slug: str) -> str:
    """Return the name of the kind of visit; its slug if the clinic no longer has that kind."""
    kind = clinic.visit_kind(slug)
    return kind.name if kind else slug or NO_KIND


def in_full(visit: Visit) -> str:
    """Return when, where, in which calendar and of which kind the visit is."""
    clinic = get_clinic()
    parts = [when_and_where(VisitTime(visit.starts_at, visit.office))]
    parts += [calendar_name(clinic, visit.office, visit.calendar)] if visit.calendar else []
    parts += [kind_name(clinic, visit.kind)] if visit.kind else []
    return ", ".join(parts)


def times(visit: Visit) -> str:
    """Return 9 a.m. to 10 a.m.; the start alone where nobody said how long the visit takes."""
    return f"{clock(visit.starts_at)} to {clock(visit.ends_at)}" if visit.ends_at else clock(visit.starts_at)
