import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from appointments.choices import Status
from appointments.models import AuditEvent
from appointments.models.outbox import MailHold
from clinic_site.database.append_only import AppendOnlyError
from tests.appointments.builders import NOW, make_request

pytestmark = pytest.mark.django_db


def test_a_request_is_named_by_its_reference() -> None:
    request = make_request()
    assert str(request) == request.reference


@pytest.mark.parametrize(
    ("phone", "extension", "shown"),
    [
        ("+17275550111", "", "(727) 555-0111"),
        ("+17275550111", "12", "(727) 555-0111 ext. 12"),
        ("+442079460958", "", "+44 20 7946 0958"),
        ("", "", ""),
    ],
)
def test_a_phone_number_is_shown_in_national_format(phone: str, extension: str, shown: str) -> None:
    assert make_request(phone=phone, phone_extension=extension).phone_shown == shown


def test_an_outbox_message_is_named_without_its_recipient() -> None:
    request = make_request()
    assert str(request.messages.get()) == f"Notice to the desk, {request.reference}"


def test_a_hold_is_named_by_the_moment_up_to_which_mails_wait() -> None:
    assert str(MailHold(since=NOW)) == f"Mails until {NOW}"


class TestAuditTrail:
    @pytest.fixture
    def event(self) -> AuditEvent:
        return make_request().audit_events.get()

    def test_a_row_cannot_be_changed(self, event: AuditEvent) -> None:
        event.actor = "somebody else"
        with pytest.raises(AppendOnlyError, match="written once"):
            event.save()
        event.refresh_from_db()
        assert event.actor == ""

    def test_a_row_cannot_be_overwritten(self, event: AuditEvent) -> None:
        other = AuditEvent(pk=event.pk, request=event.request, at=NOW, action="transition", after=Status.SPAM)
        with pytest.raises(IntegrityError), transaction.atomic():
            other.save()

    def test_a_row_cannot_be_deleted(self, event: AuditEvent) -> None:
        with pytest.raises(AppendOnlyError):
            event.delete()

    def test_rows_cannot_be_updated_or_deleted_in_bulk(self, event: AuditEvent) -> None:
        with pytest.raises(AppendOnlyError):
            AuditEvent.objects.filter(pk=event.pk).update(actor="x")
        with pytest.raises(AppendOnlyError):
            AuditEvent.objects.all().delete()
        with pytest.raises(AppendOnlyError):
            AuditEvent.objects.bulk_update([event], ["actor"])

    def test_a_request_with_audit_events_cannot_be_deleted(self, event: AuditEvent) -> None:
        with pytest.raises(ProtectedError):
            event.request.delete()

    def test_an_event_reads_as_a_sentence(self, event: AuditEvent) -> None:
        assert str(event) == "The patient sent the request; status New"
        event = AuditEvent(actor="desk-1", action="transition", before=Status.NEW, after=Status.SCHEDULED)
        assert str(event) == "desk-1 changed the status from New to Scheduled"
