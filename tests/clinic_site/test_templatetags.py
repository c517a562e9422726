"""How times, days and numbers read on a page."""

import datetime as dt

import time_machine

from clinic_site.clinic_file import get_clinic
from clinic_site.templatetags import clinic as tags
from tests.conftest import MONDAY_MORNING


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_an_office_lists_its_week_its_closures_to_come_and_its_access() -> None:
    clinic = get_clinic()
    office = clinic.offices[0]
    assert [day for day, spans in tags.week(office) if not spans] == ["Saturday", "Sunday"]
    assert tags.coming_closures(office, clinic)[0] == (dt.date(2026, 11, 26), "Thanksgiving Day")
    assert "Step-free access" in tags.access_names(office)
    assert tags.opening(clinic, office).is_open
