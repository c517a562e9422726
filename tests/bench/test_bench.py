"""Tests of the measurements themselves: texts, table, page, and parsing of wrk's output."""

import datetime as dt
import json
import os
import platform
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client, override_settings

from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage
from articles.library import load_library
from articles.rendering.page_cache import rendered
from tests.appointments.builders import make_form_data
from tests.bench import bare, load
from tests.bench.__main__ import MEASURES, with_alarm
from tests.bench.article_get import Target, interleaved
from tests.bench.articles import drafts, stock_of, write_content, write_pelican
from tests.bench.load import Load
from tests.bench.machine import describe
from tests.bench.memory import largest_process
from tests.bench.options import Options, read_options
from tests.bench.rows import (
    NotMeasured,
    Row,
    Yardstick,
    at_least,
    at_most,
    markdown_table,
    not_measured,
    plain_table,
    with_figures,
    within,
)
from tests.inside import Manage
from tests.serving import ROOT
from tests.shipped import REAL_CONTENT

TODAY = dt.date(2026, 11, 23)
NGINX = Yardstick("nginx", 1000)


@pytest.mark.slow
def test_generated_articles_load_and_are_as_long_as_real_ones(tmp_path: Path) -> None:
    root = write_content(tmp_path / "content", REAL_CONTENT, drafts(12, stock_of(REAL_CONTENT), TODAY))
    library = load_library(root)
    assert (len(library.articles), library.problems) == (12, ())
    for article in library.articles.values():
        assert 850 <= len(article.body.split()) <= 1250
        assert "<table " in rendered(article).body
        assert rendered(article).cited


def test_the_same_seed_and_day_write_the_same_articles() -> None:
    stock = stock_of(REAL_CONTENT)
    few, many = list(drafts(3, stock, TODAY)), list(drafts(5, stock, TODAY))
    assert few == many[:3]
    assert few != list(drafts(3, stock, TODAY, seed="another"))
    assert len({article.slug for article in many}) == 5


def test_articles_for_pelican_have_the_same_text(tmp_path: Path) -> None:
    [article] = drafts(1, stock_of(REAL_CONTENT), TODAY)
    text = next(write_pelican(tmp_path / "pelican", [article]).iterdir()).read_text()
    assert text.startswith(f"Title: {article.title}\n")
    assert text.endswith(article.body)
    assert article.ours().endswith(article.body)


@pytest.mark.parametrize(
    ("row", "ratio", "is_met"),
    [
        (at_least("gets", 600, NGINX, 0.6), "0.6", True),
        (at_least("gets", 599, NGINX, 0.6), "0.6", False),
        (at_least("gets", 599, NGINX, None), "0.6", None),
        (at_most("p99", 3000, NGINX, 3), "3", True),
        (at_most("p99", 3001, NGINX, 3), "3", False),
        (at_most("p99", 3001, NGINX, None), "3", None),
        (at_most("p99", 140_000, NGINX, 3), "140", False),
        (within("start", 4, 4, "s"), "", True),
        (within("start", 4.1, 4, "s"), "", False),
        (within("start", 4.1, None, "s", Yardstick("nothing", 0)), "–", None),
    ],
)
def test_a_row_shows_whether_the_goal_is_met(row: Row, ratio: str, is_met: bool | None) -> None:
    assert (row.ratio, row.is_met) == (ratio, is_met)


def test_a_row_shows_why_a_figure_is_missing() -> None:
    rows = [
        at_least("gets", 61_204, NGINX, 0.6),
        not_measured("a page | cold", "a tool that is far away was not found", "≤ 2 s"),
    ]
    lines = plain_table(rows).splitlines()
    assert lines[0].split() == ["What", "Ours", "Yardstick", "Ratio", "Goal", "Held"]
    assert lines[2].split("  ")[-1] == "yes"
    assert "61,204 /s" in lines[2]
    assert "not measured: a tool that is far away was not found" in lines[3]
    assert lines[3].endswith("≤ 2 s")
    assert max(map(len, lines[:3])) < 80
    assert "| a page \\| cold | not measured: a tool" in markdown_table(rows)


