"""`manage.py publish`: the public site as files, of which only changed ones are rendered again."""

import datetime as dt
import gzip
import json
from io import StringIO
from pathlib import Path

import brotli
import pytest
import time_machine
from django.core.management import CommandError, call_command
from pytest_django import Settings

from articles import library
from articles.management.commands import publish
from articles.publication import exporter
from articles.publication.site_map import take_snapshot
from clinic_site import clinic_yaml
from clinic_site.delivery.internal_request import Application, InternalResponse, get_page
from clinic_site.delivery.site_folder import SiteFiles
from clinic_site.monitoring.heartbeats import last_beat
from tests.conftest import MONDAY_MORNING
from tests.content_builders import make_article, make_content

# Django renders each page and manages its connections.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WALK = "/articles/walk/"
PICTURE = "walking-path.3f2a9c01d4e5.960x640.webp"
STYLE = "site.0123456789ab.css"


@pytest.fixture
def content(tmp_path: Path, settings: Settings) -> Path:
    root = make_content(tmp_path, walk=make_article(), rest=make_article(title="Rest", topics=["sleep"]))
    settings.CONTENT_DIR = root
    return root


@pytest.fixture(autouse=True)
def _at_ten(content: Path, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Use a temporary folder of static files, and stop the monotonic clock."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    (settings.STATIC_ROOT / STYLE).write_text("p {}")
    (settings.STATIC_ROOT / "site.css").write_text("p {}")
    monkeypatch.setattr(publish, "collect_static", lambda: None)
    monkeypatch.setattr(f"{publish.__name__}.time.monotonic", lambda: 0.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "published"


def published(folder: Path, *, watch: bool = False) -> str:
    """Publish and return the output."""
    output = StringIO()
    call_command("publish", str(folder), watch=watch, stdout=output, stderr=output)
    return output.getvalue()


def digests(moment: dt.datetime = MONDAY_MORNING) -> dict[str, str]:
    """Map addresses to the fingerprint of their page."""
    with time_machine.travel(moment, tick=False):
        snapshot = take_snapshot(None, moment)
        return {address: snapshot.fingerprint(address) for address in snapshot.addresses}


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {address for address in after if after[address] != before.get(address)}


def edit(content: Path, slug: str, **changes: object) -> None:
    (content / "articles" / f"{slug}.md").write_text(make_article(**changes))
    library.refresh()


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_every_page_and_its_assets_are_written(folder: Path, content: Path) -> None:
    (content / "pictures").mkdir()
    (content / "pictures" / PICTURE).write_bytes(b"a picture")
    (content / "pictures" / "stranger.txt").write_bytes(b"not a picture")
    output = published(folder)
    assert "content/pictures/stranger.txt:1:" in output
    manifest = json.loads((folder / "manifest.json").read_text())
    assert f"Pages: {len(manifest)} written, 0 unchanged, 0 removed (0.0 s).\n" in output
    snapshot = take_snapshot(None, MONDAY_MORNING)
    instead = {"/404.html", "/not-taken.html", "/app-is-down.html", "/page-is-down.html"}
    assert manifest.keys() == {*snapshot.addresses, *instead}
    site = folder / "site"
    for entry in manifest.values():
        body = (site / entry["file"]).read_bytes()
        assert gzip.decompress((site / f"{entry['file']}.gz").read_bytes()) == body
        assert brotli.decompress((site / f"{entry['file']}.br").read_bytes()) == body
    assert "There is no page here" in (site / "404.html").read_text()
    assert "You can’t send a request right now: call us" in (site / "app-is-down.html").read_text()
    assert "This page can’t be shown right now" in (site / "page-is-down.html").read_text()
    assert "This was not taken as your browser sent it" in (site / "not-taken.html").read_text()
    assert all("(727) 555-0142" in (site / address[1:]).read_text() for address in instead)
    assert [path.name for path in (site / "pictures").iterdir()] == [PICTURE]
    assert [path.name for path in (site / "static").iterdir()] == [STYLE]


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_unchanged_pages_are_not_rendered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published(folder)
    monkeypatch.setattr(exporter, "get_page", lambda *args: pytest.fail("a page was made"))
    assert "Pages: 0 written, " in published(folder)


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_an_edited_and_a_removed_page_are_published(folder: Path, content: Path) -> None:
    published(folder)
    edit(content, "walk", body="## A walk\n\nIt helps few.\n")
    (content / "articles" / "rest.md").unlink()
    output = published(folder)
    assert ", 1 removed" in output
    assert "It helps few." in (folder / "site/articles/walk/index.html").read_text()
    assert not (folder / "site/articles/rest").exists()


def test_the_opening_state_of_the_offices_is_written_when_it_changes(folder: Path) -> None:
    texts = []
    for moment in (MONDAY_MORNING, MONDAY_MORNING.replace(hour=23)):
        with time_machine.travel(moment, tick=False):
            published(folder)
        texts.append((folder / "site/index.html").read_text())
    assert texts[0] != texts[1]


def test_the_clinics_facts_change_every_page(content: Path) -> None:
    before = digests()
    facts = content / "clinic.yaml"
    facts.write_text(facts.read_text().replace("name: ", "name: New ", 1))
    library._watched.cache_clear()
    clinic_yaml._watched.cache_clear()
    assert changed(before, digests()) == before.keys()


def test_a_check_that_becomes_due_changes_the_page() -> None:
    before = digests(dt.datetime(2027, 1, 25, 9, tzinfo=MONDAY_MORNING.tzinfo))
    assert WALK in changed(before, digests(dt.datetime(2027, 3, 1, 9, tzinfo=MONDAY_MORNING.tzinfo)))


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_a_renamed_static_file_changes_every_page(folder: Path, settings: Settings) -> None:
    published(folder)
    before = made_from(folder)
    (Path(settings.STATIC_ROOT) / "staticfiles.json").write_text('{"paths": {}}')
    published(folder)
    assert changed(before, made_from(folder)) == before.keys()


def made_from(folder: Path) -> dict[str, str]:
    """Map addresses to the fingerprint in the manifest."""
    entries = json.loads((folder / "manifest.json").read_text())
    return {address: entry["made_from"] for address, entry in entries.items()}


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_a_page_that_cannot_be_rendered_stays_and_is_reported(
    folder: Path, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(folder)
    edit(content, "walk", body="## A walk\n\nIt helps few.\n")

    def broken(django: Application, key: str, host: str, secure: bool) -> InternalResponse:
        failed = InternalResponse("500 Internal Server Error", [], b"")
        return failed if key == WALK else get_page(django, key, host, secure)

    monkeypatch.setattr(exporter, "get_page", broken)
    output = StringIO()
    with pytest.raises(CommandError, match="stay as they were"):
        call_command("publish", str(folder), stdout=output, stderr=output)
    assert f"{WALK} could not be made (500 Internal Server Error)." in output.getvalue()
    assert "It may help a little." in (folder / "site/articles/walk/index.html").read_text()


def test_an_unwritable_folder_is_reported_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match=r"The site cannot be published: .*Not a directory"):
        published(tmp_path / "file" / "x")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_progress_is_shown_on_a_terminal(folder: Path) -> None:
    output = Terminal()
    call_command("publish", str(folder), stdout=output)
    total = len(json.loads((folder / "manifest.json").read_text()))
    assert f"\r1 of {total} pages" in output.getvalue()
    assert f"\r{total} of {total} pages\n" in output.getvalue()


class Waits:
    """Replaces time.sleep: runs one step per call, then raises KeyboardInterrupt."""

    def __init__(self, *things: object) -> None:
        self.things = list(things)
        self.waited: list[int] = []

    def __call__(self, seconds: int) -> None:
        self.waited.append(seconds)
        if not self.things:
            raise KeyboardInterrupt
        thing = self.things.pop(0)
        if callable(thing):
            thing()


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_watching_writes_changes(folder: Path, content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = Waits(None, lambda: edit(content, "walk", body="## A walk\n\nIt helps few.\n"))
    monkeypatch.setattr(f"{publish.__name__}.time.sleep", waits)
    output = published(folder, watch=True)
    assert output.count("Pages: ") == 2
    assert output.endswith("\nStopped.\n")
    assert waits.waited == [publish.LOOK_EVERY] * 3
    assert "It helps few." in (folder / "site/articles/walk/index.html").read_text()
    assert last_beat("publisher") == (folder / "manifest.json").stat().st_mtime


def test_a_single_run_leaves_no_sign_of_life(folder: Path) -> None:
    published(folder)
    assert last_beat("publisher") is None


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_a_full_disk_is_reported_and_retried(folder: Path, content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill() -> None:
        edit(content, "walk", body="## A walk\n\nIt helps few.\n")
        patched.setattr(SiteFiles, "put", full)

    def full(*args: object, **options: object) -> int:
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        waits = Waits(fill, patched.undo, *[None] * (publish.TRY_AGAIN_AFTER - 1))
        monkeypatch.setattr(f"{publish.__name__}.time.sleep", waits)
        output = published(folder, watch=True)
    assert "No space left on device. It is tried again in 30 seconds." in output
    assert output.count("Pages: ") == 2
    assert "It helps few." in (folder / "site/articles/walk/index.html").read_text()
