"""Staff change hours, closed days, calendars and kinds of visit in forms; other lines of clinic.yaml stay."""

import datetime as dt
import errno
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from articles.editing.revisions import disk
from articles.models import Revision
from clinic_site.clinic_yaml import get_clinic
from tests.articles.editing.builders import make_revision
from tests.articles.editing.content_folder import message, summary
from tests.articles.editing.pages.clinic_facts.facts_desk import (
    ALDER,
    CALENDAR,
    DESK,
    FACTS,
    KIND,
    WEEK,
    WREN,
    Post,
    difference,
    facts,
)
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_all_that_can_be_changed_is_shown_with_links(editor: Client) -> None:
    text = editor.get(FACTS).content.decode()
    for path in ("hours/", "closed-days/", "calendars/new/", "calendars/alder-first/"):
        assert f'href="{ALDER}{path}"' in text
    for address in (f"{FACTS}visits/call/", f"{FACTS}visits/new/", f"{DESK}files/clinic.yaml/history/"):
        assert f'href="{address}"' in text
    assert "November 26, 2026: Thanksgiving Day" in text
    for page in (f"{DESK}files/", f"{DESK}files/clinic.yaml"):
        assert f'href="{FACTS}"' in editor.get(page).content.decode()


def test_a_clinic_without_calendars_and_kinds_says_so(root: Path, editor: Client, before: str) -> None:
    text = re.sub(r"\nvisits:\n(  - .*\n)+", "\n", re.sub(r"    calendars:\n(      - .*\n)+", "", before))
    text = re.sub(r"    closures:\n(      - .*\n)+", "", text)
    (root / "clinic.yaml").write_text(text)
    page = editor.get(FACTS).content.decode()
    assert "none: the front desk books visits here with a date alone" in page
    assert page.count("<li>none") == 5
    assert "Kinds of visit" not in editor.get(f"{ALDER}calendars/new/").content.decode().partition("<form class")[2]
    assert "tick those to take out" not in editor.get(f"{ALDER}closed-days/").content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("editor", 200), ("owner", 200), ("front desk", 403), ("reviewer", 403), ("stranger", 302)]
)
@pytest.mark.parametrize("path", ["", "offices/port-alder/hours/", "visits/new/"])
def test_those_who_may_edit_articles_may_change_the_facts(sign_in: Cast, who: str, status: int, path: str) -> None:
    assert sign_in(who).get(FACTS + path).status_code == status


@pytest.mark.parametrize(
    "path", ["offices/gone/hours/", "offices/gone/closed-days/", "offices/port-alder/calendars/gone/", "visits/gone/"]
)
def test_parts_that_do_not_exist_are_not_found(editor: Client, path: str) -> None:
    assert editor.get(FACTS + path).status_code == 404


def test_without_the_file_there_is_no_page(editor: Client) -> None:
    make_revision(path="clinic.yaml", removed=True)
    assert editor.get(FACTS).status_code == 404


@pytest.mark.parametrize("path", ["", "visits/call/"])
def test_a_file_with_a_mistake_is_mended_as_text_first(root: Path, editor: Client, before: str, path: str) -> None:
    get_clinic()
    (root / "clinic.yaml").write_text(before.replace("demo: false", "demo: perhaps"))
    response = editor.get(FACTS + path)
    assert (response.status_code, response["Location"]) == (303, f"{DESK}files/clinic.yaml")
    assert message(response) == "The file has a mistake in line 2: mend that first."


