"""The clinic's facts are read strictly, and the last good ones stay in use."""

from pathlib import Path

import pytest

from clinic_site.clinic_file import load_clinic, parse_clinic
from clinic_site.content_files import ContentError, parse_yaml
from tests.content_builders import TESTS_CONTENT

GOOD = (TESTS_CONTENT / "clinic.yaml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("name: Marigold", "nam: Marigold", "“name” is missing"),
        ("owner:", "ownr: x\nowner:", "“ownr” is not a known key"),
        ("America/New_York", "America/Nowhere", "“America/Nowhere” is not a time zone"),
        ("America/New_York", "../etc/passwd", "is not a time zone"),
        ("days: 1", "days: 0", "1 to 10 working days"),
        ("desk@clinic.example", "desk at clinic", "is not an e-mail address"),
        ("manager@clinic.example", "manager", "is not an e-mail address"),
        ("articles@clinic.example", "articles", "is not an e-mail address"),
        ("after_days: 90", "after_days: 0", "“erase_led_nowhere_after_days” must be 1 to 3650 days"),
        ("after_days: 365", "after_days: 99999", "“erase_others_after_days” must be 1 to 3650 days"),
        ("+1 727 555 0142", "call us", "is not a phone number"),
        ("+1 727 555 0142", "555 0142", "is not a phone number with an area code"),
        ("slug: port-alder", "slug: port alder", "cannot be part of an address"),
        ("slug: lake-wren", "slug: port-alder", "Two offices have the same slug"),
        ('monday: ["08:00-17:00"]', 'monday: ["8 to 5"]', "is not a stretch of hours"),
        ('monday: ["08:00-17:00"]', 'monday: ["08:00Z-17:00"]', "is not a stretch of hours"),
        ('monday: ["08:00-17:00"]', 'monday: ["25:00-26:00"]', "is not a stretch of hours"),
        ('monday: ["08:00-17:00"]', 'monday: ["17:00-08:00"]', "must run forward"),
        ('monday: ["09:00-12:00", "13:00-17:00"]', 'monday: ["09:00-13:00", "12:00-17:00"]', "must run forward"),
        ("monday:", "mnday:", "“mnday” is not a known key"),
        ("[step_free, asl,", "[step_free, ladder,", "“ladder” is not a known kind of access"),
        ("{date: 2026-11-26,", "{date: soon,", "must be a date"),
        ("{date: 2026-11-26,", "{date: 2026-11-26, why: no,", "“why” is not a known key"),
        ("reason: Thanksgiving", "reason: Call 1-900-555-0199", "Leave phone numbers out of the reason"),
        ("reason: Thanksgiving", "reason: Call (900) 555 0199", "Leave phone numbers out of the reason"),
        ("reason: Thanksgiving", "reason: Text HELP to 741741", "Leave phone numbers out of the reason"),
        ("reason: Thanksgiving", "reason: Call ９００５５５０１９９", "Leave phone numbers out of the reason"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(ContentError) as caught:
        parse_clinic(parse_yaml("clinic.yaml", GOOD.replace(old, new)))
    assert words in caught.value.problem.message
    assert caught.value.problem.line > 1


def test_a_clinic_needs_an_office() -> None:
    with pytest.raises(ContentError, match="at least one office"):
        parse_clinic(parse_yaml("clinic.yaml", GOOD.split("offices:")[0] + "offices: []"))


def test_an_office_needs_hours() -> None:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    text = "\n".join(line for line in GOOD.splitlines() if line.strip().split(":")[0] not in days)
    with pytest.raises(ContentError, match="must hold lines"):
        parse_clinic(parse_yaml("clinic.yaml", text))
    with pytest.raises(ContentError, match="no hours at all"):
        parse_clinic(parse_yaml("clinic.yaml", text.replace("hours:", "hours: {monday: []}")))


def test_a_first_file_that_is_wrong_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"clinic\.yaml:1: This file cannot be read"):
        load_clinic(tmp_path)


def test_while_the_file_is_wrong_the_last_good_facts_stay(tmp_path: Path) -> None:
    (tmp_path / "clinic.yaml").write_text(GOOD)
    good = load_clinic(tmp_path)
    (tmp_path / "clinic.yaml").write_text(GOOD + "\nodd: 1")
    kept = load_clinic(tmp_path, good)
    assert kept.name == good.name
    assert kept.problem is not None
    assert "“odd” is not a known key" in kept.problem.message
