"""Figures become drawings with all that they show in words beside them."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from articles.content.documents import Article
from articles.library import load_library
from articles.rendering.figures.drawings import in_digits
from articles.rendering.page_cache import rendered
from articles.rendering.plain_text import plain_text
from articles.rendering.signed_text import signed_text
from tests.articles.figures import CERTAINTY, EVERY_KIND, INTERVAL, PEOPLE, TIMELINE, changed, fenced
from tests.articles.rendering.test_renderer import Render
from tests.articles.test_library import messages
from tests.content_builders import make_article, make_content
from tests.shipped import EVERY_ARTICLE, shipped_library

LARGEST = 6 * 1024  # bytes of a drawing
SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)


def words(html: str) -> str:
    """Return the words of a page outside the drawings, on one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", SVG.sub("", html)).split())


def figure(folder: Path, text: str) -> str:
    return Render(folder)(fenced(text)).body


def drawings(html: str) -> list[str]:
    return SVG.findall(html)


def test_people_are_counted_on_both_sides_alike(tmp_path: Path) -> None:
    html = figure(tmp_path, PEOPLE)
    both = [drawing for drawing in drawings(html) if "chart-people" in drawing]
    assert [counted(drawing) for drawing in both] == [(76, 24), (18, 82)]
    assert len({re.findall('viewBox="[^"]*"', drawing)[0] for drawing in both}) == 1
    assert '<figcaption id="figure-1-t">Who had a <em>sore</em> back</figcaption>' in html
    assert '<table aria-labelledby="figure-1-t">' in html
    assert "Out of people like those in the study: 76 of 100 with walks 18 of 100 with rest" in words(html)
    assert "had a sore back did not" in words(html)


def counted(drawing: str) -> tuple[int, int]:
    """Return how many people are filled and how many are open."""
    groups = dict(re.findall(r'<g class="chart-(yes|no)">(.*?)</g>', drawing))
    rows, single = ({name: group.count(end) for name, group in groups.items()} for end in ('r"', 'p"'))
    return rows.get("yes", 0) * 10 + single.get("yes", 0), rows.get("no", 0) * 10 + single.get("no", 0)


@pytest.mark.parametrize(("count", "groups"), [(0, ["chart-no"]), (20, ["chart-yes"]), (7, ["chart-yes", "chart-no"])])
def test_nobody_and_everybody_can_be_drawn(tmp_path: Path, count: int, groups: list[str]) -> None:
    html = figure(tmp_path, changed(PEOPLE, "count: 76, of: 100", f"count: {count}, of: 20"))
    assert re.findall(r'<g class="([^"]*)"', drawings(html)[0]) == groups
    assert 'viewBox="0 0 50 60"' in drawings(html)[0]


def test_three_groups_stand_beside_each_other(tmp_path: Path) -> None:
    third = "arms:\n  - {name: with both, count: 2, of: 100}"
    assert 'class="chart-arms chart-three"' in figure(tmp_path, changed(PEOPLE, "arms:", third))


def test_an_interval_shows_the_line_of_no_difference(tmp_path: Path) -> None:
    html = figure(tmp_path, INTERVAL)
    bar, axis = drawings(html)
    assert '<rect class="chart-range" height=".8em" width="54.5%" x="33.1%" y="1.8em"></rect>' in bar
    assert 'class="chart-dot" cx="44.4%"' in bar
    assert 'class="chart-zero" x1="78.2%"' in bar
    assert re.findall("<text[^>]*>([^<]*)", bar + axis) == ["no difference", "−4", "0", "1"]
    assert "A review 1.8 lower (from 2.4 lower to 0.5 higher)" in words(html)
    assert "Study Estimate, in points of 10 Range A review 1.8 lower 2.4 lower to 0.5 higher" in words(html)


def test_an_axis_without_zero_has_no_such_line(tmp_path: Path) -> None:
    html = figure(tmp_path, changed(changed(INTERVAL, "to: 1", "to: -1"), "high: 0.5", "high: -1"))
    assert "chart-zero" not in html
    assert "no difference" not in html


def test_no_difference_is_said_in_words(tmp_path: Path) -> None:
    assert "from 2.4 lower to no difference" in words(figure(tmp_path, changed(INTERVAL, "high: 0.5", "high: 0.0")))


def test_a_scale_has_a_dot_or_a_bar_for_each_row(tmp_path: Path) -> None:
    html = figure(tmp_path, CERTAINTY)
    head, one, more = drawings(html)
    assert re.findall("<text[^>]*>([^<]*)", head) == ["very low", "low", "moderate", "high"]
    assert re.findall(r'<(?:rect|circle) class="([^"]*)"', one) == ["chart-dot"]
    assert re.findall(r'<(?:rect|circle) class="([^"]*)"', more) == ["chart-dot", "chart-disputed", "chart-disputed"]
    assert "Walks help Low Rest helps Very low to moderate, disputed See [1] ." in words(html)


