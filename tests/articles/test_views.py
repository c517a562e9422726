"""The public views."""

import datetime as dt
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import feedparser
import pytest
from django.test import Client
from pytest_django import Settings

from articles.library import load_library
from clinic_site import clinic_yaml
from tests.articles.bad_content import BAD
from tests.content_builders import TESTS_CONTENT, make_article, make_content

PUBLIC = [
    "/", "/articles/", "/articles/walking/", "/topics/movement/", "/topics/sleep/", "/glossary/", "/my-questions/",
    "/my-questions/sheet/?q=walking.0000", "/references/",
    "/search/", "/search/?q=walk", "/search/?q=wlaking", "/search/?q=zzzz", "/search/?q=chronic+pain",
    "/about/", "/privacy/", "/accessibility/", "/how-we-write/", "/offices/", "/feed.xml", "/sitemap.xml", "/nope/",
]  # fmt: skip

IDS = re.compile(r'\bid="([^"]+)"')


def text_of(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def content(settings: Settings, tmp_path: Path, **articles: str) -> Path:
    settings.CONTENT_DIR = make_content(tmp_path, **articles)
    return Path(settings.CONTENT_DIR)


@pytest.mark.parametrize("path", PUBLIC)
def test_no_public_page_sets_a_cookie_or_touches_the_database(client: Client, path: str) -> None:
    """Without the django_db mark, any query fails, as does access to session or user."""
    answer = client.get(path, HTTP_COOKIE="sessionid=anything")
    assert answer.cookies == {}
    assert "Cookie" not in answer.get("Vary", "")


@pytest.mark.parametrize("path", [path for path in PUBLIC if not path.endswith(".xml") and path != "/nope/"])
def test_public_pages_are_read_only(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_an_article_has_all_its_parts_in_order(client: Client) -> None:
    text = text_of(client, "/articles/walking/")
    anatomy = [
        'aria-label="Breadcrumb"', "<h1>Walking with a sore back</h1>", "Adults with a sore back.",
        "A clinician has not yet checked this page.", 'href="tel:911"', "When to get help", "Who gains:", "Key points",
        "On this page", "What a walk may do", "what nobody knows yet", "Common questions",
        "Questions to take to your visit", "Other options", "when not to wait", "Schedule a consultation</a>",
        "Was this page helpful?", 'id="page-sources"', "Who wrote this page",
        "This site is run by Marigold Pain Clinic.", "Last changed", "January 10, 2027", "Printed from",
    ]  # fmt: skip
    position = 0
    for part in anatomy:
        position = text.index(part, position)
    assert 'href="/consultation/?from=walking"' in text
    assert "(727) 555-0142" in text
    assert 'type="application/ld+json"' in text
    assert 'property="og:title"' in text


def test_headings_do_not_take_ids_of_the_page_frame(client: Client, settings: Settings, tmp_path: Path) -> None:
    around = IDS.findall(text_of(client, "/articles/walking/"))
    assert {"main", "page-contents", "page-sources", "source-1", "cite-1"}.issubset(around)
    headings = "".join(f"## {name.replace('-', ' ')}\n\nText.\n\n" for name in around)
    body = f"## Key points\n\n- One.\n\n{headings}Cited [@walking2020].\n"
    content(settings, tmp_path, walk=make_article(body, sources=["walking2020"]), again=make_article())
    found = IDS.findall(text_of(client, "/articles/walk/"))
    assert set(found).issuperset({"main", "page-contents", "page-sources", "source-1", "cite-1"})
    assert len(found) == len(set(found))


def test_related_articles_are_linked(client: Client, settings: Settings, tmp_path: Path) -> None:
    content(settings, tmp_path, walk=make_article(), again=make_article(title="Walking again"))
    assert "Walking again</a>" in text_of(client, "/articles/walk/")


def test_an_old_address_redirects_permanently(client: Client) -> None:
    answer = client.get("/articles/strolling/")
    assert (answer.status_code, answer["Location"]) == (301, "/articles/walking/")


@pytest.mark.parametrize("slug", ["nope", "draft", "early"])
def test_unpublished_articles_are_not_found(client: Client, settings: Settings, tmp_path: Path, slug: str) -> None:
    content(
        settings, tmp_path, draft=make_article(status="draft"), early=make_article(publish_from="2099-01-01 00:00:00")
    )
    text_of(client, f"/articles/{slug}/", status=404)


def test_an_old_address_of_a_draft_is_not_found(client: Client, settings: Settings, tmp_path: Path) -> None:
    content(settings, tmp_path, walk=make_article(status="draft", aliases=["stroll"]))
    text_of(client, "/articles/stroll/", status=404)


def test_every_old_address_redirects_in_one_step(client: Client, settings: Settings, tmp_path: Path) -> None:
    """The article was renamed twice: one redirect, not two."""
    content(settings, tmp_path, walk=make_article(aliases=["first", "second"]))
    answers = [client.get(f"/articles/{slug}/") for slug in ("first", "second")]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(301, "/articles/walk/")}


@pytest.mark.parametrize("slug", ["gone", "old"])
def test_a_withdrawn_article_says_so_under_its_old_addresses(
    client: Client, settings: Settings, tmp_path: Path, slug: str
) -> None:
    content(settings, tmp_path, gone=make_article(status="archived", aliases=["old"]))
    assert "This article was withdrawn" in text_of(client, f"/articles/{slug}/", status=410)


@pytest.mark.parametrize(
    "path", ["/articles/..%2f..%2fetc/", "/articles/walking.md/", "/%00/", "/pages/nope/", "/topics/nope/"]
)
def test_an_odd_address_is_a_plain_404(client: Client, path: str) -> None:
    text_of(client, path, status=404)


def test_long_lists_are_paginated(client: Client, settings: Settings, tmp_path: Path) -> None:
    content(settings, tmp_path, **{f"walk_{n:02}": make_article(title=f"Walk {n:02}") for n in range(21)})
    first, second = text_of(client, "/articles/"), text_of(client, "/articles/?page=2")
    assert ("Walk 19" in first, "Walk 20" in first) == (True, False)
    assert ("Walk 19" in second, "Walk 20" in second) == (False, True)
    assert "Older articles" in first
    assert "Page 2 of 2" in second
    assert "Newer articles" in text_of(client, "/topics/movement/?page=2")


@pytest.mark.parametrize("page", ["0", "2", "x", "-1"])
def test_a_missing_list_page_is_a_404(client: Client, page: str) -> None:
    text_of(client, f"/articles/?page={page}", status=404)


def test_an_empty_library_says_so(client: Client, settings: Settings, tmp_path: Path) -> None:
    content(settings, tmp_path)
    assert "No article is published yet." in text_of(client, "/articles/")
    assert "No article on this topic is published yet." in text_of(client, "/topics/sleep/")
    text_of(client, "/")


def test_the_glossary_explains_every_term_with_its_source(client: Client) -> None:
    text = text_of(client, "/glossary/")
    assert '<div id="chronic-pain">' in text
    assert "Pain that lasts for more than three months." in text
    assert "also: long-term pain" in text
    assert "Source: Walker A 2020" in text


def test_references_list_the_pages_that_cite_them(client: Client) -> None:
    text = text_of(client, "/references/")
    assert "Walker A, Strider B, Rambler C, and others." in text
    assert 'href="https://doi.org/10.1000/walk"' in text
    assert 'href="https://pubmed.ncbi.nlm.nih.gov/123/"' in text
    assert "Entry still to be checked against the original." in text
    assert 'Cited in: <a href="/articles/walking/">Walking with a sore back</a>' in text
    assert text.index("Read for our work") < text.index("Nobody cites this")


def test_with_every_source_cited_there_is_no_second_list(client: Client, settings: Settings, tmp_path: Path) -> None:
    root = content(settings, tmp_path, walk=make_article(sources=["walking2020"]))
    listed = (root / "references.yaml").read_text()
    (root / "references.yaml").write_text(listed[: listed.index("  - key: resting2019")])
    assert "Read for our work" not in text_of(client, "/references/")


def test_search_shows_matches_and_helps_when_there_are_none(client: Client) -> None:
    assert "<mark>walk</mark>" in text_of(client, "/search/?q=walk")
    assert "Showing results for <strong>walking</strong>" in text_of(client, "/search/?q=wlaking")
    assert "Chronic pain, in plain words" in text_of(client, "/search/?q=chronic+pain")
    nothing = text_of(client, "/search/?q=zzzz")
    assert "Nothing found for “zzzz”" in nothing
    assert "Walking with a sore back" in nothing
    assert "(727) 555-0142" in nothing


def test_searches_are_not_cached(client: Client) -> None:
    assert client.get("/search/?q=walk")["Cache-Control"] == "no-store"


def test_crisis_words_show_help_first(client: Client) -> None:
    text = text_of(client, "/search/?q=overdose")
    assert text.index("when not to wait") < text.index("Nothing found")


def test_the_query_is_shown_as_text(client: Client) -> None:
    assert "<script>" not in text_of(client, "/search/?q=<script>alert(1)</script>")


def test_plain_pages_have_short_addresses(client: Client) -> None:
    assert "Marigold Pain Clinic runs this site." in text_of(client, "/about/")
    answer = client.get("/pages/about/")
    assert (answer.status_code, answer["Location"]) == (301, "/about/")


def test_a_page_with_sources_lists_them(client: Client, settings: Settings, tmp_path: Path) -> None:
    root = content(settings, tmp_path)
    text = (root / "pages" / "about.md").read_text()
    (root / "pages" / "about.md").write_text(
        text.replace("updated:", "sources: [helpline]\nupdated:").replace(
            "runs this site", "runs this site [@helpline]"
        )
    )
    assert 'id="source-1"' in text_of(client, "/about/")
    assert "(no date given)" in text_of(client, "/about/")


@pytest.mark.parametrize(("blocks", "shown"), [("", False), ("blocks: [emergency]\n", True)])
def test_a_page_about_health_says_that_nobody_checked_it_and_invites(
    client: Client, settings: Settings, tmp_path: Path, blocks: str, shown: bool
) -> None:
    page = content(settings, tmp_path) / "pages" / "about.md"
    page.write_text(page.read_text().replace("updated:", f"{blocks}updated:"))
    text = text_of(client, "/about/")
    assert ("A clinician has not yet checked this page." in text) == shown
    assert ('id="schedule-heading"' in text) == shown


def test_offices_show_hours_closures_and_access(client: Client) -> None:
    text = text_of(client, "/offices/")
    assert "Port Alder office" in text
    assert "8 a.m. to 5 p.m." in text.replace("\u00a0", " ")
    assert "9 a.m. to noon, 1 p.m. to 5 p.m." in text.replace("\u00a0", " ")
    assert "Step-free access" in text


@pytest.mark.django_db  # of the request form
def test_a_closed_office_shows_no_next_opening(client: Client, settings: Settings, tmp_path: Path) -> None:
    root = content(settings, tmp_path)
    facts = (root / "clinic.yaml").read_text()
    days = "\n".join(f"      - {{date: {day}, reason: Closed}}" for day in every_day())
    (root / "clinic.yaml").write_text(facts.replace("    closures:\n", f"    closures:\n{days}\n", 1))
    office = text_of(client, "/offices/").split('id="port-alder"')[1].split("<address>")[0]
    assert '<span class="closed">Closed now</span>' in office
    assert "opens" not in office
    text_of(client, "/consultation/")


def every_day() -> list[str]:
    today = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=2)
    return [(today + dt.timedelta(days=n)).isoformat() for n in range(400)]


