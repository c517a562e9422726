from typing import Any

import pytest
from django.test import Client

from appointments.choices import Status
from appointments.models import ConsultationRequest, OutboxMessage
from tests.appointments.builders import NOW, make_message, make_request
from tests.appointments.pages import LIST, Page
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
OUTBOX = "/admin/appointments/outboxmessage/"


class TestWhoMayWhat:
    @pytest.mark.parametrize(
        ("who", "status"),
        [("front desk", 200), ("owner", 200), ("editor", 403), ("patient", 302), ("stranger", 302)],
    )
    def test_the_requests(self, sign_in: Cast, who: str, status: int) -> None:
        assert sign_in(who).get(LIST).status_code == status

    @pytest.mark.parametrize(
        ("who", "status"), [("front desk", 403), ("owner", 200), ("editor", 403), ("patient", 302)]
    )
    def test_the_outbox(self, sign_in: Cast, who: str, status: int) -> None:
        assert sign_in(who).get(OUTBOX).status_code == status

    @pytest.mark.parametrize("who", ["front desk", "owner", "editor"])
    @pytest.mark.parametrize("path", [LIST, OUTBOX])
    def test_requests_and_mails_cannot_be_added_or_deleted(self, sign_in: Cast, who: str, path: str) -> None:
        request = make_request()
        key = request.pk if path == LIST else request.messages.get().pk
        client = sign_in(who)
        assert client.get(f"{path}add/").status_code == 403
        assert client.post(f"{path}{key}/delete/", {"post": "yes"}).status_code == 403
        client.post(path, {"action": "delete_selected", "_selected_action": [key], "post": "yes"})
        assert ConsultationRequest.objects.filter(pk=request.pk).exists()

    def test_the_front_desk_cannot_see_the_outbox(self, desk: Client) -> None:
        assert "outbox" not in desk.get("/admin/").content.decode().lower()

    def test_an_editor_has_no_actions_on_requests(self, sign_in: Cast) -> None:
        request = make_request()
        client = sign_in("editor")
        data = {"action": "mark_as_spam", "_selected_action": [f"{request.pk}:{request.version}"]}
        assert client.post(LIST, data).status_code == 403
        request.refresh_from_db()
        assert request.status == Status.NEW


class TestOutbox:
    def test_the_outbox_shows_states_without_recipients_or_texts(self, sign_in: Cast) -> None:
        request = make_request(email="ana@example.com")
        owner = sign_in("owner")
        message = request.messages.get(kind="confirmation")
        for path in (OUTBOX, f"{OUTBOX}{message.pk}/change/"):
            text = Page(owner.get(path)).text
            assert request.reference in text
            assert "Confirmation to the patient" in text
            assert "Waiting" in text
            assert "ana@example.com" not in text
            assert "We have your request" not in text

    def test_the_number_of_queries_does_not_grow(self, sign_in: Cast, django_assert_num_queries: Any) -> None:
        owner = sign_in("owner")
        for _ in range(10):
            make_request()
        with django_assert_num_queries(6):
            owner.get(OUTBOX)


def test_the_owner_can_retry_mails_that_were_given_up(sign_in: Cast) -> None:
    given_up, sent = make_request().messages.get(), make_request().messages.get()
    OutboxMessage.objects.filter(pk=given_up.pk).update(status="failed", attempts=30)
    OutboxMessage.objects.filter(pk=sent.pk).update(status="sent")
    data = {"action": "try_again", "_selected_action": [given_up.pk, sent.pk]}
    html = sign_in("owner").post(OUTBOX, data, follow=True).content.decode()
    assert "Mails that are tried again: 1." in html
    assert list(OutboxMessage.objects.due(NOW)) == [given_up]
    assert str(given_up.request.audit_events.last()) == "owner had a mail sent again: notice to the desk"
    assert not sent.request.audit_events.filter(action="mailed_again").exists()
    sent.refresh_from_db()
    assert sent.status == "sent"


def test_only_the_owner_can_retry_mails(sign_in: Cast) -> None:
    given_up = make_message(status="failed")
    data = {"action": "try_again", "_selected_action": [given_up.pk]}
    assert sign_in("front desk").post(OUTBOX, data).status_code == 403
    given_up.refresh_from_db()
    assert given_up.status == "failed"


@pytest.mark.parametrize("query", ["recipient__startswith=desk", "body__contains=request", "request__token=x"])
def test_filters_on_hidden_fields_are_refused(sign_in: Cast, query: str) -> None:
    make_request()
    assert sign_in("owner").get(f"{OUTBOX}?{query}").status_code == 400
