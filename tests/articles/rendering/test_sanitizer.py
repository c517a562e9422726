"""The sanitizer removes everything that is not on its lists."""

import pytest

from articles.rendering.sanitizer import clean


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ('<p class="callout">x</p>', '<p class="callout">x</p>'),
        ('<p class="callout evil">x</p>', "<p>x</p>"),
        ('<p id="a b">x</p>', "<p>x</p>"),
        ('<p id="fn:1">x</p>', '<p id="fn:1">x</p>'),
        ('<p style="color:red">x</p>', "<p>x</p>"),
        ('<div role="alert" tabindex="5">x</div>', "<div>x</div>"),
        ('<div role="region" tabindex="0">x</div>', '<div role="region" tabindex="0">x</div>'),
        (
            '<table><tbody><tr><th scope="weird">x</th></tr></tbody></table>',
            "<table><tbody><tr><th>x</th></tr></tbody></table>",
        ),
        ('<p role="cell" data-label="x" data-other="y">x</p>', "<p>x</p>"),
        ('<a href="tel:911">911</a>', '<a href="tel:911">911</a>'),
        ('<a href="ftp://x">y</a>', "<a>y</a>"),
        ('<svg onload="x()" viewBox="0 0 9 9" width="100%"></svg>', '<svg viewBox="0 0 9 9" width="100%"></svg>'),
        ('<svg><use href="#a" x="1"></use></svg>', '<svg><use href="#a" x="1"></use></svg>'),
        ('<svg><use href="https://x.example/#a"></use></svg>', "<svg><use></use></svg>"),
        ('<svg><path d="M0 0url(x)" style="fill:red"></path></svg>', "<svg><path></path></svg>"),
        (
            '<svg><text x="calc(1px)" text-anchor="middle">x</text></svg>',
            '<svg><text text-anchor="middle">x</text></svg>',
        ),
        ("<form><input>x</form>", "x"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("<!-- secret -->x", "x"),
    ],
)
def test_unlisted_elements_and_attributes_are_removed(html: str, safe: str) -> None:
    assert clean(html) == safe


def test_roles_and_labels_of_a_table_remain() -> None:
    row = '<tr role="row"><th role="rowheader">A</th><td role="cell" data-label="&quot;B&quot; &lt; C">x</td></tr>'
    html = f'<table role="table"><tbody role="rowgroup">{row}</tbody></table>'
    assert clean(html) == html
