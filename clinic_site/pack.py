"""Bytes in one file: memory holds where they lie, and those pieces of them that are asked for most."""

import errno
import os
import tempfile
import threading
import weakref
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

IN_MEMORY = 256  # pieces: some ten megabytes


class Pack:
    """A file of this process alone, which nobody else sees and which is gone when nothing refers to it any more."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file, name = tempfile.mkstemp(dir=folder)
        Path(name).unlink()
        weakref.finalize(self, os.close, self._file)
        self.read = lru_cache(IN_MEMORY)(partial(os.pread, self._file))  # length, place
        self._lock = threading.Lock()
        self.size = 0  # bytes
        self.dead = 0  # bytes of them that nobody needs any more

    def add(self, data: bytes) -> "Piece":
        """Raises OSError where the disk does not take all of it."""
        with self._lock:
            place = self.size
            self.size += len(data)
        if os.pwrite(self._file, data, place) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return Piece(self, place, len(data))

    @property
    def mostly_dead(self) -> bool:
        return self.dead > self.size // 2


@dataclass(frozen=True)
class Piece:
    """Some bytes in a pack."""

    pack: Pack
    place: int
    length: int

    def read(self) -> bytes:
        return self.pack.read(self.length, self.place)

    def copy_to(self, pack: Pack) -> "Piece":
        """Past what is in memory: that is for those asked for most."""
        return pack.add(self.pack.read.__wrapped__(self.length, self.place))

    def drop(self) -> None:
        """Says that nobody needs them any more."""
        self.pack.dead += self.length
