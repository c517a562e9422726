"""Changes by patients on their own page: what is saved, what the page says then, and who was faster."""

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
import time_machine
from django.test import Client

from appointments import workflow
from appointments.choices import Attempt, DeclineReason, Status
from appointments.models import AuditEvent, ConsultationRequest
from appointments.patient_page import corrections
from appointments.patient_page.forms import FORMS, Change
from appointments.patient_page.identity import new_proof
from appointments.policies.refusals import CHANGES_AN_HOUR
from tests.appointments.builders import LATER, NOW, VISIT, make_request, schedule
from tests.appointments.pages import Page, errors_on, words
from tests.appointments.patient_page.test_views import NEW_NUMBER, address, buttons, change, post, shown_as

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NOTHING_CHANGED = "Nothing was changed"
NOT_SAVED = "Not saved yet Your request changed since you opened this page"
PROMISED = "We try to reach you at those times where we can, and by Tuesday, November 24, 5 p.m. at the latest."


def notice(client: Client, request: ConsultationRequest, saved: str) -> str:
    """Return the notice on the page that a change redirects to; "" for none."""
    page = Page(client.get(address(request), {"saved": saved}))
    return next((words(box) for box in page.all("div") if box.get("class") == "notice"), "")


class TestSaving:
    def test_a_corrected_number_is_stored_and_confirmed(self, client: Client) -> None:
        request = make_request()
        response = change(client, request, "changes", phone="727.555.0122")
        assert (response.status_code, response["Location"]) == (303, f"{address(request)}?saved=changes")
        assert ConsultationRequest.objects.get().phone == "+17275550122"
        assert notice(client, request, "changes") == "Your new phone number is saved We use it from now on."

    def test_number_and_times_are_saved_together(self, client: Client) -> None:
        request = make_request(best_times=("morning",))
        change(client, request, "changes", phone="727.555.0122", best_times=["midday", "afternoon"])
        stored = ConsultationRequest.objects.get()
        assert (stored.phone, stored.best_times) == ("+17275550122", ["midday", "afternoon"])
        text = f"Your changes are saved We use the new number from now on. {PROMISED}"
        assert notice(client, request, "changes") == text

    def test_a_request_is_withdrawn(self, client: Client) -> None:
        request = make_request()
        response = change(client, request, "withdrawn", sure="on")
        assert response["Location"] == f"{address(request)}?saved=withdrawn"
        assert ConsultationRequest.objects.get().status == Status.WITHDRAWN
        text = Page(client.get(response["Location"])).text
        assert "Your request is taken back" in text
        assert "We will not contact you about it." in text

    @pytest.mark.parametrize(("step", "data"), [("changes", {"phone": "727 555 0122"}), ("withdrawn", {"sure": "on"})])
    def test_a_second_press_gets_the_same_response_and_adds_no_event(
        self, client: Client, step: str, data: dict[str, str]
    ) -> None:
        request = make_request()
        answers = [change(client, request, step, **data) for _ in range(2)]
        assert [answer["Location"] for answer in answers] == [f"{address(request)}?saved={step}"] * 2
        assert request.audit_events.changes().count() == 2

    @pytest.mark.parametrize("phone", ["", "(727) 555-0111"])
    def test_an_unchanged_value_is_reported_as_such(self, client: Client, phone: str) -> None:
        request = make_request(best_times=("midday",))
        response = change(client, request, "changes", phone=phone, best_times="midday")
        assert response["Location"] == f"{address(request)}?saved=nothing"
        text = "Nothing was changed What you entered is what we have already."
        assert notice(client, request, "nothing") == text
        assert request.audit_events.count() == 1

    @pytest.mark.parametrize(
        ("step", "data", "errors"),
        [
            ("changes", {"phone": "555"}, {"id_phone": "Phone number must have 10 digits, like 727 555 0142"}),
            ("changes", {"best_times": "night"}, {"id_best_times_0": "Choose from the answers shown"}),
            ("withdrawn", {}, {"id_sure": "Tick the box to say that you want to take your request back"}),
        ],
    )
    def test_an_error_can_be_corrected_without_confirming_again(
        self, client: Client, step: str, data: dict[str, str], errors: dict[str, str]
    ) -> None:
        request = make_request()
        response = change(client, request, step, **data)
        assert errors_on(response) == errors
        assert request.audit_events.count() == 1
        page = Page(response).values
        sent = {name: page[name][0] for name in ("proof", "version")}
        mended = {"phone": "727 555 0122", "best_times": "midday", "sure": "on"}
        assert post(client, request, step=step, **sent, **mended).status_code == 303

    def test_patient_input_is_escaped(self, client: Client) -> None:
        attack = "\"><script>alert('x')</script>"
        request = make_request()
        typed = {"phone": attack, "version": attack, "times_before": attack}
        for response in (
            post(client, request, step="changes", proof=new_proof(request), **typed),
            post(client, request, step="changes", known=attack, **typed),
            client.get(f"{address(request)}?saved={attack}"),
        ):
            assert "<script" not in response.content.decode()

    def test_nul_characters_are_harmless(self, client: Client) -> None:
        assert change(client, make_request(), "changes", phone="727 555\0 0122").status_code == 303

    def test_too_many_changes_are_refused_with_a_request_to_call(self, client: Client) -> None:
        request = make_request()
        for number in range(CHANGES_AN_HOUR):
            corrections.change_times(request, [["morning"], ["midday"]][number % 2], NOW)
        page = Page(change(client, request, "changes", phone="727 555 0122"))
        assert page.title.startswith("Call us to change something")
        assert "your last change is not saved" in page.text


