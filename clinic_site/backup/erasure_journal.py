"""Journal of erasures in var/: a restored backup brings back nobody who was erased or left after it was made.

A line is no personal data: the ID of the key, and a digest by that key of the request's reference or of who left.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from django.utils.crypto import salted_hmac

from clinic_site.var_folder import VAR_FOLDER

FILE = VAR_FOLDER / "erasures"
SALT = "clinic_site.erasure_journal"
ID_LENGTH = 8  # characters


@dataclass(frozen=True)
class ErasureJournal:
    digests: frozenset[str]  # by the present SECRET_KEY
    unknown: int  # lines by another SECRET_KEY: nobody can tell whom they mean

    def names(self, what: str) -> bool:
        """Return True if `what` was appended: a request's reference, or the words for somebody's leave."""
        return _digest(what) in self.digests


def append(what: str) -> None:
    """Write down an erasure or a leave, through to the disk. Raises OSError."""
    _append(f"{_key_id()} {_digest(what)}\n".encode())


def read() -> ErasureJournal:
    """Return the journal. A line that a power cut left unfinished counts as one of another key."""
    lines = {line.partition(b" ") for line in _content().splitlines()}
    own = frozenset(digest.decode() for key, _, digest in lines if key == _key_id().encode())
    return ErasureJournal(own, len(lines) - len(own))


def add_from(other: Path) -> None:
    """Append the lines of the journal in a backup, if there is one."""
    if other.exists():
        _append(other.read_bytes())


def _append(lines: bytes) -> None:
    """Append in one write, so that lines of several processes do not mix."""
    descriptor = os.open(FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, lines)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _content() -> bytes:
    return FILE.read_bytes() if FILE.exists() else b""


def _digest(text: str) -> str:
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()


def _key_id() -> str:
    return _digest("")[:ID_LENGTH]
