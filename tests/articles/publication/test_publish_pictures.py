"""An unpublishable picture is reported and blocks nothing else; symlinks do not lead out of the content."""

import os
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from pytest_django import Settings

from articles import library
from articles.management.commands import publish as command
from articles.publication.exporter import ExportOutcome, Publisher
from articles.publication.site_map import take_snapshot
from clinic_site.delivery.site_folder import open_site
from tests.conftest import MONDAY_MORNING
from tests.content_builders import make_article, make_content

# Django renders each page and manages its connections.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BAD = "walk.0123456789ab.10x10.webp"
GOOD = "rest.0123456789ab.10x10.webp"


@pytest.fixture(autouse=True)
def content(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    """A content folder with one article and one good picture."""
    settings.CONTENT_DIR, settings.STATIC_ROOT = make_content(tmp_path, walk=make_article()), tmp_path / "static"
    for folder in (settings.CONTENT_DIR / "pictures", settings.STATIC_ROOT):
        folder.mkdir()
    (settings.CONTENT_DIR / "pictures" / GOOD).write_bytes(b"good")
    with time_machine.travel(MONDAY_MORNING, tick=False):
        yield settings.CONTENT_DIR


@pytest.fixture
def bad(content: Path) -> Path:
    """The path of the bad picture, which does not exist yet."""
    return content / "pictures" / BAD


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "published"


def publish(folder: Path) -> ExportOutcome:
    library.refresh()
    with open_site(folder) as files:
        return Publisher(files, lambda done, total: None).publish(take_snapshot(None, MONDAY_MORNING))


def published(folder: Path) -> dict[str, bytes]:
    """Map names of published pictures to their bytes."""
    return {path.name: path.read_bytes() for path in (folder / "site" / "pictures").iterdir()}


def refused(bad: Path) -> tuple[str]:
    return (f"{bad} is no file, or a link that leads out of the content folder. Upload the picture, or remove it.",)


@pytest.mark.parametrize("target", ["nowhere", BAD, "x" * 300])
def test_a_broken_symlink_does_not_block_a_withdrawal(content: Path, folder: Path, bad: Path, target: str) -> None:
    publish(folder)
    bad.symlink_to(target)
    (content / "articles" / "walk.md").write_text(make_article(status="archived"))
    outcome = publish(folder)
    assert (outcome.removed, outcome.faults) == (1, refused(bad))
    assert not (folder / "site/articles/walk").exists()
    assert published(folder) == {GOOD: b"good"}


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_anything_but_a_regular_file_is_reported(folder: Path, bad: Path, make: Callable[[Path], None]) -> None:
    make(bad)
    assert publish(folder).faults == refused(bad)


def test_files_outside_the_content_are_removed_and_not_published(folder: Path, bad: Path, tmp_path: Path) -> None:
    bad.write_bytes(b"a picture")
    assert publish(folder).faults == ()
    bad.unlink()
    (tmp_path / "secret").write_text("a secret")
    bad.symlink_to(tmp_path / "secret")
    assert publish(folder).faults == refused(bad)
    assert published(folder) == {GOOD: b"good"}


def test_a_symlink_within_the_content_is_published(folder: Path, bad: Path) -> None:
    bad.symlink_to(GOOD)
    assert publish(folder).faults == ()
    assert published(folder) == {GOOD: b"good", BAD: b"good"}


def test_an_unreadable_picture_is_reported_and_its_earlier_copy_stays(
    folder: Path, bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad.write_bytes(b"a picture")
    publish(folder)
    bad.write_bytes(b"another picture")
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path == bad:
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    outcome = publish(folder)
    assert outcome.faults == (f"{bad} could not be copied (Permission denied).",)
    assert outcome.written == 0
    assert outcome.unchanged > 0
    assert published(folder) == {GOOD: b"good", BAD: b"a picture"}


def test_a_bad_picture_does_not_delay_a_withdrawal(
    content: Path, folder: Path, bad: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second round finds the article withdrawn; the third is interrupted."""
    article = content / "articles" / "walk.md"
    looks: Iterator[Callable[[], object]] = iter(
        [lambda: None, lambda: article.write_text(make_article(status="archived"))]
    )
    waited: list[int] = []

    def wait(seconds: int) -> None:
        waited.append(seconds)
        look = next(looks, None)
        if look is None:
            raise KeyboardInterrupt
        look()

    bad.symlink_to("nowhere")
    monkeypatch.setattr(f"{command.__name__}.time.sleep", wait)
    monkeypatch.setattr(command, "collect_static", lambda: None)
    output = StringIO()
    call_command("publish", str(folder), watch=True, stdout=output, stderr=output)
    assert waited == [command.LOOK_EVERY] * 3
    assert output.getvalue().count(refused(bad)[0]) == 2
    assert not (folder / "site/articles/walk").exists()
