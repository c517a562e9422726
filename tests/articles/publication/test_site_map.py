"""Which pages become stale by a change or by time."""

import datetime as dt
from pathlib import Path

import pytest
from pytest_django import Settings

from articles.library import load_library
from articles.publication.site_map import Snapshot, take_snapshot
from tests.conftest import CLINIC_TIME
from tests.content_builders import make_article, make_content

SUNDAY = dt.datetime(2026, 11, 22, 12, 0, tzinfo=CLINIC_TIME)
EARLY = dt.datetime(2026, 11, 23, 1, 0, tzinfo=CLINIC_TIME)
LISTS = {"/", "/articles/", "/topics/movement/", "/my-questions/", "/references/", "/feed.xml", "/sitemap.xml"}


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


def stale(root: Path, change: str) -> set[str]:
    """Return the stale addresses after walk.md is changed to `change`."""
    before = Snapshot(load_library(root), SUNDAY)
    (root / "articles" / "walk.md").write_text(change)
    return other_pages(before, Snapshot(load_library(root, before.library), SUNDAY))


def other_pages(before: Snapshot, after: Snapshot) -> set[str]:
    """Return the addresses whose fingerprint differs."""
    return {
        address
        for address in after.addresses
        if address not in before.addresses or after.fingerprint(address) != before.fingerprint(address)
    }


def test_a_new_text_makes_its_page_and_lists_stale(root: Path) -> None:
    change = make_article(topics=["movement"], sources=["walking2020"], body="Another text.\n")
    lists = {"/", "/articles/", "/topics/movement/", "/my-questions/", "/feed.xml"}
    assert stale(root, change) == {"/articles/walk/", *lists}


def test_a_new_title_also_makes_pages_that_may_link_to_it_stale(root: Path) -> None:
    change = make_article(title="New", topics=["movement"], sources=["walking2020"])
    near = {"/articles/walk/", "/articles/near/", "/articles/cites/"}
    assert stale(root, change) == (LISTS - {"/sitemap.xml"}) | near


def test_a_removed_article_makes_lists_and_related_pages_stale(root: Path) -> None:
    assert stale(root, make_article(status="draft")) == LISTS | {"/articles/near/", "/articles/cites/"}


def test_a_new_address_makes_its_sources_stale(root: Path) -> None:
    """Title, sources and position in lists are unchanged."""
    library = load_library(root)
    before = Snapshot(library, SUNDAY)
    (root / "articles" / "walk.md").rename(root / "articles" / "walks.md")
    after = Snapshot(load_library(root, library), SUNDAY)
    assert {"/references/", "/articles/walks/"} <= other_pages(before, after)


def test_new_topics_make_formerly_and_newly_related_pages_stale(root: Path) -> None:
    near = {"/articles/near/", "/articles/cites/", "/articles/far/"}
    assert near <= stale(root, make_article(topics=["sleep"]))


def test_news_about_a_source_makes_citing_pages_stale(root: Path) -> None:
    before = Snapshot(load_library(root), SUNDAY)
    event = "event: New trial, date: 2026-11-20, sources: [walking2020], cleared: false"
    (root / "watch.yaml").write_text(f"events: [{{{event}}}]\n")
    after = Snapshot(load_library(root, before.library), SUNDAY)
    assert {"/articles/walk/", "/articles/cites/"} <= other_pages(before, after) < set(after.addresses)


def test_a_shared_file_makes_everything_stale(root: Path) -> None:
    before = Snapshot(load_library(root), SUNDAY)
    (root / "blocks" / "emergency.md").write_text("Another passage.\n")
    after = Snapshot(load_library(root, before.library), SUNDAY)
    assert other_pages(before, after) == set(after.addresses)


def test_nothing_is_stale_where_nothing_changed(root: Path) -> None:
    before = Snapshot(load_library(root), SUNDAY)
    assert other_pages(before, Snapshot(load_library(root, before.library), SUNDAY)) == set()
    assert other_pages(before, Snapshot(load_library(root), SUNDAY)) == set()


def test_an_office_that_opens_makes_everything_stale(root: Path) -> None:
    before = Snapshot(load_library(root), EARLY)
    assert other_pages(before, Snapshot(before.library, EARLY.replace(hour=8))) == set(before.addresses)


@pytest.mark.parametrize(
    ("overrides", "now", "expected"),
    [
        ({}, SUNDAY, "2026-11-23 00:00"),  # a new day: checks become due
        ({}, EARLY, "2026-11-23 08:00"),  # an office opens
        ({}, EARLY.replace(hour=14), "2026-11-23 17:00"),  # an office closes
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


def test_a_valid_snapshot_is_reused(root: Path, settings: Settings) -> None:
    settings.CONTENT_DIR = root
    first = take_snapshot(None, SUNDAY)
    assert take_snapshot(first, SUNDAY + dt.timedelta(hours=1)) is first
    later = take_snapshot(first, at(first.until))
    assert later is not first
    assert later.library is first.library
    (root / "articles" / "far.md").unlink()
    assert "/articles/far/" not in take_snapshot(later, later.now).addresses
