"""Requests of a site of before visits keep what they have, and those with a time get their visit."""

import importlib
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from appointments.choices import Status
from appointments.models import Visit
from tests.appointments.builders import NOW, VISIT, make_request, schedule
from tests.inside import run_apart
from tests.serving import OwnDatabase

migration = importlib.import_module("appointments.migrations.0013_visits_of_scheduled_requests")
WITH_TIME = {"timed": "port-alder", "gone-by": "lake-wren", "no-end": "port-alder"}


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase) -> Any:
    with own_database(tmp_path_factory.mktemp("before") / "before.sqlite3") as url:
        return run_apart("tests.appointments.visits.site_of_before:main", url, within=120)


@pytest.mark.parametrize("name", WITH_TIME)
def test_a_scheduled_request_with_a_time_gets_its_visit(migrated: Any, name: str) -> None:
    request = migrated["requests"][name]
    visit = {"status": "booked", "office": WITH_TIME[name], "calendar": "", "kind": "", "ends_at": None, "sequence": 0}
    assert (request["status"], request["visits"], request["times"]) == ("scheduled", [visit], [True])


def test_each_visit_has_its_own_identity(migrated: Any) -> None:
    uids = [uid for request in migrated["requests"].values() for uid in request["uids"]]
    assert len(set(uids)) == len(uids) == len(WITH_TIME)


@pytest.mark.parametrize(
    ("name", "status"),
    [("open", "new"), ("untimed", "scheduled"), ("joined", "closed"), ("erased", "scheduled")],
)
def test_no_visit_is_invented_for_the_others(migrated: Any, name: str, status: str) -> None:
    request = migrated["requests"][name]
    assert (request["status"], request["visits"]) == (status, [])


def test_new_fields_are_empty_and_other_rows_stay(migrated: Any) -> None:
    assert all(request["new fields"] == ["", None, False, None] for request in migrated["requests"].values())
    assert (migrated["other rows stay"], migrated["calendar files"]) == (True, [""])
    assert (migrated["times taken"], migrated["stranded"]) == (0, 0)


def test_the_database_still_refuses_changes_of_the_audit_trail(migrated: Any) -> None:
    assert len(migrated["trail"]) == len(["update", "delete"])
    assert all("written once" in answer for answer in migrated["trail"])


def test_migrated_requests_are_booked_and_cancelled_like_new_ones(migrated: Any) -> None:
    assert migrated["steps"] == ["contacting"] * 3


@pytest.mark.django_db
def test_a_second_run_adds_no_visit() -> None:
    schedule(make_request(), VISIT, "dana", NOW)
    make_request(status=Status.SCHEDULED)
    first = Visit.objects.get()
    migration.add_visits(apps, connection.schema_editor())
    assert Visit.objects.get() == first
    first.delete()
    migration.add_visits(apps, connection.schema_editor())
    again = Visit.objects.get()
    assert (again.starts_at, again.office, again.status) == (*VISIT, "booked")
