"""After a restore: who was erased stays erased, and no mail leaves twice unasked."""

import datetime as dt
from io import StringIO
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client

from appointments.after_restore import make_safe
from appointments.choices import MailKind, MailStatus
from appointments.health import desk_faults
from appointments.models import ConsultationRequest, OutboxMessage
from appointments.outbox import DeliveryOutcome, deliver_due, mail_is_on_hold
from appointments.workflow import erase
from clinic_site.backup import erasure_journal
from clinic_site.hooks import hooks
from tests.appointments.builders import LATER, NOW, make_message, make_request

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with an empty journal of erasures."""
    monkeypatch.setattr(erasure_journal, "FILE", tmp_path / "erasures")


def release(*options: str) -> str:
    out = StringIO()
    call_command("release_mail", *options, stdout=out)
    return out.getvalue()


def delivered(now: dt.datetime) -> int:
    return deliver_due(lambda: now)[DeliveryOutcome.SENT]


class TestErased:
    def test_whom_the_journal_names_is_erased_again_and_nobody_else(self) -> None:
        gone, other = make_request(name="Gone Person", email="gone@example.com"), make_request()
        erasure_journal.append(gone.reference)
        sentences = [*make_safe(LATER)]
        gone.refresh_from_db()
        other.refresh_from_db()
        assert (gone.name, gone.erased_at) == ("", LATER)
        assert (other.name, other.erased_at) == ("Ana Torres", None)
        assert [*gone.audit_events.values_list("action", "actor")][-1] == ("erased", "restore")
        assert not OutboxMessage.objects.filter(recipient="gone@example.com").exists()
        assert sentences[0].endswith("are erased again: 1.")

    def test_every_erasure_is_written_down(self) -> None:
        request = make_request()
        erase(request, "owner", NOW)
        assert erasure_journal.read().names(request.reference)

    def test_nobody_is_erased_whom_the_journal_cannot_name(self) -> None:
        """An error of the disk, for example a full one."""
        request = make_request()
        erasure_journal.FILE.mkdir()
        with pytest.raises(IsADirectoryError):
            erase(request, "owner", NOW)
        request.refresh_from_db()
        assert request.name == "Ana Torres"

    def test_an_erased_request_is_left_as_it_is(self) -> None:
        request = make_request()
        erase(request, "owner", NOW)
        assert next(make_safe(LATER)).endswith("are erased again: 0.")
        assert ConsultationRequest.objects.get().erased_at == NOW

    def test_erasures_by_another_key_are_reported(self) -> None:
        erasure_journal.FILE.write_text(f"00000000 {'0' * 64}\n")
        assert [*make_safe(LATER)][1].startswith("Erasures and leaves by another SECRET_KEY: 1.")


class TestHold:
    def test_the_mail_of_the_backup_waits_and_what_is_new_leaves(self) -> None:
        old = make_message()
        assert "Mails on hold: 1." in [*make_safe(LATER)][-1]
        make_request(now=LATER + dt.timedelta(seconds=1))
        assert delivered(LATER + dt.timedelta(minutes=1)) == 1
        old.refresh_from_db()
        assert old.status == MailStatus.WAITING

    def test_a_mail_from_the_future_waits_too(self) -> None:
        """The clock of the machine with the backup may have been ahead."""
        make_request(now=LATER + dt.timedelta(days=1))
        [*make_safe(LATER)]
        assert delivered(LATER + dt.timedelta(days=2)) == 0

    def test_chores_that_write_mail_rest(self) -> None:
        assert not hooks.mail_is_on_hold()
        [*make_safe(LATER)]
        assert hooks.mail_is_on_hold()

    def test_the_command_counts_and_changes_nothing(self) -> None:
        make_message()
        assert release() == "No mail is on hold.\n"
        [*make_safe(LATER)]
        assert release() == "Mails on hold: 1. Nothing was changed: choose --send or --give-up.\n"
        assert mail_is_on_hold()

    def test_monitoring_reminds_of_the_hold_also_without_a_mail(self) -> None:
        assert "restore" not in str([*desk_faults()])
        [*make_safe(LATER)]
        assert "Since a restore, mails wait and none is written by itself: 0." in str([*desk_faults()])

    def test_whoever_signs_in_reads_of_the_hold(self, desk: Client) -> None:
        assert "are on hold" not in desk.get("/admin/").content.decode()
        [*make_safe(LATER)]
        assert "mails that waited in it are on hold" in desk.get("/admin/").content.decode()

    def test_released_mails_leave_once(self) -> None:
        make_message()
        [*make_safe(LATER)]
        assert release("--send") == "Mails that are sent now: 1.\n"
        assert delivered(LATER) == 1
        assert delivered(LATER + dt.timedelta(days=1)) == 0
        assert len(mail.outbox) == 1

    def test_mails_that_are_given_up_do_not_leave_and_the_desk_sees_them(self) -> None:
        message = make_message()
        sent = make_message(status=MailStatus.SENT)
        [*make_safe(LATER)]
        assert release("--give-up") == "Mails that are given up: 1.\n"
        assert delivered(LATER + dt.timedelta(days=1)) == 0
        message.refresh_from_db()
        sent.refresh_from_db()
        assert (message.status, message.kind) == (MailStatus.FAILED, MailKind.NOTICE)
        assert sent.status == MailStatus.SENT
        assert not mail_is_on_hold()