class TestSavedNotice:
    @pytest.mark.parametrize("saved", ["", "unknown", "changes", "withdrawn", "../x"])
    def test_a_notice_the_request_does_not_confirm_is_ignored(self, client: Client, saved: str) -> None:
        request = make_request()
        assert client.get(address(request), {"saved": saved}).content == client.get(address(request)).content

    @pytest.mark.parametrize(("minutes", "shown"), [(10, True), (11, False)])
    def test_the_notice_is_shown_for_ten_minutes(
        self, client: Client, clock: time_machine.Traveller, minutes: int, shown: bool
    ) -> None:
        request, other = make_request(), make_request()
        corrections.correct_phone(request, NEW_NUMBER, NOW)
        workflow.transition(other, Status.WITHDRAWN, "", NOW)
        clock.shift(dt.timedelta(minutes=minutes))
        assert [bool(notice(client, request, "changes")), bool(notice(client, other, "withdrawn"))] == [shown, shown]

    def test_a_step_of_the_desk_is_not_confirmed_as_saved(self, client: Client) -> None:
        request = make_request()
        workflow.transition(request, Status.WITHDRAWN, "dana", NOW)
        assert notice(client, request, "withdrawn") == ""

    @pytest.mark.parametrize("saved", ["changes", "withdrawn"])
    def test_an_outdated_change_is_not_confirmed_as_saved(self, client: Client, saved: str) -> None:
        request = make_request()
        corrections.correct_phone(request, NEW_NUMBER, NOW)
        workflow.transition(request, Status.WITHDRAWN, "", NOW)
        status = Status.SCHEDULED if saved == "changes" else Status.NEW
        ConsultationRequest.objects.update(status=status)
        assert notice(client, request, saved) == ""

    def test_the_notice_promises_the_same_as_the_page(self, client: Client) -> None:
        request = make_request()
        workflow.record_attempt(request, Attempt.NO_ANSWER, "dana", NOW)
        corrections.change_times(request, ["afternoon"], NOW)
        text = "Your good times are saved We try to reach you at those times where we can."
        assert notice(client, request, "changes") == text
        by = f"We will try again by {shown_as(request.due_at)} at the latest."
        assert by in Page(client.get(address(request))).text

    @pytest.mark.parametrize(("step", "heading"), [("changes", "good times are saved"), ("nothing", NOTHING_CHANGED)])
    def test_the_notice_comes_first_and_takes_the_focus(self, client: Client, step: str, heading: str) -> None:
        request = make_request()
        corrections.change_times(request, ["midday"], NOW)
        response = client.get(address(request), {"saved": step})
        page, html = Page(response), response.content.decode()
        element = next(box for box in page.all("div") if box.get("class") == "notice")
        assert heading in words(element)
        assert heading in page.title
        assert (element.get("tabindex"), element.get("autofocus")) == ("-1", "")
        assert element.get("aria-labelledby") in page.ids
        assert html.index('class="notice"') < html.index("<h1")


def desk_acts_first(monkeypatch: pytest.MonkeyPatch, step: str, act: Callable[[ConsultationRequest], None]) -> None:
    """Let the desk run `act` on the request just before the patient's change is applied."""
    apply = FORMS[step].apply

    def delayed(form: Change, now: dt.datetime) -> None:
        act(ConsultationRequest.objects.get(pk=form.stored.pk))
        apply(form, now)

    monkeypatch.setattr(FORMS[step], "apply", delayed)


