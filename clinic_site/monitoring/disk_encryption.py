"""Whether this machine encrypts the disk of a folder, by dm-crypt, of which LUKS is a form. Linux alone can tell."""

import os
from pathlib import Path

BLOCK_DEVICES = Path("/sys/dev/block")
ENCRYPTED = "CRYPT-"


def is_encrypted(folder: Path) -> bool:
    """Return True if all devices below the folder are encrypted; False, too, where nobody can tell."""
    number = folder.stat().st_dev
    return _is_encrypted(BLOCK_DEVICES / f"{os.major(number)}:{os.minor(number)}")


def _is_encrypted(device: Path) -> bool:
    kind = device / "dm" / "uuid"
    if kind.exists() and kind.read_text().startswith(ENCRYPTED):
        return True
    below = [*(device / "slaves").glob("*")]  # a volume or an array is made of these
    return bool(below) and all(map(_is_encrypted, below))
