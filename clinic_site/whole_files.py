"""Writes a file whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, which only its owner can read. It takes the place of `path` when the block has ended well.

    Raises OSError. After a failure nothing is left lying around.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place, draft = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(place, "wb") as opened:
            yield opened
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink()
        raise
