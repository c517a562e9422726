"""Limits of requests per form token and per minute."""

import dataclasses
import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core import serializers
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from appointments.choices import MailKind, Status
from appointments.intake import CONFIRMATIONS_A_DAY, FormUsedUp, TooManyRequests
from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage
from appointments.workflow import erase, submit
from clinic_site import settings as site_settings
from tests.appointments.builders import NOW, make_answers, make_form_data, make_request
from tests.appointments.pages import Page
from tests.inside import run_apart
from tests.serving import OwnDatabase

FORM = "/consultation/"
MINUTE = dt.timedelta(minutes=1)


@pytest.mark.django_db
class TestOneForm:
    """One form token, posted several times with other answers."""

    def test_three_different_requests_are_accepted_but_no_fourth(self) -> None:
        showing = make_answers()
        for note in ("", "After 3", "After 4"):
            submit(dataclasses.replace(showing, note=note), NOW)
        with pytest.raises(FormUsedUp):
            submit(dataclasses.replace(showing, note="After 5"), NOW)
        assert list(ConsultationRequest.objects.order_by("pk").values_list("note", flat=True)) == [
            "",
            "After 3",
            "After 4",
        ]

    def test_a_stored_request_is_confirmed_again_any_number_of_times(self) -> None:
        showing = make_answers()
        stored = [submit(dataclasses.replace(showing, note=note), NOW) for note in ("", "After 3", "After 4")]
        again = [submit(dataclasses.replace(showing, note=note), NOW) for note in ("After 4", "", "")]
        assert again == [stored[2], stored[0], stored[0]]

    def test_another_form_token_has_its_own_limit(self) -> None:
        for _ in range(5):
            make_request()
        assert ConsultationRequest.objects.count() == 5

    def test_an_erased_request_frees_its_place(self) -> None:
        showing = make_answers()
        first, *_ = (submit(dataclasses.replace(showing, note=note), NOW) for note in ("", "After 3", "After 4"))
        erase(first, "owner", NOW)
        assert submit(dataclasses.replace(showing, note="After 5"), NOW).form_place == f"{showing.nonce}:1"

    def test_a_request_stored_without_a_place_is_found(self) -> None:
        answers = make_answers()
        stored = submit(answers, NOW)
        ConsultationRequest.objects.update(form_place=None)
        assert submit(answers, NOW) == stored


