"""Figures: A32."""

from collections.abc import Iterator
from functools import singledispatch

from articles.rendering.certainty import NOT_GRADED
from articles.rendering.figures.fences import find_fences
from articles.rendering.figures.model import Figure, Intervals, People, parse_figure
from articles.rules.rule import WHOLE_PAGES, Hit, rule
from articles.rules.text.page_text import PageText
from articles.rules.text.visible_text import visible_text
from clinic_site.content.files import ContentError

OF_ALL = 100
LARGEST_GROUP = 40  # people that are drawn as they were; a larger group is told as so many of 100


@rule("A32", on=WHOLE_PAGES)
def figures_are_fair(text: PageText) -> Iterator[Hit]:
    """A figure shows both sides with one denominator, and says its source, how certain it is, and what it leaves out.

    Its sources were looked up. An axis has the line of no difference on it. Numbers must be those of the source: no
    rule can see that.
    """
    for fence in find_fences(text.markdown):
        try:
            figure = parse_figure(text.path, fence.text, text.first_line + fence.line)
        except ContentError:  # reported by the loader
            continue
        yield from _sources(text, figure)
        if not figure.limits:
            yield Hit(figure.line, "This figure does not say what it leaves out.", "Add a line “limits: …”.")
        yield from _fair(figure)


def _sources(text: PageText, figure: Figure) -> Iterator[Hit]:
    if not visible_text(figure.source).cites:
        yield Hit(figure.line, "This figure has no source.", "Add “source: …”, and cite it there: “[@key]”.")
    keys = {key for _, words in figure.texts for key in visible_text(words).cites}
    for key in sorted(keys & text.shared.sources.keys()):
        if not text.shared.sources[key].checked:
            message = f"“@{key}” was never looked up, and no figure may rest on it."
            yield Hit(figure.line, message, "Look the source up, or take the figure out.")


@singledispatch
def _fair(figure: Figure) -> Iterator[Hit]:
    """Yield what makes a figure of that kind unfair; the kinds without findings have nothing to compare."""
    yield from ()


@_fair.register
def _people(figure: People) -> Iterator[Hit]:
    yield from _certainty(figure)
    if len(figure.arms) == 1:
        yield Hit(figure.arms[0].line, "This figure shows one side alone.", "Add the group it is compared with.")
    different = next((arm for arm in figure.arms if arm.of != figure.arms[0].of), None)
    if different:
        message = f"One side counts of {figure.arms[0].of} and another of {different.of}."
        yield Hit(different.line, message, "Give both of the same number, such as 100.")
    for arm in figure.arms:
        if arm.of > LARGEST_GROUP and arm.of != OF_ALL:
            message = f"{arm.of} people are too many to count, and not 100."
            yield Hit(arm.line, message, "Say how many of 100, and give the true numbers under “source”.")


@_fair.register
def _intervals(figure: Intervals) -> Iterator[Hit]:
    yield from _certainty(figure)
    if not figure.start <= 0 <= figure.end:
        yield Hit(figure.line, "The axis leaves out 0, the line of no difference.", "Let it go from below 0 to above.")


def _certainty(figure: Figure) -> Iterator[Hit]:
    if not figure.certainty:
        mend = f"Add “certainty: …”; where nobody has graded the finding, “{NOT_GRADED}”."
        yield Hit(figure.line, "This figure does not say how certain it is.", mend)
    elif figure.certainty == NOT_GRADED and not figure.because:
        yield Hit(
            figure.line,
            "Nobody has graded this finding, and the figure does not say why to be careful.",
            "Add “because: …”, such as “One small trial”.",
        )
