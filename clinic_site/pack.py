"""Bytes in one file: memory holds where they lie, and those pieces of them that are asked for most."""

import errno
import os
import tempfile
import threading
import weakref
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

IN_MEMORY = 256  # pieces: some ten megabytes


class Pack:
    """A file of this process alone, which nobody else sees and which is gone when nothing refers to it any more."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file, name = tempfile.mkstemp(dir=folder)
        Path(name).unlink()
        weakref.finalize(self, os.close, self._file)
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

    def read(self, place: int, length: int) -> bytes:
        return os.pread(self._file, length, place)

    @property
    def mostly_dead(self) -> bool:
        return self.dead > self.size // 2


@dataclass(frozen=True, eq=False)
class Piece:
    """Some bytes in a pack. One that was read may keep its pack open a while after it was dropped."""

    pack: Pack
    place: int
    length: int

    @lru_cache(maxsize=IN_MEMORY)  # noqa: B019 (the pieces it keeps alive are those it is for)
    def read(self) -> bytes:
        return self.pack.read(self.place, self.length)

    def drop(self) -> None:
        """Says that nobody needs them any more."""
        self.pack.dead += self.length
