"""Searches without results are counted by day, without personal data."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import Error
from django.test import Client

from articles.models import MissedSearch
from articles.readers import missed_searches
from articles.readers.missed_searches import Tally, flush, forget_counts
from clinic_site import background
from tests.articles.readers.builders import NOW, TODAY, days_ago
from tests.inside import run_apart
from tests.serving import OwnDatabase


@pytest.fixture(autouse=True)
def _nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missed_searches, "misses", Tally())


def look_for(words: str, times: int = 1) -> None:
    for _ in range(times):
        assert Client().get("/search/", {"q": words}).status_code == 200


def missed() -> list[tuple[str, int]]:
    return list(MissedSearch.objects.order_by("term").values_list("term", "count"))


class TestWhatIsCounted:
    """Tests without database access, which counting a search does not need."""

    @pytest.mark.parametrize(("typed", "term"), [("Zzzz  QUUX", "zzzz quux"), ("Zzz‐quux’s", "zzz-quux's")])
    def test_a_search_without_results(self, typed: str, term: str) -> None:
        look_for(typed)
        assert missed_searches.misses.take() == {term: 1}

    @pytest.mark.parametrize(
        "typed",
        [
            "", "walking", "overdose", "zzzz quux 5", "zzzz@quux.example", "zzzz@quux", "zzzz quux zzzz quux zzzz",
            "z" * 61, "zzzz; quux", "zzzz\0quux", "—",
        ],
    )  # fmt: skip
    def test_a_search_with_results_or_possible_personal_data_is_not_counted(self, typed: str) -> None:
        look_for(typed)
        assert missed_searches.misses.take() == {}

    def test_the_number_of_waiting_searches_is_limited(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(missed_searches, "MOST", 2)
        for term in ("one", "two", "three", "one"):
            missed_searches.misses.add({term: 1})
        assert missed_searches.misses.take() == {"one": 2, "two": 1}


@pytest.mark.django_db
class TestFlush:
    def test_a_flush_adds_to_the_counts_of_the_day(self) -> None:
        for now in (NOW, NOW, NOW + dt.timedelta(days=1)):
            look_for("zzzz")
            flush(now)
        counts = dict(MissedSearch.objects.values_list("day", "count"))
        assert counts == {TODAY: 2, TODAY + dt.timedelta(days=1): 1}

    def test_the_day_is_in_the_time_zone_of_the_clinic(self) -> None:
        look_for("zzzz")
        flush(dt.datetime(2026, 11, 24, 4, 59, tzinfo=dt.UTC))
        assert MissedSearch.objects.get().day == TODAY

    def test_an_empty_flush_runs_no_query(self, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(0):
            flush(NOW)

    def test_words_typed_once_or_twice_are_stored_as_a_digest(self) -> None:
        look_for("zzzz", times=2)
        flush(NOW)
        [row] = MissedSearch.objects.all()
        assert (row.term, row.count) == ("", 2)
        assert "zzzz" not in row.key
        assert str(row) == "a rare term, 2026-11-23"

    def test_words_typed_three_times_on_any_days_are_stored(self) -> None:
        for day in range(3):
            look_for("Zzzz")
            look_for("quux", times=day % 2)
            flush(NOW + dt.timedelta(days=day))
        assert missed() == [("", 1), ("zzzz", 1), ("zzzz", 1), ("zzzz", 1)]
        assert str(MissedSearch.objects.get(term="zzzz", day=TODAY)) == "zzzz, 2026-11-23"

    def test_the_digest_depends_on_the_secret_key(self, settings: Any) -> None:
        look_for("zzzz")
        flush(NOW)
        settings.SECRET_KEY = "another"
        look_for("zzzz")
        flush(NOW)
        assert MissedSearch.objects.values("key").distinct().count() == 2

    def test_failed_counts_are_stored_by_the_next_flush(self, monkeypatch: pytest.MonkeyPatch) -> None:
        look_for("zzzz")
        with monkeypatch.context() as broken:
            broken.setattr("articles.models.readers.MissedSearchQuerySet.show", _away)
            for _ in range(2):
                with pytest.raises(Error):
                    flush(NOW)
        assert missed() == []
        flush(NOW)
        assert missed() == [("", 1)]


@pytest.mark.django_db
def test_a_flood_of_searches_does_not_fill_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(missed_searches, "MOST_A_DAY", 2)
    for words in (["one"], ["two", "three", "four"], ["one", "five"], ["one"]):
        missed_searches.misses.add(dict.fromkeys(words, 1))
        flush(NOW)
    assert missed() == [("", 1), ("one", 3)]


def _away(*_: object) -> None:
    raise Error("server closed the connection while it stored zzzz")


@pytest.mark.django_db
class TestForgetting:
    def test_counts_are_erased_after_400_days(self) -> None:
        for ago in (400, 401):
            MissedSearch.objects.add(days_ago(ago), {"key": 1})
        forget_counts(NOW)
        assert MissedSearch.objects.get().day == days_ago(400)

    def test_erasure_is_a_registered_job(self) -> None:
        assert "forget_counts" in [chore.work.__name__ for chore in background.CHORES]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase) -> Iterator[Any]:
    """The stored counts after concurrent flushes; see flush_often.py."""
    with own_database(tmp_path_factory.mktemp("flushes") / "flushes.sqlite3") as database_url:
        yield run_apart("tests.articles.readers.flush_often:main", database_url)


def test_concurrent_flushes_lose_no_count(crowd: Any) -> None:
    assert crowd == {"failed": 0, "missed": {"quux": 80, "quux zzzz": 160, "zzzz": 240}}
