"""What this machine's content folder held when we last wrote to it or looked: the memory that tells an edit on disk
from a file that is behind.

It lives in the folder itself, as a hidden file: where the folder is a new one, so is its memory. Losing it loses no
text; see docs/decisions/0009.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = ".seen.json"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seen:
    """The live revision that the file held."""

    number: int = 0  # 0: none
    digest: str = ""  # the same where that revision took the file away


@dataclass
class Memory:
    files: dict[str, Seen] = field(default_factory=dict)
    missed: dict[str, float] = field(default_factory=dict)  # path -> since when the file is not there, in Unix time

    def copy(self) -> "Memory":
        return Memory(dict(self.files), dict(self.missed))


_unwritten: dict[Path, Memory] = {}  # of folders that cannot be written to


def load(root: Path) -> Memory:
    """The folder's memory; an empty one where there is none, or none that can be read."""
    if root in _unwritten:
        return _unwritten[root].copy()
    try:
        return _memory(json.loads((root / FILE).read_text()))
    except FileNotFoundError:
        return Memory()
    except (OSError, LookupError, ValueError, TypeError, AttributeError) as error:
        logger.warning("%s cannot be read (%s) and is made anew.", FILE, type(error).__name__)
        return Memory()


def _memory(told: Mapping[str, Any]) -> Memory:
    files = {path: Seen(int(number), str(digest)) for path, (number, digest) in told["files"].items()}
    return Memory(files, {path: float(since) for path, since in told["missed"].items()})


def save(root: Path, memory: Memory) -> None:
    """Keeps the memory in the folder, or in this process while the folder cannot be written to."""
    told = {"files": {path: [each.number, each.digest] for path, each in memory.files.items()}, "missed": memory.missed}
    staged = root / f"{FILE}.new"  # one name: only who holds the lock writes here
    try:
        staged.write_text(json.dumps(told))
        staged.replace(root / FILE)
    except OSError as error:
        if root not in _unwritten:
            logger.warning("The content folder cannot be written to (%s).", error.strerror)
        _unwritten[root] = memory.copy()
    else:
        _unwritten.pop(root, None)
