import pytest

from appointments.choices import MailKind, Status
from appointments.models import ConsultationRequest, DeskNote
from appointments.policies.refusals import RefusedStep
from appointments.workflow import assign, erase, note, raise_alarm, transition
from clinic_site.clinic_yaml import get_clinic
from tests.appointments.builders import NOW, make_request

pytestmark = pytest.mark.django_db


class TestNote:
    def test_a_note_has_author_and_time_and_its_text_is_not_in_the_trail(self) -> None:
        request = make_request()
        note(request, "Prefers Kim", "dana", NOW)
        stored = request.notes.get()
        assert (stored.text, stored.author, stored.at, str(stored)) == ("Prefers Kim", "dana", NOW, "Note by dana")
        assert str(request.audit_events.last()) == "dana added a note"

    def test_notes_cause_no_conflict_with_other_steps(self) -> None:
        request = make_request()
        note(request, "One", "dana", NOW)
        note(request, "Two", "kim", NOW)
        assign(request, "dana", "dana", NOW)
        assert [stored.text for stored in request.notes.all()] == ["One", "Two"]

    def test_erasing_deletes_notes_and_forbids_new_ones(self) -> None:
        request = make_request()
        note(request, "Prefers Kim", "dana", NOW)
        erase(request, "dana", NOW)
        assert not DeskNote.objects.exists()
        with pytest.raises(RefusedStep, match="was erased"):
            note(request, "Again", "dana", NOW)


class TestRaiseAlarm:
    def test_an_alarm_is_mailed_to_the_fallback_address_and_recorded(self) -> None:
        request = make_request()
        assert raise_alarm(request, NOW)
        alarm = request.messages.get(kind=MailKind.ALARM)
        assert (alarm.recipient, alarm.next_try_at) == (get_clinic().fallback_email, NOW)
        assert "An alarm mail to the clinic's fallback address was written" in str(request.audit_events.last())

    def test_an_alarm_is_raised_once(self) -> None:
        request = make_request()
        assert [raise_alarm(request, NOW), raise_alarm(request, NOW)] == [True, False]
        assert request.messages.filter(kind=MailKind.ALARM).count() == 1


def test_steps_on_an_erased_request_are_refused() -> None:
    request = make_request(status=Status.CLOSED)
    erase(request, "dana", NOW)
    with pytest.raises(RefusedStep, match="was erased"):
        transition(request, Status.NEW, "dana", NOW)
    with pytest.raises(RefusedStep, match="was erased"):
        assign(request, "dana", "dana", NOW)
    with pytest.raises(RefusedStep, match="was erased"):
        erase(request, "dana", NOW)


def test_a_note_from_a_page_older_than_the_erasure_is_refused() -> None:
    stale = make_request()
    erase(ConsultationRequest.objects.get(pk=stale.pk), "kim", NOW)
    with pytest.raises(RefusedStep, match="was erased"):
        note(stale, "Call Ana Torres", "dana", NOW)
    assert not DeskNote.objects.exists()
