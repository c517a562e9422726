"""Staff add a source in a form; other lines of references.yaml stay."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from articles.content.documents import Source
from articles.editing.revisions import disk
from articles.library import refresh
from articles.models import Revision
from tests.articles.editing.builders import make_revision
from tests.articles.editing.content_folder import message, summary
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PAGE = "/admin/articles/contentfile/sources/new/"
FILE = "references.yaml"
TYPED = {
    "title": "Ketamine: a “new” look, #2",
    "authors": "Cohen SP\n  Bhatia A \n\n",
    "type": "guideline",
    "container": "Journal of Pain",
    "year": "2018",
    "volume_pages": "43(5):521-546",
    "doi": "https://doi.org/10.1097/AAP.0000000000000808",
    "checked": "seen",
    "supports": "CRPS: moderate evidence.\nNothing else.",
}
Post = Callable[..., Any]


@pytest.fixture(autouse=True)
def root(stored_root: Path) -> Path:
    return stored_root


@pytest.fixture
def post(editor: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Post:
    """Return a function that posts the form with other values and runs the on-commit callbacks."""

    def sent(base: int = 1, **other: str) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return editor.post(PAGE, {"base": base, **TYPED, **other})

    return sent


def source(key: str) -> Source:
    return refresh().shared.sources[key]


@pytest.mark.parametrize(
    ("who", "status"), [("editor", 200), ("owner", 200), ("front desk", 403), ("reviewer", 403), ("stranger", 302)]
)
def test_those_who_may_edit_articles_may_add_a_source(sign_in: Cast, who: str, status: int) -> None:
    assert sign_in(who).get(PAGE).status_code == status


@pytest.mark.parametrize("path", ["files/", f"files/{FILE}", "sources/new/"])
def test_the_form_is_found_from_the_other_files(editor: Client, path: str) -> None:
    text = editor.get(f"/admin/articles/contentfile/{path}").content.decode()
    assert (PAGE if path != "sources/new/" else f"files/{FILE}") in text


def test_a_new_source_can_be_cited_at_once(root: Path, post: Post) -> None:
    before = (root / FILE).read_text()
    response = post()
    assert response.headers["Location"] == PAGE
    assert message(response) == "The source is on the list. Cite it in a text as [@cohen2018]."
    assert source("cohen2018") == Source(
        key="cohen2018",
        authors=("Cohen SP", "Bhatia A"),
        title="Ketamine: a “new” look, #2",
        container="Journal of Pain",
        year="2018",
        kind="guideline",
        volume_pages="43(5):521-546",
        url="https://doi.org/10.1097/AAP.0000000000000808",
        checked=True,
    )
    assert (root / FILE).read_text().startswith(before)
    newest = Revision.objects.of(FILE)[0]
    assert (newest.number, newest.why, newest.live) == (2, "New source: cohen2018", True)


def test_what_is_left_empty_is_left_out_of_the_file(root: Path, post: Post) -> None:
    post(doi="", year="", volume_pages="", checked="from_memory", url="https://pain.example/look")
    added = (root / FILE).read_text().partition("key: cohen")[2]
    assert not re.search("doi|year|volume_pages|pmid|note", added)
    assert (source("cohen").url, source("cohen").checked) == ("https://pain.example/look", False)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ({"key": "my_key-1"}, "my_key-1"),
        ({"authors": "Walking Á."}, "walking2018"),
        ({"authors": "Walking", "year": "2020"}, "walking2020-2"),
        ({"authors": "疼痛"}, "source2018"),
    ],
)
def test_a_key_is_made_where_none_is_given(post: Post, typed: dict[str, str], key: str) -> None:
    post(authors="Walking", year="2020")
    post(base=2, doi="", **typed)
    assert source(key).title == TYPED["title"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"title": " "}, "Enter the title of the source"),
        ({"authors": "\n"}, "Name at least one author"),
        ({"type": ""}, "Choose what the source is"),
        ({"container": ""}, "Enter the journal, the site or the publisher"),
        ({"checked": ""}, "Say whether a public record of the source was seen"),
        ({"supports": ""}, "Write what the source may be cited for"),
        ({"year": "last year"}, "Write the year with four digits"),
        ({"pmid": "PMID 1"}, "Write the PubMed number in digits alone"),
        ({"url": "pain.example"}, "Write the address from its beginning"),
        ({"url": "https://pain"}, "Write the address from its beginning"),
        ({"doi": "1097/AAP.08"}, "That is not the form of a DOI."),
        ({"doi": "10.1097 AAP.08"}, "That is not the form of a DOI."),
        ({"doi": "doi: 10.1000/WALK"}, "This source is on the list already: cite it as [@walking2020]"),
        ({"key": "two words"}, "Use letters, digits, hyphens and underscores in the key"),
        ({"key": "walking2020"}, "“walking2020” is the key of another source."),
    ],
)
def test_each_mistake_is_named_and_nothing_is_saved(post: Post, typed: dict[str, str], words: str) -> None:
    assert words in summary(post(**typed))
    assert Revision.objects.of(FILE)[0].number == 1


def test_the_second_of_two_saves_is_told(post: Post) -> None:
    post()
    text = summary(post(title="Another", authors="Else", doi=""))
    assert "editor saved the list of sources meanwhile" in text
    assert Revision.objects.of(FILE)[0].number == 2


def test_a_list_with_a_mistake_is_mended_first(root: Path, post: Post) -> None:
    refresh()
    (root / FILE).write_text("sources: [")
    assert "of the list of sources: This is not valid YAML" in summary(post(base=2))


def test_a_folder_that_cannot_be_written_is_told(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "check_writable", fail)
    assert "No space left on device" in summary(post())


def test_without_the_list_there_is_no_form(editor: Client) -> None:
    make_revision(path=FILE, removed=True)
    assert editor.get(PAGE).status_code == 404
