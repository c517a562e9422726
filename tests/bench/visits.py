"""Free times of many calendars, and many patients who want few of them, on SQLite and PostgreSQL."""

import os
from collections.abc import Iterator
from pathlib import Path

from tests import postgres
from tests.bench.options import Options
from tests.bench.rows import Row, not_measured, within
from tests.inside import run_apart, run_inside
from tests.tools import NO_POSTGRES, find_postgres

FOUND, ANSWERED = 30, 1_000  # the goals, in milliseconds
PATIENTS, TIMES = 200, 20


def measure(options: Options) -> Iterator[Row]:
    var = options.folder / "visits"
    var.mkdir()
    yield from _on_engine(options, "SQLite", var, f"sqlite:///{var / 'demo.sqlite3'}")
    if not find_postgres():
        yield not_measured("visits on PostgreSQL", NO_POSTGRES)
        return
    with postgres.server(Path(find_postgres())) as address:
        yield from _on_engine(options, "PostgreSQL", var, address)


def _on_engine(options: Options, engine: str, var: Path, database_url: str) -> Iterator[Row]:
    os.environ["PATIENTS"] = str(PATIENTS)
    crowd = run_apart("tests.appointments.visits.race:crowd", database_url)
    what = f"visits, {engine}, {PATIENTS} patients after {TIMES} times"
    yield within(f"{what}, 99 of 100 answered", crowd["p99"], ANSWERED, "ms")
    held = crowd["outcomes"] == {"done": TIMES, "TimeTaken": PATIENTS - TIMES} and crowd["times"] == TIMES
    yield Row(f"{what}, held", f"{crowd['times']}", goal=f"{TIMES}, none twice, no error", is_met=held)
    found = run_inside(var, database_url, "tests.bench.visits_inside", str(options.rounds))
    free = (
        f"free times of 6 weeks, {found['calendars']} calendars, {found['taken']:,} of {found['open']:,} quarters taken"
    )
    yield within(f"visits, {engine}, {free}", found["milliseconds"], FOUND, "ms")
