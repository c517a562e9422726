"""Accepting consultation requests, beside a bare view that inserts the same rows; on both databases."""

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

OF_BARE = 0.60
WORKERS = (1, 2)
FORMS_A_RUN = 10_000  # more than a run can send
PATH = "/consultation/"
Databases = tuple[str, str]  # ours and the bare view's; "" for a file of its own


def measure(options: Options) -> Iterator[Row]:
    yield from _on_engine(options, "SQLite", ("", ""))
    if not find_postgres():
        yield not_measured("requests on PostgreSQL", NO_POSTGRES)
        return
    with postgres.server(Path(find_postgres())) as address:
        yield from _on_engine(options, "PostgreSQL", _two_databases(address))


def _two_databases(address: str) -> Databases:
    """Empty ones on the same server, one for each side."""
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
    """Our site and the bare view take turns; each run has forms of its own."""
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
    yield at_most(f"{what}, p99", ours.p99, Yardstick("a bare view", bare.p99), None)
    beside = f"{_told(bare)} (a bare view)"
    yield Row(f"{what}, errors", _told(ours), beside, goal="0", held=ours.errors == 0)
    lost = max(0, ours.good - stored)
    yield Row(f"{what}, confirmed but not stored", f"{lost} of {ours.good:,}", goal="0", held=lost == 0)


def _told(load: Load) -> str:
    return f"{load.errors}: {load.trouble}" if load.errors else "0"


@contextmanager
def _both(options: Options, engine: str, databases: Databases, workers: int) -> Iterator[list[tuple[Server, Running]]]:
    """Our site and the bare view, each with a database of its own; only one of them is asked at a time."""
    ours, bare = (
        Running(options.folder / f"{engine}-{name}", url, workers=workers)
        for name, url in zip(("ours", "bare"), databases, strict=True)
    )
    with ExitStack() as servers:
        yield [(servers.enter_context(our_site(ours)), ours), (servers.enter_context(bare_view(bare)), bare)]


def _write_forms(site: Running) -> Path:
    """New forms with tokens of our site, shown a minute ago; the bare view reads the same."""
    file = site.var / "forms"
    run_inside(site.var, _url(site), "tests.bench.forms", str(file), str(FORMS_A_RUN))
    return file


def _stored(site: Running) -> int:
    """Asked of the database itself."""
    count = "SELECT count(*) FROM appointments_consultationrequest"
    if site.database_url:
        with psycopg.connect(site.database_url) as connection:
            row = connection.execute(count).fetchone()
    else:
        row = sqlite3.connect(site.var / "demo.sqlite3").execute(count).fetchone()
    return int(row[0]) if row else 0


def _url(site: Running) -> str:
    return site.database_url or f"sqlite:///{quote_plus(str(site.var / 'demo.sqlite3'), safe='/')}"
