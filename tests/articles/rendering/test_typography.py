"""Plain quotes, dashes and ellipses become typographic ones, and skipping texts without them changes nothing."""

import re
from pathlib import Path

import pytest

from articles.library import get_library
from articles.rendering import render, typography
from tests.articles.rendering.test_rendering import Render

BODY = """\
"Quoted", then *it's* said -- in the '90s --- and so on...

Nothing here, **but here's "more"** and `"code" -- as typed...` stays.
"""


def test_plain_characters_become_typographic_ones_but_in_code(tmp_path: Path) -> None:
    page = Render(tmp_path)(BODY)
    assert "<p>“Quoted”, then <em>it’s</em> said – in the ’90s — and so on…</p>" in page.body
    assert "<strong>but here’s “more”</strong>" in page.body
    assert '<code>"code" -- as typed...</code>' in page.body


@pytest.mark.usefixtures("real_content")
def test_a_text_that_is_skipped_holds_nothing_to_change(monkeypatch: pytest.MonkeyPatch) -> None:
    articles = [*get_library().articles.values()]
    skipping = [render(article) for article in articles]
    monkeypatch.setattr(typography, "TYPED", re.compile(""))  # every text is looked at
    assert [render(article) for article in articles] == skipping
