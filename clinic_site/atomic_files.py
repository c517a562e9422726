"""Write a file whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file that only its owner can read; it replaces `path` when the block ends without an exception.

    Raises OSError. A failure leaves no file behind.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            yield opened
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink()
        raise
