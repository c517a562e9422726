"""Before the clinic's facts are saved: who may change them, and which visits the change would strand.

Only an owner may change who the clinic is, which numbers patients call, where requests go, and when they are erased:
all but the kinds of visit, hours, closed days and calendars. Stranded visits are shown before anything is saved.
"""

import datetime as dt
from dataclasses import fields as fields_of

from django.http import HttpRequest

from clinic_site.clinic import Clinic, Office
from clinic_site.clinic_yaml import FILE, get_clinic, parse_clinic, read_clinic
from clinic_site.content.files import ContentError, as_content_error
from clinic_site.content.yaml_fields import Fields, parse_yaml
from clinic_site.hooks import StrandedVisit, hooks

STAFF_FIELDS = frozenset({"hours", "closures", "calendars"})  # of an office; new ones belong to the owner by default
STAFF_FACTS = frozenset({"visit_kinds"})  # of the clinic
NOT_IN_THE_FILE = frozenset({"problem"})
KEYS = {  # attribute -> key in the file, where they differ
    "reply_within": "reply_within_working_days",
    "erase_led_nowhere_after": "erase_led_nowhere_after_days",
    "erase_others_after": "erase_others_after_days",
    "crisis_alarm_after": "crisis_alarm_after_minutes",
}
OFFICES = "offices"
ANYWAY = "anyway"  # the field that names the visits with which the user saves all the same
STRANDS = "This change strands {count}. Nothing is saved yet: look at the list, then save anyway or drop the change"


def check_owner_fields(path: str, text: str) -> None:
    """Check that `text`, as the file at `path`, does not change the owner's facts.

    Raises ContentError for the first changed fact, and if the text would not load.
    """
    if path != FILE:
        return
    with as_content_error(path):
        fields = parse_yaml(path, text)
        wanted, now = parse_clinic(fields), get_clinic()
        _compare(fields, wanted, now, NOT_IN_THE_FILE | STAFF_FACTS | {OFFICES})
        if len(wanted.offices) != len(now.offices):
            raise _refused(fields, OFFICES)
        for office_fields, office, before in zip(fields.each(OFFICES), wanted.offices, now.offices, strict=True):
            _compare(office_fields, office, before, STAFF_FIELDS)


def _compare(fields: Fields, wanted: Clinic | Office, now: Clinic | Office, left_out: frozenset[str]) -> None:
    for name in (field.name for field in fields_of(now) if field.name not in left_out):
        if getattr(wanted, name) != getattr(now, name):
            raise _refused(fields, KEYS.get(name, name))


def _refused(fields: Fields, key: str) -> ContentError:
    return fields.error(key, f"Only an owner of the site may change “{key}”. Put back what was there.")


def unseen_stranded(
    request: HttpRequest, path: str, text: str, clinic: Clinic, now: dt.datetime
) -> list[StrandedVisit]:
    """Return the visits that `text`, as the file at `path`, would strand, unless the user saw all and saves anyway.

    Those are the visits in open hours of `clinic` that no longer would be. Raises ContentError if it would not load.
    """
    if path != FILE:
        return []
    wanted = read_clinic(text)
    before = {visit.reference for visit in hooks.stranded_visits(clinic, now)}
    stranded = [visit for visit in hooks.stranded_visits(wanted, now) if visit.reference not in before]
    seen = {visit.reference for visit in stranded} <= set(request.POST.getlist(ANYWAY))
    return [] if seen else stranded


def stranded_message(stranded: list[StrandedVisit]) -> str:
    return STRANDS.format(count=f"{len(stranded)} visit{'s' if len(stranded) > 1 else ''}")
