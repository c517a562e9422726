"""Charts have units of their own: WIDTH units across."""

import re

import pytest
from django.template.loader import render_to_string

from clinic_site.charts import drawing
from clinic_site.charts.drawing import Chart, Value, bars, columns, heat_grid


def values(*amounts: float) -> list[Value]:
    return [Value(amount, f"{amount:g}") for amount in amounts]


def words(chart: Chart) -> list[str]:
    return [text.words for text in chart.texts]


def assert_drawn_inside(chart: Chart) -> None:
    for box in chart.boxes:
        assert 0 <= box.x <= box.x + box.width <= chart.width + 0.1
        assert 0 <= box.y <= box.y + box.height <= chart.height + 0.1
    assert all(0 <= text.x <= chart.width and 0 <= text.y <= chart.height for text in chart.texts)


class TestColumns:
    def test_columns_share_a_base_line_and_are_as_high_as_their_amounts(self) -> None:
        chart = columns(["Mon", "Tue", "Wed"], values(2, 4, 0))
        assert {box.y + box.height for box in chart.boxes} == {drawing.COLUMN_BASE}
        first, second, third = (box.height for box in chart.boxes)
        assert (second, third) == (2 * first, 0)

    def test_each_column_has_its_value_above_and_its_label_below(self) -> None:
        chart = columns(["Mon", "Tue"], values(2, 4))
        assert words(chart) == ["Mon", "2", "Tue", "4"]
        low, high = (box.y for box in chart.boxes)
        label, on_low, _, on_high = (text.y for text in chart.texts)
        assert on_high < high < on_low < low < drawing.COLUMN_BASE < label

    def test_series_are_side_by_side_and_clear_of_the_next_label(self) -> None:
        chart = columns(["Mon", "Tue"], values(1, 2), values(3, 4))
        assert [box.name for box in chart.boxes] == ["series-1", "series-2"] * 2
        edges = [edge for box in chart.boxes for edge in (box.x, box.x + box.width)]
        assert edges == sorted(edges)
        assert chart.boxes[1].x + chart.boxes[1].width < drawing.WIDTH / 2 < chart.boxes[2].x

    def test_amounts_can_be_scaled_to_a_possible_maximum(self) -> None:
        half, whole = columns(["Mon", "Tue"], values(50, 100), full=100).boxes
        [alone] = columns(["Mon"], values(50), full=100).boxes
        assert alone.height == half.height == whole.height / 2

    @pytest.mark.parametrize("count", [1, 3, 12, 52])
    def test_any_number_of_columns_fits(self, count: int) -> None:
        assert_drawn_inside(columns(["Nov 23"] * count, values(*range(count)), values(*range(count))))


class TestBars:
    def test_bars_are_as_long_as_their_amounts_each_below_its_label(self) -> None:
        chart = bars(["Scheduled", "Declined"], values(3, 6))
        short, long = chart.boxes
        assert (short.x, long.x, long.width) == (0, 0, 2 * short.width)
        assert words(chart) == ["Scheduled", "3", "Declined", "6"]
        assert chart.texts[0].y < short.y < short.y + drawing.BAR_HEIGHT < chart.texts[2].y < long.y
        assert_drawn_inside(chart)

    def test_the_value_comes_after_the_bar(self) -> None:
        chart = bars(["Scheduled"], values(3))
        assert chart.boxes[0].x + chart.boxes[0].width < chart.texts[1].x < drawing.WIDTH

    def test_amounts_can_be_scaled_to_a_possible_maximum(self) -> None:
        [half] = bars(["Helpful"], values(50), full=100).boxes
        assert half.width == (drawing.WIDTH - drawing.ROOM_FOR_VALUE) / 2

    def test_zeros_are_drawn_without_length(self) -> None:
        assert [box.width for box in bars(["Scheduled", "Declined"], values(0, 0)).boxes] == [0, 0]

    def test_a_label_that_is_too_long_is_cut_with_an_ellipsis(self) -> None:
        fits, cut, *_ = (text.words for text in bars(["a" * drawing.LONGEST_LABEL, "a" * 200], values(1, 1)).texts[::2])
        assert fits == "a" * drawing.LONGEST_LABEL
        assert cut == "a" * (drawing.LONGEST_LABEL - 1) + "…"


class TestHeatGrid:
    def test_a_larger_amount_is_a_stronger_cell_that_leaves_its_text_legible(self) -> None:
        chart = heat_grid(["Mon", "Tue"], ["8", "9"], [[0, 1], [2, 4]])
        strengths = [box.strength for box in chart.boxes]
        assert strengths == sorted(strengths)
        assert (strengths[0], strengths[-1]) == (0, drawing.STRONGEST)

    def test_numbers_are_inside_their_cells_and_zeros_are_left_out(self) -> None:
        chart = heat_grid(["Mon", "Tue"], ["8", ""], [[0, 7], [2, 4]])
        assert words(chart) == ["8", "Mon", "7", "Tue", "2", "4"]
        cell, number = chart.boxes[1], next(text for text in chart.texts if text.words == "7")
        assert cell.x < number.x < cell.x + cell.width
        assert cell.y < number.y < cell.y + cell.height

    def test_a_grid_of_zeros_has_cells_and_no_numbers(self) -> None:
        chart = heat_grid(["Mon"], ["8", "9"], [[0, 0]])
        assert [box.strength for box in chart.boxes] == [0, 0]
        assert words(chart) == ["8", "9", "Mon"]

    def test_a_week_of_hours_fits(self) -> None:
        assert_drawn_inside(heat_grid(["Day"] * 7, ["8 a.m."] * 24, [list(range(24))] * 7))


class TestDrawing:
    def drawn(self, title: str = "Requests") -> str:
        chart = bars(["<b>Declined</b>"], values(3))
        context = {"chart": chart, "id": "weeks", "title": title, "description": "3 requests."}
        return render_to_string("charts/chart.svg", context)

    def test_title_and_description_are_for_screen_readers(self) -> None:
        svg = self.drawn()
        assert 'role="img" aria-labelledby="weeks-title weeks-description"' in svg
        assert '<title id="weeks-title">Requests</title>' in svg
        assert '<desc id="weeks-description">3 requests.</desc>' in svg

    def test_text_is_escaped(self) -> None:
        assert "&lt;b&gt;Declined&lt;/b&gt;" in self.drawn()
        assert "<script" not in self.drawn(title="<script>")

    def test_a_chart_has_no_inline_style_or_script(self) -> None:
        assert not re.search(r"style=|<style|<script|on\w+=", self.drawn())
