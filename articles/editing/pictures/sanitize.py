"""Make an uploaded picture safe: check its format by content and its size, then encode it again.

The result holds pixels only: no place, camera, person's name, color profile or hidden second picture, and no byte of
the uploaded file.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from articles.content.pictures import PictureFacts

FORMATS = ("JPEG", "PNG", "WEBP")  # no other decoder of Pillow gets an uploaded file
MAY_MOVE = ("PNG", "WEBP")  # not JPEG: a phone's file may hold a second picture, and the first is the photo
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
SCAN = b"\xff\xda"  # begins a scan of a JPEG
MOST_SCANS = 100  # each costs a pass over all pixels but few bytes; cameras and programs write about ten
LONGEST = 8  # times the other side: a longer picture is unreadable on a phone
WIDTHS = (480, 960, 1440)  # pixels: phones, large phones and the column, sharp screens
QUALITY = 82
GRAY_16 = "I;16"  # such as radiographs; must be scaled to 8 bits, or all but black turns white
DIGEST_LENGTH = 12

UNKNOWN = "This file is not a JPEG, PNG or WebP picture. Save it as one of these, then choose it again."
DAMAGED = "This picture is damaged and cannot be read. Export it anew, then choose it again."
TOO_HEAVY = "This picture is larger than 10 MB. Make it smaller, then choose it again."
TOO_LARGE = "This picture has more than 40 million pixels. Make it smaller, then choose it again."
TOO_LONG = "One side of this picture is more than eight times the other. Cut it to a shape that fits a phone."
MOVES = "This picture moves. Choose one that stands still."


class PictureRefusedError(Exception):
    """A picture that cannot be used. The message says why, and what to do."""


@dataclass(frozen=True)
class SafeFile:
    width: int  # pixels
    height: int
    data: bytes  # WebP


@dataclass(frozen=True)
class SafePicture:
    files: tuple[SafeFile, ...]  # widest first; never empty

    @property
    def digest(self) -> str:
        """A digest of the picture in all widths, part of its file names."""
        return hashlib.sha256(b"".join(file.data for file in self.files)).hexdigest()[:DIGEST_LENGTH]

    def named(self, name: str) -> list[tuple[PictureFacts, bytes]]:
        """Return (facts, data) for each file of the picture under `name`."""
        return [(PictureFacts(name, self.digest, file.width, file.height), file.data) for file in self.files]


def make_safe(data: bytes) -> SafePicture:
    """Return the picture, sanitized. Raises PictureRefusedError."""
    if len(data) > MAX_BYTES:
        raise PictureRefusedError(TOO_HEAVY)
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            _check(image, data.count(SCAN))
            return SafePicture(tuple(_files(_redrawn(image))))
    except PictureRefusedError:
        raise
    except UnidentifiedImageError as error:
        raise PictureRefusedError(UNKNOWN) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefusedError(TOO_LARGE) from error
    except Exception as error:  # a damaged file can raise anything in a decoder
        raise PictureRefusedError(DAMAGED) from error


def _check(image: Image.Image, scans: int) -> None:
    """Check what the header says before any pixel is decoded. Raises PictureRefusedError."""
    if image.width * image.height > MAX_PIXELS:
        raise PictureRefusedError(TOO_LARGE)
    if max(image.size) > LONGEST * min(image.size):
        raise PictureRefusedError(TOO_LONG)
    if image.format in MAY_MOVE and getattr(image, "n_frames", 1) > 1:
        raise PictureRefusedError(MOVES)
    if image.format not in MAY_MOVE and scans > MOST_SCANS:  # Pillow calls a JPEG of two pictures MPO
        raise PictureRefusedError(DAMAGED)


def _redrawn(image: Image.Image) -> Image.Image:
    """Return the picture upright, on white, in sRGB, and no wider than the widest file."""
    profile = image.info.get("icc_profile")
    image.draft(None, (WIDTHS[-1], WIDTHS[-1]))  # decode a JPEG no larger than it is shown
    ImageOps.exif_transpose(image, in_place=True)
    return _in_srgb(_on_white(_scaled(_plain(image), WIDTHS[-1])), profile)


def _plain(image: Image.Image) -> Image.Image:
    """Convert the picture to a mode that can be scaled."""
    if image.mode == GRAY_16:
        return image.point(lambda value: value * (1 / 256) + 0).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("L", "CMYK") else image.convert("RGB")


def _scaled(image: Image.Image, width: int) -> Image.Image:
    """Scale the picture down to `width`; return it unchanged if it is not wider."""
    if image.width <= width:
        return image
    return image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)


def _on_white(image: Image.Image) -> Image.Image:
    """Remove transparency: black lines on a transparent ground would vanish in dark mode."""
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image)
    return ground.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        # Ignore a profile that does not fit the picture, and use the colors as they are.
        with suppress(ImageCms.PyCMSError):
            srgb = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, BytesIO(profile), srgb, outputMode="RGB") or image
    return image.convert("RGB")


def _files(image: Image.Image) -> list[SafeFile]:
    """Return a file for each width, the widest first, none wider than the picture."""
    widths = [width for width in WIDTHS if width < image.width]
    files = []
    for width in (image.width, *reversed(widths)):
        scaled = _scaled(image, width)
        out = BytesIO()
        scaled.save(out, "WEBP", quality=QUALITY, method=6, exif=b"", icc_profile=b"", xmp=b"")
        files.append(SafeFile(scaled.width, scaled.height, out.getvalue()))
    return files
