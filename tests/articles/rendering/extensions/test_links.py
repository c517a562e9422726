"""The renderer and the rules agree on what is a link."""

import re
from html import unescape
from pathlib import Path

import pytest

from articles.library import load_library
from articles.rendering.extensions.links import find_images, find_links
from articles.rendering.renderer import render
from tests.content_builders import make_article, make_content

TYPED = [
    ("[a](/x/)", "/x/"),
    ('[a](/x/ "title")', "/x/"),
    ("[a](/x/ 'title')", "/x/"),
    ("[a](/x/ “title”)", "/x/"),
    ("[a](</x/>)", "/x/"),
    ("[a]( /x/ )", "/x/"),
    ("[a\nb](/x/)", "/x/"),
    ("[a](/x_(y)/)", "/x_(y)/"),
    ("[a](\n/x/\n)", "/x/"),
    ("[**a** [b]](/x/)", "/x/"),
    ("[a](/x/?q=1&r=2#c)", "/x/?q=1&r=2#c"),
    ("<https://a.example/x>", "https://a.example/x"),
    ("[a](/x y/)", None),
    ("[a](/x/ title)", None),
    ("[a](/x/“title”)", None),
    ("[a](/x/", None),
    ("[a] (/x/)", None),
    ("[a\n\nb](/x/)", None),
    ("\\[a](/x/)", None),
    ("[a][b]\n\n[b]: /x/", None),
    ("[b]\n\n[b]: /x/", None),
]


def body(folder: Path, text: str) -> str:
    root = make_content(folder, walking=make_article(f"{text}\n", sources=["walking2020"]))
    return str(render(load_library(root).articles["walking"]).body)


@pytest.mark.parametrize(("typed", "target"), TYPED)
def test_the_renderer_and_the_rules_find_the_same_links(tmp_path: Path, typed: str, target: str | None) -> None:
    html = re.sub(r"<sup.*?</sup>", "", body(tmp_path, f"See {typed} now."))
    shown = [unescape(address) for address in re.findall(r'href="([^"]*)"', html)]
    assert shown == ([] if target is None else [target])
    assert [link.target for link in find_links(f"See {typed} now.")] == shown


def test_link_text_may_hold_emphasis(tmp_path: Path) -> None:
    assert '<a href="/x/"><strong>a</strong> _b</a>' in body(tmp_path, "[**a** _b](/x/)")


@pytest.mark.parametrize("typed", ["![a](/x.png)", '![a](/x.png "t")', "![a](</x.png>)", "![a [b]](/x.png)"])
def test_the_renderer_and_the_rules_find_the_same_pictures(tmp_path: Path, typed: str) -> None:
    label = next(iter(find_images(typed))).label
    assert body(tmp_path, f"See {typed} now.") == f"<p>See <span>{label}</span> now.</p>"
    assert list(find_links(typed)) == []


def test_an_escaped_bracket_stays_in_the_address(tmp_path: Path) -> None:
    assert 'href="/x_(y/"' in body(tmp_path, r"[a](/x_\(y/)")
