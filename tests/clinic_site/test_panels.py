"""A figure is a sentence, a chart and a table."""

import html5lib
from django.template.loader import render_to_string

from clinic_site.charts import Value, bars
from clinic_site.panels import MOST_BARS, Panel, cut_told
from tests.appointments.pages import cells, words


def drawn(panel: Panel) -> str:
    return render_to_string("charts/panels.html", {"panels": [panel]})


def test_it_has_its_chart_and_its_table_behind_a_summary() -> None:
    html = drawn(Panel("waits", "Waits", "2 waits.", bars(["<b>"], [Value(2, "2")]), ["Who", "Waits"], [["<b>", 2]]))
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    assert [cells(row) for row in tree.iter("tr")] == [["Who", "Waits"], ["<b>", "2"]]
    assert [words(each) for each in tree.iter("summary")] == ["Waits, as a table"]
    assert 'aria-labelledby="waits-heading"' in html
    assert html.count('role="img"') == 1


def test_with_nothing_to_draw_it_is_a_sentence_or_a_table() -> None:
    assert "<table>" not in drawn(Panel("waits", "Waits", "Nobody waits."))
    table = drawn(Panel("waits", "Waits", "Nobody waits.", head=["Who"], rows=[["Ann"]]))
    assert ("<table>" in table, "<svg" in table) == (True, False)


def test_a_chart_without_room_for_all_says_so() -> None:
    assert cut_told("Waits.", range(MOST_BARS)) == "Waits."
    assert cut_told("Waits.", range(MOST_BARS + 1)) == (
        "Waits. The chart shows the most frequent, the table all of them."
    )
