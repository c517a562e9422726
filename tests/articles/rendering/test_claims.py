"""The mark that explains a claim is for reviewers: no reader and no search sees it."""

from pathlib import Path

import pytest

from articles.rendering.claims import without_claim_marks
from tests.articles.rendering.test_rendering import Render


@pytest.mark.parametrize(
    ("markdown", "left"),
    [
        ("No cure {claim-ok: a denial}.", "No cure."),
        ("No cure. {claim-ok:a denial}\nNext", "No cure.\nNext"),
        ("{claim-ok: a\ndenial} Text", " Text"),
        ("A {claim: ok} stays.", "A {claim: ok} stays."),
    ],
)
def test_the_mark_is_taken_out_and_nothing_else(markdown: str, left: str) -> None:
    assert without_claim_marks(markdown) == left


def test_the_mark_reaches_neither_page_nor_search(tmp_path: Path) -> None:
    body = "## No cure {claim-ok: a denial}\n\n| A |\n|---|\n| no cure {claim-ok: a denial} |\n\n- none {claim-ok: x}\n"
    article = Render(tmp_path).article(body)
    assert "claim-ok" not in article.rendered.body + article.full_text
    assert "denial" not in article.rendered.body + article.full_text
    assert article.rendered.contents[0].text == "No cure"
