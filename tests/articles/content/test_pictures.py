"""Pictures in content/pictures/: known by file name, cached for good, reported when missing."""

from pathlib import Path

import pytest
from django.http import Http404
from django.test import Client, RequestFactory
from pytest_django import Settings

from articles.content.pictures import PictureFacts, file_names, pictures_of, read_name
from articles.library import get_library, load_library, refresh
from articles.rendering.page_cache import rendered
from articles.rendering.plain_text import plain_text
from articles.views import picture
from tests.articles.pictures import put_files
from tests.articles.test_library import messages
from tests.content_builders import make_article, make_content

SMALL = "walking-path.0123456789ab.480x320.webp"
FIGURE = "Before.\n\n![A path](/pictures/walking-path)\n\nAfter.\n"


@pytest.fixture
def root(tmp_path: Path, settings: Settings) -> Path:
    """Return a served content folder with one article and one picture."""
    settings.CONTENT_DIR = make_content(tmp_path, good=make_article(body=FIGURE))
    put_files(Path(settings.CONTENT_DIR))
    return Path(settings.CONTENT_DIR)


def test_a_file_name_is_parsed_and_built_again() -> None:
    facts = PictureFacts("walking-path", "0123456789ab", 480, 320)
    assert read_name(SMALL) == facts
    assert (facts.file_name, facts.path, facts.url) == (SMALL, f"pictures/{SMALL}", f"/pictures/{SMALL}")


@pytest.mark.parametrize(
    "name",
    [
        "walking-path.webp", "Walking.0123456789ab.480x320.webp", "a_b.0123456789ab.480x320.webp",
        "a.0123456789a.480x320.webp", "a.0123456789AB.480x320.webp", "a.0123456789ab.0480x320.webp",
        "a.0123456789ab.480x320.png", "a.0123456789ab.480x320.webp\n", "../a.0123456789ab.480x320.webp", "",
        "a.0123456789ab.٤x٣.webp",
    ],
)  # fmt: skip
def test_any_other_name_is_refused(name: str) -> None:
    assert read_name(name) is None


def test_widths_are_sorted_and_two_pictures_of_one_name_never_mixed() -> None:
    names = ["a.111111111111.480x2.webp", "a.222222222222.960x4.webp", "a.222222222222.480x2.webp", "notes.txt"]
    assert pictures_of(names) == {
        "a": (PictureFacts("a", "222222222222", 480, 2), PictureFacts("a", "222222222222", 960, 4))
    }


def test_hidden_files_and_a_missing_folder_are_ignored(root: Path, tmp_path: Path) -> None:
    (root / "pictures" / f".{SMALL}.0a0a0a0a.new").touch()
    assert file_names(root) == (SMALL, "walking-path.0123456789ab.960x640.webp")
    assert file_names(tmp_path / "nowhere") == ()


def test_the_library_reloads_the_pictures_when_they_change(root: Path) -> None:
    before = load_library(root)
    assert before.problems == ()
    assert [facts.width for facts in before.shared.pictures["walking-path"]] == [480, 960]
    put_files(root, "other")
    after = load_library(root, before)
    assert set(after.shared.pictures) == {"walking-path", "other"}
    assert load_library(root, after).shared is after.shared


def test_adding_the_missing_picture_restores_its_page_at_once(root: Path, client: Client) -> None:
    """The fingerprint of the library covers the folder of pictures."""
    (root / "pictures" / SMALL).rename(root / "small")
    (root / "pictures" / "walking-path.0123456789ab.960x640.webp").unlink()
    assert "good" not in get_library().articles
    (root / "small").rename(root / "pictures" / SMALL)
    assert "good" in refresh().articles


def test_other_files_among_the_pictures_are_reported_once(root: Path) -> None:
    (root / "pictures" / "photo.jpg").touch()
    (root / "pictures" / "notes.md").touch()
    words = "Nothing reads this file. Upload pictures at “Pictures” in the editor, and remove it here."
    assert messages(load_library(root)) == [f"pictures/{name}:1: {words}" for name in ("notes.md", "photo.jpg")]


