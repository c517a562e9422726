"""The page of pictures: upload, Markdown to paste, uses, deletion."""

from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from articles.content.pictures import file_names
from articles.editing.pages import pictures
from articles.editing.pages.pictures import NO_NAME, NO_PICTURE, TOO_LONG
from articles.editing.pictures.sanitize import TOO_HEAVY, UNKNOWN
from articles.editing.pictures.storage import NameTakenError, stored_pictures
from articles.models import Picture
from tests.articles.pictures import MONDAY, make_bytes, make_picture, put_files
from tests.conftest import Cast
from tests.content_builders import make_article, make_content

PAGE = "/admin/articles/contentfile/pictures/"
LINE = "![What the picture shows](/pictures/walking-path)"


@pytest.fixture
def root(tmp_path: Path, settings: Settings) -> Path:
    """A content folder with one article, which shows no picture."""
    settings.CONTENT_DIR = make_content(tmp_path, good=make_article())
    return Path(settings.CONTENT_DIR)


def upload(browser: Client, data: bytes | None = None, file_name: str = "IMG_0042.JPG", name: str = "") -> Any:
    picture = SimpleUploadedFile(file_name, make_bytes() if data is None else data)
    return browser.post(PAGE, {"picture": picture, "name": name})


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


@pytest.mark.parametrize(("who", "status"), [("reviewer", 403), ("front desk", 403), ("patient", 302), ("owner", 200)])
def test_only_editors_see_pictures(sign_in: Cast, root: Path, who: str, status: int) -> None:
    assert sign_in(who).get(PAGE).status_code == status
    assert sign_in("stranger").get(f"{PAGE}walking-path/delete/").status_code == 302


def test_without_pictures_the_form_is_shown(sign_in: Cast, root: Path) -> None:
    text = text_of(sign_in("editor").get(PAGE))
    assert "There is none yet." in text
    assert "<title>Pictures |" in text


@time_machine.travel(MONDAY, tick=False)
def test_an_uploaded_picture_is_listed_with_its_markdown(sign_in: Cast, root: Path) -> None:
    editor = sign_in("editor")
    answer = upload(editor, name="walking-path")
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    text = text_of(editor.get(PAGE))
    assert "The picture “walking-path” is stored." in text
    assert LINE in text
    assert "600 × 400 pixels. Uploaded on November 23, 2026, 10\xa0a.m. by editor." in text
    assert "No page shows it." in text
    small = stored_pictures()["walking-path"][0]
    assert f'src="{small.url}"' in text
    assert len(file_names(root)) == 2
    assert Client().get(small.url).status_code == 200


@pytest.mark.parametrize(
    ("file_name", "name"),
    [("IMG_0042.JPG", "img-0042"), ("Walk in the Park (2).png", "walk-in-the-park-2"), ("x" * 90 + ".png", "x" * 80)],
)
def test_the_default_name_is_that_of_the_file(sign_in: Cast, root: Path, file_name: str, name: str) -> None:
    assert upload(sign_in("editor"), file_name=file_name).status_code == 303
    assert [*stored_pictures()] == [name]


@pytest.mark.parametrize(
    ("name", "file_name", "message"),
    [
        ("Walking Path", "a.jpg", NO_NAME),
        ("walking_path", "a.jpg", NO_NAME),
        ("../path", "a.jpg", NO_NAME),
        ("", "道.jpg", NO_NAME),
        ("x" * 81, "a.jpg", TOO_LONG),
    ],
)
def test_an_invalid_name_is_an_error_and_shown_again(
    sign_in: Cast, root: Path, name: str, file_name: str, message: str
) -> None:
    text = text_of(upload(sign_in("editor"), name=name, file_name=file_name))
    assert text.count(message) == 2  # in the summary and beside the field
    assert "Choose the file again: a browser does not keep it." in text
    assert f'value="{name}"' in text or not name
    assert 'aria-describedby="id_name_helptext id_name_error"' in text
    assert "<title>Error: Pictures |" in text
    assert stored_pictures() == {}


