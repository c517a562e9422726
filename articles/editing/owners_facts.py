"""What only an owner changes in the clinic's facts: they rule over the desk and over patients' requests."""

from clinic_site.clinic_file import FILE, get_clinic, parse_clinic
from clinic_site.content_files import faults_told, parse_yaml

# Attribute of Clinic -> key of the file: who hears of requests, when they are erased, whether the site may start.
OWNERS = {
    "demo": "demo",
    "notices_email": "notices_email",
    "fallback_email": "fallback_email",
    "security_email": "security_email",
    "erase_led_nowhere_after": "erase_led_nowhere_after_days",
    "erase_others_after": "erase_others_after_days",
}


def check_owners_facts(path: str, text: str) -> None:
    """Raises ContentError where `text`, as the file at `path`, would change one of these facts, or would not load."""
    if path != FILE:
        return
    with faults_told(path):
        fields = parse_yaml(path, text.removeprefix("\ufeff"))
        wanted, now = parse_clinic(fields), get_clinic()
        for name, key in OWNERS.items():
            if getattr(wanted, name) != getattr(now, name):
                raise fields.error(key, f"Only an owner of the site may change “{key}”. Put back what was there.")
