"""Builders of pictures: uploaded bytes and stored rows."""

import datetime as dt
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from articles.editing.pictures.sanitize import make_safe
from articles.editing.pictures.storage import store, sync_files

MONDAY = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)


def make_bytes(kind: str = "JPEG", size: tuple[int, int] = (600, 400), color: str = "teal", **saving: Any) -> bytes:
    """Return the bytes of a picture file of one color."""
    return written(Image.new("RGB", size, color), kind, **saving)


def written(image: Image.Image, kind: str, **saving: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **saving)
    return out.getvalue()


def read(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def make_picture(name: str = "walking-path", root: Path | None = None, **overrides: Any) -> None:
    """Create a picture in the database, and in the content folder `root` if one is given."""
    fields = {"by": "editor", "now": MONDAY, "data": make_bytes(), **overrides}
    store(name, make_safe(fields["data"]), fields["by"], fields["now"])
    if root:
        sync_files(root)


def put_files(root: Path, name: str = "walking-path", digest: str = "0123456789ab", **widths: int) -> None:
    """Write files of a picture as if added by hand; keywords give heights by width, as `w480=320`."""
    folder = root / "pictures"
    folder.mkdir(exist_ok=True)
    for width, height in (widths or {"w480": 320, "w960": 640}).items():
        (folder / f"{name}.{digest}.{width[1:]}x{height}.webp").write_bytes(b"RIFF0000WEBP")
