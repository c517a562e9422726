"""A value made from files, made anew when they change."""

import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")
logger = logging.getLogger(__name__)
CHECK_EVERY = 1.5  # seconds: a save shows within two. A thread that looks each second leaves nothing to readers


class Watched(Generic[T]):
    """Holds what `make(previous)` returned, and calls it again when `fingerprint()` differs.

    Looks at most once in CHECK_EVERY seconds, on use, so it needs no thread and behaves the same in every process. One
    caller renews while the others go on with the value as it was; the swap is a single assignment.
    """

    def __init__(
        self,
        fingerprint: Callable[[], Hashable],
        make: Callable[[T | None], T],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fingerprint = fingerprint
        self._make = make
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: Hashable = None
        self._looked_at = float("-inf")
        self._value: T | None = None
        self._held: T | None = None

    def get(self) -> T:
        """The current value. Raises what `make` raises while there is none yet."""
        if self._held is not None:
            return self._held
        if self._value is None:
            with self._lock:
                return self._renew()
        if self._clock() - self._looked_at >= CHECK_EVERY and self._lock.acquire(blocking=False):
            try:
                return self._renew()
            finally:
                self._lock.release()
        return self._value

    def look(self) -> T:
        """The current value after a look at the files at once: for who changed them. Raises what get() raises."""
        with self._lock:
            return self._renew()

    @contextmanager
    def held(self, value: T) -> Iterator[None]:
        """Inside, get() gives `value` whatever the files say, in this process and in those forked from it inside."""
        self._held = value
        try:
            yield
        finally:
            self._held = None

    def _renew(self) -> T:
        if self._value is None:
            self._value = self._made()
        else:
            try:
                self._value = self._made()
            except Exception:  # the last good value goes on serving, whatever the fault
                logger.exception("what changed could not be read")
        self._looked_at = self._clock()
        return self._value

    def _made(self) -> T:
        fingerprint = self._fingerprint()  # taken before reading: a save in between is seen the next time
        if self._value is not None and fingerprint == self._seen:
            return self._value
        self._seen = fingerprint
        return self._make(self._value)
