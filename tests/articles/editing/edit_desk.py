"""The editor's page as tests meet it: one published article, and what a browser sends of its form."""

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.test import Client

from articles.editing import store
from articles.editing.forms import ArticleForm
from articles.editing.front import body_of
from articles.library import get_library
from articles.models import Revision
from tests.articles.editing.review_desk import PATH, make_desk
from tests.articles.editing.shelf import look
from tests.articles.rules.judged import WHOLE

PAGE = "/admin/articles/contentfile/edit/sore-backs/"
NEW_PATH, NEW_PAGE = "articles/new-page.md", "/admin/articles/contentfile/edit/new-page/"
BODY = body_of(WHOLE)[0]
BANNED = BODY.replace("Some doctors try it for pain.", "It is a miracle.")
CHANGED = BODY.replace("Some doctors try it for pain.", "A few doctors try it for pain.")
Post = Callable[..., Any]


def make_newsroom(folder: Path) -> Path:
    """A content folder with “sore-backs” on the site, as revision 1."""
    root = make_desk(folder)
    look(root)
    return root


def typed(text: str = WHOLE, **overrides: Any) -> dict[str, Any]:
    """What a browser sends of the form that shows `text`."""
    form = ArticleForm(get_library().shared, text)
    values = {name: form[name].value() or "" for name in form.fields}
    return {**values, "base": "1", "do": "draft", **overrides}


def presser(client: Client, commits: Callable[..., Any]) -> Post:
    """Presses a button of the page; what is written once the transaction is committed is written."""

    def pressed(do: str = "draft", page: str = PAGE, **overrides: Any) -> Any:
        with commits(execute=True):
            return client.post(page, typed(do=do, **overrides))

    return pressed


def shown(response: Any) -> str:
    """The page's text, with every character as people see it."""
    return html.unescape(response.content.decode())


def show(client: Client, page: str = PAGE) -> str:
    return shown(client.get(page))


def faults(page: str) -> list[tuple[str, str]]:
    """Where each entry of “There is a problem” leads, and its words."""
    box = page.partition('id="faults-title"')[2].partition("</ul>")[0]
    return re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', box)


def newest(path: str = PATH) -> Revision:
    found = store.newest(path)
    assert found
    return found