def test_a_page_with_a_missing_picture_is_reported_and_keeps_its_last_good_text(root: Path) -> None:
    before = load_library(root)
    for name in file_names(root):
        (root / "pictures" / name).unlink()
    after = load_library(root, before)
    line = 1 + (root / "articles" / "good.md").read_text().partition("![")[0].count("\n")
    assert messages(after) == [
        f"articles/good.md:{line}: The picture “walking-path” is not in pictures/. Upload it, or correct its name here."
    ]
    assert after.articles["good"] is before.articles["good"]


@pytest.mark.parametrize(
    "body",
    [
        "Text ![A path](/pictures/walking-path) goes on.",
        "Text\n![A path](/pictures/walking-path)",
        "![A path](/pictures/walking-path)\nText",
        "- ![A path](/pictures/walking-path)",
        "| ![A path](/pictures/walking-path) |",
        "[![A path](/pictures/walking-path)](/about/)",
        "![A\npath](/pictures/walking-path)",
        "![A path](/pictures/walking-path 'Caption')",
        "![A path](</pictures/walking-path>)",
        "![A [path]](/pictures/walking-path)",
    ],
)
def test_a_picture_within_other_text_is_reported(root: Path, body: str) -> None:
    (root / "articles" / "good.md").write_text(make_article(body=f"## Part\n\n{body}\n"))
    words = "Put ![What it shows](/pictures/walking-path) on a line of its own, between empty lines."
    assert [words in line for line in messages(load_library(root))] == [True]


def test_pictures_may_follow_each_other_and_be_in_quotations_and_list_items(root: Path) -> None:
    line = "![A path](/pictures/walking-path)"
    body = f'{line}\n{line}  \n\n> Said\n>\n> {line}\n\n- One\n\n    ![A](/pictures/walking-path "A caption")\n'
    (root / "articles" / "good.md").write_text(make_article(body=body))
    library = load_library(root)
    assert library.problems == ()
    assert rendered(library.articles["good"]).body.count("<figure>") == 4


def test_a_block_may_not_hold_a_picture(root: Path) -> None:
    (root / "blocks" / "unknowns.md").write_text("One.\n\n![A path](/pictures/walking-path)\n")
    assert messages(load_library(root))[0] == (
        "blocks/unknowns.md:3: A block cannot hold a picture. Put it into the text of the page."
    )


def test_no_page_may_take_the_address_of_the_pictures(root: Path) -> None:
    (root / "pages" / "pictures.md").write_text((root / "pages" / "about.md").read_text())
    assert "The address /pictures/ belongs to a part of this site" in messages(load_library(root))[0]


def test_search_and_rules_include_alternative_text_and_caption() -> None:
    markdown = 'One.\n\n![A path (short)](/pictures/walking-path "Ten minutes (about).")\n\n![Two](/pictures/x)'
    assert plain_text(markdown) == "One. A path (short). Ten minutes (about). Two"


def test_a_picture_is_cached_for_good_without_cookie_or_database(root: Path, client: Client) -> None:
    response = client.get(f"/pictures/{SMALL}", HTTP_COOKIE="sessionid=anything")
    assert (response.status_code, response.content) == (200, b"RIFF0000WEBP")
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.cookies == {}
    assert "Cookie" not in response.get("Vary", "")
    assert client.post(f"/pictures/{SMALL}").status_code == 405


@pytest.mark.parametrize(
    "name",
    [
        "walking-path", "walking-path.0123456789ab.481x320.webp", "..%2Fclinic.yaml", "../clinic.yaml", "",
        f".{SMALL}", f"{SMALL}%00", f"{SMALL}%0A", f"{SMALL}/", "secret.0123456789ab.480x320.webp",
    ],
)  # fmt: skip
def test_nothing_else_is_served(root: Path, client: Client, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret").write_text("secret")
    (root / "pictures" / "secret.0123456789ab.480x320.webp").symlink_to(tmp_path / "secret")
    assert client.get(f"/pictures/{name}").status_code == 404


def test_an_invalid_name_never_reaches_the_disk(settings: Settings) -> None:
    settings.CONTENT_DIR = None  # there is no folder to look into
    with pytest.raises(TypeError):
        picture(RequestFactory().get("/"), SMALL)
    with pytest.raises(Http404):
        picture(RequestFactory().get("/"), "walking-path.webp")
