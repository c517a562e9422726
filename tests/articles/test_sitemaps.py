"""The sitemap of a large site is an index of files."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from articles import sitemaps
from articles.library import get_library
from articles.publication.site_map import Snapshot
from tests.content_builders import make_article, make_content

SITE = "http://127.0.0.1:8000"


@pytest.fixture
def large(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CONTENT_DIR = make_content(tmp_path, **{f"walk_{number}": make_article() for number in range(12)})
    monkeypatch.setattr(sitemaps, "PER_FILE", 10)


def locations(client: Client, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/xml"
    return [place.removeprefix(SITE) for place in re.findall("<loc>(.*?)</loc>", answer.content.decode())]


@pytest.mark.usefixtures("large")
def test_a_large_site_has_a_sitemap_index_with_every_address_once(client: Client) -> None:
    files = locations(client, "/sitemap.xml")
    assert files == ["/sitemap-1.xml", "/sitemap-2.xml", "/sitemap-3.xml"]
    found = [place for file in files for place in locations(client, file)]
    assert {f"/articles/walk-{number}/" for number in range(12)} <= set(found)
    assert {"/", "/articles/", "/consultation/", "/about/", "/topics/movement/"} <= set(found)
    assert len(found) == len(set(found))
    assert "<lastmod>2026-02-01</lastmod>" in client.get("/sitemap.xml").content.decode()


@pytest.mark.usefixtures("large")
def test_sitemap_files_are_published_pages(client: Client) -> None:
    addresses = [path for path in Snapshot(get_library(), timezone.now()).addresses if "sitemap" in path]
    assert addresses == ["/sitemap.xml", *locations(client, "/sitemap.xml")]


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("number", [0, 4])
def test_a_file_after_the_last_is_not_found(client: Client, number: int) -> None:
    assert client.get(f"/sitemap-{number}.xml").status_code == 404


def test_a_small_site_has_one_sitemap_and_no_files(client: Client) -> None:
    assert client.get("/sitemap-1.xml").status_code == 404
