"""Reads and searches are counted by day, and by nothing that leads to a person."""

import datetime as dt
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import Error
from django.test import Client

from articles import counting
from articles.counting import Tally, flush, forget_counts
from articles.models import MissedSearch, PageReads
from clinic_site import housekeeping
from tests.articles.reader_builders import BROWSER, NOW, TODAY, days_ago
from tests.inside import run_apart
from tests.serving import OwnDatabase

ARTICLE = "/articles/walking/"
ROBOTS = [
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0)", "facebookexternalhit/1.1", "WhatsApp/2.23", "curl/8.5.0", "Wget/1.21",
    "python-requests/2.32", "Go-http-client/2.0", "Mozilla/5.0 HeadlessChrome/126.0", "ClaudeBot/1.0", "Baiduspider",
]  # fmt: skip
PEOPLE = [BROWSER, "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 50) Mobile Safari/537.36", "Lynx/2.9"]


@pytest.fixture(autouse=True)
def _nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "reads", Tally())
    monkeypatch.setattr(counting, "misses", Tally())
    monkeypatch.setattr(counting, "_fault", "")


@pytest.fixture
def reader() -> Client:
    return Client(headers={"User-Agent": BROWSER})


def look_for(reader: Client, words: str, times: int = 1) -> None:
    for _ in range(times):
        assert reader.get("/search/", {"q": words}).status_code == 200


def reads() -> dict[tuple[dt.date, str], int]:
    return {(day, path): count for day, path, count in PageReads.objects.values_list("day", "path", "count")}


def missed() -> list[tuple[str, int]]:
    return list(MissedSearch.objects.order_by("term").values_list("term", "count"))


class TestWhatIsCounted:
    """Without the database: a page is shown and counted without it."""

    @pytest.mark.parametrize(
        "path", ["/", "/articles/", ARTICLE, "/topics/movement/", "/glossary/", "/references/", "/about/"]
    )
    def test_a_page_that_a_person_reads(self, reader: Client, path: str) -> None:
        reader.get(path, {"page": "1"})
        assert counting.reads.take() == {path: 1}

    @pytest.mark.parametrize(
        "path", ["/nope/", "/articles/nope/", "/articles/strolling/", "/pages/about/", "/search/?q=walk", "/feed.xml"]
    )
    def test_what_is_no_page_of_ours_is_not(self, reader: Client, path: str) -> None:
        reader.get(path)
        assert counting.reads.take() == {}

    @pytest.mark.parametrize("agent", ROBOTS)
    def test_robots_are_not(self, agent: str) -> None:
        Client(headers={"User-Agent": agent}).get(ARTICLE)
        assert counting.reads.take() == {}

    @pytest.mark.parametrize("agent", PEOPLE)
    def test_people_are_whatever_they_read_with(self, agent: str) -> None:
        Client(headers={"User-Agent": agent}).get(ARTICLE)
        assert counting.reads.take() == {ARTICLE: 1}

    def test_whoever_does_not_say_what_they_are_is_not(self) -> None:
        Client().get(ARTICLE)
        assert counting.reads.take() == {}

    @pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose", "X-Moz"])
    def test_a_page_that_a_browser_fetches_ahead_is_not(self, reader: Client, header: str) -> None:
        reader.get(ARTICLE, headers={header: "prefetch;prerender"})
        assert counting.reads.take() == {}

    def test_asking_for_the_head_alone_is_not(self, reader: Client) -> None:
        reader.head(ARTICLE)
        assert counting.reads.take() == {}

    @pytest.mark.parametrize("path", ["/feed.xml", f"/{'a' * 200}/"])
    def test_what_is_no_page_or_cannot_be_stored_is_not(self, path: str) -> None:
        counting.count_read({"PATH_INFO": path, "REQUEST_METHOD": "GET", "HTTP_USER_AGENT": BROWSER})
        assert counting.reads.take() == {}

    @pytest.mark.parametrize(("typed", "term"), [("Zzzz  QUUX", "zzzz quux"), ("Zzz‐quux’s", "zzz-quux's")])
    def test_a_search_that_found_nothing(self, reader: Client, typed: str, term: str) -> None:
        look_for(reader, typed)
        assert counting.misses.take() == {term: 1}

    @pytest.mark.parametrize(
        "typed",
        [
            "", "walking", "overdose", "zzzz quux 5", "zzzz@quux.example", "zzzz@quux", "zzzz quux zzzz quux zzzz",
            "z" * 61, "zzzz; quux", "zzzz\0quux", "—",
        ],
    )  # fmt: skip
    def test_a_search_that_found_something_or_may_speak_of_a_person_is_not(self, reader: Client, typed: str) -> None:
        look_for(reader, typed)
        assert counting.misses.take() == {}

    def test_the_searches_of_robots_are_not(self) -> None:
        look_for(Client(), "zzzz")
        assert counting.misses.take() == {}

    def test_no_more_waits_than_memory_has_room_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(counting, "MOST", 2)
        for path in ("/a/", "/b/", "/c/", "/a/"):
            counting.reads.add({path: 1})
        assert counting.reads.take() == {"/a/": 2, "/b/": 1}


