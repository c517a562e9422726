"""A panel on a page of figures: a sentence, a chart and a table. See templates/charts/panels.html."""

from collections.abc import Sequence
from dataclasses import dataclass

from clinic_site.charts.drawing import Chart

MOST_BARS = 12  # in a chart; the table has all of them
NOTHING = "–"
CUT = "The chart shows the most frequent, the table all of them."


@dataclass(frozen=True)
class Panel:
    """One question and its answer. Without a chart or rows, the summary says why there is nothing to show."""

    key: str
    title: str
    summary: str
    chart: Chart | None = None
    head: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()  # of each the first cell is its heading


def with_cut_note(summary: str, rows: Sequence[object]) -> str:
    """Return the summary of a bar chart, with a note if the chart has no room for all `rows`."""
    return f"{summary} {CUT}" if rows[MOST_BARS:] else summary
