"""Makes a picture that somebody uploaded safe to show: known by its content, small enough, and drawn anew.

What comes out holds pixels and nothing else. No place, no camera, no name of a person, no color profile, no hidden
second picture; and nothing of the bytes that came in.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from articles.pictures import PictureFacts

FORMATS = ("JPEG", "PNG", "WEBP")  # nobody else's code reads what was uploaded
MAY_MOVE = ("PNG", "WEBP")  # a phone's JPEG may hold a second picture too; the first is the one that was taken
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
SCAN = b"\xff\xda"  # begins a scan of a JPEG
MOST_SCANS = 100  # each is a walk over all pixels, and takes a few bytes; cameras and programs write about ten
LONGEST = 8  # times the other side: beyond that nobody sees anything on a phone
WIDTHS = (480, 960, 1440)  # pixels: phones, large phones and the column, sharp screens
QUALITY = 82
GRAY_16 = "I;16"  # as radiographs are: cut to 8 bits, or all that is not black would be white
DIGEST_LENGTH = 12

UNKNOWN = "This file is not a JPEG, PNG or WebP picture. Save it as one of these, then choose it again."
DAMAGED = "This picture is damaged and cannot be read. Export it anew, then choose it again."
TOO_HEAVY = "This picture is larger than 10 MB. Make it smaller, then choose it again."
TOO_LARGE = "This picture has more than 40 million pixels. Make it smaller, then choose it again."
TOO_LONG = "One side of this picture is more than eight times the other. Cut it to a shape that fits a phone."
MOVES = "This picture moves. Choose one that stands still."


class PictureRefusedError(Exception):
    """The message says why, and what to do."""


@dataclass(frozen=True)
class SafeFile:
    width: int  # pixels
    height: int
    data: bytes  # WebP


@dataclass(frozen=True)
class SafePicture:
    files: tuple[SafeFile, ...]  # the widest first; never empty

    @property
    def digest(self) -> str:
        """Of the picture in all its widths, as it stands in their file names."""
        return hashlib.sha256(b"".join(file.data for file in self.files)).hexdigest()[:DIGEST_LENGTH]

    def named(self, name: str) -> list[tuple[PictureFacts, bytes]]:
        """The files of a picture of that name."""
        return [(PictureFacts(name, self.digest, file.width, file.height), file.data) for file in self.files]


def make_safe(data: bytes) -> SafePicture:
    """Raises PictureRefusedError."""
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
    except Exception as error:  # a damaged file can trip any part of a decoder
        raise PictureRefusedError(DAMAGED) from error


def _check(image: Image.Image, scans: int) -> None:
    """What the head of the file says, before a single pixel is read."""
    if image.width * image.height > MAX_PIXELS:
        raise PictureRefusedError(TOO_LARGE)
    if max(image.size) > LONGEST * min(image.size):
        raise PictureRefusedError(TOO_LONG)
    if image.format in MAY_MOVE and getattr(image, "n_frames", 1) > 1:
        raise PictureRefusedError(MOVES)
    if image.format == "JPEG" and scans > MOST_SCANS:
        raise PictureRefusedError(DAMAGED)


def _redrawn(image: Image.Image) -> Image.Image:
    """Upright, no wider than the widest file, on white, in sRGB."""
    profile = image.info.get("icc_profile")
    image.draft(None, (WIDTHS[-1], WIDTHS[-1]))  # a JPEG need not be read larger than it is shown
    ImageOps.exif_transpose(image, in_place=True)
    return _in_srgb(_on_white(_scaled(_plain(image), WIDTHS[-1])), profile)


def _plain(image: Image.Image) -> Image.Image:
    """In a mode that can be scaled."""
    if image.mode == GRAY_16:
        return image.point(lambda value: value * (1 / 256) + 0).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("L", "CMYK") else image.convert("RGB")


def _scaled(image: Image.Image, width: int) -> Image.Image:
    """That wide, or as it is where it is not wider."""
    if image.width <= width:
        return image
    return image.resize((width, max(1, round(image.height * width / image.width))), Image.Resampling.LANCZOS)


def _on_white(image: Image.Image) -> Image.Image:
    """Nothing shines through: black lines on a see-through ground would vanish on a dark page."""
    if image.mode != "RGBA":
        return image
    ground = Image.new("RGBA", image.size, "white")
    ground.alpha_composite(image)
    return ground.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        # A profile that does not fit the picture is left out: its colors are then taken as they are.
        with suppress(ImageCms.PyCMSError):
            srgb = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, BytesIO(profile), srgb, outputMode="RGB") or image
    return image.convert("RGB")


def _files(image: Image.Image) -> list[SafeFile]:
    """In each width, the widest first; never larger than the picture is."""
    widths = [width for width in WIDTHS if width < image.width]
    files = []
    for width in (image.width, *reversed(widths)):
        scaled = _scaled(image, width)
        out = BytesIO()
        scaled.save(out, "WEBP", quality=QUALITY, method=6, exif=b"", icc_profile=b"", xmp=b"")
        files.append(SafeFile(scaled.width, scaled.height, out.getvalue()))
    return files
