"""Retention periods, and requests that never expire."""

import dataclasses
import datetime as dt

import pytest

from appointments import retention, workflow
from appointments.choices import Action, MailKind, MailStatus, Status
from appointments.models import ConsultationRequest, DeskNote, OutboxMessage
from appointments.retention import ExpiredRequest, purge
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, VISIT, make_request, move, schedule

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)
LED_NOWHERE = [Status.DECLINED, Status.WITHDRAWN, Status.CLOSED, Status.SPAM]


def days(number: int) -> dt.timedelta:
    return dt.timedelta(days=number)


def ended(status: Status, ago: dt.timedelta) -> ConsultationRequest:
    """Create a request that ended `ago` before NOW."""
    request = make_request(now=NOW - ago - days(1), email="ana@example.com")
    move(request, status, "dana", NOW - ago)
    ConsultationRequest.objects.filter(status=Status.SCHEDULED).update(
        visit_at=None
    )  # like requests stored before visits had a time
    return request


def names() -> set[str]:
    return set(ConsultationRequest.objects.values_list("name", flat=True))


class TestWhatExpires:
    @pytest.mark.parametrize(
        ("status", "period"), [*((status, days(90)) for status in LED_NOWHERE), (Status.SCHEDULED, days(365))]
    )
    def test_every_request_expires_after_its_period(self, status: Status, period: dt.timedelta) -> None:
        request = ended(status, ago=period)
        assert purge(NOW - SECOND) == []
        assert purge(NOW) == [ExpiredRequest(request.reference, f"{status.label} for {period.days} days or longer")]

    def test_the_clinic_sets_the_periods(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clinic = dataclasses.replace(get_clinic(), erase_led_nowhere_after=days(10), erase_others_after=days(20))
        monkeypatch.setattr(retention, "get_clinic", lambda: clinic)
        nowhere, visit = ended(Status.CLOSED, ago=days(10)), ended(Status.SCHEDULED, ago=days(20))
        ended(Status.CLOSED, ago=days(9))
        ended(Status.SCHEDULED, ago=days(19))
        assert {expired.reference for expired in purge(NOW)} == {nowhere.reference, visit.reference}

    def test_the_period_of_a_visit_starts_with_the_visit(self) -> None:
        request = make_request(now=NOW - days(10))
        schedule(request, VISIT, "dana", NOW)
        assert purge(VISIT.at + days(365) - SECOND) == []
        assert len(purge(VISIT.at + days(365))) == 1

    @pytest.mark.parametrize("status", [Status.NEW, Status.CONTACTING])
    def test_a_waiting_request_never_expires(self, status: Status) -> None:
        make_request(now=NOW - days(5000), status=status)
        assert purge(NOW) == []

    def test_a_reopened_request_does_not_expire(self) -> None:
        workflow.transition(ended(Status.CLOSED, ago=days(100)), Status.CONTACTING, "dana", NOW - days(1))
        assert purge(NOW) == []

    def test_a_joined_request_expires_separately(self) -> None:
        newer, older = make_request(now=NOW - days(100)), make_request(now=NOW - days(101), name="Stays")
        workflow.join(newer, older, "dana", NOW - days(95))
        assert [expired.reference for expired in purge(NOW)] == [newer.reference]
        assert names() == {"", "Stays"}


class TestPurge:
    def test_answers_notes_and_mails_to_the_patient_are_erased(self) -> None:
        request = ended(Status.CLOSED, ago=days(90))
        workflow.note(request, "Prefers Kim", "dana", NOW)
        purge(NOW)
        request.refresh_from_db()
        assert (request.name, request.phone, request.email) == ("", "", "")
        assert not DeskNote.objects.exists()
        assert not OutboxMessage.objects.filter(kind=MailKind.CONFIRMATION).exists()

    def test_statistics_and_an_audit_event_remain(self) -> None:
        request = ended(Status.DECLINED, ago=days(90))
        purge(NOW)
        request.refresh_from_db()
        last = request.audit_events.last()
        assert (request.status, request.erased_at) == (Status.DECLINED, NOW)
        assert str(last) == "retention erased what the patient sent; status Declined"

    def test_the_remaining_mail_is_readable_at_the_desk(self) -> None:
        ended(Status.CLOSED, ago=days(90))
        OutboxMessage.objects.update(status=MailStatus.FAILED)
        purge(NOW)
        assert [str(message) for message in OutboxMessage.objects.given_up()] == [
            f"Notice to the desk, {ConsultationRequest.objects.get().reference}"
        ]

    def test_nothing_is_erased_twice(self) -> None:
        ended(Status.CLOSED, ago=days(90))
        assert [len(purge(NOW)), len(purge(NOW))] == [1, 0]

    def test_a_dry_run_returns_the_same_and_changes_nothing(self) -> None:
        request = ended(Status.CLOSED, ago=days(90))
        found = purge(NOW, dry_run=True)
        assert names() == {"Ana Torres"}
        assert not request.audit_events.filter(action=Action.ERASED).exists()
        assert purge(NOW) == found

    def test_a_failed_purge_keeps_its_progress_and_the_next_continues(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first, second = ended(Status.CLOSED, ago=days(92)), ended(Status.CLOSED, ago=days(91))
        erase = workflow.erase

        def fails_at_the_second(request: ConsultationRequest, actor: str, now: dt.datetime) -> None:
            erase(request, actor, now)
            if request.pk == second.pk:
                raise KeyboardInterrupt

        monkeypatch.setattr(workflow, "erase", fails_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            purge(NOW)
        monkeypatch.undo()
        erased = ConsultationRequest.objects.exclude(erased_at=None)
        assert [expired.pk for expired in erased] == [first.pk]
        assert [expired.reference for expired in purge(NOW)] == [second.reference]

    def test_a_request_reopened_during_the_purge_is_not_erased(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first, second = ended(Status.CLOSED, ago=days(92)), ended(Status.CLOSED, ago=days(91))
        erase = workflow.erase

        def meanwhile_the_second_is_reopened(request: ConsultationRequest, actor: str, now: dt.datetime) -> None:
            erase(request, actor, now)
            workflow.transition(second, Status.NEW, "dana", NOW)

        monkeypatch.setattr(workflow, "erase", meanwhile_the_second_is_reopened)
        assert [expired.reference for expired in purge(NOW)] == [first.reference]
        assert names() == {"", "Ana Torres"}
