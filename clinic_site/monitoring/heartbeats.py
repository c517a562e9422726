"""Heartbeats of the processes beside the app: files in var/ whose modification time is the last beat.

The file LATEST has the latest time of all beats: a clock that was set back is behind that time as long as it is wrong,
although each process beats by the wrong clock.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

from clinic_site.var_folder import VAR_FOLDER

FOLDER = VAR_FOLDER / "heartbeats"
LATEST = FOLDER / "latest"  # modified at the latest beat of all
EVERY = 10  # seconds
_last: dict[Path, float] = {}


def file_of(name: str) -> Path:
    """Return the file of a process. It contains the path of another file if the time of that file is the beat."""
    return FOLDER / name


def beat(name: str, file: Path | None = None) -> None:
    """Record a beat of `name`, at most once in EVERY seconds.

    `file` is the file whose time is the beat, if not the one in var/. A disk that cannot be written shows as a missing
    beat.
    """
    own = file_of(name)
    if time.monotonic() - _last.get(own, -EVERY) < EVERY:
        return
    _last[own] = time.monotonic()
    with suppress(OSError):
        FOLDER.mkdir(mode=0o750, parents=True, exist_ok=True)
        own.write_text(str(file.resolve() if file else ""))
        if latest_beat() <= time.time():
            LATEST.touch()
        if file:
            os.utime(file)


def last_beat(name: str) -> float | None:
    """Return the time (seconds since 1970) of the last beat of `name`.

    0 if its file is gone; None if there never was a beat, or the operator removed the file in var/.
    """
    own = file_of(name)
    try:
        file = Path(own.read_text() or own)
    except OSError:
        return None
    try:
        return file.stat().st_mtime
    except OSError:
        return 0


def latest_beat() -> float:
    """Return the latest time (seconds since 1970) of any process's beat; 0 if there was none."""
    try:
        return LATEST.stat().st_mtime
    except OSError:
        return 0
