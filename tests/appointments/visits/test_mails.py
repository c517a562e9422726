"""The mails to a patient in the life of requests: each occasion has one, and none reveals anything."""

import datetime as dt
import re
from typing import Any

import pytest

from appointments.booking import book, cancel, offer
from appointments.choices import DeclineReason, MailKind, Status
from appointments.models import ConsultationRequest
from appointments.reminders import write_reminders
from appointments.workflow import answer, transition
from tests.appointments.builders import NOW, make_request
from tests.appointments.test_emails import HEALTH_WORDS, PLANTED, link_to, text_of
from tests.appointments.visits.slots import free_slots

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ANSWER = "Bring planted papers."
# Kinds in the order in which the mails are written.
LIFE = ["confirmation", "offered", "booked", "changed", "reminder", "reminder", "cancelled", "news", "news"]


@pytest.fixture
def request_with_all_mails() -> ConsultationRequest:
    """A request that was answered in every way there is, one after the other."""
    request, slots = make_request(**PLANTED), free_slots()
    offer(request, slots[-3:], "dana", NOW)
    request.messages.update(status="sent")
    book(request, slots[-1], "dana", NOW + dt.timedelta(minutes=1))
    book(request, slots[-2], "dana", NOW + dt.timedelta(minutes=2))
    moment = slots[-2].starts_at - 4 * DAY
    while moment < slots[-2].starts_at - dt.timedelta(hours=2):
        moment += dt.timedelta(hours=1)
        write_reminders(moment)
        request.messages.filter(status="waiting").update(status="sent")
    cancel(request, "dana", moment)
    transition(request, Status.DECLINED, "dana", moment + dt.timedelta(minutes=1), DeclineReason.NO_ROOM)
    answer(request, ANSWER, "dana", moment + dt.timedelta(minutes=2))
    return request


def test_each_occasion_has_one_mail(request_with_all_mails: ConsultationRequest) -> None:
    mails = request_with_all_mails.messages.exclude(kind=MailKind.NOTICE).order_by("created_at", "occasion")
    assert [mail.kind for mail in mails] == LIFE
    assert {mail.recipient for mail in mails} == {PLANTED["email"]}
    assert {MailKind(mail.kind) for mail in mails} == set(MailKind) - {MailKind.NOTICE, MailKind.ALARM}


def test_no_mail_has_a_health_word_a_name_or_a_topic(request_with_all_mails: ConsultationRequest) -> None:
    request = request_with_all_mails
    typed: list[Any] = [*PLANTED.values(), "zephyrine", "planted", "0133", "ketamine", ANSWER]
    for mail in request.messages.all():
        text = f"{text_of(mail)}\n{unfolded(mail.calendar_file)}".replace(link_to(request).lower(), "")
        for neutral in ("prodid:-//appointments//en", "127.0.0.1:8000", PLANTED["email"]):
            text = text.replace(neutral, "")
        text = re.sub(r"organizer:mailto:\S+", "", text)
        found = [word for word in HEALTH_WORDS if word in text] + [value for value in typed if value.lower() in text]
        assert (mail.kind, found) == (mail.kind, [])


def unfolded(calendar_file: str) -> str:
    return calendar_file.replace("\r\n ", "").lower()