class TestConcurrentChanges:
    def test_a_stale_window_does_not_overwrite_a_newer_change(self, client: Client) -> None:
        request = make_request(best_times=("morning",))
        corrections.change_times(ConsultationRequest.objects.get(), ["midday"], NOW)
        typed = {"phone": "727 555 0122", "best_times": "morning", "times_before": "morning"}
        response = change(client, request, "changes", **typed)
        page = Page(response)
        assert NOT_SAVED in page.text
        assert page.title.startswith("Not saved yet: Change your request")
        assert (page.values["phone"], page.values["best_times"]) == (["727 555 0122"], ["midday"])
        assert ConsultationRequest.objects.get().phone == "+17275550111"
        sent = {name: values for name, values in page.values.items() if name not in ("step", "version")}
        assert post(client, request, step="changes", version=page.values["version"][0], **sent).status_code == 303
        stored = ConsultationRequest.objects.get()
        assert (stored.phone, stored.best_times) == ("+17275550122", ["midday"])

    def test_a_page_without_a_version_saves_nothing(self, client: Client) -> None:
        request = make_request()
        page = Page(post(client, request, step="changes", proof=new_proof(request), phone="727 555 0122"))
        assert NOT_SAVED in page.text
        assert request.audit_events.count() == 1

    def test_an_error_on_a_stale_page_leaves_its_version_unchanged(self, client: Client) -> None:
        request = make_request()
        corrections.change_times(ConsultationRequest.objects.get(), ["midday"], NOW)
        page = Page(change(client, request, "changes", phone="555"))
        assert page.values["version"][0] == "0"

    def test_a_simultaneous_step_of_the_desk_is_not_overwritten(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk_acts_first(monkeypatch, "changes", lambda request: workflow.assign(request, "dana", "dana", NOW))
        page = Page(change(client, make_request(), "changes", phone="727 555 0122"))
        assert NOT_SAVED in page.text
        stored = ConsultationRequest.objects.get()
        assert (stored.assigned_to, stored.version, page.values["version"][0]) == ("dana", 1, "1")

    @pytest.mark.parametrize(("step", "data"), [("changes", {"phone": "727 555 0122"}), ("withdrawn", {"sure": "on"})])
    def test_an_ended_request_is_shown_in_its_current_state(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, step: str, data: dict[str, str]
    ) -> None:
        act = partial(schedule, visit=VISIT, actor="dana", now=NOW)
        desk_acts_first(monkeypatch, step, act)
        page = Page(change(client, make_request(), step, **data))
        assert NOTHING_CHANGED in page.text
        assert "Your visit is booked Tuesday, December 1, 2026, 3 p.m. EST" in page.text
        assert ConsultationRequest.objects.get().status == Status.SCHEDULED

    def test_withdrawing_from_a_stale_page_shows_the_step_of_the_desk_first(self, client: Client) -> None:
        request = make_request()
        workflow.record_attempt(ConsultationRequest.objects.get(), Attempt.NO_ANSWER, "dana", NOW)
        page = Page(change(client, request, "withdrawn", sure="on"))
        assert NOTHING_CHANGED in page.text
        assert "We tried to reach you" in page.text
        assert "Confirm that it is me" in buttons(page)

    def test_a_request_erased_meanwhile_is_not_found(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        desk_acts_first(monkeypatch, "changes", lambda request: workflow.erase(request, "dana", LATER))
        response = change(client, make_request(), "changes", phone="727 555 0122")
        assert response.status_code == 404
        assert "This link does not work" in Page(response).text
        assert ConsultationRequest.objects.get().phone == ""

    @pytest.mark.parametrize("data", [{"known": "0111"}, {"known": "9999"}, {"step": "changes"}, {}])
    def test_an_ended_request_accepts_no_answer_and_counts_none(self, client: Client, data: dict[str, str]) -> None:
        request = make_request()
        workflow.transition(request, Status.DECLINED, "dana", NOW, DeclineReason.NO_ROOM)
        page = Page(post(client, request, **data))
        assert NOTHING_CHANGED in page.text
        assert buttons(page) == []
        assert not AuditEvent.objects.unconfirmed().exists()

    @pytest.mark.parametrize(("step", "data"), [("changes", {"phone": "727 555 0122"}), ("withdrawn", {"sure": "on"})])
    def test_spam_is_refused_with_neutral_words(self, client: Client, step: str, data: dict[str, str]) -> None:
        page = Page(change(client, make_request(status=Status.SPAM), step, **data))
        assert NOTHING_CHANGED in page.text
        assert "We have your request" in page.text
