"""A value made from files, and renewed when they change."""

import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")
logger = logging.getLogger(__name__)
CHECK_EVERY = 1.5  # seconds: a save shows within two. A thread that checks each second leaves no check to readers


class Reloading(Generic[T]):
    """The value that `make(previous)` returned; make() runs again when `fingerprint()` differs.

    get() checks the fingerprint at most once in CHECK_EVERY seconds, so no thread is needed and every process behaves
    alike. One caller renews the value while the others use the old one; the swap is a single assignment.
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
        self._last_fingerprint: Hashable = None
        self._checked_at = float("-inf")
        self._value: T | None = None
        self._pinned: T | None = None

    def get(self) -> T:
        """Return the current value. Raises what `make` raises while there is no value yet."""
        if self._pinned is not None:
            return self._pinned
        if self._value is None:
            with self._lock:
                return self._renew()
        if self._clock() - self._checked_at >= CHECK_EVERY and self._lock.acquire(blocking=False):
            try:
                return self._renew()
            finally:
                self._lock.release()
        return self._value

    def look(self) -> T:
        """Check the files at once and return the current value, for callers that changed a file.

        Raises what get() raises.
        """
        with self._lock:
            return self._renew()

    @contextmanager
    def pinned(self, value: T) -> Iterator[None]:
        """Pin get() to `value` inside the block, in this process and in processes forked inside the block."""
        self._pinned = value
        try:
            yield
        finally:
            self._pinned = None

    def _renew(self) -> T:
        if self._value is None:
            self._value = self._make_if_changed()
        else:
            try:
                self._value = self._make_if_changed()
            except Exception:  # the last good value stays in use after any fault
                logger.exception("the changed files could not be read")
        self._checked_at = self._clock()
        return self._value

    def _make_if_changed(self) -> T:
        fingerprint = self._fingerprint()  # before reading: a save in between is found next time
        if self._value is not None and fingerprint == self._last_fingerprint:
            return self._value
        self._last_fingerprint = fingerprint
        return self._make(self._value)
