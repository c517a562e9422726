"""Rendered pages lie on disk under all that they were made from; one that cannot be made takes nothing else down."""

import dataclasses
import datetime as dt
import os
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from articles import rendered_store
from articles.documents import Document, Reviewer
from articles.library import get_library, load_library
from articles.rendered_store import made_from, rendered, sweep
from tests.articles.pictures import put_files
from tests.articles.rendering.failing import cannot_render
from tests.content_builders import make_article, make_content, make_signed

pytestmark = pytest.mark.slow

NOW = dt.datetime.now(dt.UTC)
BODY = "A walk [@walking2020].\n\n![A path](/pictures/walking-path)\n\n{{ block: unknowns }}\n\n{{ clinic: owner }}\n"
DEEP = "".join(f"{'    ' * level}- item\n" for level in range(300))  # nested so far that it cannot be rendered


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where rendered pages are kept, with none in memory."""
    monkeypatch.setattr(rendered_store, "FOLDER", tmp_path / "var" / "rendered")
    rendered.cache_clear()
    return tmp_path / "var" / "rendered"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    article = make_article(body=BODY, sources=["walking2020"], blocks=["unknowns"])
    root = make_content(tmp_path, good=article)
    put_files(root)
    return root


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a library so large that pages are rendered when they are asked for."""
    monkeypatch.setattr("articles.library.PROVEN_AT_ONCE", 0)


def good(root: Path) -> Document:
    return load_library(root).articles["good"]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def no_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("articles.rendering.render", lambda document: pytest.fail("rendered again"))


def test_after_a_restart_nothing_is_rendered_again(folder: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = good(root).rendered
    no_renderer(monkeypatch)
    rendered.cache_clear()
    again = good(root).rendered
    assert again == page
    assert again is not page
    assert type(again.body) is type(page.body)


def test_only_its_owner_can_look_into_it(folder: Path, root: Path) -> None:
    good(root)
    modes = [path.stat().st_mode for path in (folder, *folder.rglob("*"))]
    assert not any(mode & 0o077 for mode in modes)
    assert not [path for path in files(folder) if path.name.startswith("tmp")]


def replaced(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text()
    assert old in text
    (root / name).write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("articles/good.md", "A walk [", "A stroll ["),
        ("articles/good.md", "The clinic may gain.", "Nobody gains."),
        ("blocks/unknowns.md", "\n", " More.\n"),
        ("blocks/emergency.md", "\n", " More.\n"),
        ("references.yaml", "Walking and backs", "Walking, revised"),
        ("glossary.yaml", "slug: ", "slug: a-"),
        ("clinic.yaml", "owner: ", "owner: New "),
    ],
)
def test_a_page_is_made_anew_when_what_it_shows_changes(root: Path, name: str, old: str, new: str) -> None:
    before = made_from(good(root))
    replaced(root, name, old, new)
    assert made_from(good(root)) != before


def test_another_picture_makes_another_page(root: Path) -> None:
    before = made_from(good(root))
    for picture in (root / "pictures").iterdir():
        picture.rename(picture.with_name(picture.name.replace("0123456789ab", "ba9876543210")))
    assert made_from(good(root)) != before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("articles/good.md", "Walking with a sore back", "Another title"),
        ("references.yaml", "Nobody cites this", "Nobody ever cites this"),
        ("topics.yaml", "title: ", "title: New "),
    ],
)
def test_a_page_stays_when_only_something_else_changes(root: Path, name: str, old: str, new: str) -> None:
    before = made_from(good(root))
    replaced(root, name, old, new)
    assert made_from(good(root)) == before


