"""The review status of an article at a moment, and when it changes by time."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from articles.content.documents import Article
from articles.library import Library, load_library
from articles.rendering.signed_text import valid_signature
from articles.review_status import Due, ReviewStatus, changes_at, is_listed, review_status
from articles.search import search
from articles.search_index import SearchIndex
from clinic_site.clinic_yaml import load_clinic
from tests.conftest import CLINIC_TIME
from tests.content_builders import TESTS_CONTENT, make_article, make_content, make_signed

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)  # 10 a.m. at the clinic
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
CITES = make_article("A walk may help [@walking2020].\n", sources=["walking2020"])
NEWS = "events:\n  - {event: A new trial, date: 2026-11-20, sources: [walking2020], cleared: false}\n"


def at(day: str, time: str = "00:00", fold: int = 0) -> dt.datetime:
    """Return a moment in the time zone of the clinic."""
    return dt.datetime.fromisoformat(f"{day} {time}").replace(tzinfo=CLINIC_TIME, fold=fold).astimezone(dt.UTC)


def article(tmp_path: Path, watch: str = "", **overrides: object) -> Article:
    return library(tmp_path, watch, walk=make_article(**overrides)).articles["walk"]


def library(tmp_path: Path, watch: str = "", **articles: str) -> Library:
    root = make_content(tmp_path, **articles)
    if watch:
        (root / "watch.yaml").write_text(watch)
    return load_library(root)


class TestCheckThatIsDue:
    @pytest.mark.parametrize(
        ("day", "due"),
        [
            ("2026-12-01", Due.NOT_YET),
            ("2026-12-02", Due.STAFF),
            ("2026-12-08", Due.STAFF),
            ("2026-12-09", Due.READERS_TOLD),
            ("2027-01-07", Due.READERS_TOLD),
            ("2027-01-08", Due.UNLISTED),
            ("2029-01-08", Due.UNLISTED),
        ],
    )
    def test_an_overdue_article_is_shown_to_staff_then_to_readers_then_unlisted(
        self, tmp_path: Path, day: str, due: Due
    ) -> None:
        late = article(tmp_path, review_due="2026-12-01")
        for moment in (at(day), at(day, "23:59")):
            assert review_status(late, moment).due is due
            assert review_status(late, moment).readers_told is (due >= Due.READERS_TOLD)
            assert review_status(late, moment).unlisted is (due is Due.UNLISTED)
            assert is_listed(late, moment) is (due is not Due.UNLISTED)

    def test_an_unlisted_article_can_still_be_read(self, tmp_path: Path) -> None:
        found = library(tmp_path, walk=make_article(review_due="2026-02-01"), other=make_article())
        assert [article.slug for article in found.listed(NOW)] == ["other"]
        assert [article.slug for article in found.visible(NOW)] == ["other", "walk"]
        results = search("walking", SearchIndex(found), NOW).results
        assert [result.document.slug for result in results if isinstance(result.document, Article)] == ["other"]

    def test_an_unpublished_article_is_not_listed(self, tmp_path: Path) -> None:
        assert not is_listed(article(tmp_path, status="draft"), NOW)

    def test_a_date_at_the_end_of_the_calendar_is_no_error(self, tmp_path: Path) -> None:
        lasting = article(tmp_path, review_due="9999-12-31", publish_until="9999-12-31 23:59:00")
        assert review_status(lasting, NOW).due is Due.NOT_YET
        assert lasting.visible(NOW)
        assert changes_at(lasting, NOW) == at("9999-12-31")


class TestNews:
    @pytest.mark.parametrize(
        ("old", "new", "day", "open_news"),
        [
            ("", "", "2026-11-20", True),
            ("", "", "2026-11-19", False),
            ("cleared: false", "cleared: true", "2026-11-20", False),
            ("walking2020", "resting2019", "2026-11-20", False),
        ],
    )
    def test_an_event_suspends_the_check_from_its_day_until_it_is_cleared(
        self, tmp_path: Path, old: str, new: str, day: str, open_news: bool
    ) -> None:
        root = make_content(tmp_path, walk=CITES)
        make_signed(root, "walk")
        (root / "watch.yaml").write_text(NEWS.replace(old, new))
        walk = load_library(root).articles["walk"]
        found = review_status(walk, at(day))
        assert valid_signature(walk)
        assert [event.event for event in found.news] == (["A new trial"] if open_news else [])
        assert (found.reviewer is None) is open_news

    def test_sources_cited_by_shared_passages_count(self, tmp_path: Path) -> None:
        watch = NEWS.replace("walking2020", "resting2019")
        walk = article(tmp_path, watch, blocks=["unknowns"])
        assert review_status(walk, NOW).news

    def test_the_latest_event_comes_first(self, tmp_path: Path) -> None:
        later = NEWS.replace("events:\n", "").replace("A new trial", "A new label").replace("11-20", "11-22")
        found = library(tmp_path, NEWS + later, walk=CITES).articles["walk"]
        assert [event.event for event in review_status(found, NOW).news] == ["A new label", "A new trial"]

    def test_an_unsigned_article_has_no_reviewer(self, tmp_path: Path) -> None:
        assert review_status(article(tmp_path), NOW).reviewer is None

    def test_a_signature_is_valid_without_news(self, tmp_path: Path) -> None:
        root = make_content(tmp_path, walk=CITES)
        make_signed(root, "walk")
        found = review_status(load_library(root).articles["walk"], NOW)
        assert found.reviewer
        assert found.reviewer.name == "R. Name"

    def test_only_pages_that_cite_the_source_are_rebuilt(self, tmp_path: Path) -> None:
        root = make_content(tmp_path, walk=CITES, other=make_article())
        (root / "watch.yaml").write_text("events: []\n")
        before = load_library(root)
        (root / "watch.yaml").write_text(NEWS)
        after = load_library(root, before)
        assert after.shared is before.shared
        assert after.articles["other"] is before.articles["other"]
        assert after.articles["walk"].news
        assert load_library(root, after).articles["walk"] is after.articles["walk"]

    def test_news_applies_to_the_last_good_version_of_a_page(self, tmp_path: Path) -> None:
        root = make_content(tmp_path, walk=CITES)
        before = load_library(root)
        (root / "articles" / "walk.md").write_text(make_article(colour="blue"))
        (root / "watch.yaml").write_text(NEWS)
        assert review_status(load_library(root, before).articles["walk"], NOW).news

    def test_an_invalid_list_keeps_its_last_good_events(self, tmp_path: Path) -> None:
        root = make_content(tmp_path, walk=CITES)
        (root / "watch.yaml").write_text(NEWS)
        before = load_library(root)
        (root / "watch.yaml").write_text("evnts: []\n")
        assert load_library(root, before).articles["walk"] is before.articles["walk"]


class TestNextChange:
    def test_the_next_relevant_midnight_or_minute_is_returned(self, tmp_path: Path) -> None:
        bounds = {"publish_from": "2026-11-24 08:30:00", "publish_until": "2026-12-24 17:00:00"}
        watch = NEWS.replace("2026-11-20", "2026-12-02")
        text = CITES.replace("---\n", "---\n" + _lines(bounds), 1).replace("2027-01-10", "2026-12-01")
        walk = library(tmp_path, watch, walk=text).articles["walk"]
        found = [*_changes(walk, NOW)]
        assert found == [
            at("2026-11-24", "08:30"),
            at("2026-12-02"),  # overdue, and the news
            at("2026-12-09"),  # readers are warned
            at("2026-12-24", "17:00"),
            at("2027-01-08"),  # no longer listed
        ]

    def test_between_two_changes_nothing_changes(self, tmp_path: Path) -> None:
        """Checked hour by hour, across the night in which clocks go forward."""
        bounds = {"publish_from": "2027-03-02 08:00:00", "publish_until": "2027-03-14 02:00:00"}
        watch = NEWS.replace("2026-11-20", "2027-03-15")
        text = CITES.replace("---\n", "---\n" + _lines(bounds), 1).replace("2027-01-10", "2027-03-05")
        walk = library(tmp_path, watch, walk=text).articles["walk"]
        moment, end, expected = at("2027-03-01"), at("2027-04-20"), changes_at(walk, at("2027-03-01"))
        before = _status_and_visibility(walk, moment)
        while moment < end:
            moment += HOUR
            changed = expected is not None and moment >= expected
            assert (_status_and_visibility(walk, moment) != before) is changed, moment
            before, expected = _status_and_visibility(walk, moment), changes_at(walk, moment)


def _lines(fields: dict[str, str]) -> str:
    return "".join(f"{key}: {value}\n" for key, value in fields.items())


def _changes(found: Article, moment: dt.datetime) -> Iterator[dt.datetime]:
    while following := changes_at(found, moment):
        yield following
        moment = following


def _status_and_visibility(found: Article, moment: dt.datetime) -> tuple[ReviewStatus, bool]:
    return review_status(found, moment), found.visible(moment)


class TestClockChange:
    """In 2026 clocks go forward on March 8 at 2 a.m., and back on November 1 at 2 a.m."""

    def test_a_skipped_local_time_is_an_hour_later(self, tmp_path: Path) -> None:
        begins = at("2026-03-08", "03:30")
        walk = article(tmp_path, publish_from="2026-03-08 02:30:00")
        assert [walk.visible(moment) for moment in (begins - MINUTE, begins)] == [False, True]
        assert changes_at(walk, begins - MINUTE) == begins

    def test_an_ambiguous_local_time_is_the_first_one(self, tmp_path: Path) -> None:
        first, second = at("2026-11-01", "01:30"), at("2026-11-01", "01:30", fold=1)
        assert second - first == HOUR
        begun = article(tmp_path / "from", publish_from="2026-11-01 01:30:00")
        assert [begun.visible(first + n * MINUTE) for n in (-1, 0, 30, 59, 60)] == [False, True, True, True, True]
        ended = article(tmp_path / "until", publish_until="2026-11-01 01:30:00")
        assert [ended.visible(first + n * MINUTE) for n in (-1, 0, 30, 59, 60)] == [True, False, False, False, False]

    def test_days_begin_in_the_time_zone_of_the_clinic(self) -> None:
        tokyo = dataclasses.replace(load_clinic(TESTS_CONTENT), time_zone=ZoneInfo("Asia/Tokyo"))
        assert tokyo.midnight(dt.date(2026, 3, 8)) == dt.datetime(2026, 3, 7, 15, 0, tzinfo=dt.UTC)

    def test_the_first_and_last_day_of_the_calendar_are_valid(self) -> None:
        tokyo = dataclasses.replace(load_clinic(TESTS_CONTENT), time_zone=ZoneInfo("Asia/Tokyo"))
        assert tokyo.midnight(dt.date.min) < NOW
        assert load_clinic(TESTS_CONTENT).moment(dt.datetime(9999, 12, 31, 23, 59)) > NOW  # noqa: DTZ001 (wall clock)
