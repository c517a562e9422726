"""What holds for any input: pages show only listed elements, files load or name their problem, texts keep their form.

hypothesis makes the inputs, the same ones at each run of `make test`, and many more in `make soak`.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import nh3
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from appointments.desk.queue.export import to_csv
from articles.frontmatter import parse_article, parse_page
from articles.loading.loader import FILES
from articles.rendering.renderer import Rendered, render
from articles.rendering.sanitizer import ATTRIBUTES, CLASSES, EXACT, ID, PATTERNS, PROTOCOLS, TAGS, clean
from clinic_site.clinic_yaml import get_clinic, parse_clinic
from clinic_site.content.files import ContentError, SourceFile
from clinic_site.content.yaml_fields import parse_yaml
from clinic_site.text.folding import fold, fold_name, same_letters, without_invisible
from clinic_site.text.phones import PhoneNumberError, e164, format_phone, read_number
from tests.appointments.builders import make_request
from tests.articles.rules.judged import WHOLE, read_article
from tests.content_builders import make_article
from tests.shipped import REAL_CONTENT, shipped_library
from tests.soak import often

pytestmark = pytest.mark.whole
FEW = settings(max_examples=often(60, 20_000), derandomize=True, database=None, deadline=None)
MANY = settings(FEW, max_examples=often(300, 100_000))
YAML_FILES = {**FILES, "clinic.yaml": lambda source: parse_clinic(parse_yaml(source.path, source.text))}

# Pieces of Markdown, of our own marks and of hostile HTML, from which hypothesis puts texts together.
PIECES = """
**a** *b* `c` # ## ### - > | --- : ! [a](/b) [a](javascript:alert(1)) [a](data:text/html,x) ![a](/pictures/b) ![a](//c)
[^1] [^1]: [@cohen2018] [@cohen2018;@a] {{_block:_risks_}} {{_clinic:_name_}} {{_clinic:_phone_}} {certainty:_low}
[!URGENT] [!CARE] Table: ```figure ``` kind:_icons <script>alert(1)</script> <img_src=x_onerror=alert(1)>
<svg_onload=alert(1)> <a_href="javascript:alert(1)"> <style>*{}</style> <iframe> </p> <!-- --> &lt;script&gt; &#x6A;
<math><mtext></form><form><mglyph><style></math><img_src_onerror=alert(1)> " ' = \\ \x00 \u202e ketamine NMDA a_b
""".split()
TEXTS = st.lists(
    st.one_of(st.sampled_from([piece.replace("_", " ") for piece in PIECES]), st.text(max_size=12)), max_size=25
).flatmap(lambda pieces: st.sampled_from(["", " ", "\n", "\n\n"]).map(lambda between: between.join(pieces)))
TAGS_AND_TRICKS = """
<p> </p> <b> <a_href='javascript:x'> <a_href='https://a.example'> </a> <svg> </svg> <svg_viewBox='0_0_1_1'>
<use_href='#a'> <use_href='//a'> <math> <mi> <title> <style> </style> <noscript> <textarea> <template> <xmp> <!-- -->
<![CDATA[ ]]> <table> <td> <foreignObject> <img_src=x_onerror=y> <p_class='callout_evil'> <p_id='a_b'> </ x _ ' "
<script>alert(1)</script> &lt;script&gt;
""".split()
HTML = st.lists(st.sampled_from([piece.replace("_", " ") for piece in TAGS_AND_TRICKS]), max_size=15).map("".join)


def elements(html: str) -> Iterator[Element]:
    """Yield the elements of the fragment, as a browser parses it."""
    for element in html5lib.parseFragment(html, namespaceHTMLElements=False).iter():
        if isinstance(element.tag, str) and element.tag != "DOCUMENT_FRAGMENT":
            yield element


def unlisted(html: str) -> list[str]:
    """Return what the page must not have: elements, attributes and values that are on no list of the sanitizer."""
    return [fault for element in elements(html) for fault in _faults(element)]


def _faults(element: Element) -> Iterator[str]:
    tag = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
    if tag not in TAGS:
        yield tag
    for name, value in element.attrib.items():
        if not is_listed(tag, name, value):
            yield f"{tag} {name}={value}"


def is_listed(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return CLASSES.issuperset(value.split())
    if name == "id":
        return bool(ID.fullmatch(value))
    if name == "href":
        scheme = re.match(r"\s*([a-zA-Z][\w+.-]*):", value)
        return value.startswith("#") if tag == "use" else tag == "a" and (not scheme or scheme[1].lower() in PROTOCOLS)
    listed = name in ATTRIBUTES.get(tag, ()) and value in EXACT.get(name, {value})
    return listed and (name not in PATTERNS or bool(PATTERNS[name].fullmatch(value)))


def parts(page: Rendered) -> tuple[str, ...]:
    return page.lead, page.key_points, page.body, page.closing


@FEW
@given(TEXTS)
@example("[a](javascript:alert(1)) <script>x</script>")
def test_whatever_the_markdown_a_page_has_listed_elements_alone(text: str) -> None:
    try:
        page = render(read_article(make_article(f"## A\n\n{text}\n")))
    except ContentError:  # refused, with its line
        return
    assert [fault for part in parts(page) for fault in unlisted(part)] == []


@MANY
@given(HTML)
@example("<svg><style><img src=x onerror=y></style></svg>")
@example("<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=y&gt;'>")
def test_whatever_the_html_only_listed_elements_remain(html: str) -> None:
    assert unlisted(clean(html)) == []


@MANY
@given(st.one_of(st.text(max_size=200), TEXTS))
def test_an_article_of_any_text_loads_or_has_a_problem(text: str) -> None:
    loads_or_names_its_problem(parse_article, "articles/a-page.md", text)
    loads_or_names_its_problem(parse_page, "pages/a-page.md", f"---\n{text}\n---\nText.\n")


def loads_or_names_its_problem(parse: Callable[[SourceFile], Any], name: str, text: str) -> None:
    """Fail if `parse` raises anything but a ContentError of this file."""
    try:
        parse(SourceFile(name, text, "digest"))
    except ContentError as error:
        problem = error.problem
    else:
        return
    assert problem.path == name
    assert problem.line > 0
    assert problem.message


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """Return the text with a few lines lost, doubled or replaced."""
    lines = text.split("\n")
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        other = st.sampled_from(["", "  - x", "a: [", "a: {b: c}", "- 1", "key: 2026-13-01", "? !!python/x y", "\t- a"])
        lines[at : at + 1] = draw(st.one_of(st.just([]), st.just([lines[at]] * 2), other.map(lambda line: [line])))
    return "\n".join(lines)


@FEW
@given(damaged(WHOLE))
def test_a_damaged_article_loads_or_has_a_problem(text: str) -> None:
    loads_or_names_its_problem(parse_article, "articles/a-page.md", text)


@pytest.mark.parametrize("name", sorted(YAML_FILES))
def test_a_damaged_shared_file_loads_or_has_a_problem(name: str) -> None:
    @settings(FEW, max_examples=often(15, 5_000))
    @given(damaged((REAL_CONTENT / name).read_text()))
    def check(text: str) -> None:
        loads_or_names_its_problem(YAML_FILES[name], name, text)

    check()


@MANY
@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    for form in (fold, fold_name, without_invisible, same_letters):
        assert form(form(text)) == form(text)


@MANY
@given(st.one_of(st.from_regex(r"\+?[0-9 ().-]{7,16}( ext\. ?[0-9]{1,6})?", fullmatch=True), st.text(max_size=20)))
def test_a_phone_number_that_is_read_is_read_again_from_how_it_is_shown(text: str) -> None:
    try:
        number = read_number(text)
    except PhoneNumberError:
        return
    assert e164(read_number(format_phone(e164(number)))) == e164(number)


FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")


@pytest.mark.django_db
def test_no_cell_of_an_export_is_a_formula() -> None:
    stored, clinic = make_request(), get_clinic()

    @FEW
    @given(st.lists(st.one_of(st.text(max_size=8), st.sampled_from("=+-@\t\r\n;,'\"＝")), max_size=12).map("".join))
    def check(text: str) -> None:
        for field in ("name", "note", "access_note", "interpreter", "phone_typed", "assigned_to"):
            setattr(stored, field, text)
        for row in csv.reader(io.StringIO(to_csv([stored], clinic).decode("utf-8-sig"), newline="")):
            assert [cell for cell in row if FORMULA.match(cell)] == []

    check()


def test_another_sanitizer_leaves_every_page_as_it_is() -> None:
    """bleach, which makes our pages safe, is archived: nh3 would take its place with these lists."""
    attributes = {tag: {*ATTRIBUTES.get(tag, ()), "class", "id"} for tag in TAGS}
    library = shipped_library()
    documents = [*library.articles.values(), *library.pages.values()]
    assert documents
    for document in documents:
        for part in parts(render(document)):
            other = nh3.clean(
                part,
                tags=set(TAGS),
                attributes=attributes,
                attribute_filter=lambda tag, name, value: value if is_listed(tag, name, value) else None,
                url_schemes=set(PROTOCOLS),
                link_rel=None,
                clean_content_tags=set(),
            )
            assert tree(other) == tree(part), document.path


def tree(html: str) -> list[tuple[str, dict[str, str], str]]:
    return [(element.tag, dict(element.attrib), f"{element.text}{element.tail}") for element in elements(html)]
