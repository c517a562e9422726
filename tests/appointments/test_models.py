import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from appointments.choices import Status
from appointments.models import AppendOnlyError, AuditEvent, ConsultationRequest
from tests.appointments.builders import NOW, make_request

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
REQUESTS = ConsultationRequest.objects


def test_the_waiting_come_first_and_the_newest_of_them_on_top() -> None:
    old_end = make_request(now=NOW, status=Status.CLOSED)
    old = make_request(now=NOW + HOUR)
    new = make_request(now=NOW + 2 * HOUR, status=Status.CONTACTING)
    new_end = make_request(now=NOW + 3 * HOUR, status=Status.SPAM)
    assert list(REQUESTS.waiting_first()) == [new, old, new_end, old_end]


@pytest.mark.parametrize("status", Status)
def test_new_and_contacting_are_waiting(status: Status) -> None:
    make_request(status=status)
    assert REQUESTS.waiting().exists() == (status in (Status.NEW, Status.CONTACTING))


def test_a_request_is_overdue_once_the_promise_has_passed() -> None:
    request = make_request()
    assert not REQUESTS.overdue(request.reply_by).exists()
    assert REQUESTS.overdue(request.reply_by + dt.timedelta(seconds=1)).get() == request


def test_what_has_ended_is_never_overdue() -> None:
    request = make_request(status=Status.SCHEDULED)
    assert not REQUESTS.overdue(request.reply_by + HOUR).exists()


def test_due_between_two_moments() -> None:
    request = make_request()
    assert REQUESTS.due_between(request.reply_by, request.reply_by + HOUR).get() == request
    assert not REQUESTS.due_between(request.reply_by - HOUR, request.reply_by).exists()


def test_the_confirmation_can_be_seen_for_thirty_days() -> None:
    make_request()
    assert REQUESTS.with_confirmation(NOW + dt.timedelta(days=29)).exists()
    assert not REQUESTS.with_confirmation(NOW + dt.timedelta(days=30)).exists()


@pytest.mark.parametrize(
    "text",
    [
        "(727) 555 0111",
        "727.555.0111",
        "+1 727 555-0111",
        "5550111",
        "0111",
        "727 555 0111 x12",
        "ana",
        "Torres",
        "EXAMPLE",
    ],
)
def test_search_finds_a_request_by_what_the_desk_has(text: str) -> None:
    request = make_request(email="ana@example.com", phone_extension="12")
    make_request(name="Bo Li", phone="+17275550199")
    assert REQUESTS.matching(text).get() == request


def test_search_finds_a_reference_however_it_is_typed() -> None:
    request = make_request()
    make_request()
    assert REQUESTS.matching(request.reference.replace("-", " ").lower()).get() == request


def test_search_for_something_else_finds_nothing() -> None:
    make_request()
    assert not REQUESTS.matching("Nobody 12").exists()


def test_a_request_goes_by_its_reference() -> None:
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
def test_a_number_is_shown_as_people_write_it(phone: str, extension: str, shown: str) -> None:
    assert make_request(phone=phone, phone_extension=extension).phone_shown == shown


def test_an_outbox_message_is_told_without_its_recipient() -> None:
    request = make_request()
    assert str(request.messages.get()) == f"Notice to the desk, {request.reference}"


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

    def test_a_row_cannot_be_written_over_by_a_new_one(self, event: AuditEvent) -> None:
        other = AuditEvent(pk=event.pk, request=event.request, at=NOW, action="transition", after=Status.SPAM)
        with pytest.raises(IntegrityError), transaction.atomic():
            other.save()

    def test_a_row_cannot_be_deleted(self, event: AuditEvent) -> None:
        with pytest.raises(AppendOnlyError):
            event.delete()

    def test_rows_cannot_be_changed_or_deleted_together(self, event: AuditEvent) -> None:
        with pytest.raises(AppendOnlyError):
            AuditEvent.objects.filter(pk=event.pk).update(actor="x")
        with pytest.raises(AppendOnlyError):
            AuditEvent.objects.all().delete()
        with pytest.raises(AppendOnlyError):
            AuditEvent.objects.bulk_update([event], ["actor"])

    def test_a_request_that_has_a_trail_cannot_be_deleted(self, event: AuditEvent) -> None:
        with pytest.raises(ProtectedError):
            event.request.delete()

    def test_it_speaks_in_plain_words(self, event: AuditEvent) -> None:
        assert str(event) == "The patient sent the request; status New"
        event = AuditEvent(actor="desk-1", action="transition", before=Status.NEW, after=Status.SCHEDULED)
        assert str(event) == "desk-1 changed the status from New to Scheduled"
