"""The admin pages about articles: content, problems and permissions."""

from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection
from pytest_django import Settings

from tests.conftest import Cast
from tests.content_builders import make_article, make_content

PATH = "/admin/articles/contentfile/"
EDITORS_PAGES = (
    "new/",
    "rename/walking/",
    "withdraw/walking/",
    "lead/",
    "edit/walking/check/",
    "edit/walking/preview/",
    "files/",
    "files/topics.yaml",
    "pictures/",
    "pictures/walking/delete/",
)
PAGES_FOR_ALL = ("", "history/walking/", "readers/")


def test_editors_see_problems_with_file_line_and_fix(sign_in: Cast, settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = make_content(
        tmp_path,
        good=make_article(),
        odd=make_article(colour="blue"),
        draft=make_article(title="A draft", status="draft"),
        early=make_article(title="An early one", publish_from="2099-01-01 00:00:00"),
    )
    text = sign_in("editor").get(PATH).content.decode()
    assert "articles/odd.md" in text
    assert "“colour” is not a known key. Check its spelling or remove the line." in text
    assert "Scheduled from January 1, 2099" in text
    assert "Not yet checked" in text


def test_a_site_without_problems_says_so(sign_in: Cast) -> None:
    assert "None. Every file is in order." in sign_in("editor").get(PATH).content.decode()


@pytest.mark.parametrize("page", PAGES_FOR_ALL)
@pytest.mark.parametrize(
    ("who", "status"),
    [("front desk", 403), ("patient", 302), ("stranger", 302), ("owner", 200), ("editor", 200), ("reviewer", 200)],
)
def test_editors_and_reviewers_see_the_status_pages(sign_in: Cast, page: str, who: str, status: int) -> None:
    assert sign_in(who).get(PATH + page).status_code == status


@pytest.mark.parametrize("page", EDITORS_PAGES)
@pytest.mark.parametrize(("who", "status"), [("front desk", 403), ("reviewer", 403), ("stranger", 302)])
def test_only_editors_change_anything(sign_in: Cast, page: str, who: str, status: int) -> None:
    client = sign_in(who)
    assert client.get(PATH + page).status_code == status
    assert client.post(PATH + page).status_code == status


@pytest.mark.parametrize("page", ["history/walking/restore/", "files/topics.yaml/history/"])
def test_reviewers_cannot_restore(sign_in: Cast, page: str) -> None:
    assert sign_in("reviewer").post(PATH + page).status_code == 403


@pytest.mark.parametrize("path", ["add/", "1/change/", "1/delete/"])
def test_the_admin_offers_no_add_change_or_delete(sign_in: Cast, path: str) -> None:
    assert sign_in("owner").get(PATH + path).status_code in (302, 403, 404)


@pytest.mark.django_db
def test_the_permission_can_be_revoked_and_granted_again() -> None:
    rights = import_module("articles.migrations.0004_editors_and_reviewers")
    first = import_module("articles.migrations.0002_editors_see_content")
    editors = Group.objects.get(name="Staff editors")
    with_editor = SimpleNamespace(connection=connection)
    rights.take_back(apps, with_editor)
    assert [permission.codename for permission in editors.permissions.all()] == ["view_contentfile"]
    assert not Group.objects.get(name="Clinical reviewers").permissions.exists()
    first.take_back(apps, with_editor)
    assert editors.permissions.count() == 0
    first.give(apps, with_editor)
    rights.give(apps, with_editor)
    assert set(editors.permissions.values_list("codename", flat=True)) == set(rights.RIGHTS["Staff editors"])


def test_the_start_page_of_editors_links_to_articles_but_not_to_requests(sign_in: Cast) -> None:
    text = sign_in("editor").get("/admin/").content.decode()
    assert PATH in text
    assert "consultationrequest" not in text
