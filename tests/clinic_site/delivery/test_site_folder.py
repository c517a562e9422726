"""Published files are complete at every moment, and only changed files are written."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli
import pytest

from clinic_site.delivery.site_folder import ExportedPage, InUseError, SiteFiles, file_of, open_site

WALK = "/articles/walk/"


def page(address: str = WALK, text: str = "A walk", made_from: str = "1") -> ExportedPage:
    return ExportedPage(address, text.encode(), made_from)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "published"


@pytest.fixture
def files(folder: Path) -> Iterator[SiteFiles]:
    with open_site(folder) as files:
        yield files


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        (WALK, "articles/walk/index.html"),
        ("/articles/?page=2", "articles/index.page-2.html"),
        ("/?page=3", "index.page-3.html"),
        ("/feed.xml", "feed.xml"),
        ("/sitemap.xml?p=2", "sitemap.p-2.xml"),
        ("/.well-known/security.txt", ".well-known/security.txt"),
    ],
)
def test_every_address_has_a_file(address: str, file: str) -> None:
    assert file_of(address) == file


@pytest.mark.parametrize("query", ["page=2&x=1", "page=../x", "q=sleep", "page"])
def test_an_unknown_query_is_refused(query: str) -> None:
    with pytest.raises(ValueError, match="cannot be a file"):
        file_of(f"/articles/?{query}")


@pytest.mark.parametrize("best", [True, False])
def test_a_page_is_written_in_three_encodings(files: SiteFiles, folder: Path, best: bool) -> None:
    assert files.put([page()], best) == 1
    place = folder / "site/articles/walk/index.html"
    assert place.read_bytes() == b"A walk"
    assert gzip.decompress(place.with_name("index.html.gz").read_bytes()) == b"A walk"
    assert brotli.decompress(place.with_name("index.html.br").read_bytes()) == b"A walk"
    entry = json.loads((folder / "manifest.json").read_text())[WALK]
    assert (entry["file"], entry["made_from"]) == ("articles/walk/index.html", "1")


def test_a_page_with_the_same_bytes_is_not_written_again(files: SiteFiles, folder: Path) -> None:
    files.put([page()], best=False)
    before = (folder / "site/articles/walk/index.html").stat()
    assert files.put([page(made_from="2")], best=False) == 0
    assert files.holds(WALK, "2")
    assert not files.holds(WALK, "1")
    assert (folder / "site/articles/walk/index.html").stat() == before


def test_a_changed_page_has_a_later_modification_time(files: SiteFiles, folder: Path) -> None:
    """nginx derives ETags from modification second and length."""
    moments = []
    for text in ("abc", "abd", "abe"):
        files.put([page(text=text, made_from=text)], best=False)
        moments.append(int((folder / "site/articles/walk/index.html").stat().st_mtime))
    assert moments == sorted(set(moments))


def test_a_deleted_file_is_written_again(files: SiteFiles, folder: Path) -> None:
    files.put([page()], best=False)
    (folder / "site/articles/walk/index.html.br").unlink()
    assert not files.holds(WALK, "1")
    assert files.put([page()], best=False) == 1
    assert files.holds(WALK, "1")


def test_removed_pages_are_deleted_with_their_folders(files: SiteFiles, folder: Path) -> None:
    files.put([page(), page("/articles/"), page("/topics/x/")], best=False)
    assert files.keep_only({"/articles/"}) == 2
    assert sorted(path.name for path in (folder / "site").iterdir()) == ["articles"]
    assert sorted(path.name for path in (folder / "site/articles").iterdir()) == [
        "index.html",
        "index.html.br",
        "index.html.gz",
    ]
    assert list(json.loads((folder / "manifest.json").read_text())) == ["/articles/"]


@pytest.mark.parametrize("manifest", ["", '{"/": {"file": "index.html", "another": 1}}'])
def test_a_page_missing_from_the_manifest_is_deleted(folder: Path, tmp_path: Path, manifest: str) -> None:
    """Other files belong to others: our pages exist in three encodings."""
    with open_site(folder) as files:
        files.put([page(), page("/"), page("/topics/?page=2")], best=False)
        for ending in ("", ".gz", ".br"):
            (tmp_path / f"site.css{ending}").write_text("p {}")
        files.copy(tmp_path, "static", ["site.css", "site.css.gz", "site.css.br"])
    (folder / "site" / "articles" / "proof.html").write_text("This site is ours.")
    (folder / "manifest.json").write_text(manifest)
    with open_site(folder) as files:
        files.put([page("/")], best=False)
    with open_site(folder) as files:  # the previous run was killed here: its manifest has one page
        assert files.keep_only({"/"}, copies={"static"}) == 2
    left = sorted(path.relative_to(folder / "site").as_posix() for path in (folder / "site").rglob("*.*"))
    pages = [f"{name}{ending}" for name in ("index.html", "static/site.css") for ending in ("", ".br", ".gz")]
    assert left == ["articles/proof.html", *pages]


def test_two_processes_never_write_to_one_folder(files: SiteFiles, folder: Path) -> None:
    with pytest.raises(InUseError, match="Another process publishes to"), open_site(folder):
        pass


@pytest.mark.parametrize("text", ["", "{", "[]", '{"/": {"file": 1}}', '{"/": 1}'])
def test_an_unreadable_manifest_is_ignored(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "manifest.json").write_text(text)
    with open_site(folder) as files:
        assert files.entries == {}


class Killed(BaseException):
    """Raised in place of a signal: no code catches it."""


def kill_at(step: int) -> Callable[[Path, Path], Path]:
    """Return a rename that raises Killed at the given call."""
    count = iter(range(1_000))
    rename = Path.rename

    def replace(self: Path, target: Path) -> Path:
        if next(count) == step:
            raise Killed
        target.unlink(missing_ok=True)
        return rename(self, target)

    return replace


@pytest.mark.parametrize("step", range(8))
def test_after_a_crash_the_next_run_knows_what_to_write(
    folder: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if the text was reverted to the version in the earlier manifest."""
    old, new = ([page(text=text, made_from=text), page("/", text, text)] for text in ("old", "new"))
    with open_site(folder) as files:
        files.put(old, best=False)
    with monkeypatch.context() as patched, open_site(folder) as files:
        patched.setattr(Path, "replace", kill_at(step))
        with pytest.raises(Killed):
            files.put(new, best=False)
    with open_site(folder) as files:
        files.put(
            [page_file for page_file in old if not files.holds(page_file.address, page_file.made_from)], best=False
        )
    for path in (folder / "site").rglob("*.html"):
        assert path.read_bytes() == b"old"
        assert gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()) == b"old"
        assert brotli.decompress(path.with_name(f"{path.name}.br").read_bytes()) == b"old"


def test_files_are_copied_unchanged_and_once(files: SiteFiles, folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "static"
    (source / "css").mkdir(parents=True)
    (source / "css" / "site.css").write_text("a")
    files.copy(source, "static", ["css/site.css"])
    place = folder / "site/static/css/site.css"
    first = place.stat().st_ino
    files.copy(source, "static", ["css/site.css"])
    assert (place.read_text(), place.stat().st_ino) == ("a", first)
    (source / "css" / "site.css").write_text("bb")
    files.copy(source, "static", ["css/site.css"])
    assert place.read_text() == "bb"


def test_unwanted_files_of_a_folder_are_deleted(files: SiteFiles, folder: Path, tmp_path: Path) -> None:
    files.drop_others("pictures", {"a.webp"})  # the folder does not exist yet
    for name in ("a.webp", "b.webp"):
        (tmp_path / name).write_text(name)
    files.copy(tmp_path, "pictures", ["a.webp", "b.webp"])
    files.drop_others("pictures", {"a.webp"})
    assert [path.name for path in (folder / "site/pictures").iterdir()] == ["a.webp"]
