"""Facts of the clinic that only an owner may change: all but the kinds of visit, hours, closed days and calendars.

These facts say who the clinic is, which numbers patients call, where requests go, and when they are erased.
"""

from dataclasses import fields as fields_of

from clinic_site.clinic import Clinic, Office
from clinic_site.clinic_yaml import FILE, get_clinic, parse_clinic
from clinic_site.content.files import ContentError, as_content_error
from clinic_site.content.yaml_fields import Fields, parse_yaml

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
