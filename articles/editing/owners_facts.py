"""The clinic's facts that only an owner changes: all but the hours and the closed days of each office.

They say who the clinic is, whom patients call, where their requests go, and when these are erased.
"""

from dataclasses import fields as fields_of

from clinic_site.clinic import Clinic, Office
from clinic_site.clinic_file import FILE, get_clinic, parse_clinic
from clinic_site.content_files import ContentError, Fields, faults_told, parse_yaml

STAFFS = frozenset({"hours", "closures"})  # of an office; a fact that is added later belongs to the owner
NOT_IN_THE_FILE = frozenset({"problem"})
KEYS = {  # where the key in the file differs from the name of the attribute
    "reply_within": "reply_within_working_days",
    "erase_led_nowhere_after": "erase_led_nowhere_after_days",
    "erase_others_after": "erase_others_after_days",
}
OFFICES = "offices"


def check_owners_facts(path: str, text: str) -> None:
    """Check that `text`, as the file at `path`, leaves the owner's facts as they are.

    Raises ContentError for the first fact that differs, and where the text would not load.
    """
    if path != FILE:
        return
    with faults_told(path):
        fields = parse_yaml(path, text.removeprefix("\ufeff"))
        wanted, now = parse_clinic(fields), get_clinic()
        _compare(fields, wanted, now, NOT_IN_THE_FILE | {OFFICES})
        if len(wanted.offices) != len(now.offices):
            raise _refused(fields, OFFICES)
        for office_fields, office, before in zip(fields.each(OFFICES), wanted.offices, now.offices, strict=True):
            _compare(office_fields, office, before, STAFFS)


def _compare(fields: Fields, wanted: Clinic | Office, now: Clinic | Office, left_out: frozenset[str]) -> None:
    for name in (field.name for field in fields_of(now) if field.name not in left_out):
        if getattr(wanted, name) != getattr(now, name):
            raise _refused(fields, KEYS.get(name, name))


def _refused(fields: Fields, key: str) -> ContentError:
    return fields.error(key, f"Only an owner of the site may change “{key}”. Put back what was there.")
