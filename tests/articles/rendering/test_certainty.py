"""A mark of certainty is a shape and words; an unknown level is reported."""

from pathlib import Path

import pytest

from articles.library import load_library
from articles.rendering.certainty import LEVELS
from articles.rendering.page_cache import rendered
from articles.rendering.plain_text import plain_text
from articles.rules.text.visible_text import visible_text
from tests.articles.rendering.test_renderer import Render
from tests.articles.test_library import messages
from tests.content_builders import make_article, make_content

WORDS = {level: f"{level} certainty" for level in LEVELS} | {"disputed": "disputed"}


@pytest.mark.parametrize("level", LEVELS)
def test_a_mark_says_its_level_in_words(tmp_path: Path, level: str) -> None:
    body = Render(tmp_path)(f"It helps [@walking2020] {{certainty: {level}}}.\n").body
    assert f'<span class="certainty certainty-{level.replace(" ", "-")}">{WORDS[level]}</span>.</p>' in body
    assert plain_text(f"It helps {{certainty: {level}}}.") == f"It helps {WORDS[level]}."
    assert visible_text(f"It helps {{certainty: {level}}}.").text == f"It helps {WORDS[level]}."


def test_a_mark_is_no_link_to_the_glossary(tmp_path: Path) -> None:
    root = make_content(tmp_path, page=make_article("It helps {certainty: low}. So says low certainty.\n"))
    glossary = root / "glossary.yaml"
    glossary.write_text(glossary.read_text().replace("long-term pain", "low certainty"))
    body = rendered(load_library(root).articles["page"]).body
    assert '<span class="certainty certainty-low">low certainty</span>. So says <button class="term"' in body


def test_an_unknown_level_is_reported(tmp_path: Path) -> None:
    library = load_library(make_content(tmp_path, page=make_article("One.\n\nIt helps {certainty: good}.\n")))
    assert "“good” is not a level of certainty. Use one of: very low, low, moderate" in messages(library)[0]
