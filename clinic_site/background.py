"""Periodic work, run in loops: in threads of the serving processes and of the mail worker.

Each app registers its chores in `AppConfig.ready()`; `manage.py deliver_mail` runs them.
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import close_old_connections, connections
from django.utils import timezone

from clinic_site.hooks import hooks

LOOK_EVERY = 5.0  # seconds between two checks for due chores
END_WITHIN = 10.0  # seconds that a chore has left when the process must end
LONGEST_REST = 5.0  # seconds to wait after a long round, which wrote much or waited for a database
Work = Callable[[dt.datetime], object]
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    failure: str  # logged when the work fails
    work: Work  # takes the moment at which the work begins
    every: dt.timedelta = dt.timedelta()  # zero: in each round
    mails: bool = False  # writes mail: a single round of the mail runs the job first, and a hold on mail stops it


CHORES: list[Job] = []


def register(work: Work, every: dt.timedelta, mails: bool = False) -> None:
    """Run `work` once in `every` in each mail worker. Several workers may run it at the same time."""
    CHORES.append(Job(f"Housekeeping failed at {work.__name__}", work, every, mails))


class FaultLog:
    """Record of the kinds of fault already logged, so that a lasting fault is logged once."""

    def __init__(self) -> None:
        self._logged: dict[str, set[str]] = {}

    def add(self, subject: str, kind: str) -> bool:
        """Record the fault. Return True unless `subject` had one of that kind since it last worked."""
        kinds = self._logged.setdefault(subject, set())
        new = kind not in kinds
        kinds.add(kind)
        return new

    def clear(self, subject: str) -> bool:
        """Forget the faults of `subject`, which works again. Return True if there was one."""
        return self._logged.pop(subject, None) is not None


class Scheduler:
    """Runner of jobs. Each is due at first and whenever its interval has passed, also after a failure."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._started_at: dict[Job, dt.datetime] = {}
        self._faults = FaultLog()

    def run_due(self, now: dt.datetime) -> None:
        """Run the jobs due at `now`. Log each kind of failure once until the job works again."""
        for job in self._jobs:
            if job.every and job in self._started_at and now - self._started_at[job] < job.every:
                continue
            self._started_at[job] = now
            try:
                if not (job.mails and hooks.mail_is_on_hold()):
                    job.work(now)
                self._faults.clear(job.failure)
            except Exception as error:  # noqa: BLE001 (a job that fails must stop neither the others nor the loop)
                self._log(job.failure, type(error).__name__)

    def _log(self, failure: str, kind: str) -> None:
        """Log the type of the error only: the text of a database error may contain a row."""
        if self._faults.add(failure, kind):
            logger.error("%s (%s).", failure, kind)


def run_every(seconds: float, jobs: Sequence[Job], stop: threading.Event, rest: float = 0) -> None:
    """Run the jobs that are due, wait for `seconds`, and go on until `stop` is set.

    `rest`: wait at least `rest` times the duration of the round, up to LONGEST_REST.
    """
    closing = Job("Old connections could not be closed", lambda now: close_old_connections())
    scheduler = Scheduler([*jobs, closing])
    while not stop.is_set():
        started = time.monotonic()
        scheduler.run_due(timezone.now())
        duration = time.monotonic() - started
        stop.wait(max(seconds, min(rest * duration, LONGEST_REST)))


def start_thread(name: str, seconds: float, jobs: Sequence[Job], rest: float = 0) -> None:
    """Run the jobs in a daemon thread, which ends with the process at any point."""
    threading.Thread(target=run_every, args=(seconds, jobs, threading.Event(), rest), name=name, daemon=True).start()


def before_mail(now: dt.datetime) -> None:
    """Run the chores that write mail, before a single round that sends it."""
    Scheduler([job for job in CHORES if job.mails]).run_due(now)


@contextmanager
def housekeeping(stop: threading.Event) -> Iterator[None]:
    """Run the chores in a thread beside the block, until the block ends or `stop` is set."""
    # A daemon thread: a chore of many rows may be cut short; the next run continues there.
    runner = threading.Thread(target=_run_chores, args=(stop,), daemon=True)
    runner.start()
    try:
        yield
    finally:
        stop.set()
        runner.join(END_WITHIN)


def _run_chores(stop: threading.Event) -> None:
    run_every(LOOK_EVERY, CHORES, stop)
    connections.close_all()
