"""Sends the mails that workflow.py stored: lease, send, then mark sent.

A worker that dies while sending leaves a lease that runs out, and the mail goes out again under the same
Message-ID: at least once, and at most once more per crash. Any number of workers may run. Each sends over a few
connections at once, so that a mail server that takes minutes over one mail does not hold up the others.
"""

import datetime as dt
import logging
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from email.utils import parseaddr
from enum import Enum
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.db import Error as AnyDatabaseError
from django.db import close_old_connections, transaction
from django.utils import timezone

from appointments.choices import Action
from appointments.models import OutboxMessage
from appointments.querysets import OutboxQuerySet
from appointments.workflow import record
from clinic_site.fault_log import FaultLog
from clinic_site.heartbeats import beat
from clinic_site.mail import TRIES_WHEN_REFUSED, SevenBitMessage, is_refused_for_good

logger = logging.getLogger(__name__)

CONNECTIONS = 4  # mails that one worker sends at the same time
LEASE = dt.timedelta(minutes=25)  # longer than the sending of one mail may take: see smtp_backend.longest_sending()
FIRST_PAUSE = dt.timedelta(seconds=30)
LONGEST_PAUSE = dt.timedelta(hours=1)
MOST_DOUBLINGS = 7  # they make an hour; dates take no number of any size
AT_A_LOOK = 20  # rows that a worker tries to take before it looks again
MAX_ATTEMPTS = 114  # at least 96 hours: a mail server that is down over a long weekend loses no mail
EVERY = 2.0  # seconds between two rounds

Clock = Callable[[], dt.datetime]
Jitter = Callable[[], float]  # 0 to 1


class Outcome(Enum):
    SENT = "sent"
    PUT_OFF = "to be tried again"
    GIVEN_UP = "given up"


def deliver_due(clock: Clock = timezone.now, jitter: Jitter = random.random) -> Counter[Outcome]:
    """Send everything that is due, and count the outcomes.

    Takes a clock and not a moment: a round may last, and each lease counts from when it was taken.
    """
    outcomes: Counter[Outcome] = Counter()
    with delivery(clock, jitter) as mails:
        while mails.begin():
            outcomes.update(mails.finish())
    return outcomes


def deliver_until(stop: threading.Event) -> None:
    """Deliver until `stop` is set, looking every EVERY seconds. Waits for a database that is away, aloud."""
    faults = FaultLog(logger)
    with delivery(timezone.now, random.random) as mails:
        while not stop.is_set():
            if not _delivered_or_logged(mails, faults):
                close_old_connections()
                stop.wait(EVERY)
        while mails.in_hand and _delivered_or_logged(mails, faults, last=True):
            pass


def _delivered_or_logged(mails: "Delivery", faults: FaultLog, last: bool = False) -> bool:
    """Return True while a mail is in hand. `last`: take no other mail."""
    try:
        for _ in mails.finish(EVERY):
            pass
        busy = bool(mails.in_hand if last else mails.begin())
    except AnyDatabaseError as error:
        kind = type(error).__name__
        faults.failed("The outbox", kind, logging.ERROR, "The outbox cannot be read (%s). Trying again.", kind)
        return False
    faults.works("The outbox")
    beat("mail")
    return busy


@contextmanager
def delivery(clock: Clock, jitter: Jitter) -> Iterator["Delivery"]:
    """Open CONNECTIONS connections for the block. Mails that are on their way when it ends are waited for."""
    with ThreadPoolExecutor(CONNECTIONS, "mail") as pool:
        yield Delivery(pool, clock, jitter)


