"""Plain quotes, dashes and ellipses become typographic ones; skipping texts without any changes nothing."""

import re
from pathlib import Path

import pytest

from articles.library import get_library
from articles.rendering.extensions import typography
from articles.rendering.renderer import render
from tests.articles.rendering.test_renderer import Render

BODY = """\
"Quoted", then *it's* said -- in the '90s --- and so on...

Nothing here, **but here's "more"** and `"code" -- as typed...` stays.
"""


def test_plain_characters_become_typographic_except_in_code(tmp_path: Path) -> None:
    page = Render(tmp_path)(BODY)
    assert "<p>“Quoted”, then <em>it’s</em> said – in the ’90s — and so on…</p>" in page.body
    assert "<strong>but here’s “more”</strong>" in page.body
    assert '<code>"code" -- as typed...</code>' in page.body


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("She is 5'10\" tall.", "She is 5′10″ tall."),
        ("She is 5' 10\" tall, he 6'2.5\".", "She is 5′ 10″ tall, he 6′2.5″."),
        ("About 5'10 tall.", "About 5′10 tall."),
        ('A 12" scar and a 3" one.', "A 12″ scar and a 3″ one."),
        ('"The top 10" and "5 of 10" said so.', "“The top 10” and “5 of 10” said so."),
        ('He is 5\'10" and "well".', "He is 5′10″ and “well”."),
        ("'Tis so, 'twas so, and 'til now.", "’Tis so, ’twas so, and ’til now."),
        ("Tell 'em: class of '26, the '90s.", "Tell ’em: class of ’26, the ’90s."),
        ("Rock 'n' roll, it's so.", "Rock ’n’ roll, it’s so."),
        ("'Round' is a word, 'so is this'.", "‘Round’ is a word, ‘so is this’."),
        ("The doctors' 5 rooms", "The doctors’ 5 rooms"),
        ("Rate it 3 'points' of 10.", "Rate it 3 ‘points’ of 10."),
        ("`5'10\"` **5'10\"**", "<code>5'10\"</code> <strong>5′10″</strong>"),
    ],
)
def test_feet_inches_and_omitted_letters_have_their_own_characters(tmp_path: Path, typed: str, shown: str) -> None:
    assert Render(tmp_path)(f"{typed}\n").body == f"<p>{shown}</p>"


@pytest.mark.usefixtures("real_content")
def test_skipped_texts_hold_nothing_to_change(monkeypatch: pytest.MonkeyPatch) -> None:
    articles = [*get_library().articles.values()]
    skipping = [render(article) for article in articles]
    monkeypatch.setattr(typography, "TYPED", re.compile(""))  # no text is skipped
    assert [render(article) for article in articles] == skipping
