"""One run shows one snapshot: not what is saved, and not what the time changes, while it makes pages."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
import time_machine
from pytest_django import Settings

from articles import library
from articles.addresses import Snapshot, take_snapshot
from clinic_site import watched
from clinic_site.publishing import Outcome, Publisher
from clinic_site.site_files import SiteFiles, open_site
from tests.conftest import MONDAY_MORNING
from tests.content_builders import make_article, make_content
from tests.serving import ROOT

pytestmark = pytest.mark.django_db  # each page is asked of Django, which looks after its connections


@pytest.fixture(autouse=True)
def content(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A look at the files at every question for the library or the clinic."""
    root = make_content(tmp_path, walk=make_article(), rest=make_article(title="Rest"))
    settings.CONTENT_DIR, settings.STATIC_ROOT = root, tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    monkeypatch.setattr(watched, "CHECK_EVERY", -1)
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "published"


@pytest.fixture
def site(folder: Path) -> Path:
    """What readers see of it."""
    return folder / "site"


def publish(folder: Path, snapshot: Snapshot | None = None) -> Outcome:
    """What came of it. Without a snapshot: of the site as it stands on that Monday."""
    with open_site(folder) as files:
        publisher = Publisher(files, lambda done, total: None)
        return publisher.publish(snapshot or take_snapshot(None, MONDAY_MORNING))


def edit(content: Path, **changes: object) -> None:
    (content / "articles" / "walk.md").write_text(make_article(**changes))


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_a_text_that_was_undone_does_not_stay(content: Path, folder: Path, site: Path) -> None:
    snapshot = take_snapshot(None, MONDAY_MORNING)
    edit(content, title="A wrong title")
    publish(folder, snapshot)
    assert [path for path in site.rglob("*.html") if "A wrong title" in path.read_text()] == []
    edit(content)
    assert publish(folder).written == 0


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_the_clinics_facts_are_those_of_the_snapshot(content: Path, folder: Path, site: Path) -> None:
    snapshot = take_snapshot(None, MONDAY_MORNING)
    facts = content / "clinic.yaml"
    facts.write_text(facts.read_text().replace("name: ", "name: Renamed ", 1))
    publish(folder, snapshot)
    assert [path for path in site.rglob("*.html") if "Renamed" in path.read_text()] == []
    publish(folder)
    assert all("Renamed" in path.read_text() for path in site.rglob("*.html"))


@pytest.mark.server
@pytest.mark.server
@pytest.mark.parametrize("many", [1, 200])  # pages, from which on several processes make them
def test_no_process_makes_pages_of_another_text(
    content: Path, folder: Path, site: Path, tmp_path: Path, many: int
) -> None:
    told = {"DEMO": "on", "VAR_FOLDER": str(tmp_path / "var"), "CONTENT_DIR": str(content)}
    environment = os.environ | told | {"DJANGO_SETTINGS_MODULE": "clinic_site.settings"}
    command = [sys.executable, "-m", "tests.clinic_site.late_edit", str(folder), str(content), str(many)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    assert "Walking with a sore back" in (site / "articles/walk/index.html").read_text()
    assert [path for path in site.rglob("*.html") if "A late title" in path.read_text()] == []


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_an_article_that_was_withdrawn_is_gone_though_the_manifest_is_lost(
    content: Path, folder: Path, site: Path
) -> None:
    publish(folder)
    (folder / "manifest.json").write_text("")
    edit(content, status="archived")
    assert publish(folder).removed == 1
    assert list((site / "articles").glob("walk*")) == []


def test_what_the_time_changed_meanwhile_is_made_again_though_it_was_undone(
    content: Path, folder: Path, site: Path
) -> None:
    """The article comes out while pages are made, and is withdrawn before the next run."""
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
def test_a_page_that_must_go_waits_for_no_other_to_be_made(
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