def test_a_taken_name_is_an_error_with_a_free_suggestion(sign_in: Cast, root: Path) -> None:
    editor = sign_in("editor")
    for name in ("walking-path", "walking-path-2"):
        make_picture(name)
    put_files(root, "walking-path-3")
    for name in ("walking-path", "walking-path-2", "walking-path-3"):
        message = f"There is a picture called “{name}” already. Choose another name, like walking-path-4"
        assert message in text_of(upload(editor, name=name))


def test_a_name_taken_during_the_upload_is_an_error(sign_in: Cast, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*args: object) -> None:
        raise NameTakenError

    monkeypatch.setattr(pictures, "store", taken)
    text = text_of(upload(sign_in("editor"), name="walking-path"))
    assert "There is a picture called “walking-path” already." in text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "This file is empty. Choose another"),
        (b"<svg/>", UNKNOWN),
        (b"x" * (10 * 1024 * 1024 + 1), TOO_HEAVY),
    ],
)
def test_an_invalid_picture_is_an_error_and_the_name_is_shown_again(
    sign_in: Cast, root: Path, data: bytes, message: str
) -> None:
    text = text_of(upload(sign_in("editor"), data, name="walking-path"))
    assert text.count(message) == 2
    assert 'value="walking-path"' in text
    assert "Choose the file again" not in text


def test_a_missing_file_is_an_error(sign_in: Cast, root: Path) -> None:
    text = text_of(sign_in("editor").post(PAGE, {"name": ""}))
    assert NO_PICTURE in text


def test_an_unwritable_folder_is_reported_and_the_picture_stored(sign_in: Cast, root: Path) -> None:
    (root / "pictures").touch()  # a file in place of the folder
    editor = sign_in("editor")
    assert upload(editor, name="walking-path").status_code == 303
    assert "this machine cannot write its content folder (File exists)" in text_of(editor.get(PAGE))
    assert Picture.objects.here().named("walking-path").exists()


def test_the_list_names_the_pages_that_use_a_picture(sign_in: Cast, root: Path) -> None:
    make_picture("walking-path", root)
    make_picture("unused", root, data=make_bytes(color="red"))
    put_files(root, "by-hand")
    (root / "articles" / "good.md").write_text(make_article(body="![A path](/pictures/walking-path)\n"))
    text = text_of(sign_in("editor").get(PAGE))
    assert "Walking with a sore back" in text
    assert "Put into the content folder by hand." in text
    assert [f'{name}/delete/"' in text for name in ("walking-path", "unused", "by-hand")] == [False, True, False]


def test_many_pictures_are_paginated(sign_in: Cast, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PER_PAGE", 1)
    put_files(root, "one")
    put_files(root, "two")
    editor = sign_in("editor")
    assert "<h3>one</h3>" in text_of(editor.get(PAGE))
    assert "<h3>two</h3>" in text_of(editor.get(f"{PAGE}?page=2"))


def test_an_unused_picture_can_be_deleted(sign_in: Cast, root: Path) -> None:
    make_picture("walking-path", root)
    editor = sign_in("editor")
    address = f"{PAGE}walking-path/delete/"
    assert "There is no way back." in text_of(editor.get(address))
    assert len(file_names(root)) == 2
    assert editor.post(address).status_code == 303
    assert "The picture “walking-path” is deleted." in text_of(editor.get(PAGE))
    assert file_names(root) == ()
    assert Picture.objects.get().by == "editor"
    assert editor.get(address).status_code == 404


def test_a_used_picture_cannot_be_deleted(sign_in: Cast, root: Path) -> None:
    make_picture("walking-path", root)
    (root / "articles" / "good.md").write_text(make_article(body="![A path](/pictures/walking-path)\n"))
    editor = sign_in("editor")
    address = f"{PAGE}walking-path/delete/"
    assert "Take it out of these texts first." in text_of(editor.get(address))
    text = text_of(editor.post(address))
    assert "Nothing was deleted: a page shows the picture “walking-path”." in text
    assert len(file_names(root)) == 2
