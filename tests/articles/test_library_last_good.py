"""Published pages survive a typo and a restart; removed pages stay removed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from articles import library
from articles.library import Library, get_library, refresh
from articles.rendering.page_cache import rendered
from clinic_site.content import last_good
from clinic_site.monitoring.health import sentences
from tests.articles.bad_content import BAD
from tests.clinic_site.broken_facts import start_anew
from tests.content_builders import make_article, make_content

pytestmark = pytest.mark.slow

CITING = make_article(
    body="A claim [@walking2020].\n\n{{ block: unknowns }}\n", sources=["walking2020"], blocks=["unknowns"]
)


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    """A content folder that was loaded once."""
    settings.CONTENT_DIR = make_content(tmp_path, good=CITING, other=make_article(title="Another walk"))
    get_library()
    return Path(settings.CONTENT_DIR)


def after_a_start() -> Library:
    start_anew()
    return get_library()


def append(file: Path, text: str) -> None:
    file.write_text(f"{file.read_text()}{text}\n")


def faulty_files(library: Library) -> list[str]:
    return [problem.path for problem in library.problems]


SPOILED = [
    ("blocks/unknowns.md", "\n[@nothing]"),
    ("blocks/unknowns.md", "\n{{ clinic: motto }}"),
    ("blocks/emergency.md", "\n{{ block: unknowns }}"),
    ("references.yaml", "odd: ["),
    ("references.yaml", "odd: a key nobody reads"),
    ("topics.yaml", "odd: ["),
    ("glossary.yaml", "odd: ["),
    ("search.yaml", "\x00"),
    ("articles/good.md", "\n[@nothing]"),
    ("pages/about.md", "\n{{ block: banner }}"),
]


@pytest.mark.parametrize(("path", "text"), SPOILED)
def test_a_typo_removes_no_page_after_a_start_and_is_reported(root: Path, path: str, text: str) -> None:
    before = get_library()
    append(root / path, text)
    after = after_a_start()
    assert faulty_files(after) == [path]
    assert after.shared == before.shared
    assert after.search_words == before.search_words
    assert (set(after.articles), set(after.pages)) == (set(before.articles), set(before.pages))
    assert [rendered(document).body for document in after.documents.values()] == [
        rendered(document).body for document in before.documents.values()
    ]


@pytest.mark.parametrize(("path", "text"), SPOILED)
def test_the_use_of_an_older_version_is_logged(root: Path, path: str, text: str) -> None:
    append(root / path, text)
    start_anew()
    (line,) = sentences()
    assert line.startswith(f"content/{path}:")
    assert line.endswith("from before are in use." if path.endswith(".yaml") else "text from before is in use.")


@pytest.mark.parametrize("spoil", BAD, ids=lambda spoil: spoil.__name__)
def test_an_article_invalid_in_any_way_is_served_after_a_start(root: Path, spoil: Callable[[Path], None]) -> None:
    spoil(root / "articles" / "good.md")
    spoil(root / "articles" / "never-good.md")
    for shown in (refresh(), after_a_start(), after_a_start()):
        assert "A claim" in rendered(shown.articles["good"]).body
        assert "never-good" not in shown.articles
        assert faulty_files(shown) == ["articles/good.md", "articles/never-good.md"]


def test_a_removed_source_key_removes_no_page_at_later_starts(root: Path) -> None:
    """The list of sources parses. The pages that use the key are refused, though they did not change."""
    file = root / "references.yaml"
    text = file.read_text()
    for key in ("walking2020", "resting2019"):
        file.write_text(text.replace(f"key: {key}", f"key: {key}x"))
        for shown in (refresh(), after_a_start(), after_a_start()):
            assert {"good", "other"} == set(shown.articles)
            assert "unknowns" in shown.shared.blocks
            assert shown.problems
    start_anew()
    assert any("text from before is in use" in line for line in sentences())


def test_the_list_of_sources_is_saved_once_the_pages_match_it(root: Path) -> None:
    file, good = root / "references.yaml", root / "articles" / "good.md"
    file.write_text(file.read_text().replace("walking2020", "walking2021"))
    refresh()
    good.write_text(CITING.replace("walking2020", "walking2021"))
    assert faulty_files(refresh()) == ["glossary.yaml"]
    append(file, "odd: [")
    assert "walking2021" in after_a_start().shared.sources


WITHDRAWN = [{"status": "archived"}, {"status": "draft"}, {"publish_until": "2026-01-11 08:00"}]


@pytest.mark.parametrize("fields", WITHDRAWN)
@pytest.mark.parametrize("running", [True, False])
def test_a_withdrawn_article_never_returns(root: Path, fields: dict[str, object], running: bool) -> None:
    """Neither after a typo in its file, nor after one elsewhere."""
    file = root / "articles" / "other.md"
    file.write_text(make_article(**fields))
    library = refresh() if running else after_a_start()
    withdrawn = library.articles["other"].digest
    append(root / "references.yaml", "odd: [")
    assert after_a_start().articles["other"].digest == withdrawn
    append(file, "\n[@nothing]")
    assert after_a_start().articles["other"].digest == withdrawn


def test_nor_out_of_what_a_large_library_keeps(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "CACHE_FILE", tmp_path / "var" / "library.cache")
    monkeypatch.setattr(library, "CACHE_FROM", 1)
    after_a_start()
    file = root / "articles" / "other.md"
    file.write_text(make_article(status="archived"))
    refresh()
    append(file, "\n[@nothing]")
    assert after_a_start().articles["other"].status == "archived"


@pytest.mark.parametrize("path", ["articles/other.md", "blocks/closing_note.md", "pages/about.md", "topics.yaml"])
@pytest.mark.parametrize("running", [True, False])
def test_a_removed_file_stays_removed(root: Path, path: str, running: bool) -> None:
    (root / path).unlink()
    append(root / "search.yaml", "odd: [")
    library = refresh() if running else after_a_start()
    assert (library.files.get(path), library.documents.get(path)) == (None, None)
    (root / path).write_text("[@nothing]\n")  # a new file of that name, which was never valid
    library = after_a_start()
    assert path in faulty_files(library)
    assert path not in library.documents
    assert "closing_note" not in library.shared.blocks or "closing_note" not in path
    assert library.shared.topics == {} or path != "topics.yaml"


def test_only_changed_files_are_written(root: Path) -> None:
    copies = last_good.folder(root)
    (root / "articles" / "other.md").write_text(make_article(title="Changed"))
    before = {path: path.stat().st_ino for path in copies.rglob("*.*")}
    refresh()
    after_a_start()
    changed = [path.name for path, number in before.items() if path.stat().st_ino != number]
    assert changed == ["other.md"]


def test_a_shared_file_is_saved_with_its_line_endings(root: Path) -> None:
    file = root / "articles" / "good.md"
    file.write_bytes(b"\xef\xbb\xbf" + CITING.replace("\n", "\r\n").encode())
    refresh()
    assert (last_good.folder(root) / "articles" / "good.md").read_bytes() == file.read_bytes()
    bad = root / "references.yaml"
    bad.write_text(bad.read_text().replace("key: walking2020", "key: walking2021"))
    for _ in range(2):
        assert "good" in after_a_start().articles
