import datetime as dt
from typing import Any

import pytest

from appointments.booking import cancel
from appointments.choices import Action, Attempt, MailStatus, Status
from appointments.emails import link_end
from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage
from appointments.workflow import assign, erase, join, record, record_attempt, transition, undo
from tests.appointments.builders import LATER, NOW, VISIT, make_request, schedule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
REQUESTS = ConsultationRequest.objects


def test_requests_are_sorted_by_urgency_with_crises_first() -> None:
    later, sooner, crisis = make_request(), make_request(now=NOW - 3 * DAY), make_request()
    REQUESTS.filter(pk=crisis.pk).update(crisis=True)
    assert list(REQUESTS.most_urgent_first(NOW)) == [crisis, sooner, later]


def test_calls_planned_for_later_come_after_what_can_be_done_now() -> None:
    planned, due_tomorrow = make_request(now=NOW - 3 * DAY), make_request()
    record_attempt(planned, Attempt.NO_ANSWER, "dana", NOW)
    assert list(REQUESTS.most_urgent_first(NOW)) == [due_tomorrow, planned]
    assert list(REQUESTS.most_urgent_first(planned.try_from or NOW)) == [planned, due_tomorrow]


def test_the_newest_requests_come_first() -> None:
    first, second = make_request(), make_request()
    assert list(REQUESTS.newest_first()) == [second, first]


@pytest.mark.parametrize("status", Status)
def test_new_and_contacting_are_waiting(status: Status) -> None:
    make_request(status=status)
    assert REQUESTS.waiting().exists() == (status in (Status.NEW, Status.CONTACTING))


def test_a_request_is_overdue_once_the_promise_has_passed() -> None:
    request = make_request()
    assert not REQUESTS.overdue(request.reply_by).exists()
    assert REQUESTS.overdue(request.reply_by + dt.timedelta(seconds=1)).get() == request


def test_an_ended_request_is_never_overdue() -> None:
    request = make_request(status=Status.SCHEDULED)
    assert not REQUESTS.overdue(request.reply_by + HOUR).exists()


def test_requests_due_between_two_moments() -> None:
    request = make_request()
    assert REQUESTS.due_between(request.reply_by, request.reply_by + HOUR).get() == request
    assert not REQUESTS.due_between(request.reply_by - HOUR, request.reply_by).exists()


def test_a_request_that_is_not_waiting_has_ended() -> None:
    make_request()
    ended = make_request(status=Status.SPAM)
    assert REQUESTS.ended().get() == ended


@pytest.mark.parametrize("status", Status)
def test_filtering_by_one_status_finds_no_other(status: Status) -> None:
    requests = {status: make_request(status=status) for status in Status}
    assert REQUESTS.in_status(status).get() == requests[status]


def test_the_tally_counts_waiting_requests_by_next_step() -> None:
    make_request()
    late, tried = make_request(now=NOW - 5 * DAY), make_request()
    make_request(now=NOW - DAY * 2, office="lake-wren")
    make_request(now=NOW - 5 * DAY, status=Status.CLOSED)
    record_attempt(tried, Attempt.VOICEMAIL if tried.voicemail else Attempt.NO_ANSWER, "dana", NOW)
    REQUESTS.filter(pk=tried.pk).update(due_at=NOW + 5 * DAY)
    assign(late, "dana", "dana", NOW)
    wanted = {"waiting": 4, "overdue": 1, "today": 1, "new": 3, "callback": 1, "mine": 1}
    assert REQUESTS.tally("dana", NOW, NOW + 14 * HOUR) == wanted


def test_a_request_is_due_for_callback_until_the_patient_is_reached() -> None:
    request = make_request()
    assert not REQUESTS.for_callback().exists()
    record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
    assert REQUESTS.for_callback().get() == request
    record_attempt(request, Attempt.REACHED, "dana", NOW)
    assert not REQUESTS.for_callback().exists()


def test_patient_pages_are_available_for_thirty_days() -> None:
    make_request()
    assert REQUESTS.with_link(NOW + 29 * DAY).exists()
    assert not REQUESTS.with_link(NOW + 30 * DAY).exists()


