"""Staff editors see what is on the site and what is wrong; nobody else does."""

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


def test_editors_see_problems_with_file_line_and_what_to_do(sign_in: Cast, settings: Settings, tmp_path: Path) -> None:
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
    assert "published, outside its dates" in text
    assert "no clinician yet" in text


def test_a_site_in_order_says_so(sign_in: Cast) -> None:
    assert "None. Every file is in order." in sign_in("editor").get(PATH).content.decode()


@pytest.mark.parametrize(("who", "status"), [("front desk", 403), ("patient", 302), ("stranger", 302), ("owner", 200)])
def test_nobody_else_does(sign_in: Cast, who: str, status: int) -> None:
    assert sign_in(who).get(PATH).status_code == status


@pytest.mark.parametrize("path", ["add/", "1/change/", "1/delete/"])
def test_there_is_nothing_to_add_change_or_delete(sign_in: Cast, path: str) -> None:
    assert sign_in("owner").get(PATH + path).status_code in (302, 403, 404)


@pytest.mark.django_db
def test_the_permission_can_be_taken_back_and_given_again() -> None:
    migration = import_module("articles.migrations.0002_editors_see_content")
    editors = Group.objects.get(name="Staff editors")
    with_editor = SimpleNamespace(connection=connection)
    migration.take_back(apps, with_editor)
    assert editors.permissions.count() == 0
    migration.give(apps, with_editor)
    assert [permission.codename for permission in editors.permissions.all()] == ["view_contentfile"]


def test_editors_find_it_on_their_first_page_and_no_requests(sign_in: Cast) -> None:
    text = sign_in("editor").get("/admin/").content.decode()
    assert PATH in text
    assert "consultationrequest" not in text