def test_events_have_shapes_of_their_own(tmp_path: Path) -> None:
    shapes = [
        re.findall(r"<(circle|path) class=\"([^\"]*)\"", drawing)[0] for drawing in drawings(figure(tmp_path, TIMELINE))
    ]
    assert shapes == [("circle", "chart-dot"), ("path", "chart-dot"), ("circle", "chart-disputed")]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_figure_ends_with_its_limits_and_source(tmp_path: Path, kind: str) -> None:
    html = figure(tmp_path, EVERY_KIND[kind])
    assert words(html).endswith("What this does not show Whether it lasts. Source A trial of 40 people [1] .")
    assert ("How certain Low certainty. One small trial." in words(html)) is (kind in ("people", "interval"))


def test_a_figure_without_notes_is_shown_all_the_same(tmp_path: Path) -> None:
    """Rule A32 keeps such a figure from readers; the preview shows the editor the drawing."""
    html = figure(tmp_path, PEOPLE[: PEOPLE.index("certainty")])
    assert '<dl class="chart-notes">' in html
    assert "<dt>" not in html


def test_a_finding_that_nobody_graded_says_so(tmp_path: Path) -> None:
    html = figure(tmp_path, changed(PEOPLE, "certainty: low", "certainty: not graded"))
    assert '<span class="certainty certainty-not-graded">Not graded.</span> One small trial.' in html


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_drawings_need_no_script_style_or_reader_of_screens(tmp_path: Path, kind: str) -> None:
    html = figure(tmp_path, EVERY_KIND[kind])
    assert not re.search(r"style=|<script|<style|\bon\w+=", html)
    assert drawings(html)
    assert all(drawing.startswith('<svg aria-hidden="true"') for drawing in drawings(html))


@EVERY_ARTICLE
def test_the_articles_have_figures_and_each_drawing_is_small(article: Article) -> None:
    body = rendered(article).body
    assert "<figure" in body
    assert max(len(drawing.encode()) for drawing in drawings(body)) <= LARGEST


def test_two_figures_of_a_page_share_no_id(tmp_path: Path) -> None:
    html = Render(tmp_path)(f"## Key points\n\n{fenced(PEOPLE)}\n## More\n\n{fenced(PEOPLE)}\n{fenced(PEOPLE)}")
    ids = re.findall(r'\bid="([^"]*)"', html.key_points + html.body)
    assert len(ids) == len(set(ids))


def test_every_word_of_a_figure_is_signed(tmp_path: Path) -> None:
    body = "\n".join(map(fenced, EVERY_KIND.values()))
    text = signed_text(Render(tmp_path).article(body))
    for line in (
        "Who had a sore back",
        "76 of 100 with walks",
        "| with rest | 18 of 100",
        "| A review | 1.8 lower | 2.4 lower to 0.5 higher",
        "| −4 | 0 | 1",
        "Very low to moderate, disputed",
        "1999 Walks were allowed.",
        "Low certainty. One small trial.",
        "A trial of 40 people[1].",
    ):
        assert line in text


def test_search_finds_the_words_of_a_figure_and_no_yaml() -> None:
    article = shipped_library().articles["ketamine-infusion-step-by-step"]
    assert "kind: people" in article.body
    assert "felt effects on the mind" in plain_text(article.body)
    assert "kind:" not in plain_text(article.body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (fenced("kind: pie\ntitle: x"), "“kind” is “pie”"),
        (fenced("kind: [people"), "This is not valid YAML"),
        ("```figure\nkind: people\n", "This begins no figure."),
    ],
)
def test_a_figure_that_cannot_be_read_is_reported_with_its_line(tmp_path: Path, body: str, message: str) -> None:
    text = make_article(f"One.\n\n{body}")
    library = load_library(make_content(tmp_path, page=text))
    line = text.split("\n").index("```figure") + 1
    assert message in messages(library)[0]
    assert messages(library)[0].startswith((f"articles/page.md:{line}:", f"articles/page.md:{line + 1}:"))


def test_a_block_holds_no_figure(tmp_path: Path) -> None:
    root = make_content(tmp_path)
    (root / "blocks" / "unknowns.md").write_text(fenced(PEOPLE))
    assert "blocks/unknowns.md:1: A block cannot hold a figure." in messages(load_library(root))[0]


@pytest.mark.parametrize(("number", "shown"), [("-1.80", "−1.8"), ("10", "10"), ("0.0", "0"), ("100", "100")])
def test_numbers_have_no_needless_zeros(number: str, shown: str) -> None:
    assert in_digits(Decimal(number)) == shown
