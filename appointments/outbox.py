"""Send the mails that workflow.py stored: lease, send, then mark as sent.

A mail is sent at least once, and at most once more for each crash of a worker: see clinic_site/mail/messages.py. Any
number of workers may run. Each uses a few connections at once, so that a mail server that takes minutes for one mail
does not delay the others.
"""

import datetime as dt
import logging
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from enum import Enum
from smtplib import SMTPRecipientsRefused

from django.db import Error as AnyDatabaseError
from django.db import close_old_connections, transaction
from django.utils import timezone

from appointments.choices import Action, MailStatus
from appointments.models import MailHold, OutboxMessage
from appointments.models.outbox import OutboxQuerySet
from appointments.workflow import record
from clinic_site.background import FaultLog
from clinic_site.mail.messages import LEASE, TRIES_WHEN_REFUSED, is_permanent_failure, send
from clinic_site.monitoring.heartbeats import beat

logger = logging.getLogger(__name__)

CONNECTIONS = 4  # mails that one worker sends at the same time
FIRST_PAUSE = dt.timedelta(seconds=30)
LONGEST_PAUSE = dt.timedelta(hours=1)
MOST_DOUBLINGS = 7  # enough for LONGEST_PAUSE, without overflow of the timedelta
BATCH = 20  # rows that a worker tries to lease per query
MAX_ATTEMPTS = 114  # at least 96 hours: a mail server that is down over a long weekend loses no mail
EVERY = 2.0  # seconds between two rounds
RESTORED = "RestoredFromBackup"  # in place of a kind of error

Clock = Callable[[], dt.datetime]
Jitter = Callable[[], float]  # 0 to 1


class DeliveryOutcome(Enum):
    SENT = "sent"
    PUT_OFF = "to be tried again"
    GIVEN_UP = "given up"


def deliver_due(clock: Clock = timezone.now, jitter: Jitter = random.random) -> Counter[DeliveryOutcome]:
    """Send everything that is due, and count the outcomes.

    Takes a clock and not a moment: a round may take long, and each lease counts from its own start.
    """
    outcomes: Counter[DeliveryOutcome] = Counter()
    with delivery(clock, jitter) as mails:
        while mails.begin():
            outcomes.update(mails.finish())
    return outcomes


def deliver_until(stop: threading.Event) -> None:
    """Deliver until `stop` is set, with a look every EVERY seconds. Wait for a database that is away, and log it."""
    faults = FaultLog()
    with delivery(timezone.now, random.random) as mails:
        while not stop.is_set():
            if not _delivered_or_logged(mails, faults):
                close_old_connections()
                stop.wait(EVERY)
        while mails.in_progress and _delivered_or_logged(mails, faults, last=True):
            pass


def _delivered_or_logged(mails: "Delivery", faults: FaultLog, last: bool = False) -> bool:
    """Return True while a mail is being sent. `last`: lease no other mail."""
    try:
        for _ in mails.finish(EVERY):
            pass
        busy = bool(mails.in_progress if last else mails.begin())
    except AnyDatabaseError as error:
        kind = type(error).__name__
        if faults.add("The outbox", kind):
            logger.error("The outbox cannot be read (%s). Trying again.", kind)  # noqa: TRY400 (no data in logs)
        return False
    if faults.clear("The outbox"):
        logger.warning("The outbox works again.")
    beat("mail")
    return busy


@contextmanager
def delivery(clock: Clock, jitter: Jitter) -> Iterator["Delivery"]:
    """Open CONNECTIONS connections for the block. At its end wait for mails that are being sent."""
    with ThreadPoolExecutor(CONNECTIONS, "mail") as pool:
        yield Delivery(pool, clock, jitter)


