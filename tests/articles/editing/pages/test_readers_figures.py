"""The data of the figures page. The clinic's day is Monday, November 23, 2026."""

import datetime as dt
from pathlib import Path

import pytest
from pytest_django import Settings

from articles.editing.pages.readers import reader_figures
from articles.models import MissedSearch
from articles.readers.feedback import FeedbackCounts
from clinic_site.hooks import hooks
from tests.articles.readers.builders import NOW, TODAY, days_ago, make_feedback, make_vote
from tests.content_builders import make_article, make_content

pytestmark = pytest.mark.django_db


def test_missed_searches_with_rare_words_combined() -> None:
    MissedSearch.objects.add(TODAY, {"a": 2, "b": 5, "c": 1})
    MissedSearch.objects.add(days_ago(1), {"b": 1, "d": 1})
    MissedSearch.objects.add(days_ago(28), {"b": 9})
    MissedSearch.objects.show({"a": "quux", "b": "zzzz"}, 2)
    found = reader_figures(NOW)
    assert (found.missed, found.rare) == ([("zzzz", 6), ("quux", 2)], 2)


def test_days_are_in_the_time_zone_of_the_clinic() -> None:
    MissedSearch.objects.add(days_ago(27), {"a": 1})
    before_midnight = dt.datetime(2026, 11, 24, 4, 59, tzinfo=dt.UTC)
    assert (reader_figures(before_midnight).rare, reader_figures(before_midnight + dt.timedelta(hours=1)).rare) == (
        1,
        0,
    )


def test_feedback_with_the_most_voted_article_first() -> None:
    make_feedback(article="gone")
    make_vote(helpful=True)
    make_vote(helpful=False, article="strolling")
    assert reader_figures(NOW).feedback == [
        ("Walking with a sore back", FeedbackCounts(yes=1, no=1)),
        ("gone", FeedbackCounts(open=1)),
    ]


def test_reasons_for_declined_requests_with_the_most_frequent_first(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    settings.CONTENT_DIR = make_content(tmp_path, walk=make_article(aliases=["stroll"]))
    declined = {"stroll": {"No room": 1}, "gone": {"No room": 2}, "walk": {"No room": 2, "Other": 1}}
    monkeypatch.setattr(hooks, "declined_by_article", lambda now: declined)
    assert reader_figures(NOW).declined == [
        ("Walking with a sore back", "No room", 3),
        ("gone", "No room", 2),
        ("Walking with a sore back", "Other", 1),
    ]


def test_without_data_all_figures_are_empty() -> None:
    found = reader_figures(NOW)
    assert (found.missed, found.rare, found.feedback, found.declined) == ([], 0, [], [])
