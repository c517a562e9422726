"""Helpers for tests of the editor's page: a published article and its POST data."""

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.test import Client

from articles.editing.drafts.front_matter import body_of
from articles.editing.editor.forms import ArticleForm
from articles.editing.revisions import store
from articles.library import get_library
from articles.models import Revision
from tests.articles.editing.content_folder import sync_once
from tests.articles.editing.review.review_desk import PATH, make_desk
from tests.articles.rules.judged import WHOLE

PAGE = "/admin/articles/contentfile/edit/sore-backs/"
NEW_PATH, NEW_PAGE = "articles/new-page.md", "/admin/articles/contentfile/edit/new-page/"
BODY = body_of(WHOLE)[0]
BANNED = BODY.replace("Some doctors try it for pain.", "It is a miracle.")
CHANGED = BODY.replace("Some doctors try it for pain.", "A few doctors try it for pain.")
Post = Callable[..., Any]


def make_newsroom(folder: Path) -> Path:
    """Create a content folder with “sore-backs” published as revision 1."""
    root = make_desk(folder)
    sync_once(root)
    return root


def typed(text: str = WHOLE, **overrides: Any) -> dict[str, Any]:
    """Return the POST data of the form for `text`."""
    form = ArticleForm(get_library().shared, text)
    values = {name: form[name].value() or "" for name in form.fields}
    return {**values, "base": "1", "do": "draft", **overrides}


def presser(client: Client, commits: Callable[..., Any]) -> Post:
    """Return a function that presses a button of the page and runs the on-commit callbacks."""

    def pressed(do: str = "draft", page: str = PAGE, **overrides: Any) -> Any:
        with commits(execute=True):
            return client.post(page, typed(do=do, **overrides))

    return pressed


def shown(response: Any) -> str:
    """Return the page as text, with HTML entities decoded."""
    return html.unescape(response.content.decode())


def show(client: Client, page: str = PAGE) -> str:
    return shown(client.get(page))


def faults(page: str) -> list[tuple[str, str]]:
    """Where each entry of “There is a problem” leads, and its words."""
    box = page.partition('id="error-summary-title"')[2].partition("</ul>")[0]
    return re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', box)


def newest(path: str = PATH) -> Revision:
    found = store.newest(path)
    assert found
    return found
