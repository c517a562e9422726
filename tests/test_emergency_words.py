"""The instructions for emergencies: whom to call, in which order, and at which signs."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from tests.shipped import REAL_CONTENT, shipped_library

POISON_CONTROL = "1-800-222-1222"
TEXTS = [*REAL_CONTENT.rglob("*.md"), *(Path(settings.BASE_DIR) / "templates").rglob("*.html")]


def test_911_comes_before_poison_control_which_is_for_the_awake() -> None:
    places = {path.name: path.read_text() for path in TEXTS if POISON_CONTROL in path.read_text()}
    assert {"emergency.md", "_crisis_numbers.html"} <= places.keys()
    for text in places.values():
        before = text.split(POISON_CONTROL)[0]
        assert "tel:911" in before
        assert "cannot be woken" in before
        assert "awake and breathing well?" in before


@pytest.mark.parametrize("template", ["clinic/crisis.html", "articles/feedback_crisis.html"])
def test_crisis_pages_name_988_then_911_then_poison_control(template: str) -> None:
    numbers = re.findall(r'href="tel:([+\d]+)"', render_to_string(template).split('lang="es"')[0])
    assert numbers == ["988", "911", "+18002221222"]


def test_high_blood_pressure_has_its_number_and_its_signs_in_both_lists() -> None:
    signs = " ".join(shipped_library().shared.blocks["warning_signs"].text.replace("\n>", " ").split())
    at_once, same_day = signs.split("[!URGENT]")
    for sign in ("180/120", "chest pain", "short breath", "back pain", "numbness", "weakness", "sight", "speaking"):
        assert sign in at_once
    assert "180/120 or higher, and still so when you measure again" in same_day
