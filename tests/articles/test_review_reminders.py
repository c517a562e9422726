"""The weekly reminder of waiting articles: sent by one worker, and never empty."""

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
from articles.review_reminders import remind, week_of
from clinic_site.clinic_yaml import get_clinic, load_clinic
from clinic_site.mail.messages import LEASE, message_id
from tests.conftest import CLINIC_TIME, MONDAY_MORNING
from tests.content_builders import TESTS_CONTENT, make_article, make_content, make_signed

NOW = MONDAY_MORNING  # November 23, 2026, 10 a.m.: due since 8
MONDAY = dt.date(2026, 11, 23)
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
WEEK = dt.timedelta(days=7)
pytestmark = pytest.mark.django_db


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    """A content folder with one unchecked article, whose check is due on January 10, 2027."""
    settings.CONTENT_DIR = make_content(tmp_path, walk=make_article())
    return Path(settings.CONTENT_DIR)


def add(root: Path, slug: str, signed: bool = True, **overrides: object) -> None:
    """Add an article, signed by default."""
    (root / "articles" / f"{slug}.md").write_text(make_article(title=f"About {slug}", **overrides))
    if signed:
        make_signed(root, slug)


def mail_text() -> str:
    """Return the text of the only mail sent."""
    [message] = mail.outbox
    return str(message.body)


def entry(slug: str) -> list[str]:
    """Return the lines about one article in the mail; empty if the article is not listed."""
    entries = [part.splitlines() for part in mail_text().split("\n\n")]
    return next((lines for lines in entries if lines[-1].endswith(f"/edit/{slug}/")), [])


class TestText:
    @pytest.mark.usefixtures("root")
    def test_the_mail_goes_to_the_editors_and_names_title_date_reason_and_editor(self) -> None:
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
        ("due", "sentence"),
        [
            ("2026-12-24", None),
            ("2026-12-23", "The next check is due on December 23, 2026."),
            ("2026-11-22", "The check was due on November 22, 2026. Readers are not told yet."),
            ("2026-11-01", "The check was due on November 1, 2026. The page tells readers so."),
            ("2026-02-02", "The check was due on February 2, 2026. The page is not listed any more."),
        ],
    )
    def test_a_checked_article_is_listed_from_a_month_before_its_check_is_due(
        self, root: Path, due: str, sentence: str | None
    ) -> None:
        add(root, "stroll", review_due=due)
        remind(NOW)
        assert entry("stroll")[1:-1] == ([sentence] if sentence else [])

    def test_a_checked_article_with_news_about_a_source_is_listed(self, root: Path) -> None:
        add(root, "stroll", sources=["walking2020"], review_due="2027-01-20", body="It helps [@walking2020].\n")
        (root / "watch.yaml").write_text(
            "events:\n  - {event: A new trial, date: 2026-11-20, sources: [walking2020], cleared: false}\n"
        )
        remind(NOW)
        assert entry("stroll")[1:-1] == [
            "The next check is due on January 20, 2027.",
            "New about a source, from November 20, 2026: A new trial",
        ]

    def test_articles_are_sorted_by_due_date(self, root: Path) -> None:
        add(root, "stroll", review_due="2026-11-30")
        remind(NOW)
        assert mail_text().index("About stroll") < mail_text().index("Walking with a sore back")
        assert mail.outbox[0].subject == "2 articles wait for a check"

    @pytest.mark.parametrize("status", ["draft", "archived"])
    def test_unpublished_articles_are_not_listed(self, root: Path, status: str) -> None:
        add(root, "stroll", signed=False, status=status)
        remind(NOW)
        assert entry("stroll") == []

    def test_without_waiting_articles_no_mail_is_sent_that_week(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("clinic_site.content.reloading.CHECK_EVERY", 0)
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
    def test_a_week_begins_on_monday_at_eight_local_time(self, local: str, week: dt.date) -> None:
        moment = dt.datetime.fromisoformat(local).replace(tzinfo=CLINIC_TIME)
        assert week_of(moment.astimezone(dt.UTC), load_clinic(TESTS_CONTENT)) == week

    @pytest.mark.usefixtures("root")
    def test_the_mail_is_sent_once_a_week_at_the_first_opportunity(self) -> None:
        sent = [remind(NOW + n * MINUTE) for n in (0, 1, 60, 60 * 24 * 6)]
        assert sent == [True, False, False, False]
        assert remind(NOW + WEEK)
        assert [message.extra_headers["Message-ID"] for message in mail.outbox] == [
            message_id("articles-2026-11-23"),
            message_id("articles-2026-11-30"),
        ]


@pytest.mark.usefixtures("root")
class TestWorkers:
    def test_a_reminder_leased_by_another_worker_is_skipped(self) -> None:
        WeeklyReminder.objects.create(week=MONDAY, leased_until=NOW + MINUTE)
        assert not remind(NOW)
        assert mail.outbox == []

    def test_only_one_of_two_concurrent_workers_sends(self) -> None:
        """The second worker runs while the first is sending."""

        def send_while_another_looks(message: EmailMessage) -> None:
            assert not remind(NOW)
            mail.outbox.append(message)

        with mock.patch.object(EmailMessage, "send", send_while_another_looks):
            assert remind(NOW)
        assert len(mail.outbox) == 1

    def test_a_crash_after_sending_resends_with_the_same_message_id(self) -> None:
        WeeklyReminder.objects.create(week=MONDAY)
        with mock.patch.object(WeeklyReminder, "save", side_effect=DatabaseError), pytest.raises(DatabaseError):
            remind(NOW)
        assert [remind(NOW + LEASE - MINUTE), remind(NOW + LEASE), remind(NOW + 2 * LEASE)] == [False, True, False]
        assert {message.extra_headers["Message-ID"] for message in mail.outbox} == {message_id("articles-2026-11-23")}
        assert len(mail.outbox) == len(["the first", "once more"])

    def test_a_refused_reminder_is_retried_after_the_lease(self) -> None:
        with mock.patch.object(EmailMessage, "send", side_effect=ConnectionError), pytest.raises(ConnectionError):
            remind(NOW)
        assert not remind(NOW + LEASE - MINUTE)
        assert mail.outbox == []
        assert remind(NOW + LEASE)
        assert len(mail.outbox) == 1

    def test_a_reminder_permanently_refused_twice_is_given_up(self) -> None:
        refusal = SMTPDataError(554, b"5.7.1 rejected as spam")
        with mock.patch.object(EmailMessage, "send", side_effect=refusal):
            for tried_at in (NOW, NOW + LEASE):
                with pytest.raises(SMTPDataError):
                    remind(tried_at)
        assert not remind(NOW + 2 * LEASE)
        assert mail.outbox == []

    def test_a_reminder_permanently_refused_once_is_retried(self) -> None:
        refusal = SMTPDataError(554, b"5.7.1 rejected as spam")
        with mock.patch.object(EmailMessage, "send", side_effect=refusal), pytest.raises(SMTPDataError):
            remind(NOW)
        assert remind(NOW + LEASE)

    def test_the_mail_is_seven_bit(self, root: Path) -> None:
        (root / "articles" / "walk.md").write_text(make_article(title="Señal of walking"))
        remind(NOW)
        [message] = mail.outbox
        assert "Señal" in str(message.body)
        assert message.message().as_bytes().isascii()

    def test_its_row_names_its_week(self) -> None:
        remind(NOW)
        [row] = WeeklyReminder.objects.all()
        assert (str(row), row.sent_at) == ("Week of 2026-11-23", NOW)