def test_figures_replace_those_of_their_part_only() -> None:
    page = "# Speed\n<!-- figures: desk -->old<!-- end: desk -->\n<!-- figures: library -->kept<!-- end: library -->\n"
    new = with_figures(page, "desk", "new \\1")
    assert new == page.replace("old", "\n\nnew \\1\n\n")
    with pytest.raises(ValueError, match="no place for requests"):
        with_figures(page, "requests", "new")


def test_the_page_has_a_place_for_every_part() -> None:
    page = (ROOT / "docs" / "performance.md").read_text()
    for part in MEASURES:
        page = with_figures(page, part, "figures")


def wrk_says(**found: int) -> str:
    result = {"requests": 600, "microseconds": 3_000_000, "p99": 4_500, "network": 0, "status": 0, **found}
    return f"Running 3s test\n\nRESULT {json.dumps(result)}\n"


def test_the_result_of_wrk_is_parsed() -> None:
    assert load.read_result(wrk_says()) == Load(per_second=200, p99=4.5, errors=0, good=600)
    broken = load.read_result(wrk_says(network=2, status=3, first=500))
    assert broken.errors == 5
    assert broken.trouble == "2 connections broke or timed out; 3 wrong answers, the first with status 500"


@pytest.mark.parametrize("output", ["unable to connect\n", wrk_says(spent=1)])
def test_a_run_without_a_result_is_not_measured(output: str) -> None:
    with pytest.raises(NotMeasured):
        load.read_result(output)


def test_targets_take_turns_and_the_median_counts() -> None:
    calls: list[str] = []
    speeds: Iterator[float] = iter([10, 1, 30, 2, 20, 3])

    def run(target: Target) -> Load:
        calls.append(target.name)
        return Load(next(speeds), 1, 1, 1, f"trouble {len(calls)}")

    found = interleaved([Target("ours", ""), Target("nginx", "")], 3, run)
    assert calls == ["ours", "nginx"] * 3
    assert found["ours"] == Load(20, 1, 3, 3, "trouble 1")
    assert found["nginx"].per_second == 2


def test_options_name_parts_and_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = ("desk", "library", "requests")
    everything = read_options([], tmp_path, parts)
    assert (everything.options, everything.parts) == (Options(tmp_path), parts)
    wish = read_options(["--only", "desk, library", "--articles", "500", "--write", "page.md"], tmp_path, parts)
    assert (wish.parts, wish.options.articles, wish.options.published) == (("desk", "library"), 500, 500)
    assert wish.page == Path("page.md")
    for wrong, message in (
        (["--only", "dezk"], "“dezk” is not a part"),
        (["--rounds", "0"], "0 is not a number from 1"),
    ):
        with pytest.raises(SystemExit):
            read_options(wrong, tmp_path, parts)
        assert message in capsys.readouterr().err


def test_the_machine_is_described_without_the_kernel_of_its_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "release", lambda: "6.1.0-44-somewhere")
    assert f", {platform.system()} 6.1.0, Python" in describe(tmp_path)


def test_the_bare_view_starts_with_its_own_settings(manage: Manage, tmp_path: Path) -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "tests.bench.bare_settings", "DEMO": "on", "VAR_FOLDER": str(tmp_path)}
    loaded = manage("shell", "-c", "import tests.bench.bare", **settings)
    assert loaded.returncode == 0, loaded.stderr


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=bare.__name__, MIDDLEWARE=[])
def test_the_bare_view_stores_what_our_site_stores(client: Client) -> None:
    answer = client.post("/consultation/", make_form_data(email="ana@example.com"))
    assert answer.status_code == 303
    assert [model.objects.count() for model in (ConsultationRequest, AuditEvent, OutboxMessage)] == [1, 1, 2]


def nothing() -> None:
    """Ends at once."""


def forever() -> None:
    while True:
        pass


@pytest.mark.parametrize(("seconds", "work"), [(0, nothing), (0.01, forever)])
def test_work_that_takes_too_long_is_not_measured(seconds: float, work: Callable[[], None]) -> None:
    with pytest.raises(NotMeasured, match="the time was over"):
        with_alarm(seconds, work)
    with_alarm(60, nothing)


def test_memory_includes_child_processes() -> None:
    command = [sys.executable, "-c", "import subprocess as s; s.run(['sleep', '60'])"]
    with subprocess.Popen(command, start_new_session=True) as server:
        resident, own = largest_process(server.pid)
        os.killpg(server.pid, signal.SIGKILL)
    assert resident >= own > 0
