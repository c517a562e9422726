"""A panel is a sentence, a chart and a table."""

import html5lib
from django.template.loader import render_to_string

from clinic_site.charts.drawing import Value, bars
from clinic_site.charts.panels import MOST_BARS, Panel, with_cut_note
from tests.appointments.pages import cells, words


def drawn(panel: Panel) -> str:
    return render_to_string("charts/panels.html", {"panels": [panel]})


def test_a_panel_has_its_chart_and_its_table_behind_a_summary() -> None:
    html = drawn(Panel("waits", "Waits", "2 waits.", bars(["<b>"], [Value(2, "2")]), ["Who", "Waits"], [["<b>", 2]]))
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    assert [cells(row) for row in tree.iter("tr")] == [["Who", "Waits"], ["<b>", "2"]]
    assert [words(element) for element in tree.iter("summary")] == ["Waits, as a table"]
    assert 'aria-labelledby="waits-heading"' in html
    assert html.count('role="img"') == 1


def test_a_panel_without_a_chart_is_a_sentence_or_a_table() -> None:
    assert "<table>" not in drawn(Panel("waits", "Waits", "Nobody waits."))
    table = drawn(Panel("waits", "Waits", "Nobody waits.", head=["Who"], rows=[["Ann"]]))
    assert ("<table>" in table, "<svg" in table) == (True, False)


def test_a_chart_that_leaves_out_rows_says_so() -> None:
    assert with_cut_note("Waits.", range(MOST_BARS)) == "Waits."
    assert with_cut_note("Waits.", range(MOST_BARS + 1)) == (
        "Waits. The chart shows the most frequent, the table all of them."
    )
