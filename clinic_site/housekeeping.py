"""What happens by itself beside the mail, so that nobody has to remember it. Each app registers its chores when it is
ready; `manage.py deliver_mail` does them.
"""

import datetime as dt
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import close_old_connections, connections
from django.utils import timezone

LOOK_EVERY = 5.0  # seconds
END_WITHIN = 10.0  # seconds that a chore has left when the process is told to end
Work = Callable[[dt.datetime], object]
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Chore:
    work: Work
    every: dt.timedelta
    mails: bool = False  # it writes or sends mail: a single round of the mail does it too


CHORES: list[Chore] = []


def register(work: Work, every: dt.timedelta, mails: bool = False) -> None:
    """From now on `work` is done once in `every`, by each process that keeps house: several may do it at once."""
    CHORES.append(Chore(work, every, mails))


class House:
    """Knows when each chore is due. At first all of them are."""

    def __init__(self, chores: Sequence[Chore]) -> None:
        self.chores = chores
        self.done_at: dict[Work, dt.datetime] = {}

    def keep(self, now: dt.datetime) -> None:
        """Does what is due at `now`. What fails is due again after its usual time."""
        for chore in self.chores:
            if chore.work not in self.done_at or now - self.done_at[chore.work] >= chore.every:
                self.done_at[chore.work] = now
                attempt(chore.work, now)


def before_mail(now: dt.datetime) -> None:
    """What a single round of the mail does first, so that what it writes leaves with that round."""
    for chore in CHORES:
        if chore.mails:
            attempt(chore.work, now)


def attempt(work: Work, now: dt.datetime) -> None:
    """Does `work`; a failure is logged by its kind alone, because a database's text may hold a row."""
    try:
        work(now)
    except Exception as error:  # noqa: BLE001 (whatever fails here must not stop the mail)
        logger.error("Housekeeping failed at %s (%s).", work.__name__, type(error).__name__)  # noqa: TRY400 (no data in logs)


@contextmanager
def housekeeping(stop: threading.Event) -> Iterator[None]:
    """Keeps house in a thread beside the block, until the block ends or `stop` is set."""
    # A daemon: a chore of many rows may be cut short, and the next one goes on from there.
    keeper = threading.Thread(target=_keep_until, args=(stop,), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join(END_WITHIN)


def _keep_until(stop: threading.Event) -> None:
    house = House(CHORES)
    while not stop.is_set():
        house.keep(timezone.now())
        close_old_connections()
        stop.wait(LOOK_EVERY)
    connections.close_all()
