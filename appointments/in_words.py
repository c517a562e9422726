"""A request as the desk reads it: in words, never by colour alone."""

import datetime as dt

from appointments.choices import WAITING, BestTime, ContactWay
from appointments.models import ConsultationRequest
from clinic_site.clinic import ACCESS, Clinic
from clinic_site.wording import day_and_clock

NO_PREFERENCE = "No preference"
NOT_SAID = "Not said"
WAY_MARKS: dict[str, str] = {
    ContactWay.PHONE: "Call first",
    ContactWay.EMAIL: "E-mail first",
    ContactWay.TEXT: "Text first",
    ContactWay.NO_CALLS: "Do not call",
}
UNITS = (("day", dt.timedelta(days=1)), ("hour", dt.timedelta(hours=1)), ("minute", dt.timedelta(minutes=1)))


def age(span: dt.timedelta) -> str:
    """In its largest unit, rounded down: 3 days, 2 hours, 1 minute."""
    for name, length in UNITS:
        count = span // length
        if count >= 1:
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "Less than a minute"


def waiting_time(request: ConsultationRequest, now: dt.datetime) -> str:
    return age(now - request.created_at) if request.status in WAITING else "Ended"


def due(request: ConsultationRequest, clinic: Clinic, now: dt.datetime) -> str:
    """The promised moment, and what it means today while the request waits."""
    moment = day_and_clock(request.reply_by)
    if request.status not in WAITING:
        return moment
    if request.reply_by < now:
        return f"Overdue: {moment}"
    if clinic.local(request.reply_by).date() == clinic.local(now).date():
        return f"Due today: {moment}"
    return moment


def safe_contact(request: ConsultationRequest) -> str:
    """What somebody must know before reaching for the phone."""
    marks = [WAY_MARKS.get(request.contact_way, ""), *(_phone_marks(request) if request.phone else ["No phone number"])]
    return ", ".join(filter(None, marks))


def _phone_marks(request: ConsultationRequest) -> list[str]:
    """A voicemail is a call: who asked for none gets no message either."""
    voicemail = request.voicemail and request.contact_way != ContactWay.NO_CALLS
    return ["Voicemail OK" if voicemail else "No voicemail", "Texts OK" if request.texts else "No texts"]


def office_name(clinic: Clinic, slug: str) -> str:
    """The slug itself where the clinic no longer has that office."""
    office = clinic.office(slug)
    return office.name if office else slug or NO_PREFERENCE


def best_times(request: ConsultationRequest) -> str:
    return ", ".join(BestTime(each).label for each in request.best_times) or NO_PREFERENCE


def access_needs(request: ConsultationRequest) -> str:
    needs = [*(ACCESS.get(each, each) for each in request.access), request.access_note]
    return ", ".join(filter(None, needs)) or "None"
