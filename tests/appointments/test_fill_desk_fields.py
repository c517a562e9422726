"""Migrations that fill the fields by which the desk sorts, searches and counts."""

import importlib
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from appointments.choices import Status
from appointments.models import ConsultationRequest
from appointments.workflow import erase, transition
from tests.appointments.builders import LATER, NOW, make_request

pytestmark = pytest.mark.django_db
migration = importlib.import_module("appointments.migrations.0005_fill_desk_fields")
keys = importlib.import_module("appointments.migrations.0009_renew_search_keys")


def test_migrated_fields_equal_those_of_new_requests() -> None:
    requests = [make_request(name="Ana Muñoz", email="Ana@example.com"), make_request(), make_request()]
    transition(requests[1], Status.CLOSED, "dana", LATER)
    erase(requests[2], "dana", LATER)

    def fields() -> list[Any]:
        return list(ConsultationRequest.objects.order_by("pk").values_list(*migration.FILLED))

    as_made = fields()
    ConsultationRequest.objects.update(due_at=NOW, name_key="", email_key="", ended_at=None, erased_at=None)
    assert fields() != as_made
    migration.fill(apps, connection.schema_editor())
    keys.renew(apps, connection.schema_editor())
    assert fields() == as_made


def test_keys_of_an_older_version_are_renewed_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "AT_ONCE", 2)
    requests = [make_request(name="Łukasz O’Brien", email="Ana@example.com") for _ in range(5)]
    ConsultationRequest.objects.update(name_key="łukasz o’brien", email_key="ana@example.com")
    assert not ConsultationRequest.objects.matching("Lukasz OBrien").exists()
    keys.renew(apps, connection.schema_editor())
    assert set(ConsultationRequest.objects.matching("Lukasz OBrien")) == set(requests)


def test_correct_keys_are_not_written_again(django_assert_num_queries: Any) -> None:
    make_request()
    with django_assert_num_queries(2):  # one batch, and the empty end of the table
        keys.renew(apps, connection.schema_editor())
