import pytest

from appointments.choices import MailKind
from appointments.workflow import answer, erase, last_step
from tests.appointments.builders import LATER, NOW, make_request

pytestmark = pytest.mark.django_db


def test_an_answer_is_news_and_is_erased_with_its_request() -> None:
    request = make_request(email="ana@example.com")
    answer(request, "Please bring your letters.", "dana", LATER)
    assert (request.answer, request.answered_at) == ("Please bring your letters.", LATER)
    assert "letters" not in request.messages.get(kind=MailKind.NEWS).body
    erase(request, "dana", NOW)
    assert (request.answer, request.answered_at, last_step(request)) == ("", None, None)
