"""The desk's queue over many stored requests, on SQLite and PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests import postgres
from tests.bench.options import Options
from tests.bench.rows import Row, Yardstick, not_measured, within
from tests.inside import run_inside
from tests.tools import NO_POSTGRES, find_postgres

FEW = 2_000  # requests stored when the yardstick is taken
LISTED, SEARCHED = 200, 300  # the goals, in milliseconds


def measure(options: Options) -> Iterator[Row]:
    var = options.folder / "desk"
    var.mkdir()
    yield from _on_engine(options, "SQLite", var, f"sqlite:///{var / 'demo.sqlite3'}")
    if not find_postgres():
        yield not_measured("desk on PostgreSQL", NO_POSTGRES)
        return
    with postgres.server(Path(find_postgres())) as address:
        yield from _on_engine(options, "PostgreSQL", var, address)


def _on_engine(options: Options, engine: str, var: Path, database_url: str) -> Iterator[Row]:
    """Compare the views with few and with many stored requests."""
    few, many = (
        run_inside(var, database_url, "tests.bench.desk_inside", str(stored), str(options.rounds))
        for stored in (min(FEW, options.stored), options.stored)
    )
    what = f"desk, {engine}, {many['stored']:,} requests"
    for name, look in many["looks"].items():
        limit = SEARCHED if name.startswith("search") else LISTED
        yardstick = Yardstick(f"{few['stored']:,} requests", few["looks"][name]["milliseconds"])
        yield within(f"{what}, {name}", look["milliseconds"], limit, "ms", yardstick)
    yield _queries(what, few, many)


def _queries(what: str, few: Any, many: Any) -> Row:
    """Return the row with the numbers of queries; the goal is met if they grow in no view."""
    before, after = ([look["queries"] for look in result["looks"].values()] for result in (few, many))
    grown = any(now > was for was, now in zip(before, after, strict=True))
    stored = f"{few['stored']:,} requests"
    return Row(
        f"{what}, queries", _span(after), f"{_span(before)} ({stored})", "", f"no more than with {stored}", not grown
    )


def _span(numbers: list[int]) -> str:
    return f"{min(numbers)} to {max(numbers)}"
