"""Once a week whoever keeps the articles is told which of them wait: by one worker, and never of none."""

import datetime as dt
from pathlib import Path
from smtplib import SMTPDataError
from unittest import mock

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import DatabaseError
from pytest_django import Settings

from articles.models import WeeklyReminder
from articles.reminders import LEASE, message_id, remind, week_of
from clinic_site.clinic_file import get_clinic, load_clinic
from clinic_site.housekeeping import attempt
from tests.conftest import CLINIC_TIME, MONDAY_MORNING
from tests.content_builders import TESTS_CONTENT, make_article, make_content, make_signed

NOW = MONDAY_MORNING  # November 23, 2026, 10 a.m.: due since 8
MONDAY = dt.date(2026, 11, 23)
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
WEEK = dt.timedelta(days=7)
pytestmark = pytest.mark.django_db


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    """A folder with one article that nobody has checked, whose check is due on January 10, 2027."""
    settings.CONTENT_DIR = make_content(tmp_path, walk=make_article())
    return Path(settings.CONTENT_DIR)


def add(root: Path, slug: str, signed: bool = True, **overrides: object) -> None:
    """One more article, signed unless the test says otherwise."""
    (root / "articles" / f"{slug}.md").write_text(make_article(title=f"About {slug}", **overrides))
    if signed:
        make_signed(root, slug)


def told() -> str:
    """The text of the one mail that was sent."""
    [message] = mail.outbox
    return str(message.body)


def entry(slug: str) -> list[str]:
    """What the mail says of one article, line by line; nothing where it is not in it."""
    entries = [part.splitlines() for part in told().split("\n\n")]
    return next((lines for lines in entries if lines[-1].endswith(f"/edit/{slug}/")), [])


