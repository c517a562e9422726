"""Sends the mails that workflow.py stored: lease, send, then mark sent.

A worker that dies while sending leaves a lease that runs out, and the mail goes out again under the same
Message-ID: at least once, and at most once more per crash. Any number of workers may run.
"""

import datetime as dt
import logging
import random
import threading
from collections import Counter
from collections.abc import Callable
from email.utils import parseaddr
from enum import Enum

from django.conf import settings
from django.core.mail import get_connection
from django.db import Error as AnyDatabaseError
from django.db import close_old_connections
from django.utils import timezone

from appointments.models import OutboxMessage
from appointments.querysets import OutboxQuerySet
from clinic_site.mail import TRIES_WHEN_REFUSED, SevenBitMessage, is_refused_for_good

logger = logging.getLogger(__name__)

SEND_TIMEOUT = 20  # seconds for each answer of the mail server; the ten of one mail stay inside the lease
LEASE = dt.timedelta(minutes=5)
FIRST_PAUSE = dt.timedelta(seconds=30)
LONGEST_PAUSE = dt.timedelta(hours=1)
AT_A_LOOK = 20  # rows that a worker tries to take before it looks again
MAX_ATTEMPTS = 30  # about a day
EVERY = 2.0  # seconds between two rounds

Clock = Callable[[], dt.datetime]
Jitter = Callable[[], float]  # 0 to 1


class Outcome(Enum):
    SENT = "sent"
    PUT_OFF = "to be tried again"
    GIVEN_UP = "given up"


def deliver_due(clock: Clock = timezone.now, jitter: Jitter = random.random) -> Counter[Outcome]:
    """Sends everything that is due, one mail after the other, and counts the outcomes.

    Takes a clock and not a moment: a round may last, and each lease counts from when it was taken.
    """
    return Counter(iter(lambda: _deliver_next(clock, jitter), None))


def deliver_until(stop: threading.Event) -> None:
    """Delivers until `stop` is set, looking every EVERY seconds. Waits for a database that is away, aloud."""
    while not stop.is_set():
        if not _delivered_or_logged():
            close_old_connections()
            stop.wait(EVERY)


def _delivered_or_logged() -> bool:
    """True when a mail was in hand, so that there may be another."""
    try:
        return _deliver_next(timezone.now, random.random) is not None
    except AnyDatabaseError as error:
        logger.error("The outbox cannot be read (%s). Trying again.", type(error).__name__)  # noqa: TRY400 (no data in logs)
        return False


def _deliver_next(clock: Clock, jitter: Jitter) -> Outcome | None:
    """What became of the next mail that is due; None when there is none."""
    message = lease(clock())
    if message is None:
        return None
    try:
        _send(message)
    except Exception as error:  # noqa: BLE001 (whatever is wrong with one mail must not stop the others)
        return _after_failure(message, error, clock(), jitter())
    _finish(message, status=OutboxMessage.Status.SENT, sent_at=clock())
    return Outcome.SENT


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
    connection = get_connection(timeout=SEND_TIMEOUT)
    SevenBitMessage(
        message.subject, message.body, to=[message.recipient], headers=headers, connection=connection
    ).send()


def _after_failure(message: OutboxMessage, error: Exception, now: dt.datetime, jitter: float) -> Outcome:
    """Tries again later, or gives up; both aloud. An error's text may hold an address, so only its kind is told."""
    attempts, kind = message.attempts + 1, type(error).__name__
    if attempts < (TRIES_WHEN_REFUSED if is_refused_for_good(error) else MAX_ATTEMPTS):
        _finish(message, attempts=attempts, last_error=kind, next_try_at=now + pause(attempts, jitter))
        logger.warning("Outbox message %s failed at try %d and is tried again: %s.", message.pk, attempts, kind)
        return Outcome.PUT_OFF
    _finish(message, attempts=attempts, last_error=kind, status=OutboxMessage.Status.FAILED)
    logger.error("Outbox message %s was given up at try %d: %s.", message.pk, attempts, kind)
    return Outcome.GIVEN_UP


def try_again(messages: OutboxQuerySet, now: dt.datetime) -> int:
    """Puts what was given up among `messages` back in line, once its cause is mended; how many there were."""
    waiting = OutboxMessage.Status.WAITING
    return messages.given_up().update(status=waiting, attempts=0, next_try_at=now, leased_until=None)


def pause(attempts: int, jitter: float) -> dt.timedelta:
    """Doubles with each failure, up to LONGEST_PAUSE; `jitter` (0 to 1) spreads it from half to the whole."""
    longest = min(FIRST_PAUSE * (1 << (attempts - 1)), LONGEST_PAUSE)
    return longest * (1 + jitter) / 2


def _finish(message: OutboxMessage, **changes: object) -> None:
    """Writes the outcome and ends the lease, unless it ran out and another worker has the mail by now."""
    ours = OutboxMessage.objects.filter(pk=message.pk, leased_until=message.leased_until)
    ours.update(leased_until=None, **changes)
