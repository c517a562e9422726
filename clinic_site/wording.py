"""Times and days as this site writes them, in pages and in mails, on the clinic's wall clock."""

import datetime as dt

from clinic_site.clinic_file import get_clinic

NOON = 12
NO_BREAK = "\u00a0"


def clock(time: dt.time | dt.datetime) -> str:
    """8 a.m., 12:30 p.m., noon, as people write it; a moment is read off the clinic's wall clock."""
    if isinstance(time, dt.datetime):
        time = get_clinic().local(time)
    if (time.hour, time.minute) == (NOON, 0):
        return "noon"
    minutes = f":{time.minute:02}" if time.minute else ""
    return f"{time.hour % NOON or NOON}{minutes}{NO_BREAK}{'a.m.' if time.hour < NOON else 'p.m.'}"


def day(moment: dt.date) -> str:
    """Monday, November 23."""
    return f"{moment:%A, %B} {moment.day}"


def day_and_clock(moment: dt.datetime) -> str:
    """Monday, November 23, 5 p.m., on the clinic's wall clock."""
    return f"{day(get_clinic().local(moment))}, {clock(moment)}"


def dated(moment: dt.datetime | dt.date) -> str:
    """November 21, 2026, 9:05 a.m., on the clinic's wall clock; a day alone without a time."""
    if not isinstance(moment, dt.datetime):
        return f"{moment:%B} {moment.day}, {moment.year}"
    return f"{dated(get_clinic().local(moment).date())}, {clock(moment)}"
