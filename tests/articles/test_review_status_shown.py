"""The review status shown to readers: on the page, on cards, and in lists."""

import re
from pathlib import Path

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from tests.articles.test_views import content, text_of
from tests.content_builders import make_article, make_signed


def test_a_checked_article_names_its_reviewer(client: Client, settings: Settings, tmp_path: Path) -> None:
    content(settings, tmp_path, walk=make_article(), again=make_article())
    make_signed(Path(settings.CONTENT_DIR), "walk")
    text = text_of(client, "/articles/walk/")
    assert "Checked by R. Name, MD (licensed in FL), on February 1, 2026." in text
    assert "<dd>R. Name, MD (licensed in FL), on February 1, 2026</dd>" in text
    assert "not yet checked" not in text
    assert '"reviewedBy"' in text
    assert "checked by a clinician" in card(client, "walk")
    assert "not yet checked by a clinician" in card(client, "again")


def card(client: Client, slug: str) -> str:
    """Return the card of one article in the list."""
    return next(item for item in text_of(client, "/articles/").split("<li ") if f'"/articles/{slug}/"' in item)


def test_with_news_about_a_source_no_page_calls_the_article_checked(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    root = content(settings, tmp_path, walk=make_article("It helps [@walking2020].\n", sources=["walking2020"]))
    make_signed(root, "walk")
    (root / "watch.yaml").write_text(
        "events:\n  - {event: A new trial, date: 2026-11-20, sources: [walking2020], cleared: false}\n"
    )
    with time_machine.travel("2026-11-23 15:00 +0000"):
        text, listing = text_of(client, "/articles/walk/"), card(client, "walk")
    assert "New information about a source of this page came out on November 20, 2026." in text
    assert "A clinician has not yet checked the page against it." in text
    assert "<dd>No clinician since new information came out</dd>" in text
    assert "not yet checked against new information" in listing
    assert not re.search("Checked by R. Name|A clinician has not yet checked this page|reviewedBy", text)


def test_an_unchecked_article_with_news_says_so(client: Client, settings: Settings, tmp_path: Path) -> None:
    root = content(settings, tmp_path, walk=make_article("It helps [@walking2020].\n", sources=["walking2020"]))
    (root / "watch.yaml").write_text(
        "events:\n  - {event: A new trial, date: 2026-01-20, sources: [walking2020], cleared: false}\n"
    )
    text = text_of(client, "/articles/walk/")
    assert "A clinician has not yet checked this page." in text
    assert "came out on January 20, 2026." in text
    assert "<dd>No clinician yet</dd>" in text


OFFERED_ON = ["/", "/articles/", "/topics/movement/", "/search/?q=stroll", "/references/", "/articles/other/"]
OFFERED_ON += ["/feed.xml", "/sitemap.xml"]


@pytest.mark.parametrize(
    ("day", "warned", "offered"),
    [("2026-12-01", False, True), ("2026-12-08", False, True), ("2026-12-09", True, True), ("2027-01-08", True, False)],
)
def test_an_overdue_article_warns_readers_after_a_week_and_is_unlisted_a_month_later(
    client: Client, settings: Settings, tmp_path: Path, day: str, warned: bool, offered: bool
) -> None:
    late = make_article("Stroll [@walking2020].\n", title="A stroll", sources=["walking2020"], review_due="2026-12-01")
    content(settings, tmp_path, late=late, other=make_article(review_due="2027-12-01"))
    with time_machine.travel(f"{day} 15:00 +0000"):
        text, listing = text_of(client, "/articles/late/"), text_of(client, "/articles/")
        pages = {path: text_of(client, path) for path in OFFERED_ON}
    assert ("This page is due for a check." in text) is warned
    assert ("· due for a check" in listing) is (warned and offered)
    assert {path for path, page in pages.items() if "/articles/late/" in page} == ({*OFFERED_ON} if offered else set())
    assert ('<meta name="robots" content="noindex">' in text) is not offered
