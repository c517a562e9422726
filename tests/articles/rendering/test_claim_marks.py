"""The mark that explains a claim is for reviewers: readers and the search never see it."""

from pathlib import Path

import pytest

from articles.rendering.blocks import whole_text, without_claim_marks
from articles.rendering.page_cache import rendered
from tests.articles.rendering.test_renderer import Render


@pytest.mark.parametrize(
    ("markdown", "left"),
    [
        ("No cure {claim-ok: a denial}.", "No cure."),
        ("No cure. {claim-ok:a denial}\nNext", "No cure.\nNext"),
        ("{claim-ok: a\ndenial} Text", " Text"),
        ("A {claim: ok} stays.", "A {claim: ok} stays."),
    ],
)
def test_the_mark_alone_is_removed(markdown: str, left: str) -> None:
    assert without_claim_marks(markdown) == left


def test_the_mark_is_in_neither_page_nor_search(tmp_path: Path) -> None:
    body = "## No cure {claim-ok: a denial}\n\n| A |\n|---|\n| no cure {claim-ok: a denial} |\n\n- none {claim-ok: x}\n"
    article = Render(tmp_path).article(body)
    assert "claim-ok" not in rendered(article).body + whole_text(article)
    assert "denial" not in rendered(article).body + whole_text(article)
    assert rendered(article).contents[0].text == "No cure"
