"""Which page is another after a change, and when a page changes by itself."""

import datetime as dt
from pathlib import Path

import pytest
from pytest_django import Settings

from articles import addresses
from articles.addresses import Snapshot, take_snapshot
from articles.library import load_library
from tests.conftest import CLINIC_TIME
from tests.content_builders import make_article, make_content

SUNDAY = dt.datetime(2026, 11, 22, 12, 0, tzinfo=CLINIC_TIME)
EARLY = dt.datetime(2026, 11, 23, 1, 0, tzinfo=CLINIC_TIME)
LISTS = {"/", "/articles/", "/topics/movement/", "/references/", "/feed.xml", "/sitemap.xml"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_content(
        tmp_path,
        walk=make_article(topics=["movement"], sources=["walking2020"]),
        near=make_article(topics=["movement"]),
        cites=make_article(topics=["sleep"], sources=["walking2020"]),
        far=make_article(topics=["sleep"]),
    )


def at(moment: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(moment, CLINIC_TIME)


def stale(root: Path, change: str, now: dt.datetime = SUNDAY) -> set[str]:
    """What is stale once walk.md reads `change`."""
    library = load_library(root)
    before = Snapshot(library, now)
    (root / "articles" / "walk.md").write_text(change)
    return set(Snapshot(load_library(root, library), now).stale_since(before))


def test_another_text_makes_the_page_and_the_lists_that_show_it_stale(root: Path) -> None:
    change = make_article(topics=["movement"], sources=["walking2020"], body="Another text.\n")
    assert stale(root, change) == {"/articles/walk/", "/", "/articles/", "/topics/movement/", "/feed.xml"}


def test_another_title_also_makes_the_pages_stale_that_may_lead_to_it(root: Path) -> None:
    change = make_article(title="New", topics=["movement"], sources=["walking2020"])
    near = {"/articles/walk/", "/articles/near/", "/articles/cites/"}
    assert stale(root, change) == (LISTS - {"/sitemap.xml"}) | near


def test_an_article_that_leaves_makes_every_list_and_all_near_it_stale(root: Path) -> None:
    assert stale(root, make_article(status="draft")) == LISTS | {"/articles/near/", "/articles/cites/"}


def test_another_address_makes_the_sources_stale_that_lead_to_it(root: Path) -> None:
    """Its title, its sources and its place in the order are as they were."""
    library = load_library(root)
    before = Snapshot(library, SUNDAY)
    (root / "articles" / "walk.md").rename(root / "articles" / "walks.md")
    after = Snapshot(load_library(root, library), SUNDAY)
    assert {"/references/", "/articles/walks/"} <= set(after.stale_since(before))


def test_after_many_changes_every_article_is_looked_at_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "MANY", 0)
    assert "/articles/far/" in stale(root, make_article(title="New"))


def test_a_shared_file_makes_everything_stale(root: Path) -> None:
    before = Snapshot(load_library(root), SUNDAY)
    (root / "blocks" / "emergency.md").write_text("Another passage.\n")
    after = Snapshot(load_library(root, before.library), SUNDAY)
    assert after.stale_since(before) == list(after.addresses)


def test_nothing_is_stale_where_nothing_changed(root: Path) -> None:
    before = Snapshot(load_library(root), SUNDAY)
    assert Snapshot(load_library(root, before.library), SUNDAY).stale_since(before) == []


@pytest.mark.parametrize(
    ("overrides", "now", "expected"),
    [
        ({}, SUNDAY, "2026-11-23 00:00"),  # a day begins: checks fall due, dates are counted from it
        ({}, EARLY, "2026-11-23 08:00"),  # an office opens
        ({}, EARLY.replace(hour=14), "2026-11-23 17:00"),  # and closes
        ({"publish_from": "2026-11-23 06:30:00"}, EARLY, "2026-11-23 06:30"),
        ({"publish_until": "2026-11-23 06:30:00"}, EARLY, "2026-11-23 06:30"),
        ({"publish_until": "2026-11-23 00:30:00"}, EARLY, "2026-11-23 08:00"),
        ({"publish_from": "2026-11-25 06:30:00"}, SUNDAY, "2026-11-23 00:00"),
    ],
)
def test_pages_change_by_themselves_at_the_minute(
    root: Path, overrides: dict[str, object], now: dt.datetime, expected: str
) -> None:
    (root / "articles" / "walk.md").write_text(make_article(**overrides))
    until = at(Snapshot(load_library(root), now).until)
    assert f"{until:%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize(("day", "offered"), [("2027-01-05", False), ("2027-01-04", True)])
def test_the_lists_of_a_library_change_when_an_article_is_long_overdue(root: Path, day: str, offered: bool) -> None:
    (root / "articles" / "walk.md").write_text(make_article(review_due="2026-11-28"))
    library = load_library(root)
    midnight = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), CLINIC_TIME)
    before, after = library.listing(midnight - dt.timedelta(minutes=1)), library.listing(midnight)
    assert after is not before
    assert before.ends == midnight
    assert ("walk" in before.by_slug, "walk" in after.by_slug) == (True, offered)
    assert library.listing(midnight + dt.timedelta(hours=1)) is after


def test_a_look_gives_the_snapshot_it_was_given_while_it_holds(root: Path, settings: Settings) -> None:
    settings.CONTENT_DIR = root
    first = take_snapshot(None, SUNDAY)
    assert take_snapshot(first, SUNDAY + dt.timedelta(hours=1)) is first
    later = take_snapshot(first, at(first.until))
    assert later is not first
    assert later.library is first.library
    (root / "articles" / "far.md").unlink()
    assert "/articles/far/" not in take_snapshot(later, later.now).addresses
