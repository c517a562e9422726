"""Helpers for tests of the forms for the clinic's facts."""

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clinic_site.clinic import Clinic
from clinic_site.clinic_yaml import load_clinic

DESK = "/admin/articles/contentfile/"
FACTS = f"{DESK}clinic/"
ALDER, WREN = f"{FACTS}offices/port-alder/", f"{FACTS}offices/lake-wren/"
WEEK = {
    "monday": "8 a.m. to 5 p.m.",
    "tuesday": "8 a.m. to 5 p.m.",
    "wednesday": "8 a.m. to 5 p.m.",
    "thursday": "8 a.m. to 5 p.m.",
    "friday": "8 a.m. to 4 p.m.",
}
KIND = {
    "name": "First consultation in the office", "minutes": "60", "buffer_minutes": "15", "lead_hours": "48",
    "horizon_days": "42", "most_a_day": "4", "confirm": "desk", "bring": "",
}  # fmt: skip
CALENDAR = {"name": "First visits", "kinds": ["call", "visit"]}
Post = Callable[..., Any]


def difference(root: Path, before: str) -> list[str]:
    """Return the changed lines of the file, without their indentation."""
    lines = difflib.ndiff(before.split("\n"), (root / "clinic.yaml").read_text().split("\n"))
    return [line[0] + line[2:].strip() for line in lines if line[0] in "+-"]


def facts(root: Path) -> Clinic:
    return load_clinic(root)