def test_the_feed_is_valid_atom(client: Client) -> None:
    feed = feedparser.parse(client.get("/feed.xml").content)
    assert not feed.bozo
    assert feed.version == "atom10"
    assert (feed.feed.title, feed.feed.link) == ("Marigold Pain Clinic: articles", "http://127.0.0.1:8000/articles/")
    entry = feed.entries[0]
    assert (entry.id, entry.title) == ("http://127.0.0.1:8000/articles/walking/", "Walking with a sore back")
    assert (entry.published, entry.updated) == ("2026-01-10T00:00:00-05:00", "2026-02-01T00:00:00-05:00")
    assert entry.summary


CHANGES = [
    {"on": dt.date(2026, 2, 1), "what": "We added a study."},
    {"on": dt.date(2026, 2, 1), "what": "We said how far.", "unclear": True},
    {"on": dt.date(2026, 1, 20), "what": "An older one."},
]


def test_an_article_and_the_feed_tell_what_changed(client: Client, settings: Settings, tmp_path: Path) -> None:
    content(settings, tmp_path, walk=make_article(changes=CHANGES), rest=make_article(title="Rest"))
    text = text_of(client, "/articles/walk/")
    assert "<dt>What changed</dt><dd>February 1, 2026: We added a study.</dd>" in text
    assert "<dd>Readers found this part unclear; we rewrote it on February 1, 2026: We said how far.</dd>" in text
    assert "What changed" not in text_of(client, "/articles/rest/")
    told = {entry.link: entry.summary for entry in feedparser.parse(client.get("/feed.xml").content).entries}
    assert told["http://127.0.0.1:8000/articles/walk/"] == (
        "What a daily walk may and may not do. What changed on February 1, 2026: We added a study. "
        "What changed on February 1, 2026: We said how far."
    )
    assert told["http://127.0.0.1:8000/articles/rest/"] == "What a daily walk may and may not do."