@pytest.mark.django_db
class TestFlood:
    @pytest.fixture(autouse=True)
    def _two_a_minute(self, settings: Settings) -> None:
        settings.REQUESTS_A_MINUTE = 2

    def test_requests_over_the_limit_per_minute_are_refused_and_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        make_request()
        make_request(now=NOW + MINUTE / 2)
        with pytest.raises(TooManyRequests):
            make_request(now=NOW + MINUTE / 2)
        assert ConsultationRequest.objects.count() == 2
        assert caplog.messages == ["2 requests arrived within a minute: one more was not taken."]

    def test_the_limit_resets_after_a_minute(self) -> None:
        make_request()
        make_request()
        assert make_request(now=NOW + MINUTE).pk

    def test_a_second_press_is_confirmed_despite_the_limit(self) -> None:
        answers = make_answers()
        stored = submit(answers, NOW)
        make_request()
        assert submit(answers, NOW) == stored

    def test_spam_does_not_count_towards_the_limit(self) -> None:
        for _ in range(2):
            assert submit(make_answers(trapped=True), NOW).status == Status.SPAM
        with pytest.raises(TooManyRequests):
            submit(make_answers(trapped=True), NOW)
        assert make_request().status == make_request().status == Status.NEW

    def test_handled_requests_count_towards_the_limit(self) -> None:
        make_request(status=Status.SCHEDULED)
        make_request(status=Status.WITHDRAWN)
        with pytest.raises(TooManyRequests):
            make_request()

    def test_a_limit_of_zero_means_no_limit(self, settings: Settings) -> None:
        settings.REQUESTS_A_MINUTE = 0
        for _ in range(3):
            assert make_request().pk

    def test_the_patient_is_asked_to_call_and_keeps_the_answers(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        make_request()
        make_request()
        data = make_form_data(name="Zoë O’Neill", note="After 3")
        page = Page(client.post(FORM, data))
        assert "More requests reach us at this moment than we can take. Call us" in page.text
        assert "(727) 555-0142" in page.text
        assert (page.values["name"], page.values["note"]) == (["Zoë O’Neill"], ["After 3"])
        clock.shift(MINUTE)
        assert client.post(FORM, data | {"token": page.values["token"][0]}).status_code == 303


@pytest.mark.django_db
class TestOneMailbox:
    """Confirmations to an address that anybody may have typed."""

    def confirmations(self) -> list[str]:
        mails = OutboxMessage.objects.filter(kind=MailKind.CONFIRMATION).order_by("request")
        return list(mails.values_list("recipient", flat=True))

    def test_dots_and_tags_behind_a_plus_sign_get_no_more_mails(self) -> None:
        typed = ["ana+1@example.com", "AN.A+2@example.com", "ana@example.com", "ana+3@example.com", "a.na@example.com"]
        for address in typed:
            make_request(email=address)
        assert self.confirmations() == typed[:CONFIRMATIONS_A_DAY]

    def test_other_addresses_do_not_count(self) -> None:
        for number in range(CONFIRMATIONS_A_DAY):
            make_request(email=f"ana+{number}@example.com")
        others = ["anabel@example.com", "ana@example.org", "jo+ana@example.com"]
        for address in others:
            make_request(email=address)
        assert self.confirmations()[CONFIRMATIONS_A_DAY:] == others


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_the_fourth_version_of_a_form_is_asked_to_call(client: Client) -> None:
    data = make_form_data()
    for note in ("", "After 3", "After 4"):
        assert client.post(FORM, data | {"note": note}).status_code == 303
    page = Page(client.post(FORM, data | {"note": "After 5"}))
    assert "We have this form three times already" in page.text
    assert page.values["note"] == ["After 5"]


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_an_accepted_form_takes_three_queries_and_three_inserts(client: Client, settings: Settings) -> None:
    settings.REQUESTS_A_MINUTE = 60
    with CaptureQueriesContext(connection) as queries:
        assert client.post(FORM, make_form_data(email="ana@example.com")).status_code == 303
    verbs = [query["sql"].split()[0] for query in queries]
    assert sorted(verbs) == ["INSERT"] * 3 + ["RELEASE", "SAVEPOINT"] + ["SELECT"] * 3  # the savepoint of the test


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_the_ip_address_of_the_sender_is_not_stored(client: Client, settings: Settings) -> None:
    settings.REQUESTS_A_MINUTE = 1
    for _ in range(2):
        client.post(FORM, make_form_data(), REMOTE_ADDR="203.0.113.9", headers={"x-forwarded-for": "203.0.113.9"})
    rows = [*ConsultationRequest.objects.all(), *OutboxMessage.objects.all(), *AuditEvent.objects.all()]
    assert rows
    assert "203.0.113.9" not in serializers.serialize("json", rows)


@pytest.mark.parametrize(
    ("demo", "value", "most"), [(True, None, 0), (True, "5", 5), (False, None, 60), (False, "5", 5)]
)
def test_the_limit_comes_from_the_environment(
    demo: bool, value: str | None, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_settings, "DEMO", demo)
    monkeypatch.delenv("REQUESTS_A_MINUTE", raising=False)
    if value:
        monkeypatch.setenv("REQUESTS_A_MINUTE", value)
    assert site_settings.most_a_minute("REQUESTS_A_MINUTE") == most


@pytest.mark.parametrize("value", ["0", "-1", "many", "3.5", "٣"])
def test_production_refuses_an_invalid_limit(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_settings, "DEMO", False)
    monkeypatch.setenv("REQUESTS_A_MINUTE", value)
    with pytest.raises(ImproperlyConfigured, match="Set it to a number from 1"):
        site_settings.most_a_minute("REQUESTS_A_MINUTE")


def test_concurrent_versions_of_one_form_are_three_requests(tmp_path: Any, own_database: OwnDatabase) -> None:
    """On a separate database, in a subprocess: see form_pages.py."""
    with own_database(tmp_path / "showings.sqlite3") as database_url:
        printed = run_apart("tests.appointments.form_pages:main", database_url)
    assert printed == {"taken": 3, "refused": 5, "stored": 3}