class TestHours:
    def test_the_fields_show_the_hours_as_patients_read_them(self, editor: Client) -> None:
        text = editor.get(f"{WREN}hours/").content.decode()
        assert 'value="9 a.m. to noon, 1 p.m. to 5 p.m."' in text
        assert "(optional)" not in text

    def test_one_line_changes_and_the_history_says_why(self, root: Path, post: Post, before: str) -> None:
        response = post(f"{ALDER}hours/", WEEK | {"friday": "08:00-12:00, 1 pm to 3 pm"})
        assert (response.status_code, response["Location"]) == (303, FACTS)
        assert message(response) == "Hours of the Port Alder office: saved. The site shows it within two seconds."
        assert difference(root, before) == ['-friday: ["08:00-16:00"]', '+friday: ["08:00-12:00", "13:00-15:00"]']
        revision = Revision.objects.of("clinic.yaml")[0]
        assert (revision.number, revision.by, revision.why, revision.live) == (
            2,
            "editor",
            "Hours, Port Alder office",
            True,
        )

    def test_days_open_and_close(self, root: Path, post: Post, before: str) -> None:
        post(f"{ALDER}hours/", WEEK | {"friday": "", "saturday": "9 a.m. to noon"})
        assert difference(root, before) == ['-friday: ["08:00-16:00"]', '+saturday: ["09:00-12:00"]']

    def test_the_same_hours_add_no_revision(self, post: Post) -> None:
        assert message(post(f"{ALDER}hours/", WEEK)) == "Nothing was changed: the values are the same."
        assert Revision.objects.of("clinic.yaml").count() == 1

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ("8 to 5", "Monday: write the hours like “8 a.m. to noon, 1 p.m. to 5 p.m.”, or leave the field empty"),
            ("from eight", "Monday: write the hours like"),
            ("8 a.m. to late", "Monday: write the hours like"),
            ("13 p.m. to 14 p.m.", "Monday: write the hours like"),
            ("8:00 to 17:00", "Monday: write the hours like"),
            ("08:00-25:00", "Monday: write the hours like"),
            ("5 p.m. to 8 a.m.", "Monday: each time must be later than the one before it"),
            ("8 a.m. to noon, 11 a.m. to 1 p.m.", "Monday: each time must be later"),
        ],
    )
    def test_an_error_is_beside_its_field_and_nothing_is_saved(self, post: Post, typed: str, sentence: str) -> None:
        response = post(f"{ALDER}hours/", WEEK | {"monday": typed})
        assert sentence in summary(response)
        text = response.content.decode()
        assert 'href="#id_monday"' in text
        assert 'aria-describedby="id_monday_helptext id_monday_error"' in text or 'id="id_monday_error"' in text
        assert f'value="{typed}"' in text
        assert Revision.objects.of("clinic.yaml").count() == 1

    def test_an_office_is_open_on_some_day(self, post: Post) -> None:
        assert "Give at least one day on which the office is open" in summary(post(f"{ALDER}hours/", {}))


class TestClosedDays:
    def test_a_day_is_added_in_the_order_of_time(self, root: Path, post: Post, before: str) -> None:
        post(f"{ALDER}closed-days/", {"first": "2026-12-24", "reason": "Christmas Eve"})
        assert difference(root, before) == ["+- {date: 2026-12-24, reason: Christmas Eve}"]
        assert list(facts(root).offices[0].closures)[1] == dt.date(2026, 12, 24)

    def test_several_days_are_added_and_others_taken_out_at_once(self, root: Path, post: Post) -> None:
        data = {"first": "2026-12-28", "last": "2026-12-30", "reason": "Painters", "removed": ["2026-12-25"]}
        post(f"{ALDER}closed-days/", data)
        closures = facts(root).offices[0].closures
        assert [date.day for date, reason in closures.items() if reason == "Painters"] == [28, 29, 30]
        assert dt.date(2026, 12, 25) not in closures

    def test_a_day_that_is_taken_out_and_added_has_its_new_reason(self, root: Path, post: Post, before: str) -> None:
        post(f"{ALDER}closed-days/", {"first": "2026-12-25", "reason": "Holiday", "removed": ["2026-12-25"]})
        assert difference(root, before) == [
            "-- {date: 2026-12-25, reason: Christmas Day}",
            "+- {date: 2026-12-25, reason: Holiday}",
        ]

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            ({"first": "soon", "reason": "x"}, "Close on: enter a date, like 12/24/2026"),
            ({"first": "2026-12-24", "last": "late", "reason": "x"}, "Last day: enter a date"),
            ({"reason": "x"}, "Close on: enter the day on which the office is closed"),
            ({"last": "2026-12-24"}, "Close on: enter the day"),
            ({"first": "2026-12-24"}, "Reason: say why"),
            ({"first": "2026-12-24", "reason": "Call 727-555-0111"}, "Reason: leave phone numbers out"),
            (
                {"first": "2026-12-24", "last": "2026-12-23", "reason": "x"},
                "Last day: enter a day from December 24, 2026 on",
            ),
            ({"first": "2026-12-24", "last": "2027-12-24", "reason": "x"}, "at most 60 days in all"),
            ({"first": "2026-12-24", "last": "2026-12-25", "reason": "x"}, "December 25, 2026 is a closed day already"),
            ({"removed": ["2026-01-01"]}, "2026-01-01 is not one of the available choices"),
        ],
    )
    def test_errors(self, post: Post, data: dict[str, Any], sentence: str) -> None:
        assert sentence in summary(post(f"{ALDER}closed-days/", data))
        assert Revision.objects.of("clinic.yaml").count() == 1


