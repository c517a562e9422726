"""Somebody leaves the clinic: one press takes the access away and gives the work back."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, User
from django.test import Client

from appointments import workflow
from appointments.choices import Status
from appointments.models import ConsultationRequest
from appointments.policies.refusals import ChangedMeanwhile
from clinic_site.accounts import leaving
from clinic_site.accounts.models import AccountEvent
from clinic_site.backup import erasure_journal
from tests.appointments.builders import LATER, NOW, make_request
from tests.clinic_site.accounts.builders import PASSWORD, confirmed_owner, make_colleague
from tests.clinic_site.backup.places import SitePlace, place, vanishing_rows
from tests.conftest import Cast

__all__ = ["place"]  # used as a fixture
pytestmark = pytest.mark.django_db
USERS = "/admin/auth/user/"


def end_access(client: Client, *users: User) -> Any:
    form = {"action": "end_access", "_selected_action": [user.pk for user in users]}
    return client.post(USERS, form, follow=True)


def log_in(name: str) -> Client:
    client = Client()
    client.post("/admin/login/", {"login": name, "password": PASSWORD})
    return client


def assigned_to(holder: str, **fields: Any) -> ConsultationRequest:
    request = make_request(**fields)
    workflow.assign(request, holder, "dana", NOW)
    return request


def test_one_press_takes_away_every_way_in() -> None:
    ana = make_colleague(is_superuser=True)
    ana.groups.add(Group.objects.get(name="Front desk"))
    Authenticator.objects.create(user=ana, type=Authenticator.Type.RECOVERY_CODES, data={})
    desk = log_in("ana")
    page = end_access(confirmed_owner(), ana).content.decode()
    assert "Ana has no access any more. Requests given back to the desk: 0." in page
    assert desk.get("/admin/").status_code == 302
    assert log_in("ana").get("/admin/").status_code == 302
    ana.refresh_from_db()
    assert (ana.is_active, ana.is_staff, ana.is_superuser, ana.has_usable_password()) == (False,) * 4
    assert not ana.groups.exists()
    assert not Authenticator.objects.exists()
    assert AccountEvent.objects.filter(action="left", actor="owner", subject="ana").count() == 1


def test_requests_that_wait_go_back_to_the_desk() -> None:
    ana = make_colleague()
    waiting, others = assigned_to("ana", name="One"), assigned_to("ben", name="Two")
    ended = assigned_to("ana", name="Three")
    workflow.transition(ended, Status.CLOSED, "ana", NOW)
    page = end_access(confirmed_owner(), ana).content.decode()
    assert "Requests given back to the desk: 1." in page
    holders = ConsultationRequest.objects.in_bulk([waiting.pk, others.pk, ended.pk])
    assert [holders[request.pk].assigned_to for request in (waiting, others, ended)] == ["", "ben", "ana"]
    assert str(waiting.audit_events.last()) == "owner gave the request to nobody"


def test_a_request_that_somebody_changes_meanwhile_is_given_back_too(monkeypatch: pytest.MonkeyPatch) -> None:
    request, assign = assigned_to("ana"), workflow.assign
    tries = []

    def late_once(*arguments: Any) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ChangedMeanwhile(request)
        assign(*arguments)

    monkeypatch.setattr(workflow, "assign", late_once)
    assert workflow.hand_back("ana", "owner", NOW) == 1
    assert len(tries) == 2


def test_nobody_ends_the_own_access() -> None:
    owner, ana = confirmed_owner(), make_colleague()
    page = end_access(owner, User.objects.get(username="owner"), ana).content.decode()
    assert "you cannot end your own access" in page
    assert User.objects.filter(is_active=True).count() == 2


@pytest.mark.parametrize("who", ["front desk", "editor", "reviewer"])
def test_an_owner_alone_ends_access(sign_in: Cast, who: str) -> None:
    assert end_access(sign_in(who), make_colleague()).status_code == 403


class TestRestoredBackup:
    """Rows that vanish stand for what a backup from before does not hold."""

    @pytest.fixture(autouse=True)
    def _journal(self, place: SitePlace) -> None:
        """Keep the journal in a temporary folder."""

    def test_who_left_after_it_was_made_is_shut_out_again(self) -> None:
        ana, ben = make_colleague(), make_colleague("ben")
        request = assigned_to("ana")
        with vanishing_rows():
            leaving.end_access(ana, "owner", NOW)
        assert [*leaving.end_again(LATER)] == [
            "People whose access was ended after the backup was made, and is ended again: 1."
        ]
        for user in (ana, ben):
            user.refresh_from_db()
        assert (ana.is_active, ana.has_usable_password(), ben.is_active) == (False, False, True)
        request.refresh_from_db()
        assert request.assigned_to == ""

    def test_who_left_before_and_came_back_stays(self) -> None:
        ana = make_colleague()
        leaving.end_access(ana, "owner", NOW)
        ana.is_active = True
        ana.save()
        assert next(leaving.end_again(LATER)).endswith(": 0.")
        with vanishing_rows():
            leaving.end_access(ana, "owner", NOW)
        assert next(leaving.end_again(LATER)).endswith(": 1.")

    def test_nobody_leaves_while_the_journal_takes_no_line(
        self, place: SitePlace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ana = make_colleague()
        monkeypatch.setattr(erasure_journal, "FILE", place.folder)  # a folder, which takes no line
        with pytest.raises(IsADirectoryError):
            leaving.end_access(ana, "owner", NOW)
        ana.refresh_from_db()
        assert ana.is_active
