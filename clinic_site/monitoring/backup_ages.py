"""When the last backup was made and the last restore was proven: files in var/ with the moment."""

import datetime as dt
from collections.abc import Iterator

from django.utils import timezone

from clinic_site.atomic_files import whole_file
from clinic_site.var_folder import VAR_FOLDER

BACKUP, DRILL = "last-backup", "last-proven-restore"  # files in var/
LONGEST = {BACKUP: dt.timedelta(hours=50), DRILL: dt.timedelta(days=15)}  # one may fail before somebody is called
WORDS = {
    BACKUP: ("backup", "clinic-manage backup", "clinic-backup"),
    DRILL: ("proven restore", "clinic-manage restore --drill", "clinic-drill"),
}


def record(what: str, now: dt.datetime) -> None:
    """Write down that it was done. Raises OSError."""
    with whole_file(VAR_FOLDER / what) as file:
        file.write(now.isoformat().encode())


def last(what: str) -> dt.datetime | None:
    """Return when it was last done on this machine; None if never, or the file is damaged."""
    try:
        return dt.datetime.fromisoformat((VAR_FOLDER / what).read_text())
    except (OSError, ValueError):
        return None


def overdue() -> Iterator[str]:
    """Yield a sentence for each that was done once on this machine, and not for too long."""
    for what, (name, command, unit) in WORDS.items():
        moment = last(what)
        if moment is not None and timezone.now() - moment > LONGEST[what]:
            yield (
                f"The last {name} is of {moment:%Y-%m-%d}: see the log of {unit}, and run {command}. "
                f"If this machine is not to do it, remove {VAR_FOLDER / what}."
            )


def never() -> Iterator[str]:
    """Yield a sentence for each that was never done on this machine."""
    for what, (name, command, unit) in WORDS.items():
        if last(what) is None:
            yield f"There was never a {name} on this machine: run {command}, and enable {unit}.timer."
