"""The clinic's facts are parsed strictly, and the last good ones stay in use."""

import datetime as dt
import re
from pathlib import Path

import pytest

from clinic_site.clinic import Clinic, Span, VisitKind
from clinic_site.clinic_yaml import load_clinic, parse_clinic
from clinic_site.content.files import ContentError
from clinic_site.content.yaml_fields import parse_yaml
from tests.content_builders import TESTS_CONTENT

GOOD = (TESTS_CONTENT / "clinic.yaml").read_text()
BRING = ("A list of the medicines you take",)


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
        ("alarm_after_minutes: 30", "alarm_after_minutes: 4", "“crisis_alarm_after_minutes” must be 5 to 480 minutes"),
        ("alarm_after_minutes: 30", "alarm_after_minutes: 481", "“crisis_alarm_after_minutes” must be 5 to 480"),
        ("alarm_after_minutes: 30", "alarm_after_minutes: soon", "“crisis_alarm_after_minutes” must be a whole"),
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
        ("slug: visit,", "slug: call,", "Two kinds of visit have the same slug"),
        ("slug: wren-room,", "slug: alder-first,", "Two calendars have the same slug"),
        ("scheduling: off", "scheduling: maybe", "“scheduling” must be true or false"),
        ("minutes: 30,", "minutes: 40,", "“minutes” must be a multiple of 15, from 15 to 480"),
        ("minutes: 30,", "minutes: 0,", "“minutes” must be a multiple of 15, from 15 to 480"),
        ("buffer_minutes: 15,", "buffer_minutes: 10,", "“buffer_minutes” must be a multiple of 15, from 0"),
        ("lead_hours: 4,", "lead_hours: 721,", "“lead_hours” must be 0 to 720"),
        ("horizon_days: 28,", "horizon_days: 0,", "“horizon_days” must be 1 to 365"),
        ("most_a_day: 8,", "most_a_day: 91,", "“most_a_day” must be 1 to 90"),
        ("confirm: auto,", "confirm: later,", "Use one of: desk, auto"),
        ("kinds: [visit]", "kinds: [visit, walk]", "“walk” is no kind of visit"),
        ("name: Room 1", "name: Call 727 555 0111", "Leave phone numbers out of the name"),
        ("name: First consultation by", "name: Call 727 555 0111 by", "Leave phone numbers out of the name"),
        ("[A list of the medicines", "[Call 727 555 0111", "Leave phone numbers out of the list of what to bring"),
        ("reason: Thanksgiving", "reason: Call 1-900-555-0199", "Leave phone numbers out of the reason"),
        ("reason: Thanksgiving", "reason: Call (900) 555 0199", "Leave phone numbers out of the reason"),
        ("reason: Thanksgiving", "reason: Text HELP to 741741", "Leave phone numbers out of the reason"),
        ("reason: Thanksgiving", "reason: Call ９００５５５０１９９", "Leave phone numbers out of the reason"),
        ("slug: call,", "slug: first call,", "cannot be part of an address"),
        ("slug: call,", "slug: visit,", "Two kinds of visit have the same slug"),
        ("slug: call,", f"slug: {'a' * 51},", "is longer than 50 characters"),
        ("minutes: 30,", "", "“minutes” is missing"),
        ("minutes: 30,", "minutes: 20,", "“minutes” must be a multiple of 15, from 15 to 480"),
        ("minutes: 30,", "minutes: 495,", "“minutes” must be a multiple of 15, from 15 to 480"),
        ("minutes: 30,", "minutes: long,", "“minutes” must be a whole number"),
        ("buffer_minutes: 15", "buffer_minutes: 10", "“buffer_minutes” must be a multiple of 15, from 0 to 480"),
        ("buffer_minutes: 15", "buffer_minutes: -15", "“buffer_minutes” must be a multiple of 15, from 0 to 480"),
        ("lead_hours: 48", "lead_hours: 721", "“lead_hours” must be 0 to 720"),
        ("lead_hours: 48", "lead_hours: -1", "“lead_hours” must be 0 to 720"),
        ("horizon_days: 42", "horizon_days: 0", "“horizon_days” must be 1 to 365"),
        ("horizon_days: 42", "horizon_days: 366", "“horizon_days” must be 1 to 365"),
        ("most_a_day: 4", "most_a_day: 0", "“most_a_day” must be 1 to 90"),
        ("most_a_day: 4", "most_a_day: 91", "“most_a_day” must be 1 to 90"),
        ("confirm: desk", "confirm: nobody", "“confirm” is “nobody”. Use one of: desk, auto"),
        (", confirm: desk", "", "“confirm” is missing"),
        ("by_phone: true", "by_phone: often", "“by_phone” must be true or false"),
        ("bring: [A list", "bring: [A list, A list, A list", "names “A list” twice"),
        ("confirm: desk", "confirm: desk, colour: red", "“colour” is not a known key"),
        ("slug: wren-room", "slug: alder-first", "Two calendars have the same slug"),
        ("slug: wren-room", f"slug: {'a' * 51}", "is longer than 50 characters"),
        ("name: Room 1", "nam: Room 1", "“name” is missing"),
        ("name: Room 1", "name: Room 1, door: 2", "“door” is not a known key"),
        ('tuesday: ["09:00-12:00"], thursday', 'tuesday: ["12:00-09:00"], thursday', "must run forward"),
        ('{tuesday: ["09:00-12:00"], thursday: ["13:00-18:00"]}', "{tuesday: []}", "no hours at all"),
    ],
)
def test_each_mistake_is_reported_in_one_sentence(old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(ContentError) as caught:
        parse_clinic(parse_yaml("clinic.yaml", GOOD.replace(old, new)))
    assert words in caught.value.problem.message
    assert caught.value.problem.line > 1


def test_the_alarm_after_words_of_a_crisis_comes_after_half_an_hour_unless_the_file_says_otherwise() -> None:
    without = parse_clinic(parse_yaml("clinic.yaml", GOOD.replace("crisis_alarm_after_minutes: 30\n", "")))
    assert without.crisis_alarm_after == dt.timedelta(minutes=30)
    slower = parse_clinic(parse_yaml("clinic.yaml", GOOD.replace("after_minutes: 30", "after_minutes: 45")))
    assert slower.crisis_alarm_after == dt.timedelta(minutes=45)


def changed(old: str, new: str) -> Clinic:
    assert old in GOOD
    return parse_clinic(parse_yaml("clinic.yaml", GOOD.replace(old, new)))


def test_calendars_and_kinds_are_optional() -> None:
    start, end = GOOD.index("scheduling:"), GOOD.index("offices:")
    lines = (GOOD[:start] + GOOD[end:]).splitlines()
    text = "\n".join(line for line in lines if not line.strip().startswith(("calendars:", "- {slug:")))
    clinic = parse_clinic(parse_yaml("clinic.yaml", text))
    assert (clinic.visit_kinds, clinic.scheduling) == ((), False)
    assert [office.calendars for office in clinic.offices] == [(), ()]


def test_a_kind_of_visit_has_defaults() -> None:
    rules = ", by_phone: true, minutes: 30, lead_hours: 4, horizon_days: 28, most_a_day: 8, confirm: auto"
    kind = changed(rules, ", minutes: 30, confirm: auto").visit_kind("call")
    assert kind == VisitKind("call", "First consultation by phone", 30, 0, 24, 42, 90, False, False, BRING)


def test_a_calendar_has_its_own_hours_and_kinds_or_those_of_its_office() -> None:
    clinic = changed("scheduling: off", "scheduling: on")
    [first], [room] = (office.calendars for office in clinic.offices)
    assert (first.hours, first.kinds) == (clinic.offices[0].hours, clinic.visit_kinds)
    assert (room.hours[1], room.hours[0]) == ((Span(dt.time(9), dt.time(12)),), ())
    assert [kind.slug for kind in room.kinds] == ["visit"]
    assert (clinic.scheduling, clinic.visit_kind("gone"), clinic.offices[0].calendar("gone")) == (True, None, None)


def test_patients_cannot_choose_where_nothing_can_be_booked() -> None:
    start, end = GOOD.index("scheduling:"), GOOD.index("offices:")
    lines = (GOOD[:start] + "scheduling: on\n" + GOOD[end:]).splitlines()
    text = "\n".join(line for line in lines if not line.strip().startswith(("calendars:", "- {slug:")))
    with pytest.raises(ContentError, match="“scheduling” is on, but nothing can be booked"):
        parse_clinic(parse_yaml("clinic.yaml", text))


def test_a_clinic_needs_an_office() -> None:
    with pytest.raises(ContentError, match="at least one office"):
        parse_clinic(parse_yaml("clinic.yaml", GOOD.split("offices:")[0] + "offices: []"))


def test_times_can_be_chosen_only_where_something_can_be_booked() -> None:
    text = re.sub(r"    calendars:\n(      - .*\n)+", "", GOOD.replace("scheduling: off", "scheduling: on"))
    with pytest.raises(ContentError, match="nothing can be booked"):
        parse_clinic(parse_yaml("clinic.yaml", text))


def test_an_office_needs_hours() -> None:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    text = "\n".join(line for line in GOOD.splitlines() if line.strip().split(":")[0] not in days)
    with pytest.raises(ContentError, match="must hold lines"):
        parse_clinic(parse_yaml("clinic.yaml", text))
    with pytest.raises(ContentError, match="no hours at all"):
        parse_clinic(parse_yaml("clinic.yaml", text.replace("hours:\n", "hours: {monday: []}\n")))


def test_an_invalid_first_file_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"clinic\.yaml:1: This file cannot be read"):
        load_clinic(tmp_path)


def test_an_invalid_file_leaves_the_last_good_facts(tmp_path: Path) -> None:
    (tmp_path / "clinic.yaml").write_text(GOOD)
    good = load_clinic(tmp_path)
    (tmp_path / "clinic.yaml").write_text(GOOD + "\nodd: 1")
    reloaded = load_clinic(tmp_path, good)
    assert reloaded.name == good.name
    assert reloaded.problem is not None
    assert "“odd” is not a known key" in reloaded.problem.message