@pytest.mark.django_db
class TestFlush:
    def test_reads_are_added_to_those_of_the_day(self, reader: Client) -> None:
        for now in (NOW, NOW, NOW + dt.timedelta(days=1)):
            reader.get(ARTICLE)
            reader.get("/")
            flush(now)
        tomorrow = TODAY + dt.timedelta(days=1)
        assert reads() == {(TODAY, ARTICLE): 2, (TODAY, "/"): 2, (tomorrow, ARTICLE): 1, (tomorrow, "/"): 1}

    def test_the_day_is_the_clinics(self, reader: Client) -> None:
        reader.get(ARTICLE)
        flush(dt.datetime(2026, 11, 24, 4, 59, tzinfo=dt.UTC))
        assert list(reads()) == [(TODAY, ARTICLE)]

    def test_with_nothing_counted_the_database_is_left_alone(self, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(0):
            flush(NOW)

    def test_words_that_were_typed_once_or_twice_cannot_be_read(self, reader: Client) -> None:
        look_for(reader, "zzzz", times=2)
        flush(NOW)
        [row] = MissedSearch.objects.all()
        assert (row.term, row.count) == ("", 2)
        assert "zzzz" not in row.key
        assert str(row) == "a rare term, 2026-11-23"

    def test_words_that_were_typed_three_times_are_kept_on_whatever_days(self, reader: Client) -> None:
        for day in range(3):
            look_for(reader, "Zzzz")
            look_for(reader, "quux", times=day % 2)
            flush(NOW + dt.timedelta(days=day))
        assert missed() == [("", 1), ("zzzz", 1), ("zzzz", 1), ("zzzz", 1)]
        assert str(MissedSearch.objects.get(term="zzzz", day=TODAY)) == "zzzz, 2026-11-23"

    def test_the_digest_of_the_same_words_needs_the_sites_key(self, reader: Client, settings: Any) -> None:
        look_for(reader, "zzzz")
        flush(NOW)
        settings.SECRET_KEY = "another"
        look_for(reader, "zzzz")
        flush(NOW)
        assert MissedSearch.objects.values("key").distinct().count() == 2

    def test_what_could_not_be_stored_is_kept_and_the_fault_told_once_by_its_kind(
        self, reader: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        reader.get(ARTICLE)
        look_for(reader, "zzzz")
        with monkeypatch.context() as broken:
            broken.setattr("articles.querysets.MissedSearchQuerySet.show", _away)
            flush(NOW)
            flush(NOW)
        assert reads() == {}
        assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
            "Reads and searches could not be stored (Error). They wait in memory."
        ]
        flush(NOW)
        assert (reads(), missed()) == ({(TODAY, ARTICLE): 1}, [("", 1)])

    def test_a_row_says_what_it_counts(self) -> None:
        assert str(PageReads(day=TODAY, path="/", count=1)) == "/, 2026-11-23"


@pytest.mark.django_db
def test_a_flood_of_searches_does_not_fill_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MOST_A_DAY", 2)
    for words in (["one"], ["two", "three", "four"], ["one", "five"], ["one"]):
        counting.misses.add(dict.fromkeys(words, 1))
        flush(NOW)
    assert missed() == [("", 1), ("one", 3)]


def _away(*_: object) -> None:
    raise Error("server closed the connection while it stored zzzz")


@pytest.mark.django_db
class TestForgetting:
    def test_counts_go_after_400_days(self) -> None:
        for ago in (400, 401):
            PageReads.objects.add(days_ago(ago), {"/": 1})
            MissedSearch.objects.add(days_ago(ago), {"key": 1})
        forget_counts(NOW)
        assert list(reads()) == [(days_ago(400), "/")]
        assert MissedSearch.objects.get().day == days_ago(400)

    def test_the_house_does_it_by_itself(self) -> None:
        assert "forget_counts" in [chore.work.__name__ for chore in housekeeping.CHORES]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase) -> Iterator[Any]:
    """What is stored after eight processes' worth of flushes at once; see many_flushes.py."""
    with own_database(tmp_path_factory.mktemp("flushes") / "flushes.sqlite3") as database_url:
        yield run_apart("tests.articles.many_flushes:main", database_url)


def test_of_many_flushes_at_once_none_is_lost(crowd: Any) -> None:
    assert crowd == {"failed": 0, "reads": {"/": 80, "/about/": 160, ARTICLE: 240}, "missed": {"quux": 80, "zzzz": 80}}
