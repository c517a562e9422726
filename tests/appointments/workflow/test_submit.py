import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection

from appointments import intake
from appointments.choices import Status
from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage
from appointments.workflow import submit
from clinic_site.clinic import reply_by
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, make_answers, make_request

pytestmark = pytest.mark.django_db


class TestSubmit:
    def test_everything_that_was_answered_is_stored(self) -> None:
        answers = make_answers(
            phone_extension="12",
            email="ana@example.com",
            contact_way="text",
            best_times=("morning", "midday"),
            voicemail=True,
            others_may="know",
            texts=True,
            office="lake-wren",
            interpreter="Spanish",
            access=("asl",),
            access_note="A quiet room",
            reason="visit",
            for_whom="someone_else",
            note="After 3",
            article="ketamine-basics",
        )
        stored = ConsultationRequest.objects.get(pk=submit(answers, NOW).pk)
        expected = dataclasses.asdict(answers) | {"best_times": ["morning", "midday"], "access": ["asl"]}
        for not_stored in ("nonce", "trapped", "not_emergency", "crisis_seen"):
            del expected[not_stored]
        assert {name: getattr(stored, name) for name in expected} == expected
        assert [consent["name"] for consent in stored.consents] == [
            "adult_no_emergency", "privacy", "email", "calls", "voicemail", "texts",
        ]  # fmt: skip

    def test_it_starts_as_new_with_an_audit_event(self) -> None:
        request = submit(make_answers(), NOW)
        event = request.audit_events.get()
        assert request.status == Status.NEW
        assert (event.action, event.actor, event.at, event.after) == ("submitted", "", NOW, Status.NEW)

    @pytest.mark.parametrize("office", ["", "port-alder", "lake-wren", "closed-long-ago"])
    def test_the_promise_is_the_offices_own(self, office: str) -> None:
        clinic = get_clinic()
        assert submit(make_answers(office=office), NOW).reply_by == reply_by(clinic, clinic.office(office), NOW)

    def test_the_desk_is_due_when_the_patient_was_promised(self) -> None:
        request = submit(make_answers(), NOW)
        assert request.due_at == request.reply_by

    @pytest.mark.parametrize(("note", "crisis"), [("I want to die", True), ("Call after 3", False)])
    def test_words_of_a_crisis_mark_it(self, note: str, crisis: bool) -> None:
        assert submit(make_answers(note=note), NOW).crisis is crisis
        assert submit(make_answers(access_note=note), NOW).crisis is crisis

    @pytest.mark.parametrize(
        ("sent", "due"), [("23T15:00", "23T15:00"), ("23T23:00", "24T13:00"), ("21T15:00", "23T13:00")]
    )
    def test_words_of_a_crisis_are_due_as_soon_as_an_office_is_open(self, sent: str, due: str) -> None:
        moment, due_at = (dt.datetime.fromisoformat(f"2026-11-{text}+00:00") for text in (sent, due))
        request = submit(make_answers(note="I want to die"), moment)
        assert request.due_at == due_at
        assert request.reply_by == submit(make_answers(), moment).reply_by

    def test_the_desk_gets_a_notice(self) -> None:
        message = submit(make_answers(), NOW).messages.get()
        assert (message.kind, message.status, message.next_try_at) == ("notice", "waiting", NOW)

    def test_a_patient_with_an_email_address_gets_a_confirmation(self) -> None:
        request = submit(make_answers(email="ana@example.com"), NOW)
        assert sorted(request.messages.values_list("kind", flat=True)) == ["confirmation", "notice"]

    def test_nobody_can_make_us_write_to_one_address_without_end(self) -> None:
        requests = [submit(make_answers(email=email), NOW) for email in ["ana@example.com"] * 4 + ["ANA@example.com"]]
        assert [request.messages.count() for request in requests] == [2, 2, 2, 1, 1]
        assert submit(make_answers(email="ana@example.com"), NOW + dt.timedelta(days=2)).messages.count() == 2

    def test_a_filled_honeypot_is_stored_as_spam_and_sends_no_mail(self) -> None:
        request = submit(make_answers(trapped=True, email="ana@example.com"), NOW)
        assert request.status == Status.SPAM
        assert request.audit_events.get().after == Status.SPAM
        assert not OutboxMessage.objects.exists()

    def test_two_presses_are_one_request(self) -> None:
        answers = make_answers(email="ana@example.com")
        assert submit(answers, NOW) == submit(answers, NOW)
        assert (ConsultationRequest.objects.count(), AuditEvent.objects.count()) == (1, 1)
        assert OutboxMessage.objects.count() == len(["notice", "confirmation"])

    @pytest.mark.parametrize(
        "change", [{"phone": "+17275550112"}, {"note": "x"}, {"access": ("asl",)}, {"texts": True}]
    )
    def test_a_correction_is_a_second_request(self, change: dict[str, Any]) -> None:
        answers = make_answers()
        assert submit(answers, NOW) != submit(dataclasses.replace(answers, **change), NOW)

    def test_the_same_answers_on_another_day_are_another_request(self) -> None:
        assert submit(make_answers(), NOW) != submit(make_answers(), NOW)

    def test_a_reference_that_is_taken_is_drawn_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        taken = make_request().reference
        drawn = iter([taken, taken, "K7M-3QX"])
        monkeypatch.setattr(intake, "new_reference", lambda: next(drawn))
        assert submit(make_answers(), NOW).reference == "K7M-3QX"

    def test_it_gives_up_aloud_when_every_reference_is_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        taken = make_request().reference
        monkeypatch.setattr(intake, "new_reference", lambda: taken)
        with pytest.raises(IntegrityError):
            submit(make_answers(), NOW)

    @pytest.mark.parametrize("model", [AuditEvent, OutboxMessage])
    def test_a_failure_on_the_way_leaves_nothing(self, model: Any) -> None:
        def fail(execute: Callable[..., object], sql: str, *parameters: Any) -> object:
            if sql.startswith("INSERT") and model._meta.db_table in sql:
                raise OSError
            return execute(sql, *parameters)

        with connection.execute_wrapper(fail), pytest.raises(OSError):  # noqa: PT011 (ours has no text)
            submit(make_answers(), NOW)
        assert not ConsultationRequest.objects.exists()
        assert not AuditEvent.objects.exists()
        assert not OutboxMessage.objects.exists()

    def test_no_words_of_a_crisis_are_taken_for_spam(self) -> None:
        """A browser may fill in the trap, and then nobody would look for weeks."""
        request = submit(make_answers(trapped=True, note="I want to die"), NOW)
        assert (request.status, request.crisis) == (Status.NEW, True)