class Delivery:
    """The mails that one worker is sending. Threads send; only the caller's thread uses the database."""

    def __init__(self, pool: ThreadPoolExecutor, clock: Clock, jitter: Jitter) -> None:
        self.in_progress: dict[Future[None], OutboxMessage] = {}
        self._pool = pool
        self._clock = clock
        self._jitter = jitter
        self._faults = FaultLog()

    def begin(self) -> int:
        """Lease and send due mails while a connection is free. Return how many are being sent."""
        while len(self.in_progress) < CONNECTIONS and (message := lease(self._clock())) is not None:
            sending = self._pool.submit(
                send, message.recipient, message.subject, message.body, str(message.pk), message.calendar_file
            )
            self.in_progress[sending] = message
        return len(self.in_progress)

    def finish(self, within: float | None = None) -> Iterator[DeliveryOutcome]:
        """Record and yield the outcome of each finished mail; wait up to `within` seconds for the first.

        A mail stays in `in_progress` until its outcome is stored: a database fault must not cause a second sending.
        """
        done, _ = wait(self.in_progress, within, FIRST_COMPLETED)
        for sending in done:
            yield self._record_outcome(self.in_progress[sending], sending.exception())
            del self.in_progress[sending]

    def _record_outcome(self, message: OutboxMessage, error: BaseException | None) -> DeliveryOutcome:
        if error is None:
            _finish(message, status=MailStatus.SENT, sent_at=self._clock())
            if self._faults.clear("The sending of mail"):
                logger.warning("The sending of mail works again.")
            return DeliveryOutcome.SENT
        outcome = _after_failure(message, error, self._clock(), self._jitter())
        if outcome == DeliveryOutcome.PUT_OFF:
            self._log_put_off(message, error)
        return outcome

    def _log_put_off(self, message: OutboxMessage, error: BaseException) -> None:
        """Log each mail and kind of fault once, and an outage of the mail server once for all mails."""
        kind = type(error).__name__
        if message.last_error == kind:
            return
        text, details = "Outbox message %s failed at try %d and is tried again: %s.", (message.attempts + 1, kind)
        if isinstance(error, SMTPRecipientsRefused):  # no outage: the mail server answers
            logger.warning(text, message.pk, *details)
        elif self._faults.add("The sending of mail", kind):
            text = f"{text} Others that fail so are not logged."
            logger.warning(text, message.pk, *details)


def lease(now: dt.datetime) -> OutboxMessage | None:
    """Lease the next due mail for LEASE, unless another worker has it. Return None if no mail is due."""
    for pk in OutboxMessage.objects.due(now).values_list("pk", flat=True)[:BATCH]:
        if OutboxMessage.objects.due(now).filter(pk=pk).update(leased_until=now + LEASE) == 1:
            message = OutboxMessage.objects.filter(pk=pk).first()
            if message is not None:  # None if it was erased meanwhile
                return message
    return None


def _after_failure(message: OutboxMessage, error: BaseException, now: dt.datetime, jitter: float) -> DeliveryOutcome:
    """Schedule another try, or give up. Record only the type of the error: its text may contain an address."""
    attempts, kind = message.attempts + 1, type(error).__name__
    if attempts < (TRIES_WHEN_REFUSED if is_permanent_failure(error) else MAX_ATTEMPTS):
        _finish(message, attempts=attempts, last_error=kind, next_try_at=now + pause(attempts, jitter))
        return DeliveryOutcome.PUT_OFF
    _finish(message, attempts=attempts, last_error=kind, status=MailStatus.FAILED)
    logger.error("Outbox message %s was given up at try %d: %s.", message.pk, attempts, kind)
    return DeliveryOutcome.GIVEN_UP


def send_again(messages: OutboxQuerySet, actor: str, now: dt.datetime) -> int:
    """Queue the given-up mails among `messages` again, for the user `actor`. Return how many there were."""
    waiting = {"status": MailStatus.WAITING, "attempts": 0, "last_error": "", "leased_until": None}
    count = 0
    with transaction.atomic():
        for message in messages.given_up().select_related("request"):
            if OutboxMessage.objects.given_up().filter(pk=message.pk).update(next_try_at=now, **waiting) == 1:
                record(message.request, Action.MAILED_AGAIN, actor, now, message.kind)
                count += 1
    return count


def hold_mail(now: dt.datetime) -> int:
    """Hold all mails that are waiting, after a restore. Return how many."""
    MailHold.objects.create(since=max(now, OutboxMessage.objects.newest() or now))
    return OutboxMessage.objects.on_hold().count()


def mail_is_on_hold() -> bool:
    return MailHold.objects.exists()


def release_mail(give_up: bool = False) -> int:
    """End the hold: send the mails, or give them up so that the desk decides about each. Return how many."""
    with transaction.atomic():
        held = OutboxMessage.objects.on_hold()
        count = held.update(status=MailStatus.FAILED, last_error=RESTORED) if give_up else held.count()
        MailHold.objects.all().delete()
    return count


def pause(attempts: int, jitter: float) -> dt.timedelta:
    """Return the pause, which doubles with each failure up to LONGEST_PAUSE. `jitter` (0 to 1) subtracts up to 10%."""
    longest = min(FIRST_PAUSE * (1 << min(attempts - 1, MOST_DOUBLINGS)), LONGEST_PAUSE)
    return longest * (9 + jitter) / 10


def _finish(message: OutboxMessage, **changes: object) -> None:
    """Store the outcome and end the lease, unless it ran out and another worker leased the mail."""
    leased = OutboxMessage.objects.filter(pk=message.pk, leased_until=message.leased_until)
    leased.update(leased_until=None, **changes)
