"""`manage.py publish`: the whole public site as files, and only what changed is made again."""

import datetime as dt
import gzip
import json
import os
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path

import brotli
import pytest
import time_machine
from django.core.management import CommandError, call_command
from pytest_django import Settings

from articles import library
from articles.addresses import take_snapshot
from clinic_site import clinic_file, publishing
from clinic_site.asked import Answer, ask
from clinic_site.fingerprints import Fingerprints, code_digest
from clinic_site.heartbeats import last_beat
from clinic_site.management.commands import publish
from clinic_site.site_files import SiteFiles
from tests.conftest import MONDAY_MORNING
from tests.content_builders import make_article, make_content
from tests.serving import ROOT, WarmStart
from tests.soak import SOAK

pytestmark = pytest.mark.django_db  # each page is asked of Django, which looks after its connections
WALK = "/articles/walk/"
REST = "/articles/rest/"
PICTURE = "walking-path.3f2a9c01d4e5.960x640.webp"
STYLE = "site.0123456789ab.css"


@pytest.fixture
def content(tmp_path: Path, settings: Settings) -> Path:
    root = make_content(tmp_path, walk=make_article(), rest=make_article(title="Rest", topics=["sleep"]))
    settings.CONTENT_DIR = root
    return root


@pytest.fixture(autouse=True)
def _at_ten(content: Path, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Static files of a folder of its own."""
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
    """What it said."""
    told = StringIO()
    call_command("publish", str(folder), watch=watch, stdout=told, stderr=told)
    return told.getvalue()


def digests(moment: dt.datetime = MONDAY_MORNING) -> dict[str, str]:
    """Address -> what its page is made from."""
    with time_machine.travel(moment, tick=False):
        snapshot = take_snapshot(None, moment)
        fingerprints = Fingerprints(snapshot, code_digest())
        return {address: fingerprints.of(address) for address in snapshot.addresses}


def changed(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {address for address in after if after[address] != before.get(address)}


def edit(content: Path, slug: str, **changes: object) -> None:
    (content / "articles" / f"{slug}.md").write_text(make_article(**changes))
    library.refresh()


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_writes_every_page_and_what_it_loads(folder: Path, content: Path) -> None:
    (content / "pictures").mkdir()
    (content / "pictures" / PICTURE).write_bytes(b"a picture")
    (content / "pictures" / "stranger.txt").write_bytes(b"not a picture")
    told = published(folder)
    assert "content/pictures/stranger.txt:1:" in told
    manifest = json.loads((folder / "manifest.json").read_text())
    assert f"Pages: {len(manifest)} written, 0 unchanged, 0 removed (0.0 s).\n" in told
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
def test_what_did_not_change_is_not_even_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published(folder)
    monkeypatch.setattr(publishing, "ask", lambda *args: pytest.fail("a page was made"))
    assert "Pages: 0 written, " in published(folder)


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_an_edit_and_a_page_that_is_gone(folder: Path, content: Path) -> None:
    published(folder)
    edit(content, "walk", body="## A walk\n\nIt helps few.\n")
    (content / "articles" / "rest.md").unlink()
    told = published(folder)
    assert ", 1 removed" in told
    assert "It helps few." in (folder / "site/articles/walk/index.html").read_text()
    assert not (folder / "site/articles/rest").exists()


def test_the_state_of_the_offices_is_written_when_it_changes(folder: Path) -> None:
    texts = []
    for moment in (MONDAY_MORNING, MONDAY_MORNING.replace(hour=23)):
        with time_machine.travel(moment, tick=False):
            published(folder)
        texts.append((folder / "site/index.html").read_text())
    assert texts[0] != texts[1]


@pytest.mark.server
def test_a_page_is_made_from_the_same_in_every_process(content: Path) -> None:
    """Sets and dictionaries have another order there."""
    code = (
        "import django; django.setup()\n"
        "from tests.clinic_site.test_publish import digests\n"
        "print(sorted(digests().items()))"
    )
    told = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        command = [sys.executable, "-W", "ignore", "-c", code]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        told.add(done.stdout)
    assert len(told) == 1


def test_an_edit_of_a_text_changes_that_page_and_no_other_article(content: Path) -> None:
    before = digests()
    edit(content, "walk", body="## A walk\n\nIt helps few.\n")
    now = changed(before, digests())
    assert WALK in now
    assert REST in before.keys() - now
    assert "/glossary/" not in now


def test_a_new_title_changes_the_pages_that_may_name_it(content: Path) -> None:
    edit(content, "rest", title="Rest")  # then both have a topic in common
    before = digests()
    edit(content, "walk", title="Another title")
    assert {WALK, REST, "/articles/"} <= changed(before, digests())


def test_the_clinics_facts_change_every_page(content: Path) -> None:
    before = digests()
    facts = content / "clinic.yaml"
    facts.write_text(facts.read_text().replace("name: ", "name: New ", 1))
    library._watched.cache_clear()
    clinic_file._watched.cache_clear()
    assert changed(before, digests()) == before.keys()


def test_a_check_that_becomes_due_changes_the_page() -> None:
    before = digests(dt.datetime(2027, 1, 25, 9, tzinfo=MONDAY_MORNING.tzinfo))
    assert WALK in changed(before, digests(dt.datetime(2027, 3, 1, 9, tzinfo=MONDAY_MORNING.tzinfo)))


def test_another_name_of_a_static_file_changes_every_page(settings: Settings) -> None:
    before = digests()
    (Path(settings.STATIC_ROOT) / "staticfiles.json").write_text("{}")
    assert changed(before, digests()) == before.keys()


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_a_page_that_cannot_be_made_stays_and_is_told(
    folder: Path, content: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(folder)
    edit(content, "walk", body="## A walk\n\nIt helps few.\n")

    def broken(django: object, key: str, host: str, secure: bool) -> Answer:
        return Answer("500 Internal Server Error", [], b"") if key == WALK else ask(django, key, host, secure)  # type: ignore[arg-type]

    monkeypatch.setattr(publishing, "ask", broken)
    told = StringIO()
    with pytest.raises(CommandError, match="stay as they were"):
        call_command("publish", str(folder), stdout=told, stderr=told)
    assert f"{WALK} could not be made (500 Internal Server Error)." in told.getvalue()
    assert "It may help a little." in (folder / "site/articles/walk/index.html").read_text()


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match=r"The site cannot be published: .*Not a directory"):
        published(tmp_path / "file" / "x")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_a_terminal_sees_how_far_it_is(folder: Path) -> None:
    told = Terminal()
    call_command("publish", str(folder), stdout=told)
    total = len(json.loads((folder / "manifest.json").read_text()))
    assert f"\r1 of {total} pages" in told.getvalue()
    assert f"\r{total} of {total} pages\n" in told.getvalue()


class Waits:
    """In place of time.sleep: does one thing in each wait, then Ctrl-C."""

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
def test_it_watches_and_writes_what_changes(folder: Path, content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = Waits(None, lambda: edit(content, "walk", body="## A walk\n\nIt helps few.\n"))
    monkeypatch.setattr(f"{publish.__name__}.time.sleep", waits)
    told = published(folder, watch=True)
    assert told.count("Pages: ") == 2
    assert told.endswith("\nStopped.\n")
    assert waits.waited == [publish.LOOK_EVERY] * 3
    assert "It helps few." in (folder / "site/articles/walk/index.html").read_text()
    assert last_beat("publisher") == (folder / "manifest.json").stat().st_mtime


def test_one_run_gives_no_sign_of_life_that_would_be_missed_later(folder: Path) -> None:
    published(folder)
    assert last_beat("publisher") is None


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_a_full_disk_is_told_and_tried_again(folder: Path, content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill() -> None:
        edit(content, "walk", body="## A walk\n\nIt helps few.\n")
        patched.setattr(SiteFiles, "put", full)

    def full(*args: object, **options: object) -> int:
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        waits = Waits(fill, patched.undo, *[None] * (publish.TRY_AGAIN_AFTER - 1))
        monkeypatch.setattr(f"{publish.__name__}.time.sleep", waits)
        told = published(folder, watch=True)
    assert "No space left on device. It is tried again in 30 seconds." in told
    assert told.count("Pages: ") == 2
    assert "It helps few." in (folder / "site/articles/walk/index.html").read_text()


@pytest.mark.soak
@pytest.mark.parametrize("many", [1, 200])  # pages, from which on several processes make them
@pytest.mark.parametrize("last", [1, 3, 9, 30, 60] if SOAK else [1, 30])
def test_killed_at_any_rename_it_leaves_whole_pages_and_the_next_run_completes(
    tmp_path: Path, content: Path, last: int, many: int, warm_start: WarmStart
) -> None:
    folder, var = tmp_path / "published", tmp_path / "var"
    var.mkdir()
    warm_start.copy(var)
    environment = os.environ | {
        "DEMO": "on",
        "VAR_FOLDER": str(var),
        "CONTENT_DIR": str(content),
        "DJANGO_SETTINGS_MODULE": "clinic_site.settings",
    }
    command = [sys.executable, "-m", "tests.clinic_site.killed_publish", str(folder)]
    run = subprocess.run([*command, str(last), str(many)], cwd=ROOT, env=environment, capture_output=True)
    assert run.returncode == -signal.SIGKILL
    for path in (folder / "site").rglob("*.html"):
        assert path.read_text().rstrip().endswith("</html>")
    # Nobody who made pages for the first run still holds the folder.
    subprocess.run([*command, "0", str(many)], cwd=ROOT, env=environment, check=True, capture_output=True)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert all(entry["digest"] for entry in manifest.values())
    for entry in manifest.values():
        body = (folder / "site" / entry["file"]).read_bytes()
        assert gzip.decompress((folder / "site" / f"{entry['file']}.gz").read_bytes()) == body
        assert brotli.decompress((folder / "site" / f"{entry['file']}.br").read_bytes()) == body
    assert not [path for path in (folder / ".stage").rglob("*") if path.is_file()]
