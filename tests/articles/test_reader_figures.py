"""What the page of figures is made from. The clinic's day is November 23, 2026, a Monday."""

import datetime as dt
from pathlib import Path

import pytest
from pytest_django import Settings

from articles.feedback import FeedbackCounts
from articles.models import MissedSearch, PageReads
from articles.reader_figures import DAYS, reader_figures
from clinic_site import outcomes
from tests.articles.reader_builders import NOW, TODAY, days_ago, make_feedback, make_vote
from tests.content_builders import make_article, make_content

pytestmark = pytest.mark.django_db


def test_each_of_the_last_days_has_its_reads_the_last_one_is_today() -> None:
    PageReads.objects.add(TODAY, {"/": 1, "/articles/walking/": 2})
    PageReads.objects.add(days_ago(DAYS - 1), {"/": 5})
    PageReads.objects.add(days_ago(DAYS), {"/": 9})
    days = reader_figures(NOW).days
    assert list(days) == [days_ago(ago) for ago in reversed(range(28))]
    assert {day: count for day, count in days.items() if count} == {TODAY: 3, days_ago(27): 5}


def test_the_day_is_the_clinics() -> None:
    before_midnight = dt.datetime(2026, 11, 24, 4, 59, tzinfo=dt.UTC)
    assert list(reader_figures(before_midnight).days)[-1] == TODAY


def test_pages_go_by_their_names_under_old_addresses_too_the_most_read_first() -> None:
    read = {
        "/": 1,
        "/articles/walking/": 4,
        "/articles/strolling/": 3,
        "/topics/movement/": 5,
        "/about/": 2,
        "/gone/": 6,
    }
    PageReads.objects.add(TODAY, read)
    PageReads.objects.add(days_ago(28), {"/about/": 9})
    assert reader_figures(NOW).pages == [
        ("Walking with a sore back", 7),
        ("/gone/", 6),
        ("Topic: Movement", 5),
        ("About this site", 2),
        ("Home page", 1),
    ]


def test_searches_that_found_nothing_with_rare_words_as_one_number() -> None:
    MissedSearch.objects.add(TODAY, {"a": 2, "b": 5, "c": 1})
    MissedSearch.objects.add(days_ago(1), {"b": 1, "d": 1})
    MissedSearch.objects.add(days_ago(28), {"b": 9})
    MissedSearch.objects.show({"a": "quux", "b": "zzzz"}, 2)
    found = reader_figures(NOW)
    assert (found.missed, found.rare) == ([("zzzz", 6), ("quux", 2)], 2)


def test_what_readers_said_the_article_with_most_votes_first() -> None:
    make_feedback(article="gone")
    make_vote(helpful=True)
    make_vote(helpful=False, article="strolling")
    assert reader_figures(NOW).feedback == [
        ("Walking with a sore back", FeedbackCounts(yes=1, no=1)),
        ("gone", FeedbackCounts(open=1)),
    ]


def test_why_requests_were_declined_the_most_frequent_first(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    settings.CONTENT_DIR = make_content(tmp_path, walk=make_article(aliases=["stroll"]))
    told = {"stroll": {"No room": 1}, "gone": {"No room": 2}, "walk": {"No room": 2, "Other": 1}}
    monkeypatch.setattr(outcomes, "_source", lambda now: told)
    assert reader_figures(NOW).declined == [
        ("Walking with a sore back", "No room", 3),
        ("gone", "No room", 2),
        ("Walking with a sore back", "Other", 1),
    ]


def test_with_nothing_stored_all_of_it_is_empty() -> None:
    found = reader_figures(NOW)
    assert (sum(found.days.values()), found.pages, found.missed, found.rare) == (0, [], [], 0)
    assert (found.feedback, found.declined) == ([], [])
