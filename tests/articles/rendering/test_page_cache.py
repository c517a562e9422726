"""Rendered pages are cached on disk by a digest of their inputs; a page that fails to render affects no other."""

import dataclasses
import datetime as dt
import os
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from articles.content.documents import Document, Reviewer
from articles.disk_cache import save_cached
from articles.library import get_library, load_library
from articles.rendering import page_cache
from articles.rendering.page_cache import made_from, rendered, sweep
from articles.rendering.signed_text import valid_signature
from tests.articles.pictures import put_files
from tests.articles.rendering.failing import cannot_render
from tests.content_builders import make_article, make_content, make_signed

pytestmark = pytest.mark.slow

NOW = dt.datetime.now(dt.UTC)
BODY = "A walk [@walking2020].\n\n![A path](/pictures/walking-path)\n\n{{ block: unknowns }}\n\n{{ clinic: owner }}\n"
DEEP = "".join(f"{'    ' * level}- item\n" for level in range(300))  # nested so far that it cannot be rendered


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cache folder, with an empty cache in memory."""
    monkeypatch.setattr(page_cache, "FOLDER", tmp_path / "var" / "rendered")
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
    monkeypatch.setattr("articles.library.RENDER_AT_ONCE", 0)


def good(root: Path) -> Document:
    return load_library(root).articles["good"]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def no_renderer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("articles.rendering.renderer.render", lambda document: pytest.fail("rendered again"))


def test_after_a_restart_nothing_is_rendered_again(folder: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = rendered(good(root))
    no_renderer(monkeypatch)
    rendered.cache_clear()
    again = rendered(good(root))
    assert again == page
    assert again is not page
    assert type(again.body) is type(page.body)


def test_only_the_owner_can_read_the_file(folder: Path, root: Path) -> None:
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
def test_a_page_is_rendered_again_when_its_content_changes(root: Path, name: str, old: str, new: str) -> None:
    before = made_from(good(root))
    replaced(root, name, old, new)
    assert made_from(good(root)) != before


def test_a_new_picture_renders_the_page_again(root: Path) -> None:
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
def test_a_page_is_not_rendered_again_for_unrelated_changes(root: Path, name: str, old: str, new: str) -> None:
    before = made_from(good(root))
    replaced(root, name, old, new)
    assert made_from(good(root)) == before


def test_a_new_code_version_renders_every_page_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = made_from(good(root))
    monkeypatch.setattr(page_cache, "_renderer", lambda: "another")
    assert made_from(good(root)) != before


@pytest.mark.parametrize("broken", [b"", b"nonsense", b"x\x9cK\xca\x05\x00\x00\xc6\x00c"])
def test_a_broken_file_is_replaced(folder: Path, root: Path, broken: bytes) -> None:
    page = rendered(good(root))
    for file in files(folder):
        file.write_bytes(broken)
    rendered.cache_clear()
    assert rendered(good(root)) == page


def test_a_file_of_another_type_is_replaced(folder: Path, root: Path) -> None:
    page = rendered(good(root))
    digest = made_from(good(root))
    save_cached(folder / digest[:2] / digest[2:], digest, "something else")
    rendered.cache_clear()
    assert rendered(good(root)) == page


def test_an_unwritable_folder_is_no_error(folder: Path, root: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder.parent.mkdir()
    folder.write_text("a file")
    assert "A walk" in rendered(good(root)).body
    assert "cannot be written" in caplog.text


def test_pages_unused_for_a_month_are_removed(folder: Path, root: Path) -> None:
    good(root)
    old, *others = files(folder)
    week_ago, month_ago = (NOW - dt.timedelta(days=8)).timestamp(), (NOW - dt.timedelta(days=31)).timestamp()
    for file in others:
        os.utime(file, (month_ago, month_ago))
    os.utime(old, (week_ago, week_ago))
    sweep(NOW)
    assert files(folder) == [old]


def test_used_pages_stay(folder: Path, root: Path) -> None:
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

    def test_an_edit_that_cannot_be_rendered_is_not_published(self, root: Path) -> None:
        before = load_library(root)
        (root / "articles" / "good.md").write_text(make_article(body=DEEP))
        after = load_library(root, before)
        assert after.articles["good"] is before.articles["good"]
        assert [problem.path for problem in after.problems] == ["articles/good.md"]

    def test_a_page_that_fails_to_render_is_reported_and_answers_503(
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
        assert [problem.path for problem in get_library().problems] == ["articles/deep.md", "pages/well.md"]

    @pytest.mark.parametrize("path", ["/about/", "/articles/good/"])
    def test_a_page_that_cannot_be_rendered_answers_503(
        self, root: Path, settings: Settings, client: Client, monkeypatch: pytest.MonkeyPatch, path: str
    ) -> None:
        settings.CONTENT_DIR = root
        assert get_library().problems == ()
        cannot_render(monkeypatch)
        answer = client.get(path)
        assert answer.status_code == 503
        assert "cannot be shown at the moment" in answer.content.decode()

    def test_a_page_that_cannot_be_rendered_has_no_signature(self, root: Path) -> None:
        article = load_library(root).articles["good"]
        signed = dataclasses.replace(article, body=DEEP, signed=Reviewer("R. Name", "MD", "FL", NOW.date(), "0" * 64))
        assert valid_signature(signed) is None

    def test_the_rest_of_the_site_stays_up(self, root: Path, settings: Settings, client: Client) -> None:
        settings.CONTENT_DIR = root
        make_signed(root, "good")
        replaced(root, "articles/good.md", BODY, DEEP)
        for path in ("/", "/articles/", "/topics/movement/", "/search/?q=walk", "/feed.xml"):
            assert client.get(path).status_code == 200