@pytest.mark.parametrize("ends", ["", "cancelled"])
def test_patient_pages_are_available_until_two_days_after_a_visit(ends: str) -> None:
    request = make_request(now=NOW - 29 * DAY)
    schedule(request, VISIT, "dana", NOW)
    if ends:
        cancel(request, "dana", NOW)
    end = VISIT.at + 2 * DAY
    assert link_end(request) == end
    assert REQUESTS.with_link(end - SECOND).get() == request
    assert not REQUESTS.with_link(end).exists()


def test_patient_pages_end_when_the_request_is_erased() -> None:
    erase(make_request(), "dana", NOW)
    assert not REQUESTS.with_link(NOW).exists()


class TestLookAlikes:
    @pytest.mark.parametrize(
        ("other", "alike"),
        [
            ({"name": "Bo Li"}, True),  # the same number
            ({"name": "Bo Li", "phone": "+17275550199"}, False),
            ({"name": "Bo Li", "phone": "", "email": "ANA@example.com"}, True),
            ({"name": "ana  TORRES", "phone": ""}, True),
            ({"name": "ana torres", "phone": "", "office": "lake-wren"}, False),
            ({"name": "ana torres", "phone": "", "now": NOW - 31 * DAY}, False),
        ],
    )
    def test_requests_of_probably_the_same_person(self, other: dict[str, Any], alike: bool) -> None:
        request = make_request(email="ana@example.com")
        second = make_request(**other)
        assert list(REQUESTS.like(request)) == ([second] if alike else [])
        assert list(REQUESTS.like(second)) == ([request] if alike else [])

    def test_settled_pairs_are_not_suggested(self) -> None:
        request, joined, spam, erased = (make_request() for _ in range(4))
        join(joined, request, "dana", NOW)
        transition(spam, Status.SPAM, "dana", NOW)
        erase(erased, "dana", NOW)
        assert not REQUESTS.like(request).exists()
        assert not REQUESTS.like(joined).exists()


class TestLost:
    def test_a_request_not_opened_in_time_is_lost(self) -> None:
        request = make_request()
        late = request.reply_by + HOUR
        assert not REQUESTS.missed(request.reply_by).exists()
        assert REQUESTS.missed(late).get() == REQUESTS.lost(late).get() == request
        record(request, Action.OPENED, "dana", NOW)
        assert not REQUESTS.missed(late).exists()
        assert not REQUESTS.lost(late).exists()

    def test_a_request_with_an_unsent_notice_is_lost(self) -> None:
        request = make_request()
        request.messages.update(status=MailStatus.FAILED)
        assert REQUESTS.lost(NOW).get() == request
        assert not REQUESTS.missed(NOW).exists()

    def test_an_ended_request_is_not_lost(self) -> None:
        request = make_request(status=Status.SPAM)
        request.messages.update(status=MailStatus.FAILED)
        assert not REQUESTS.lost(request.reply_by + HOUR).exists()

    def test_undeliverable_mails_are_reported_while_the_request_waits(self) -> None:
        waits, ended = make_request(), make_request()
        OutboxMessage.objects.update(status=MailStatus.FAILED)
        transition(ended, Status.CLOSED, "dana", NOW)
        assert OutboxMessage.objects.given_up().to_act_on().get().request == waits


def test_an_undone_attempt_does_not_count() -> None:
    request = make_request()
    record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
    record_attempt(request, Attempt.REACHED, "dana", LATER)
    undo(request, "dana", LATER)
    assert [event.detail for event in AuditEvent.objects.attempts()] == [Attempt.NO_ANSWER]


@pytest.mark.parametrize(
    "text",
    [
        "(727) 555 0111",
        "727.555.0111",
        "+1 727 555-0111",
        "5550111",
        "0111",
        "727 555 0111 x12",
        "TORRÉS",
        "ana",
        "Torres",
        "EXAMPLE",
    ],
)
def test_search_finds_a_request_by_any_of_its_details(text: str) -> None:
    request = make_request(email="ana@example.com", phone_extension="12")
    make_request(name="Bo Li", phone="+17275550199")
    assert REQUESTS.matching(text).get() == request


