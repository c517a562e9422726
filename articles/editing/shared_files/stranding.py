"""Visits that a change of the clinic's facts would strand: who edits the file sees them before it is saved."""

import datetime as dt

from django.http import HttpRequest

from articles.editing.drafts.front_matter import BYTE_ORDER_MARK
from clinic_site.clinic import Clinic
from clinic_site.clinic_yaml import FILE, read_clinic
from clinic_site.hooks import StrandedVisit, hooks

ANYWAY = "anyway"  # the field that names the visits with which the user saves all the same
STRANDS = "This change strands {count}. Nothing is saved yet: look at the list, then save anyway or drop the change"


def newly_stranded(path: str, text: str, clinic: Clinic, now: dt.datetime) -> list[StrandedVisit]:
    """Return the visits in open hours of `clinic`, which no longer would be with `text` as the file at `path`.

    Raises ContentError if the text would not load.
    """
    if path != FILE:
        return []
    wanted = read_clinic(text.removeprefix(BYTE_ORDER_MARK))
    before = {visit.reference for visit in hooks.stranded_visits(clinic, now)}
    return [visit for visit in hooks.stranded_visits(wanted, now) if visit.reference not in before]


def must_ask(request: HttpRequest, stranded: list[StrandedVisit]) -> bool:
    """Return True unless the user has seen all these visits and saves anyway."""
    return not {visit.reference for visit in stranded} <= set(request.POST.getlist(ANYWAY))


def stranded_message(stranded: list[StrandedVisit]) -> str:
    return STRANDS.format(count=f"{len(stranded)} visit{'s' if len(stranded) > 1 else ''}")
