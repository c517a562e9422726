"""Times and days as this site writes them in pages and mails, on the clinic's wall clock."""

import datetime as dt

from clinic_site.clinic_yaml import get_clinic

NOON = 12
NO_BREAK = "\u00a0"
NEAR = dt.timedelta(days=7)  # so near, the day of the week says which day is meant


def clock(time: dt.time | dt.datetime) -> str:
    """Return a time as in 8 a.m., 12:30 p.m. or noon; a moment is converted to the clinic's wall clock."""
    if isinstance(time, dt.datetime):
        time = get_clinic().local(time)
    if (time.hour, time.minute) == (NOON, 0):
        return "noon"
    minutes = f":{time.minute:02}" if time.minute else ""
    return f"{time.hour % NOON or NOON}{minutes}{NO_BREAK}{'a.m.' if time.hour < NOON else 'p.m.'}"


def day(moment: dt.date) -> str:
    """Return a day as in Monday, November 23."""
    return f"{moment:%A, %B} {moment.day}"


def day_and_clock(moment: dt.datetime) -> str:
    """Return a moment as in Monday, November 23, 5 p.m."""
    return f"{day(get_clinic().local(moment))}, {clock(moment)}"


def short(moment: dt.datetime, now: dt.datetime) -> str:
    """Return a moment for a list, as in Mon 8 a.m.; further from `now` the day, as in Dec 14 or Dec 14, 2025."""
    clinic = get_clinic()
    local, today = clinic.local(moment), clinic.today(now)
    if abs(local.date() - today) < NEAR:
        return f"{local:%a} {clock(moment)}"
    year = f", {local.year}" if local.year != today.year else ""
    return f"{local:%b}{NO_BREAK}{local.day}{year}"


def dated(moment: dt.datetime | dt.date) -> str:
    """Return a moment as in November 21, 2026, 9:05 a.m.; a day alone without a time."""
    if not isinstance(moment, dt.datetime):
        return f"{moment:%B} {moment.day}, {moment.year}"
    return f"{dated(get_clinic().today(moment))}, {clock(moment)}"
