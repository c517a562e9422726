"""A robot takes no whole calendar, writes nobody with the clinic's mails, and fills no audit trail."""

from collections.abc import Iterator

import pytest
from django.test import Client

from appointments import intake
from appointments.booking import book, move, submit_with_time, want_earlier
from appointments.choices import Action, MailKind, Status, VisitStatus
from appointments.intake import CONFIRMATIONS_A_DAY, DAY, TooManyTimes
from appointments.models import ConsultationRequest, Visit
from appointments.policies.refusals import CHANGES_AN_HOUR, ChangedTooOften
from appointments.workflow import record, transition
from tests.appointments.builders import NOW, make_answers, make_form_data, make_request
from tests.appointments.pages import Page
from tests.appointments.patient_page.visit_pages import press, send
from tests.appointments.visits.slots import free_slots, patients_choose

pytestmark = pytest.mark.django_db
MAIL = "ana@example.com"
TOO_OFTEN = "This request was changed here many times, so your last change is not saved."


@pytest.fixture
def scheduling() -> Iterator[None]:
    with patients_choose():
        yield


class TestTimesOfACalendar:
    @pytest.fixture(autouse=True)
    def _two_unseen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(intake, "MOST_UNSEEN", 2)

    @pytest.fixture
    def two(self) -> list[ConsultationRequest]:
        return [submit_with_time(make_answers(), slot, NOW) for slot in free_slots("call")[:2]]

    @pytest.mark.usefixtures("two")
    def test_after_some_that_nobody_opened_no_more_are_taken(self, caplog: pytest.LogCaptureFixture) -> None:
        with pytest.raises(TooManyTimes):
            submit_with_time(make_answers(), free_slots()[0], NOW)
        assert (ConsultationRequest.objects.count(), Visit.objects.count()) == (2, 2)
        assert caplog.messages == ["2 picked times of alder-first wait for somebody to look: one more was not taken."]
        assert submit_with_time(make_answers(), free_slots(now=NOW + DAY)[0], NOW + DAY).visits.exists()

    def test_a_request_that_was_opened_does_not_count(self, two: list[ConsultationRequest]) -> None:
        record(two[0], Action.OPENED, "dana", NOW)
        assert submit_with_time(make_answers(), free_slots()[0], NOW).visits.exists()

    def test_nor_does_one_that_ended(self) -> None:
        for slot in free_slots()[:2]:
            transition(submit_with_time(make_answers(), slot, NOW), Status.WITHDRAWN, "", NOW)
        assert submit_with_time(make_answers(), free_slots()[0], NOW).visits.exists()

    def test_who_goes_back_may_choose_another_time(self) -> None:
        answers, (first, second, third) = make_answers(), free_slots()[:3]
        for slot in (first, second):
            request = submit_with_time(answers, slot, NOW)
        submit_with_time(make_answers(), third, NOW)
        assert submit_with_time(answers, first, NOW) == request
        assert request.visits.get().starts_at == first.starts_at

    @pytest.mark.usefixtures("two", "clock", "scheduling")
    def test_the_patient_keeps_the_answers_and_may_ask_for_a_call(self, client: Client) -> None:
        data = make_form_data(when="choose", note="After 3")
        page = Page(client.post("/consultation/", data | {"take": "yes", "time": free_slots()[0].value}))
        assert "So many times were chosen today that we take no more for now." in page.text
        assert page.values["note"] == ["After 3"]
        assert client.post("/consultation/", data | {"when": "call"}).status_code == 303


@pytest.mark.usefixtures("clock", "scheduling")
class TestChangesOfOneRequest:
    @pytest.fixture
    def request_with_visit(self) -> ConsultationRequest:
        request = make_request(email=MAIL)
        book(request, free_slots()[-1], "dana", NOW)
        return request

    def test_a_visit_is_moved_so_often_and_no_more(
        self, request_with_visit: ConsultationRequest, client: Client
    ) -> None:
        *slots, one_more = free_slots()[-2 - CHANGES_AN_HOUR : -1]
        for slot in slots:
            move(request_with_visit, slot, NOW)
        with pytest.raises(ChangedTooOften):
            move(request_with_visit, one_more, NOW)
        assert TOO_OFTEN in Page(send(client, request_with_visit, "move", time=one_more.value)).text
        assert request_with_visit.messages.filter(kind=MailKind.CHANGED).count() == CHANGES_AN_HOUR

    def test_the_waiting_list_is_joined_and_left_so_often(
        self, request_with_visit: ConsultationRequest, client: Client
    ) -> None:
        for number in range(CHANGES_AN_HOUR):
            want_earlier(request_with_visit, number % 2 == 0, NOW)
        assert TOO_OFTEN in Page(press(client, request_with_visit, earlier="off")).text

    def test_the_form_sent_again_moves_the_time_as_often(self) -> None:
        answers, (first, *slots) = make_answers(), free_slots()[: CHANGES_AN_HOUR + 1]
        for slot in (first, *slots):
            request = submit_with_time(answers, slot, NOW)
        assert request.visits.get().starts_at == slots[-2].starts_at


def test_an_address_without_more_confirmations_gets_no_mail_of_bookings() -> None:
    for slot in free_slots("call")[: CONFIRMATIONS_A_DAY + 1]:
        request = submit_with_time(make_answers(email=MAIL), slot, NOW)
    assert (request.status, request.visits.get().status) == (Status.NEW, VisitStatus.PENDING)
    assert [message.kind for message in request.messages.all()] == [MailKind.NOTICE]