class TestCalendars:
    def test_a_new_one_takes_the_hours_of_the_office(self, root: Path, post: Post, before: str) -> None:
        post(f"{ALDER}calendars/new/", {"name": "Room 2", "kinds": ["visit"]})
        assert difference(root, before) == ["+- slug: port-alder-room-2", "+name: Room 2", "+kinds: [visit]"]
        office = facts(root).offices[0]
        assert office.calendars[1].hours == office.hours

    def test_two_of_one_name_have_different_slugs(self, root: Path, post: Post) -> None:
        for base in (1, 2):
            post(f"{ALDER}calendars/new/", {"name": "Room 2", "kinds": ["visit"]}, base=base)
        assert [calendar.slug for calendar in facts(root).offices[0].calendars[1:]] == [
            "port-alder-room-2",
            "port-alder-room-2-2",
        ]

    def test_it_has_own_hours_until_all_days_are_empty(self, root: Path, post: Post, before: str) -> None:
        post(f"{ALDER}calendars/alder-first/", CALENDAR | {"monday": "9 a.m. to noon"})
        assert [len(spans) for spans in facts(root).offices[0].calendars[0].hours] == [1, 0, 0, 0, 0, 0, 0]
        post(f"{ALDER}calendars/alder-first/", CALENDAR, base=2)
        assert difference(root, before) == []

    def test_a_new_one_with_own_hours(self, root: Path, post: Post) -> None:
        post(f"{WREN}calendars/new/", {"name": "Room 2", "kinds": ["visit"], "friday": "9 a.m. to noon"})
        assert len(facts(root).offices[1].calendars[1].hours[4]) == 1

    def test_name_and_kinds_change(self, root: Path, post: Post, before: str) -> None:
        post(f"{ALDER}calendars/alder-first/", {"name": "Dr. Planck", "kinds": ["visit"]})
        assert difference(root, before) == [
            "-- {slug: alder-first, name: First visits}",
            '+- {slug: alder-first, name: "Dr. Planck", kinds: [visit]}',
        ]

    def test_it_is_removed(self, root: Path, post: Post, before: str) -> None:
        response = post(f"{ALDER}calendars/alder-first/", {"step": "remove"})
        assert "Calendar “First visits”, Port Alder office: removed." in message(response)
        assert difference(root, before) == ["-calendars:", "-- {slug: alder-first, name: First visits}"]

    @pytest.mark.parametrize(
        ("data", "sentence"),
        [
            ({"kinds": ["visit"]}, "Enter a name for the calendar"),
            ({"name": "Room"}, "Kinds of visit: tick at least one"),
            ({"name": "Call 727-555-0111", "kinds": ["visit"]}, "Name: leave phone numbers out"),
        ],
    )
    def test_errors(self, post: Post, data: dict[str, Any], sentence: str) -> None:
        assert sentence in summary(post(f"{ALDER}calendars/new/", data))

    @pytest.mark.parametrize("path", ["offices/port-alder/calendars/new/", "visits/new/", "offices/port-alder/hours/"])
    def test_what_is_not_there_cannot_be_removed(self, editor: Client, post: Post, path: str) -> None:
        assert "This cannot be removed" in summary(post(FACTS + path, {"step": "remove"}))
        assert "Remove" not in editor.get(FACTS + path).content.decode()

    def test_a_calendar_can_be_added_before_any_kind_of_visit(self, root: Path, post: Post, before: str) -> None:
        text = re.sub(r"\nvisits:\n(  - .*\n)+", "\n", re.sub(r"    calendars:\n(      - .*\n)+", "", before))
        (root / "clinic.yaml").write_text(text)
        post(f"{ALDER}calendars/new/", {"name": "Room"}, base=2)
        assert [calendar.name for calendar in facts(root).offices[0].calendars] == ["Room"]


