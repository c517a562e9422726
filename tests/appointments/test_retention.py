"""What the clinic keeps no longer than it says, and what it never lets go of by itself."""

import dataclasses
import datetime as dt

import pytest

from appointments import retention, workflow
from appointments.choices import Action, MailKind, Status
from appointments.models import ConsultationRequest, DeskNote, OutboxMessage
from appointments.retention import Expired, purge
from clinic_site.clinic_file import get_clinic
from tests.appointments.builders import NOW, VISIT, make_request, move

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)
LED_NOWHERE = [Status.DECLINED, Status.WITHDRAWN, Status.CLOSED, Status.SPAM]


def days(number: int) -> dt.timedelta:
    return dt.timedelta(days=number)


def ended(status: Status, ago: dt.timedelta) -> ConsultationRequest:
    """A request that was brought to its end so long before NOW."""
    request = make_request(now=NOW - ago - days(1), email="ana@example.com")
    move(request, status, "dana", NOW - ago)
    ConsultationRequest.objects.filter(status=Status.SCHEDULED).update(visit_at=None)  # as before visits had a time
    return request


def names() -> set[str]:
    return set(ConsultationRequest.objects.values_list("name", flat=True))


class TestWhatExpires:
    @pytest.mark.parametrize(
        ("status", "kept"), [*((status, days(90)) for status in LED_NOWHERE), (Status.SCHEDULED, days(365))]
    )
    def test_each_is_kept_for_its_time_and_no_longer(self, status: Status, kept: dt.timedelta) -> None:
        request = ended(status, ago=kept)
        assert purge(NOW - SECOND) == []
        assert purge(NOW) == [Expired(request.reference, f"{status.label} for {kept.days} days or longer")]

    def test_the_clinic_says_how_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clinic = dataclasses.replace(get_clinic(), erase_led_nowhere_after=days(10), erase_others_after=days(20))
        monkeypatch.setattr(retention, "get_clinic", lambda: clinic)
        nowhere, visit = ended(Status.CLOSED, ago=days(10)), ended(Status.SCHEDULED, ago=days(20))
        ended(Status.CLOSED, ago=days(9))
        ended(Status.SCHEDULED, ago=days(19))
        assert {each.reference for each in purge(NOW)} == {nowhere.reference, visit.reference}

    def test_one_with_a_visit_is_kept_from_the_visit_on(self) -> None:
        request = make_request(now=NOW - days(10))
        workflow.schedule(request, VISIT, "dana", NOW)
        assert purge(VISIT.at + days(365) - SECOND) == []
        assert len(purge(VISIT.at + days(365))) == 1

    @pytest.mark.parametrize("status", [Status.NEW, Status.CONTACTING])
    def test_who_waits_never_expires(self, status: Status) -> None:
        make_request(now=NOW - days(5000), status=status)
        assert purge(NOW) == []

    def test_one_that_was_reopened_waits_again(self) -> None:
        workflow.transition(ended(Status.CLOSED, ago=days(100)), Status.CONTACTING, "dana", NOW - days(1))
        assert purge(NOW) == []

    def test_a_joined_one_expires_by_itself_and_the_other_stays(self) -> None:
        newer, older = make_request(now=NOW - days(100)), make_request(now=NOW - days(101), name="Stays")
        workflow.join(newer, older, "dana", NOW - days(95))
        assert [each.reference for each in purge(NOW)] == [newer.reference]
        assert names() == {"", "Stays"}


class TestPurge:
    def test_what_the_patient_sent_is_gone_with_the_notes_and_the_mail_to_them(self) -> None:
        request = ended(Status.CLOSED, ago=days(90))
        workflow.note(request, "Prefers Kim", "dana", NOW)
        purge(NOW)
        request.refresh_from_db()
        assert (request.name, request.phone, request.email) == ("", "", "")
        assert not DeskNote.objects.exists()
        assert not OutboxMessage.objects.filter(kind=MailKind.CONFIRMATION).exists()

    def test_a_count_and_an_audit_row_remain(self) -> None:
        request = ended(Status.DECLINED, ago=days(90))
        purge(NOW)
        request.refresh_from_db()
        last = request.audit_events.last()
        assert (request.status, request.erased_at) == (Status.DECLINED, NOW)
        assert str(last) == "retention erased what the patient sent; status Declined"

    def test_the_mail_that_stays_still_reads_at_the_desk(self) -> None:
        ended(Status.CLOSED, ago=days(90))
        OutboxMessage.objects.update(status=OutboxMessage.Status.FAILED)
        purge(NOW)
        assert [str(each) for each in OutboxMessage.objects.given_up()] == [
            f"Notice to the desk, {ConsultationRequest.objects.get().reference}"
        ]

    def test_nothing_is_erased_twice(self) -> None:
        ended(Status.CLOSED, ago=days(90))
        assert [len(purge(NOW)), len(purge(NOW))] == [1, 0]

    def test_a_dry_run_tells_the_same_and_changes_nothing(self) -> None:
        request = ended(Status.CLOSED, ago=days(90))
        told = purge(NOW, dry_run=True)
        assert names() == {"Ana Torres"}
        assert not request.audit_events.filter(action=Action.ERASED).exists()
        assert purge(NOW) == told

    def test_a_failure_on_the_way_keeps_what_was_done_and_the_next_purge_goes_on(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
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
        assert [each.pk for each in erased] == [first.pk]
        assert [each.reference for each in purge(NOW)] == [second.reference]

    def test_one_that_is_reopened_while_others_are_erased_is_left_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first, second = ended(Status.CLOSED, ago=days(92)), ended(Status.CLOSED, ago=days(91))
        erase = workflow.erase

        def meanwhile_the_second_is_reopened(request: ConsultationRequest, actor: str, now: dt.datetime) -> None:
            erase(request, actor, now)
            workflow.transition(second, Status.NEW, "dana", NOW)

        monkeypatch.setattr(workflow, "erase", meanwhile_the_second_is_reopened)
        assert [each.reference for each in purge(NOW)] == [first.reference]
        assert names() == {"", "Ana Torres"}
