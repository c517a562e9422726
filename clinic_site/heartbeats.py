"""Signs of life of the processes beside the app: files in var/ whose time is that of the last one.

One more file holds the latest moment of all signs: a clock that was set back is behind that one for as long as it is
wrong, though each process goes on to give its sign by the clock as it is.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

from clinic_site.demo import VAR_FOLDER

FOLDER = VAR_FOLDER / "heartbeats"
LATEST = FOLDER / "latest"  # its time is that of the latest sign there ever was
EVERY = 10  # seconds
_last: dict[Path, float] = {}


def file_of(name: str) -> Path:
    """Holds the name of another file, where that one's time is the sign."""
    return FOLDER / name


def beat(name: str, file: Path | None = None) -> None:
    """Give a sign of life as `name`, at most once in EVERY seconds.

    `file`: the one whose time is the sign, where that is not the one in var/. A disk that takes none is told by age.
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
    """Return the moment (seconds since 1970) of the last sign of life as `name`.

    0 where its file is gone; None where nobody ever gave one, or the operator removed the file in var/.
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
    """Return the latest moment (seconds since 1970) at which any process gave a sign of life; 0 where none did."""
    try:
        return LATEST.stat().st_mtime
    except OSError:
        return 0
