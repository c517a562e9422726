"""One run publishes one snapshot, whatever is saved or becomes due in the meantime."""

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from pytest_django import Settings

from articles import library
from articles.publication.exporter import ExportOutcome, Publisher
from articles.publication.site_map import Snapshot, take_snapshot
from clinic_site.content import reloading
from clinic_site.delivery.site_folder import SiteFiles, open_site
from tests.conftest import MONDAY_MORNING
from tests.content_builders import make_article, make_content

# Django renders each page and manages its connections.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def content(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A content folder that is checked at every access to library or clinic."""
    root = make_content(tmp_path, walk=make_article(), rest=make_article(title="Rest"))
    settings.CONTENT_DIR, settings.STATIC_ROOT = root, tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    monkeypatch.setattr(reloading, "CHECK_EVERY", -1)
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "published"


@pytest.fixture
def site(folder: Path) -> Path:
    """The folder that readers see."""
    return folder / "site"


def publish(folder: Path, snapshot: Snapshot | None = None) -> ExportOutcome:
    """Publish and return the outcome; the default snapshot is the site on that Monday."""
    with open_site(folder) as files:
        publisher = Publisher(files, lambda done, total: None)
        return publisher.publish(snapshot or take_snapshot(None, MONDAY_MORNING))


def edit(content: Path, **changes: object) -> None:
    (content / "articles" / "walk.md").write_text(make_article(**changes))


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_a_reverted_text_is_not_published(content: Path, folder: Path, site: Path) -> None:
    snapshot = take_snapshot(None, MONDAY_MORNING)
    edit(content, title="A wrong title")
    publish(folder, snapshot)
    assert [path for path in site.rglob("*.html") if "A wrong title" in path.read_text()] == []
    edit(content)
    assert publish(folder).written == 0


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_pages_use_the_clinic_facts_of_the_snapshot(content: Path, folder: Path, site: Path) -> None:
    snapshot = take_snapshot(None, MONDAY_MORNING)
    facts = content / "clinic.yaml"
    facts.write_text(facts.read_text().replace("name: ", "name: Renamed ", 1))
    publish(folder, snapshot)
    assert [path for path in site.rglob("*.html") if "Renamed" in path.read_text()] == []
    publish(folder)
    assert all("Renamed" in path.read_text() for path in site.rglob("*.html"))


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_a_withdrawn_article_is_removed_even_if_the_manifest_is_lost(content: Path, folder: Path, site: Path) -> None:
    publish(folder)
    (folder / "manifest.json").write_text("")
    edit(content, status="archived")
    assert publish(folder).removed == 1
    assert list((site / "articles").glob("walk*")) == []


def test_a_page_changed_by_time_is_rendered_again_even_if_reverted(content: Path, folder: Path, site: Path) -> None:
    """The article becomes public during the run and is withdrawn before the next."""
    edit(content, publish_from="2026-11-23 10:30")
    snapshot = take_snapshot(None, MONDAY_MORNING)
    later = MONDAY_MORNING + dt.timedelta(minutes=31)
    with time_machine.travel(later, tick=False):
        publish(folder, snapshot)
        assert "Walking with a sore back" in (site / "articles/index.html").read_text()
        (content / "articles" / "walk.md").unlink()
        library.refresh()
        publish(folder, take_snapshot(None, later))
    assert "Walking with a sore back" not in (site / "articles/index.html").read_text()


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_a_page_is_removed_before_others_are_rendered(
    content: Path, folder: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, best: bool) -> int:
        assert not (site / "articles/walk/index.html").exists()
        raise OSError("No space left on device")

    publish(folder)
    edit(content, status="archived")
    monkeypatch.setattr(SiteFiles, "put", full)
    with pytest.raises(OSError, match="No space left"):
        publish(folder)
    assert (site / "articles/rest/index.html").exists()