class Delivery:
    """The mails of one worker that are on their way. Threads send; only the caller's thread uses the database."""

    def __init__(self, pool: ThreadPoolExecutor, clock: Clock, jitter: Jitter) -> None:
        self.in_hand: dict[Future[None], OutboxMessage] = {}
        self._pool = pool
        self._clock = clock
        self._jitter = jitter
        self._faults = FaultLog(logger)

    def begin(self) -> int:
        """Take what is due while a connection is free. Return how many mails are on their way."""
        while len(self.in_hand) < CONNECTIONS and (message := lease(self._clock())) is not None:
            self.in_hand[self._pool.submit(_send, message)] = message
        return len(self.in_hand)

    def finish(self, within: float | None = None) -> Iterator[Outcome]:
        """Write what became of each mail that was sent; wait up to `within` seconds for the first.

        A mail stays in hand until that is written: it must not go out again because the database was away.
        """
        done, _ = wait(self.in_hand, within, FIRST_COMPLETED)
        for sending in done:
            yield self._written(self.in_hand[sending], sending.exception())
            del self.in_hand[sending]

    def _written(self, message: OutboxMessage, error: BaseException | None) -> Outcome:
        if error is None:
            _finish(message, status=OutboxMessage.Status.SENT, sent_at=self._clock())
            self._faults.works("The sending of mail")
            return Outcome.SENT
        outcome = _after_failure(message, error, self._clock(), self._jitter())
        if outcome == Outcome.PUT_OFF:
            self._log_put_off(message, error)
        return outcome

    def _log_put_off(self, message: OutboxMessage, error: BaseException) -> None:
        """Log each mail and kind of fault once, and an outage, in which no mail leaves, once for all mails."""
        kind = type(error).__name__
        if message.last_error == kind:
            return
        text, details = "Outbox message %s failed at try %d and is tried again: %s.", (message.attempts + 1, kind)
        if isinstance(error, SMTPRecipientsRefused):  # the mail server answers: no outage
            logger.warning(text, message.pk, *details)
        else:
            text = f"{text} Others that fail so are not logged."
            self._faults.failed("The sending of mail", kind, logging.WARNING, text, message.pk, *details)


def lease(now: dt.datetime) -> OutboxMessage | None:
    """The next mail that is due, taken for LEASE; never one that another worker has. None: nothing is due."""
    for pk in OutboxMessage.objects.due(now).values_list("pk", flat=True)[:AT_A_LOOK]:
        if OutboxMessage.objects.due(now).filter(pk=pk).update(leased_until=now + LEASE) == 1:
            message = OutboxMessage.objects.filter(pk=pk).first()
            if message is not None:  # erased in between: the next one, then
                return message
    return None


def message_id(message: OutboxMessage) -> str:
    """The same for every try, so that a repeat is recognized as one."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{message.pk}@{domain}>"


def _send(message: OutboxMessage) -> None:
    # Auto-Submitted (RFC 3834) keeps out-of-office replies away from a mailbox that nobody reads.
    headers = {"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"}
    SevenBitMessage(message.subject, message.body, to=[message.recipient], headers=headers).send()


def _after_failure(message: OutboxMessage, error: BaseException, now: dt.datetime, jitter: float) -> Outcome:
    """Tries again later, or gives up; both aloud. An error's text may hold an address, so only its kind is told."""
    attempts, kind = message.attempts + 1, type(error).__name__
    if attempts < (TRIES_WHEN_REFUSED if is_refused_for_good(error) else MAX_ATTEMPTS):
        _finish(message, attempts=attempts, last_error=kind, next_try_at=now + pause(attempts, jitter))
        return Outcome.PUT_OFF
    _finish(message, attempts=attempts, last_error=kind, status=OutboxMessage.Status.FAILED)
    logger.error("Outbox message %s was given up at try %d: %s.", message.pk, attempts, kind)
    return Outcome.GIVEN_UP


def send_again(messages: OutboxQuerySet, actor: str, now: dt.datetime) -> int:
    """Put what was given up among `messages` back in line, as the user `actor` asks. Return how many there were."""
    waiting = {"status": OutboxMessage.Status.WAITING, "attempts": 0, "last_error": "", "leased_until": None}
    count = 0
    with transaction.atomic():
        for message in messages.given_up().select_related("request"):
            if OutboxMessage.objects.given_up().filter(pk=message.pk).update(next_try_at=now, **waiting) == 1:
                record(message.request, Action.MAILED_AGAIN, actor, now, message.kind)
                count += 1
    return count


def pause(attempts: int, jitter: float) -> dt.timedelta:
    """Double with each failure, up to LONGEST_PAUSE. `jitter` (0 to 1) takes up to a tenth off, to spread the mails."""
    longest = min(FIRST_PAUSE * (1 << min(attempts - 1, MOST_DOUBLINGS)), LONGEST_PAUSE)
    return longest * (9 + jitter) / 10


def _finish(message: OutboxMessage, **changes: object) -> None:
    """Writes the outcome and ends the lease, unless it ran out and another worker has the mail by now."""
    ours = OutboxMessage.objects.filter(pk=message.pk, leased_until=message.leased_until)
    ours.update(leased_until=None, **changes)
