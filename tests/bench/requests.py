"""Acceptance of consultation requests, compared with a bare view that inserts the same rows, on both databases."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote_plus, urlsplit

import psycopg

from tests import postgres
from tests.bench import load
from tests.bench.load import Load
from tests.bench.options import Options
from tests.bench.rows import NotMeasured, Row, Yardstick, at_least, at_most, not_measured
from tests.bench.servers import Running, Server, bare_view, our_site
from tests.inside import run_inside
from tests.tools import NO_POSTGRES, find_postgres

OF_BARE, P99_OF_BARE = 0.35, 3
WORKERS = (1, 2)
FORMS_A_RUN = 10_000  # more than a run can post
PATH = "/consultation/"
Databases = tuple[str, str]  # of our site and of the bare view; "" for a separate SQLite file


def measure(options: Options) -> Iterator[Row]:
    yield from _on_engine(options, "SQLite", ("", ""))
    if not find_postgres():
        yield not_measured("requests on PostgreSQL", NO_POSTGRES)
        return
    with postgres.server(Path(find_postgres())) as address:
        yield from _on_engine(options, "PostgreSQL", _two_databases(address))


def _two_databases(address: str) -> Databases:
    """Create two empty databases on the server, one for each side."""
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in ("CREATE DATABASE ours", "CREATE DATABASE bare"):
            connection.execute(statement)
    return urlsplit(address)._replace(path="/ours").geturl(), urlsplit(address)._replace(path="/bare").geturl()


def _on_engine(options: Options, engine: str, databases: Databases) -> Iterator[Row]:
    for workers in WORKERS:
        what = f"requests, {engine}, {workers} worker{'s' if workers > 1 else ''}, {load.CONNECTIONS} senders"
        try:
            yield from _compared(options, what, engine, databases, workers)
        except NotMeasured as reason:
            yield not_measured(what, reason)


def _compared(options: Options, what: str, engine: str, databases: Databases, workers: int) -> Iterator[Row]:
    """Measure our site and the bare view in turns; every run has new forms."""
    with _both(options, engine, databases, workers) as sides:
        ours_at, before = sides[0][1], _stored(sides[0][1])
        runs: list[list[Load]] = [[], []]
        for _ in range(options.rounds):
            for side, (server, _running) in enumerate(sides):
                forms = _write_forms(ours_at)
                runs[side].append(load.post(server.url + PATH, forms))
        stored = _stored(ours_at) - before
    yield from _rows(what, load.median(runs[0]), load.median(runs[1]), stored)


def _rows(what: str, ours: Load, bare: Load, stored: int) -> Iterator[Row]:
    yield at_least(what, ours.per_second, Yardstick("a bare view", bare.per_second), OF_BARE)
    yield at_most(f"{what}, p99", ours.p99, Yardstick("a bare view", bare.p99), P99_OF_BARE)
    beside = f"{_summary(bare)} (a bare view)"
    yield Row(f"{what}, errors", _summary(ours), beside, goal="0", is_met=ours.errors == 0)
    lost = max(0, ours.good - stored)
    yield Row(f"{what}, confirmed but not stored", f"{lost} of {ours.good:,}", goal="0", is_met=lost == 0)


def _summary(load: Load) -> str:
    return f"{load.errors}: {load.trouble}" if load.errors else "0"


@contextmanager
def _both(options: Options, engine: str, databases: Databases, workers: int) -> Iterator[list[tuple[Server, Running]]]:
    """Run our site and the bare view, each with its own database; only one of them gets load at a time."""
    ours, bare = (
        Running(options.folder / f"{engine}-{name}", url, workers=workers)
        for name, url in zip(("ours", "bare"), databases, strict=True)
    )
    with ExitStack() as servers:
        yield [(servers.enter_context(our_site(ours)), ours), (servers.enter_context(bare_view(bare)), bare)]


def _write_forms(site: Running) -> Path:
    """Write new forms with tokens of our site, issued a minute ago; the bare view accepts them too."""
    file = site.var / "forms"
    run_inside(site.var, _url(site), "tests.bench.forms", str(file), str(FORMS_A_RUN))
    return file


def _stored(site: Running) -> int:
    """Count the stored requests in the database."""
    count = "SELECT count(*) FROM appointments_consultationrequest"
    if site.database_url:
        with psycopg.connect(site.database_url) as connection:
            row = connection.execute(count).fetchone()
    else:
        row = sqlite3.connect(site.var / "demo.sqlite3").execute(count).fetchone()
    return int(row[0]) if row else 0


def _url(site: Running) -> str:
    return site.database_url or f"sqlite:///{quote_plus(str(site.var / 'demo.sqlite3'), safe='/')}"