def test_a_source_names_the_first_pages_that_cite_it_and_counts_the_rest(
    client: Client, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("articles.views.MOST_CITING", 2)
    content(settings, tmp_path, **{f"walk_{n}": make_article(sources=["walking2020"]) for n in range(5)})
    text = text_of(client, "/references/")
    assert "and 3 more</p>" in text
    assert text.count('href="/articles/walk-') == 2


def test_the_sitemap_lists_every_public_page_with_its_last_change(client: Client) -> None:
    root = ET.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 (our own)
    space = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    found = {
        url.findtext("s:loc", "", space).removeprefix("http://127.0.0.1:8000"): url.findtext("s:lastmod", None, space)
        for url in root.iterfind("s:url", space)
    }
    assert found["/articles/walking/"] == "2026-02-01"
    assert found["/about/"] == "2026-01-10"
    assert {"/", "/articles/", "/glossary/", "/references/", "/topics/movement/", "/consultation/"} <= found.keys()


def test_an_empty_site_has_a_sitemap(client: Client, settings: Settings, tmp_path: Path) -> None:
    content(settings, tmp_path)
    assert "<loc>http://127.0.0.1:8000/articles/</loc>" in text_of(client, "/sitemap.xml")


@pytest.mark.parametrize("spoil", BAD, ids=lambda spoil: spoil.__name__)
def test_with_invalid_content_the_whole_site_stays_up(
    client: Client, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Path], None]
) -> None:
    monkeypatch.setattr("clinic_site.content.reloading.CHECK_EVERY", 0)
    root = content(settings, tmp_path, good=make_article(), other=make_article(title="Another walk"))
    text_of(client, "/articles/good/")
    spoil(root / "articles" / "good.md")
    spoil(root / "articles" / "never-good.md")
    assert "<h1>Walking with a sore back</h1>" in text_of(client, "/articles/good/")
    text_of(client, "/articles/never-good/", status=404)
    for path in ("/", "/articles/", "/articles/other/", "/search/?q=walk", "/about/", "/feed.xml", "/sitemap.xml"):
        text_of(client, path)


def test_a_saved_file_shows_on_the_site(client: Client, settings: Settings, tmp_path: Path) -> None:
    root = tmp_path / "content"
    shutil.copytree(TESTS_CONTENT, root)
    settings.CONTENT_DIR = root
    path = root / "articles" / "walking.md"
    path.write_text(path.read_text().replace("Walking with a sore back", "Strolling with a sore back"))
    assert "<h1>Strolling with a sore back</h1>" in text_of(client, "/articles/walking/")
    assert load_library(root).problems == ()
    assert clinic_yaml.get_clinic().name == "Marigold Pain Clinic"
