"""Sync state: the revision each content file last held on this machine. It tells a local edit from an outdated file.

The state is a hidden file in the content folder itself, so that a new folder starts with a new state. Losing it loses
no text; see docs/decisions/0009.
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
class SyncedFile:
    """The live revision that the file held."""

    number: int = 0  # 0: no revision
    digest: str = ""  # "": no revision, or it removed the file


@dataclass
class SyncState:
    files: dict[str, SyncedFile] = field(default_factory=dict)
    missed: dict[str, float] = field(default_factory=dict)  # path -> since when the file is missing, in Unix time

    def copy(self) -> "SyncState":
        return SyncState(dict(self.files), dict(self.missed))


_unwritten: dict[Path, SyncState] = {}  # by folder that cannot be written


def load(root: Path) -> SyncState:
    """Return the folder's sync state; an empty one if it is missing or cannot be read."""
    if root in _unwritten:
        return _unwritten[root].copy()
    try:
        return _parse(json.loads((root / FILE).read_text()))
    except FileNotFoundError:
        return SyncState()
    except (OSError, LookupError, ValueError, TypeError, AttributeError) as error:
        logger.warning("%s cannot be read (%s) and is made anew.", FILE, type(error).__name__)
        return SyncState()


def _parse(data: Mapping[str, Any]) -> SyncState:
    files = {path: SyncedFile(int(number), str(digest)) for path, (number, digest) in data["files"].items()}
    return SyncState(files, {path: float(since) for path, since in data["missed"].items()})


def save(root: Path, state: SyncState) -> None:
    """Write the state to the folder; keep it in this process while the folder cannot be written."""
    data = {"files": {path: [file.number, file.digest] for path, file in state.files.items()}, "missed": state.missed}
    staged = root / f"{FILE}.new"  # one name is enough: only the holder of the lock writes the file
    try:
        staged.write_text(json.dumps(data))
        staged.replace(root / FILE)
    except OSError as error:
        if root not in _unwritten:
            logger.warning("The content folder cannot be written to (%s).", error.strerror)
        _unwritten[root] = state.copy()
    else:
        _unwritten.pop(root, None)