class TestKindsOfVisit:
    def test_single_values_change(self, root: Path, post: Post) -> None:
        response = post(
            f"{FACTS}visits/visit/", KIND | {"minutes": "45", "confirm": "auto", "bring": "Papers\n\nA list"}
        )
        assert response.status_code == 303
        kind = facts(root).visit_kinds[1]
        assert (kind.minutes, kind.needs_answer, kind.bring, kind.lead_hours) == (45, False, ("Papers", "A list"), 48)

    def test_what_to_bring_can_be_nothing(self, root: Path, post: Post) -> None:
        kind = {"name": "First consultation by phone", "by_phone": "on", "minutes": "30", "buffer_minutes": "0"}
        rules = {"lead_hours": "4", "horizon_days": "28", "most_a_day": "8", "confirm": "auto", "bring": ""}
        post(f"{FACTS}visits/call/", kind | rules)
        assert (facts(root).visit_kinds[0].bring, facts(root).visit_kinds[0].by_phone) == ((), True)

    def test_a_new_one_is_added_with_all_its_rules(self, root: Path, post: Post, before: str) -> None:
        post(f"{FACTS}visits/new/", KIND | {"name": "New", "lead_hours": "0", "buffer_minutes": "0", "bring": "A list"})
        assert difference(root, before) == [
            "+- slug: new-2", "+name: New", "+minutes: 60", "+lead_hours: 0", "+horizon_days: 42", "+most_a_day: 4",
            "+confirm: desk", "+bring: [A list]",
        ]  # fmt: skip

    def test_a_name_without_latin_letters_gets_a_slug(self, root: Path, post: Post) -> None:
        post(f"{FACTS}visits/new/", KIND | {"name": "初诊"})
        assert facts(root).visit_kinds[2].slug == "visit-2"

    @pytest.mark.parametrize(
        ("field", "typed", "sentence"),
        [
            ("name", "", "Enter a name for the kind of visit"),
            ("name", "Call 727-555-0111", "Name: leave phone numbers out"),
            ("minutes", "", "Length: enter a whole number from 15 to 480, a multiple of 15"),
            ("minutes", "20", "Length: enter a whole number from 15 to 480, a multiple of 15"),
            ("minutes", "long", "Length: enter a whole number from 15 to 480"),
            ("buffer_minutes", "-15", "Pause after it: enter a whole number from 0 to 480"),
            ("lead_hours", "721", "Notice: enter a whole number from 0 to 720"),
            ("horizon_days", "0", "Days ahead: enter a whole number from 1 to 365"),
            ("most_a_day", "91", "Most on one day: enter a whole number from 1 to 90"),
            ("confirm", "", "When a patient chooses a time: choose what happens"),
            ("bring", "Call 727-555-0111", "What to bring: leave phone numbers out"),
        ],
    )
    def test_errors(self, post: Post, field: str, typed: str, sentence: str) -> None:
        response = post(f"{FACTS}visits/visit/", KIND | {field: typed})
        assert sentence in summary(response)
        assert f'href="#id_{field}' in response.content.decode()

    def test_one_that_a_calendar_has_is_not_removed(self, post: Post) -> None:
        response = post(f"{FACTS}visits/visit/", {"step": "remove"})
        assert "First take this kind of visit out of its calendars: First visits, Room 1" in summary(response)

    def test_one_that_no_calendar_has_is_removed(self, root: Path, post: Post) -> None:
        post(f"{ALDER}calendars/alder-first/", CALENDAR | {"kinds": ["visit"]})
        assert post(f"{FACTS}visits/call/", {"step": "remove"}, base=2).status_code == 303
        assert [kind.slug for kind in facts(root).visit_kinds] == ["visit"]


class TestConflicts:
    def test_a_stale_save_is_refused_with_what_was_typed(self, root: Path, post: Post) -> None:
        post(f"{ALDER}hours/", WEEK | {"friday": "8 a.m. to noon"})
        response = post(f"{ALDER}hours/", WEEK | {"monday": "9 a.m. to 5 p.m."})
        assert "editor saved the clinic’s facts meanwhile" in summary(response)
        text = response.content.decode()
        assert 'value="9 a.m. to 5 p.m."' in text
        assert 'name="base" value="2"' in text
        assert facts(root).offices[0].hours[0][0].opens.hour == 8

    def test_an_unwritable_folder_is_reported(self, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> None:
            raise OSError(errno.EROFS, "Read-only file system")

        monkeypatch.setattr(disk, "check_writable", refuse)
        assert "cannot write its content folder" in summary(post(f"{ALDER}hours/", WEEK | {"friday": ""}))

    def test_a_change_that_the_file_does_not_allow_is_refused_in_a_sentence(
        self, root: Path, post: Post, before: str
    ) -> None:
        text = before.replace("scheduling: off", "scheduling: on").replace(
            "      - {slug: wren-room", "      - {slug: wren-room"
        )
        text = re.sub(r"    calendars:\n      - \{slug: wren-room.*\n", "", text)
        (root / "clinic.yaml").write_text(text)
        response = post(f"{ALDER}calendars/alder-first/", {"step": "remove"}, base=2)
        assert "of the file: “scheduling” is on, but nothing can be booked." in summary(response)

    def test_an_owner_is_not_held_to_the_fields_of_staff(self, root: Path, post: Post, sign_in: Cast) -> None:
        assert post(f"{ALDER}hours/", WEEK | {"friday": ""}, sign_in("owner")).status_code == 303
        assert facts(root).offices[0].hours[4] == ()
