"""`make bench`: run the parts, print a table for each, and write the tables into a page if requested.

The run ends within TIME; the table marks parts that were not measured by then. All started processes are stopped, and
all files are in a temporary folder.
"""

import datetime as dt
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from clinic_site.bootstrap import INTERRUPTED
from tests.bench import article_get, desk, library, requests, visits
from tests.bench.machine import describe
from tests.bench.options import Options, Wish, read_options
from tests.bench.rows import NotMeasured, Row, markdown_table, not_measured, plain_table, with_figures

TIME = 580  # seconds, below ten minutes to leave time to stop the servers
MEASURES: dict[str, Callable[[Options], Iterable[Row]]] = {
    "article_get": article_get.measure,
    "library": library.measure,
    "requests": requests.measure,
    "desk": desk.measure,
    "visits": visits.measure,
}


def main(arguments: list[str]) -> int:
    """Return exit status 0 if the run finished, whatever the figures."""
    with tempfile.TemporaryDirectory(prefix="clinic-bench-", ignore_cleanup_errors=True) as name:
        wish = read_options(arguments, Path(name), tuple(MEASURES))
        deadline = time.monotonic() + TIME
        _say(describe(wish.options.folder))
        for part in wish.parts:
            rows = _measured(part, wish.options, deadline)
            _say(f"\n{part}\n\n{plain_table(rows)}")
            if wish.page:
                _write(wish.page, part, _section(wish, rows, arguments))
    return 0


def _measured(part: str, options: Options, deadline: float) -> list[Row]:
    """Return the rows of one part, up to a timeout or a missing tool."""
    rows: list[Row] = []
    try:
        with_alarm(deadline - time.monotonic(), lambda: _collect(MEASURES[part](options), rows))
    except NotMeasured as reason:
        rows.append(not_measured(f"{part}, the rest", reason))
    return rows


def _collect(found: Iterable[Row], rows: list[Row]) -> None:
    """Append every row at once, so that a timeout loses no finished row."""
    for row in found:
        rows.append(row)
        _say(f"  {row.what}: {row.ours}")


def with_alarm(seconds: float, work: Callable[[], object]) -> None:
    """Run `work`. Raises NotMeasured in the middle of it once the time is over."""

    def ring(*_: object) -> None:
        raise NotMeasured("the time was over")

    if seconds <= 0:
        ring()
    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        work()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _section(wish: Wish, rows: list[Row], arguments: list[str]) -> str:
    """Return the figures of one part with date, command and machine."""
    today = dt.datetime.now(dt.UTC).date()
    command = " ".join(["make bench", *([f'ARGS="{" ".join(arguments)}"'] if arguments else [])])
    return f"{today}, `{command}`, on {describe(wish.options.folder)}.\n\n{markdown_table(rows)}"


def _write(page: Path, part: str, section: str) -> None:
    page.write_text(with_figures(page.read_text(), part, section))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # on SIGTERM, clean up as after Ctrl-C
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