class TestText:
    @pytest.mark.usefixtures("root")
    def test_it_goes_to_whoever_keeps_the_articles_and_names_title_date_reason_and_editor(self) -> None:
        assert remind(NOW)
        [message] = mail.outbox
        assert (message.to, message.subject) == ([get_clinic().articles_email], "1 article waits for a check")
        assert message.extra_headers["Message-ID"] == "<articles-2026-11-23@clinic.example>"
        assert message.extra_headers["Auto-Submitted"] == "auto-generated"
        assert entry("walk") == [
            "Walking with a sore back",
            "The next check is due on January 10, 2027.",
            "No clinician has checked the text as it is.",
            "http://127.0.0.1:8000/admin/articles/contentfile/edit/walk/",
        ]

    @pytest.mark.parametrize(
        ("due", "said"),
        [
            ("2026-12-24", None),
            ("2026-12-23", "The next check is due on December 23, 2026."),
            ("2026-11-22", "The check was due on November 22, 2026. Readers are not told yet."),
            ("2026-11-01", "The check was due on November 1, 2026. The page tells readers so."),
            ("2026-02-02", "The check was due on February 2, 2026. The page is not listed any more."),
        ],
    )
    def test_a_checked_article_is_told_of_from_a_month_before_its_check_is_due(
        self, root: Path, due: str, said: str | None
    ) -> None:
        add(root, "stroll", review_due=due)
        remind(NOW)
        assert entry("stroll")[1:-1] == ([said] if said else [])

    def test_a_checked_article_waits_while_something_is_new_about_its_source(self, root: Path) -> None:
        add(root, "stroll", sources=["walking2020"], review_due="2027-01-20", body="It helps [@walking2020].\n")
        (root / "watch.yaml").write_text(
            "events:\n  - {event: A new trial, date: 2026-11-20, sources: [walking2020], cleared: false}\n"
        )
        remind(NOW)
        assert entry("stroll")[1:-1] == [
            "The next check is due on January 20, 2027.",
            "New about a source, from November 20, 2026: A new trial",
        ]

    def test_the_one_that_is_due_first_comes_first(self, root: Path) -> None:
        add(root, "stroll", review_due="2026-11-30")
        remind(NOW)
        assert told().index("About stroll") < told().index("Walking with a sore back")
        assert mail.outbox[0].subject == "2 articles wait for a check"

    @pytest.mark.parametrize("status", ["draft", "archived"])
    def test_what_readers_cannot_see_is_not_told_of(self, root: Path, status: str) -> None:
        add(root, "stroll", signed=False, status=status)
        remind(NOW)
        assert entry("stroll") == []

    def test_when_nothing_waits_no_mail_is_sent_until_the_next_week(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("clinic_site.watched.CHECK_EVERY", 0)
        add(root, "walk")
        assert not remind(NOW)
        add(root, "stroll", signed=False)
        assert not remind(NOW + HOUR)
        assert remind(NOW + WEEK)
        assert [*WeeklyReminder.objects.values_list("week", flat=True)] == [MONDAY, MONDAY + WEEK]


class TestWeek:
    @pytest.mark.parametrize(
        ("local", "week"),
        [
            ("2026-11-23 07:59", dt.date(2026, 11, 16)),
            ("2026-11-23 08:00", MONDAY),
            ("2026-11-29 23:59", MONDAY),
            ("2026-11-30 08:00", dt.date(2026, 11, 30)),
            ("2026-03-09 08:00", dt.date(2026, 3, 9)),  # clocks went forward the night before
        ],
    )
    def test_a_week_begins_on_monday_at_eight_on_the_clinics_clock(self, local: str, week: dt.date) -> None:
        moment = dt.datetime.fromisoformat(local).replace(tzinfo=CLINIC_TIME)
        assert week_of(moment.astimezone(dt.UTC), load_clinic(TESTS_CONTENT)) == week

    @pytest.mark.usefixtures("root")
    def test_it_is_sent_once_a_week_at_the_first_chance(self) -> None:
        sent = [remind(NOW + n * MINUTE) for n in (0, 1, 60, 60 * 24 * 6)]
        assert sent == [True, False, False, False]
        assert remind(NOW + WEEK)
        assert [message.extra_headers["Message-ID"] for message in mail.outbox] == [
            message_id(MONDAY),
            message_id(MONDAY + WEEK),
        ]


@pytest.mark.usefixtures("root")
class TestWorkers:
    def test_one_that_another_worker_has_in_hand_is_left_to_it(self) -> None:
        WeeklyReminder.objects.create(week=MONDAY, leased_until=NOW + MINUTE)
        assert not remind(NOW)
        assert mail.outbox == []

    def test_of_two_workers_who_look_at_once_one_sends(self) -> None:
        """The second looks while the first is sending."""

        def send_while_another_looks(message: EmailMessage) -> None:
            assert not remind(NOW)
            mail.outbox.append(message)

        with mock.patch.object(EmailMessage, "send", send_while_another_looks):
            assert remind(NOW)
        assert len(mail.outbox) == 1

    def test_one_who_dies_after_sending_leaves_it_to_be_sent_once_more_under_the_same_id(self) -> None:
        WeeklyReminder.objects.create(week=MONDAY)
        with mock.patch.object(WeeklyReminder, "save", side_effect=DatabaseError), pytest.raises(DatabaseError):
            remind(NOW)
        assert [remind(NOW + LEASE - MINUTE), remind(NOW + LEASE), remind(NOW + 2 * LEASE)] == [False, True, False]
        assert {message.extra_headers["Message-ID"] for message in mail.outbox} == {message_id(MONDAY)}
        assert len(mail.outbox) == len(["the first", "once more"])

    def test_one_that_the_mail_server_refuses_is_logged_by_kind_and_tried_again_when_the_lease_runs_out(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        with mock.patch.object(EmailMessage, "send", side_effect=OSError("articles@clinic.example is unknown")):
            attempt(remind, NOW)
        assert [each.getMessage() for each in caplog.records] == ["Housekeeping failed at remind (OSError)."]
        attempt(remind, NOW + LEASE - MINUTE)
        assert mail.outbox == []
        attempt(remind, NOW + LEASE)
        assert len(mail.outbox) == 1

    def test_one_that_is_refused_for_good_twice_is_given_up(self) -> None:
        refusal = SMTPDataError(554, b"5.7.1 rejected as spam")
        with mock.patch.object(EmailMessage, "send", side_effect=refusal):
            for tried_at in (NOW, NOW + LEASE):
                with pytest.raises(SMTPDataError):
                    remind(tried_at)
        assert not remind(NOW + 2 * LEASE)
        assert mail.outbox == []

    def test_one_that_is_refused_for_good_once_is_tried_again(self) -> None:
        refusal = SMTPDataError(554, b"5.7.1 rejected as spam")
        with mock.patch.object(EmailMessage, "send", side_effect=refusal), pytest.raises(SMTPDataError):
            remind(NOW)
        assert remind(NOW + LEASE)

    def test_it_is_in_seven_bits(self, root: Path) -> None:
        (root / "articles" / "walk.md").write_text(make_article(title="Señal of walking"))
        remind(NOW)
        [message] = mail.outbox
        assert "Señal" in str(message.body)
        assert message.message().as_bytes().isascii()

    def test_its_row_says_which_week_it_is_for(self) -> None:
        remind(NOW)
        [row] = WeeklyReminder.objects.all()
        assert (str(row), row.sent_at) == ("Week of 2026-11-23", NOW)
