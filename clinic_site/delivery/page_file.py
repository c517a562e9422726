"""The bytes of pages in one file. Their offsets and the slices that were read last are in memory."""

import errno
import os
import tempfile
import threading
import weakref
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

IN_MEMORY = 256  # slices, about ten megabytes


class PageFile:
    """An unlinked file: no other process sees it, and it is freed when nothing refers to it any more."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file, name = tempfile.mkstemp(dir=folder)
        Path(name).unlink()
        weakref.finalize(self, os.close, self._file)
        self.read = lru_cache(IN_MEMORY)(partial(os.pread, self._file))  # length, place
        self._lock = threading.Lock()
        self.size = 0  # bytes
        self.unused = 0  # bytes of `size` that no page uses any more

    def add(self, data: bytes) -> "Slice":
        """Append `data`. Raises OSError if the disk is full."""
        with self._lock:
            offset = self.size
            self.size += len(data)
        if os.pwrite(self._file, data, offset) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return Slice(self, offset, len(data))

    @property
    def mostly_unused(self) -> bool:
        return self.unused > self.size // 2


@dataclass(frozen=True)
class Slice:
    """Some bytes in a PageFile."""

    pack: PageFile
    offset: int
    length: int

    def read(self) -> bytes:
        return self.pack.read(self.length, self.offset)

    def copy_to(self, pack: PageFile) -> "Slice":
        """Copy the bytes without reading them through the cache, which is for slices that readers request."""
        return pack.add(self.pack.read.__wrapped__(self.length, self.offset))

    def drop(self) -> None:
        """Count the bytes as unused, for the next repacking."""
        self.pack.unused += self.length