def test_search_finds_a_reference_in_any_spelling() -> None:
    request = make_request()
    make_request()
    assert REQUESTS.matching(request.reference.replace("-", " ").lower()).get() == request


@pytest.mark.parametrize(("reference", "found"), [("43K-N33", 0), ("433-333", 1)])
def test_the_digits_of_a_reference_with_letters_find_no_phone_number(reference: str, found: int) -> None:
    make_request(phone="+17274333339")
    assert len(REQUESTS.matching(reference)) == found


def test_search_for_something_else_finds_nothing() -> None:
    make_request()
    assert not REQUESTS.matching("Nobody 12").exists()


@pytest.mark.parametrize("text", ["munoz", "MUÑOZ", " Jose  Muñoz "])
def test_accents_and_case_do_not_matter(text: str) -> None:
    request = make_request(name="José Muñoz")
    make_request()
    assert REQUESTS.matching(text).get() == request


@pytest.mark.parametrize(
    "text", ["Torres Ana", "torres, ana", "TORRÉS,Ana", "ana torr", "Maria Torres", "a b c d e f g"]
)
def test_the_words_of_a_name_match_in_any_order(text: str) -> None:
    request = make_request(name="Ana Maria Torres bcdef")
    make_request(name="Ana Li")
    make_request(name="Bo Torres")
    assert REQUESTS.matching(text).get() == request


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Siobhán O’Brien", "O'Brien"),
        ("Siobhán O’Brien", "obrien"),
        ("Siobhán O Brien", "O’Brien"),
        ("Siobhan OʼBrien", "o brien"),
        ("Anne‐Marie Lee", "Anne-Marie"),
        ("Anne-Marie Lee", "Lee, Anne Marie"),
        ("Anne Marie Lee", "Anne‑Marie"),
        ("Annemarie Lee", "Lee - Anne–Marie"),
        ("Łukasz Wróbel", "Lukasz"),
        ("Lukasz Wrobel", "Łukasz Wróbel"),
        ("Đặng Văn An", "Dang Van An"),
        ("Søren Kjær", "soren kjaer"),
        ("Işık Yılmaz", "ISIK YILMAZ"),
        ("Ａｎａ　Ｐａｚ", "ana paz"),
        ("Ana Paz", "A\u200bna\u00a0Pa\u00adz"),
        ("Jürgen van den Berg", "vandenberg"),
        ("---", "---"),
    ],
)
def test_a_name_is_found_in_any_spelling(name: str, text: str) -> None:
    request = make_request(name=name)
    make_request(name="Bo Li")
    assert REQUESTS.matching(text).get() == request


@pytest.mark.parametrize("text", ["Torres Bo", "Ana, Li", ",", "ana@torres"])
def test_every_word_of_a_name_must_match(text: str) -> None:
    make_request(email="ana@example.com")
    make_request(name="Bo Li")
    assert not REQUESTS.matching(text).exists()


class TestAuditEvents:
    def test_reads_are_separated_from_other_events(self) -> None:
        request = make_request()
        looks = [record(request, action, "dana", NOW) for action in (Action.OPENED, Action.PRINTED, Action.EXPORTED)]
        assert list(request.audit_events.reads()) == looks
        assert [event.action for event in request.audit_events.happenings()] == [Action.SUBMITTED]

    def test_events_since_a_moment(self) -> None:
        request = make_request()
        wrong = record(request, Action.UNCONFIRMED, "", LATER)
        assert request.audit_events.unconfirmed().since(LATER).get() == wrong
        assert not request.audit_events.unconfirmed().since(LATER + HOUR).exists()


class TestOutboxMessages:
    def test_a_leased_message_is_not_due(self) -> None:
        make_request()
        assert OutboxMessage.objects.due(NOW).exists()
        OutboxMessage.objects.update(leased_until=NOW + HOUR)
        assert not OutboxMessage.objects.due(NOW).exists()
        assert OutboxMessage.objects.due(NOW + HOUR).exists()

    def test_a_message_waiting_for_ten_minutes_is_late(self) -> None:
        make_request()
        assert not OutboxMessage.objects.late(NOW + dt.timedelta(minutes=9)).exists()
        assert OutboxMessage.objects.late(NOW + dt.timedelta(minutes=10)).exists()
