"""The page of pictures: upload, the line to paste, where each is shown, deletion."""

from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from articles.editing import picture_form
from articles.editing.pages import pictures_page
from articles.editing.picture_files import NameTakenError, stored_pictures
from articles.editing.safe_pictures import TOO_HEAVY, UNKNOWN
from articles.models import Picture
from articles.pictures import file_names
from tests.articles.pictures import MONDAY, make_bytes, make_picture, put_files
from tests.conftest import Cast
from tests.content_builders import make_article, make_content

PAGE = "/admin/articles/contentfile/pictures/"
LINE = "![What the picture shows](/pictures/walking-path)"


@pytest.fixture
def root(tmp_path: Path, settings: Settings) -> Path:
    """A folder with one article that shows no picture."""
    settings.CONTENT_DIR = make_content(tmp_path, good=make_article())
    return Path(settings.CONTENT_DIR)


def upload(browser: Client, data: bytes | None = None, file_name: str = "IMG_0042.JPG", name: str = "") -> Any:
    picture = SimpleUploadedFile(file_name, make_bytes() if data is None else data)
    return browser.post(PAGE, {"picture": picture, "name": name})


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


@pytest.mark.parametrize(("who", "status"), [("reviewer", 403), ("front desk", 403), ("patient", 302), ("owner", 200)])
def test_pictures_are_for_editors(sign_in: Cast, root: Path, who: str, status: int) -> None:
    assert sign_in(who).get(PAGE).status_code == status
    assert sign_in("stranger").get(f"{PAGE}walking-path/delete/").status_code == 302


def test_an_editor_who_has_none_yet_sees_the_form(sign_in: Cast, root: Path) -> None:
    text = text_of(sign_in("editor").get(PAGE))
    assert "There is none yet." in text
    assert "<title>Pictures |" in text


@time_machine.travel(MONDAY, tick=False)
def test_an_editor_uploads_a_picture_and_finds_its_line(sign_in: Cast, root: Path) -> None:
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
def test_without_a_name_the_files_own_is_taken(sign_in: Cast, root: Path, file_name: str, name: str) -> None:
    assert upload(sign_in("editor"), file_name=file_name).status_code == 303
    assert [*stored_pictures()] == [name]


@pytest.mark.parametrize(
    ("name", "file_name", "said"),
    [
        ("Walking Path", "a.jpg", picture_form.NO_NAME),
        ("walking_path", "a.jpg", picture_form.NO_NAME),
        ("../path", "a.jpg", picture_form.NO_NAME),
        ("", "道.jpg", picture_form.NO_NAME),
        ("x" * 81, "a.jpg", picture_form.TOO_LONG),
    ],
)
def test_a_name_that_is_no_address_is_told_and_kept(
    sign_in: Cast, root: Path, name: str, file_name: str, said: str
) -> None:
    text = text_of(upload(sign_in("editor"), name=name, file_name=file_name))
    assert text.count(said) == 2  # in the summary and beside the field
    assert "Choose the file again: a browser does not keep it." in text
    assert f'value="{name}"' in text or not name
    assert 'aria-describedby="id_name_helptext id_name_error"' in text
    assert "<title>Error: Pictures |" in text
    assert stored_pictures() == {}


def test_a_name_that_is_taken_is_told_with_one_that_is_free(sign_in: Cast, root: Path) -> None:
    editor = sign_in("editor")
    for name in ("walking-path", "walking-path-2"):
        make_picture(name)
    put_files(root, "walking-path-3")
    for name in ("walking-path", "walking-path-2", "walking-path-3"):
        told = f"There is a picture called “{name}” already. Choose another name, like walking-path-4"
        assert told in text_of(upload(editor, name=name))


def test_a_name_that_somebody_took_just_now_is_told_too(
    sign_in: Cast, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(*args: object) -> None:
        raise NameTakenError

    monkeypatch.setattr(pictures_page, "store", taken)
    text = text_of(upload(sign_in("editor"), name="walking-path"))
    assert "There is a picture called “walking-path” already." in text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "This file is empty. Choose another"),
        (b"<svg/>", UNKNOWN),
        (b"x" * (10 * 1024 * 1024 + 1), TOO_HEAVY),
    ],
)
def test_what_is_no_picture_is_told_and_the_name_is_kept(sign_in: Cast, root: Path, data: bytes, said: str) -> None:
    text = text_of(upload(sign_in("editor"), data, name="walking-path"))
    assert text.count(said) == 2
    assert 'value="walking-path"' in text
    assert "Choose the file again" not in text


def test_nothing_chosen_is_told(sign_in: Cast, root: Path) -> None:
    text = text_of(sign_in("editor").post(PAGE, {"name": ""}))
    assert picture_form.NO_PICTURE in text


def test_a_folder_that_cannot_be_written_to_is_told_and_the_picture_kept(sign_in: Cast, root: Path) -> None:
    (root / "pictures").touch()  # a file where the folder belongs
    editor = sign_in("editor")
    assert upload(editor, name="walking-path").status_code == 303
    assert "this machine cannot write its content folder (File exists)" in text_of(editor.get(PAGE))
    assert Picture.objects.here().named("walking-path").exists()


def test_the_list_names_the_pages_that_show_a_picture(sign_in: Cast, root: Path) -> None:
    make_picture("walking-path", root)
    make_picture("unused", root, data=make_bytes(color="red"))
    put_files(root, "by-hand")
    (root / "articles" / "good.md").write_text(make_article(body="![A path](/pictures/walking-path)\n"))
    text = text_of(sign_in("editor").get(PAGE))
    assert "Walking with a sore back" in text
    assert "Put into the content folder by hand." in text
    assert [f'{name}/delete/"' in text for name in ("walking-path", "unused", "by-hand")] == [False, True, False]


def test_many_pictures_come_in_pages(sign_in: Cast, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures_page, "PER_PAGE", 1)
    put_files(root, "one")
    put_files(root, "two")
    editor = sign_in("editor")
    assert "<h3>one</h3>" in text_of(editor.get(PAGE))
    assert "<h3>two</h3>" in text_of(editor.get(f"{PAGE}?page=2"))


def test_an_editor_deletes_a_picture_that_no_page_shows(sign_in: Cast, root: Path) -> None:
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


def test_a_picture_that_a_page_shows_is_not_deleted(sign_in: Cast, root: Path) -> None:
    make_picture("walking-path", root)
    (root / "articles" / "good.md").write_text(make_article(body="![A path](/pictures/walking-path)\n"))
    editor = sign_in("editor")
    address = f"{PAGE}walking-path/delete/"
    assert "Take it out of these texts first." in text_of(editor.get(address))
    text = text_of(editor.post(address))
    assert "Nothing was deleted: a page shows the picture “walking-path”." in text
    assert len(file_names(root)) == 2
