"""A picture of the site becomes a figure; of any other, only the text alternative is shown."""

from dataclasses import replace
from pathlib import Path

import pytest

from articles.library import load_library
from articles.rendering import page_cache
from articles.rendering.extensions.pictures import PICTURE, find_pictures
from articles.rendering.renderer import render_block
from articles.rendering.sanitizer import clean
from articles.rendering.signed_text import text_hash
from tests.articles.pictures import put_files
from tests.content_builders import make_article, make_content
from tests.shipped import shipped_library

BASE = "/pictures/walking-path.0123456789ab"
SRCSET = f"{BASE}.480x320.webp 480w, {BASE}.960x640.webp 960w"


def rendered(tmp_path: Path, body: str) -> str:
    root = make_content(tmp_path, page=make_article(body=body, sources=["walking2020"]))
    put_files(root)
    library = load_library(root)
    assert library.problems == ()
    return str(page_cache.rendered(library.articles["page"]).body)


def test_a_picture_has_widths_and_reserves_its_room(tmp_path: Path) -> None:
    html = rendered(tmp_path, "Before.\n\n![A path & a “park”](/pictures/walking-path)\n\nAfter.\n")
    assert html == (
        "<p>Before.</p>\n"
        '<figure><img alt="A path &amp; a “park”" decoding="async" height="640" loading="lazy" '
        f'sizes="(min-width: 46rem) 43rem, 100vw" src="{BASE}.960x640.webp" srcset="{SRCSET}" width="960"></figure>\n'
        "<p>After.</p>"
    )


def test_a_caption_is_rendered_like_other_text(tmp_path: Path) -> None:
    html = rendered(tmp_path, '![A path](/pictures/walking-path "It\'s for chronic pain *too* [@walking2020]")\n')
    caption = html.partition("<figcaption>")[2].partition("</figcaption>")[0]
    assert caption.startswith('It’s for <button class="term"')
    assert "</span> <em>too</em><sup" in caption


def test_the_text_alternative_is_not_parsed_as_markup(tmp_path: Path) -> None:
    html = rendered(tmp_path, '![*A* "path" < {claim-ok: seen}](/pictures/walking-path)\n')
    assert 'alt="*A* &quot;path&quot; &lt;"' in html


@pytest.mark.parametrize(
    "body",
    [
        "See ![A chart](https://cdn.example/a.png) now.",
        "See ![A chart](/static/a.png) now.",
        "See ![A chart](</static/a.png> “A chart”) now.",
    ],
)
def test_of_a_foreign_picture_only_the_text_alternative_is_shown(tmp_path: Path, body: str) -> None:
    assert rendered(tmp_path, body) == "<p>See <span>A chart</span> now.</p>"


def test_a_replaced_picture_changes_the_signed_text(tmp_path: Path) -> None:
    body = "![A path](/pictures/walking-path)\n"
    root = make_content(tmp_path, page=make_article(body=body))
    put_files(root)
    before = load_library(root)
    for file in (root / "pictures").iterdir():
        file.rename(file.with_name(file.name.replace("0123456789ab", "ba9876543210")))
    after = load_library(root, before)
    assert text_hash(before.articles["page"]) != text_hash(after.articles["page"])


def test_a_missing_picture_shows_its_text_alternative() -> None:
    """As in a preview of a text that does not load yet."""
    text = "![A path](/pictures/nowhere)"
    shared = shipped_library().shared
    shared = replace(shared, blocks={"risks": replace(shared.blocks["risks"], text=text)})
    assert render_block(shared, "risks") == "<p><span>A path</span></p>"


def test_pictures_are_found_with_line_and_position() -> None:
    text = 'One\n\n![A](/pictures/a)\n![B](/pictures/b "C")\n\n> ![C](/pictures/c)\n\nIn ![D](/pictures/d) text\n'
    assert [(find_picture.name, find_picture.line, find_picture.alone) for find_picture in find_pictures(text)] == [
        ("a", 3, True),
        ("b", 4, True),
        ("c", 6, True),
        ("d", 8, False),
    ]


def test_a_long_line_is_searched_fast() -> None:
    assert PICTURE.search("![" * 50_000 + "](/pictures/" * 50_000) is None


@pytest.mark.parametrize(
    ("attributes", "left"),
    [
        (f'src="{BASE}.960x640.webp"', f' src="{BASE}.960x640.webp"'),
        ('src="/pictures/walking-path"', ""),
        (f'src="https://cdn.example{BASE}.960x640.webp"', ""),
        (f'src="//cdn.example{BASE}.960x640.webp"', ""),
        ('src="data:image/png;base64,AA"', ""),
        (f'srcset="{SRCSET}"', f' srcset="{SRCSET}"'),
        (f'srcset="{SRCSET}, https://cdn.example/a.png 1440w"', ""),
        ('sizes="1px"', ""),
        ('width="9" height="x"', ' width="9"'),
        ('loading="eager" decoding="sync" onerror="x()"', ""),
    ],
)
def test_the_sanitizer_accepts_pictures_of_the_site_alone(attributes: str, left: str) -> None:
    assert clean(f"<img {attributes}>") == f"<img{left}>"
