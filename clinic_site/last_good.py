"""The last text of a facts file that was right, saved in var/: a start after a typo goes on with it."""

import hashlib
import logging
from pathlib import Path

from clinic_site.demo import VAR_FOLDER
from clinic_site.whole_files import whole_file

logger = logging.getLogger(__name__)


def save(root: Path, name: str, text: str) -> None:
    """Save the text of the file `name` below `root`, which is right. A full disk is logged: nothing is lost yet."""
    if load(root, name) == text:
        return
    try:
        with whole_file(_copy(root, name)) as copy:
            copy.write(text.encode())
    except OSError as error:
        logger.warning("The facts of %s could not be saved for the next start (%s).", name, error.strerror)


def load(root: Path, name: str) -> str | None:
    """Return what was saved; None where nothing can be read."""
    try:
        return _copy(root, name).read_text()
    except OSError:
        return None


def _copy(root: Path, name: str) -> Path:
    """Each content folder has copies of its own."""
    return VAR_FOLDER / "last-good" / hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16] / name