def test_another_version_of_the_code_makes_every_page_anew(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = made_from(good(root))
    monkeypatch.setattr(rendered_store, "_renderer", lambda: "another")
    assert made_from(good(root)) != before


@pytest.mark.parametrize("broken", [b"", b"nonsense", b"x\x9cK\xca\x05\x00\x00\xc6\x00c"])
def test_a_broken_file_is_made_anew(folder: Path, root: Path, broken: bytes) -> None:
    page = good(root).rendered
    for file in files(folder):
        file.write_bytes(broken)
    rendered.cache_clear()
    assert good(root).rendered == page


def test_something_else_in_its_place_is_made_anew(folder: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = good(root).rendered
    monkeypatch.setattr("pickle.loads", lambda data: "something else")
    rendered.cache_clear()
    assert good(root).rendered == page


def test_a_folder_that_cannot_be_written_to_is_no_failure(
    folder: Path, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.parent.mkdir()
    folder.write_text("a file")
    assert "A walk" in good(root).rendered.body
    assert "cannot be kept" in caplog.text


def test_what_nobody_asked_for_in_a_month_is_removed(folder: Path, root: Path) -> None:
    good(root)
    kept, *others = files(folder)
    week_ago, month_ago = (NOW - dt.timedelta(days=8)).timestamp(), (NOW - dt.timedelta(days=31)).timestamp()
    for file in others:
        os.utime(file, (month_ago, month_ago))
    os.utime(kept, (week_ago, week_ago))
    sweep(NOW)
    assert files(folder) == [kept]


def test_what_is_asked_for_stays(folder: Path, root: Path) -> None:
    good(root)
    for file in files(folder):
        os.utime(file, (0, 0))
    rendered.cache_clear()
    rendered(good(root))
    sweep(NOW)
    assert len(files(folder)) > 0


@pytest.mark.usefixtures("folder", "late")
class TestALargeLibrary:
    def test_a_start_renders_nothing(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        no_renderer(monkeypatch)
        assert load_library(root).problems == ()

    def test_an_edit_that_cannot_be_rendered_never_goes_up(self, root: Path) -> None:
        before = load_library(root)
        (root / "articles" / "good.md").write_text(make_article(body=DEEP))
        after = load_library(root, before)
        assert after.articles["good"] is before.articles["good"]
        assert [each.path for each in after.problems] == ["articles/good.md"]

    def test_a_page_that_turns_out_not_to_render_is_told_and_answers_503(
        self, root: Path, settings: Settings, client: Client
    ) -> None:
        settings.CONTENT_DIR = root
        (root / "articles" / "deep.md").write_text(make_article(title="Deep", body=DEEP))
        (root / "pages" / "well.md").write_text(
            (root / "pages" / "about.md").read_text().split("\n---\n")[0] + f"\n---\n{DEEP}"
        )
        assert get_library().problems == ()
        for path in ("/articles/deep/", "/well/"):
            answer = client.get(path)
            assert answer.status_code == 503
            assert "cannot be shown at the moment" in answer.content.decode()
        assert [each.path for each in get_library().problems] == ["articles/deep.md", "pages/well.md"]

    @pytest.mark.parametrize("path", ["/about/", "/articles/good/"])
    def test_a_page_that_cannot_be_made_answers_503(
        self, root: Path, settings: Settings, client: Client, monkeypatch: pytest.MonkeyPatch, path: str
    ) -> None:
        settings.CONTENT_DIR = root
        assert get_library().problems == ()
        cannot_render(monkeypatch)
        answer = client.get(path)
        assert answer.status_code == 503
        assert "cannot be shown at the moment" in answer.content.decode()

    def test_nobody_has_signed_what_cannot_be_shown(self, root: Path) -> None:
        article = load_library(root).articles["good"]
        signed = dataclasses.replace(article, body=DEEP, signed=Reviewer("R. Name", "MD", "FL", NOW.date(), "0" * 64))
        assert signed.reviewer is None

    def test_the_rest_of_the_site_stays_up(self, root: Path, settings: Settings, client: Client) -> None:
        settings.CONTENT_DIR = root
        make_signed(root, "good")
        replaced(root, "articles/good.md", BODY, DEEP)
        for path in ("/", "/articles/", "/topics/movement/", "/search/?q=walk", "/feed.xml"):
            assert client.get(path).status_code == 200
