"""Moments as the staff's pages about articles write them."""

import datetime as dt

from clinic_site.clinic_file import get_clinic
from clinic_site.wording import clock


def dated(moment: dt.datetime | dt.date) -> str:
    """November 21, 2026, 9:05 a.m., on the clinic's wall clock; a day alone without a time."""
    if not isinstance(moment, dt.datetime):
        return f"{moment:%B} {moment.day}, {moment.year}"
    return f"{dated(get_clinic().local(moment).date())}, {clock(moment)}"
