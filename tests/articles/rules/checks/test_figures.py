"""Rule A32: figures are fair."""

import pytest

from articles.editing.editor.figure_templates import figure_templates
from articles.rendering.figures.model import parse_figure
from tests.articles.figures import EVERY_KIND, INTERVAL, PEOPLE, STEPS, changed, fenced
from tests.articles.rules.judged import article, findings, messages

LOOKED_UP, FROM_MEMORY = "@pickering2020", "@brandow2020"


def judged(text: str, source: str = LOOKED_UP) -> list[str]:
    return messages(article(f"One.\n\n{fenced(text.replace('@walking2020', source))}"), "A32")


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_complete_figure_passes(kind: str) -> None:
    assert judged(EVERY_KIND[kind]) == []


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_figure_needs_a_source_and_its_limits(kind: str) -> None:
    text = EVERY_KIND[kind]
    assert judged(text[: text.index("source:")]) == ["block: This figure has no source."]
    assert judged(changed(text, "40 people [@walking2020]", "40 people")) == ["block: This figure has no source."]
    assert judged(changed(text, 'limits: "Whether it lasts."\n', "")) == [
        "block: This figure does not say what it leaves out."
    ]


@pytest.mark.parametrize(
    ("text", "old", "new", "message"),
    [
        (PEOPLE, "certainty: low\n", "", "This figure does not say how certain it is."),
        (INTERVAL, "certainty: low\n", "", "This figure does not say how certain it is."),
        (
            PEOPLE,
            "certainty: low\nbecause: One small trial.",
            "certainty: not graded",
            "Nobody has graded this finding, and the figure does not say why to be careful.",
        ),
        (PEOPLE, "  - {name: with rest, count: 18, of: 100}\n", "", "This figure shows one side alone."),
        (PEOPLE, "count: 18, of: 100", "count: 18, of: 40", "One side counts of 100 and another of 40."),
        (PEOPLE, "count: 18, of: 100", "count: 18, of: 92", "One side counts of 100 and another of 92."),
        (INTERVAL, "from: -4\nto: 1", "from: -4\nto: -1", "The axis leaves out 0, the line of no difference."),
    ],
)
def test_an_unfair_figure_is_blocked(text: str, old: str, new: str, message: str) -> None:
    spoiled = changed(changed(text, "high: 0.5", "high: -1"), old, new) if "to: -1" in new else changed(text, old, new)
    assert judged(spoiled)[0] == f"block: {message}"


def test_a_large_group_is_told_of_a_hundred() -> None:
    text = PEOPLE.replace("count: 76, of: 100", "count: 29, of: 92").replace("of: 100", "of: 92")
    assert judged(text) == ["block: 92 people are too many to count, and not 100."] * 2
    assert judged(PEOPLE.replace("count: 76", "count: 4").replace("of: 100", "of: 20")) == []


def test_no_figure_rests_on_a_source_that_was_never_looked_up() -> None:
    assert judged(STEPS, FROM_MEMORY) == ["block: “@brandow2020” was never looked up, and no figure may rest on it."]


def test_a_finding_names_the_line_in_the_file() -> None:
    unequal = changed(PEOPLE, "count: 18, of: 100", "count: 18, of: 40").replace("@walking2020", LOOKED_UP)
    text = article(f"One.\n\n{fenced(unequal)}")
    place = next(number for number, line in enumerate(text.markdown.split("\n"), 1) if "with rest" in line)
    assert [finding.line for finding in findings(text, "A32")] == [text.line(place)]


def test_a_figure_that_cannot_be_read_is_left_to_the_loader() -> None:
    assert judged("kind: pie") == []


def test_the_words_of_a_figure_are_judged_like_any_others() -> None:
    text = article(fenced(changed(PEOPLE, "Whether it lasts.", "It is a miracle.").replace("@walking2020", LOOKED_UP)))
    assert messages(text, "A08") == ["block: “miracle” promises too much."]


@pytest.mark.parametrize(("name", "markdown"), figure_templates())
def test_the_editor_puts_in_figures_that_only_wait_for_their_source(name: str, markdown: str) -> None:
    figure = parse_figure("a.md", markdown.removeprefix("```figure\n").removesuffix("\n```"), 1)
    assert figure.limits
    assert name
    assert messages(article(markdown.replace("@key", LOOKED_UP)), "A32") == []
