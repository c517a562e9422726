"""The YAML of a figure is read strictly."""

from decimal import Decimal

import pytest

from articles.rendering.figures.model import (
    Arm,
    CertaintyScale,
    Estimate,
    Grade,
    Intervals,
    People,
    in_words,
    parse_figure,
)
from clinic_site.content.files import ContentError
from tests.articles.figures import CERTAINTY, EVERY_KIND, INTERVAL, PEOPLE, STEPS, TIMELINE, changed, fenced


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_is_read(kind: str) -> None:
    figure = parse_figure("a.md", EVERY_KIND[kind], 5)
    assert (figure.line, figure.limits) == (5, "Whether it lasts.")
    assert figure.source == "A trial of 40 people [@walking2020]."
    assert (6, figure.title) in figure.texts


def test_the_parts_of_a_figure_are_read() -> None:
    people, interval, scale = (parse_figure("a.md", text, 1) for text in (PEOPLE, INTERVAL, CERTAINTY))
    assert isinstance(people, People)
    assert people.arms == (Arm("with walks", 76, 100, 5), Arm("with rest", 18, 100, 6))
    assert isinstance(interval, Intervals)
    assert interval.rows == (Estimate("A review", Decimal("-1.8"), Decimal("-2.4"), Decimal("0.5"), 9),)
    assert isinstance(scale, CertaintyScale)
    assert scale.rows == (Grade("Walks help", 1, 1, False, ""), Grade("Rest helps", 0, 2, True, "See [@walking2020]."))


@pytest.mark.parametrize(
    ("text", "old", "new", "message"),
    [
        (PEOPLE, "kind: people", "kind: pie", "a.md:11: “kind” is “pie”. Use one of: people, interval, certainty,"),
        (PEOPLE, "title:", "titel:", "a.md:11: “title” is missing."),
        (PEOPLE, "shows:", "color: red\nshows:", "a.md:13: “color” is not a known key."),
        (PEOPLE, "count: 76", "count: 101", "a.md:15: “count” is 101. It lies between 0 and 100."),
        (PEOPLE, "of: 100", "of: 101", "a.md:15: “of” is 101. Write 1 to 100."),
        (PEOPLE, "of: 100}", "of: 100, per: day}", "a.md:15: “per” is not a known key."),
        (PEOPLE, "certainty: low", "certainty: strong", "a.md:17: “certainty” is “strong”. Use one of: very low, low,"),
        (PEOPLE, "Whether it", "Whether {{ clinic: name }}", "a.md:19: A figure takes no “{{ … }}”."),
        (INTERVAL, "from: -4", "from: low", "a.md:14: “from” must be a number, like -1.8."),
        (INTERVAL, "to: 1", "to: -5", "a.md:15: The axis goes from -4 to -5."),
        (INTERVAL, "low: -2.40", "low: -5", "a.md:19: “low”, “estimate” and “high” must rise, between -4 and 1."),
        (INTERVAL, "high: 0.5", "high: -2", "a.md:19: “low”, “estimate” and “high” must rise, between -4 and 1."),
        (
            CERTAINTY,
            "level: low",
            "level: good",
            "a.md:14: “level” is “good”. Use one of: very low, low, moderate, high.",
        ),
        (CERTAINTY, "level: low", "level: low, to: very low", "a.md:14: “to” is the more certain step of the two"),
        (CERTAINTY, "rows:", "steps: [sure]\nrows:", "a.md:13: “steps” has 1 words. Write 2 to 5, the least certain"),
        (TIMELINE, "mark: other", "mark: nice", "a.md:16: “mark” is “nice”. Use one of: approved, warning, other."),
        (STEPS, "  - {name: Door, what: Go out.}\n", "", "a.md:14: “steps” has 1 entries. Write 2 to 20 of them."),
    ],
)
def test_a_fault_is_named_with_its_line(text: str, old: str, new: str, message: str) -> None:
    with pytest.raises(ContentError) as error:
        parse_figure("a.md", changed(text, old, new), 11)
    assert str(error.value).startswith(message)


def test_marks_for_reviewers_are_not_part_of_a_text() -> None:
    figure = parse_figure("a.md", changed(PEOPLE, "it lasts.", "it cures {claim-ok: a denial}."), 1)
    assert figure.limits == "Whether it cures."
    assert any("claim-ok" in text for _, text in figure.texts)


def test_a_figure_is_found_by_its_words() -> None:
    assert in_words(f"One.\n\n{fenced(TIMELINE)}") == (
        "One.\n\n\nWalks over the years.\n1999.\nWalks were allowed.\n2023.\nA warning came out.\n2025.\n"
        "A review came out.\nWhether it lasts.\nA trial of 40 people [@walking2020].\n\n"
    )
    assert in_words(fenced("kind: pie")) == "\n\n"
