"""Uploads are identified by content and re-encoded: no byte of the file is reused."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from articles.editing.pictures import sanitize
from articles.editing.pictures.sanitize import PictureRefusedError, make_safe
from tests.articles.pictures import make_bytes, read, written

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
PHONE = "Fine Phone of R. Name"


def chunks(data: bytes) -> list[bytes]:
    """Return the names of the chunks of a WebP file."""
    names, at = [], 12
    while at < len(data):
        names.append(data[at : at + 4])
        at += 8 + (struct.unpack("<I", data[at + 4 : at + 8])[0] + 1) // 2 * 2
    return names


def close_to(pixel: object, expected: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) <= 6 for one, other in zip(pixel, expected, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_format_is_converted_to_webp_in_several_widths(kind: str) -> None:
    picture = make_safe(make_bytes(kind, size=(2000, 1000)))
    assert [(file.width, file.height) for file in picture.files] == [(1440, 720), (960, 480), (480, 240)]
    for file in picture.files:
        converted = read(file.data)
        assert (converted.format, converted.size) == ("WEBP", (file.width, file.height))
        assert close_to(converted.getpixel((9, 9)), (0, 128, 128))


@pytest.mark.parametrize(("width", "widths"), [(300, [300]), (480, [480]), (481, [481, 480]), (1440, [1440, 960, 480])])
def test_pictures_are_not_enlarged(width: int, widths: list[int]) -> None:
    assert [file.width for file in make_safe(make_bytes(size=(width, 300))).files] == widths


def test_location_camera_and_color_profile_are_removed() -> None:
    exif = Image.Exif()
    exif[MAKE] = PHONE
    exif.get_ifd(GPS)[2] = (27.0, 30.0, 0.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = make_bytes(exif=exif, icc_profile=profile, xmp=b"<x:xmpmeta>R. Name</x:xmpmeta>", comment=b"R. Name")
    assert PHONE.encode() in data
    for file in make_safe(data).files:
        assert chunks(file.data) == [b"VP8 "]
        assert b"Name" not in file.data


def test_the_orientation_of_the_camera_is_applied() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # the camera was rotated by 90 degrees to the left
    image = Image.new("RGB", (600, 400), "red")
    image.paste("blue", (0, 0, 300, 400))
    file = make_safe(written(image, "JPEG", exif=exif, quality=95)).files[0]
    assert (file.width, file.height) == (400, 600)
    upright = read(file.data)
    assert close_to(upright.getpixel((200, 50)), (0, 0, 255))
    assert close_to(upright.getpixel((200, 550)), (255, 0, 0))


def test_a_wide_color_profile_is_converted_to_srgb() -> None:
    """Conversion changes the numbers of a pixel and preserves the visible color."""
    swapped = ImageCms.createProfile("LAB")
    lab = ImageCms.ImageCmsProfile(swapped).tobytes()
    plain = make_safe(make_bytes("PNG", color="teal"))
    unfit = make_safe(make_bytes("PNG", color="teal", icc_profile=lab))
    broken = make_safe(make_bytes("PNG", color="teal", icc_profile=b"no profile"))
    fit = make_safe(make_bytes("PNG", color="teal", icc_profile=wide_profile()))
    assert plain.digest == unfit.digest == broken.digest != fit.digest


def wide_profile() -> bytes:
    """Return sRGB with red and green primaries exchanged, which is easy to distinguish from sRGB."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image.new("RGBA", (40, 40), (0, 0, 0, 0)), (255, 255, 255)),
        (Image.new("LA", (40, 40), (0, 0)), (255, 255, 255)),
        (Image.new("P", (40, 40)), (0, 0, 0)),
        (Image.new("1", (40, 40), 1), (255, 255, 255)),
        (Image.new("L", (40, 40), 90), (90, 90, 90)),
        (Image.new("I;16", (40, 40), 90 * 256), (90, 90, 90)),
    ],
    ids=lambda value: getattr(value, "mode", ""),
)
def test_every_pixel_mode_is_read_and_transparency_removed(image: Image.Image, expected: tuple[int, int, int]) -> None:
    converted = read(make_safe(written(image, "PNG")).files[0].data)
    assert converted.mode == "RGB"
    assert close_to(converted.getpixel((20, 20)), expected)


def test_a_cmyk_picture_is_read() -> None:
    data = written(Image.new("CMYK", (40, 40), (255, 0, 255, 0)), "JPEG")
    assert close_to(read(make_safe(data).files[0].data).getpixel((20, 20)), (0, 255, 0))


def test_the_first_of_two_pictures_in_one_file_is_used() -> None:
    first, second = Image.new("RGB", (60, 40), "teal"), Image.new("RGB", (60, 40), "red")
    data = written(first, "MPO", save_all=True, append_images=[second])
    assert Image.open(BytesIO(data)).format == "MPO"
    assert close_to(read(make_safe(data).files[0].data).getpixel((9, 9)), (0, 128, 128))


def test_the_digest_covers_all_widths() -> None:
    one, same, other = (make_safe(make_bytes(color=color)) for color in ("teal", "teal", "red"))
    assert one.digest == same.digest != other.digest
    assert [facts.file_name for facts, _ in one.named("walking-path")] == [
        f"walking-path.{one.digest}.600x400.webp",
        f"walking-path.{one.digest}.480x320.webp",
    ]


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (40, 40), color) for color in ("red", "blue")]
    return written(frames[0], kind, save_all=True, append_images=frames[1:])


def png_that_says(width: int, height: int) -> bytes:
    """Return the header of a PNG of that size, without pixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = struct.pack(">I", 10) + b"IDAT" + b"\0" * 14
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + pixels


def jpeg_of_scans(count: int) -> bytes:
    """Return a progressive JPEG with `count` more copies of the last scan; decoders walk all pixels for each."""
    data = written(Image.new("RGB", (40, 40), "red"), "JPEG", progressive=True)
    return data[:-2] + data[data.rindex(sanitize.SCAN) : -2] * count + data[-2:]


def in_two_pictures(data: bytes) -> bytes:
    """Return the JPEG with the mark of a file of two pictures, as phones write it."""
    image = Image.new("RGB", (16, 16))
    two = written(image, "MPO", save_all=True, append_images=[image])
    start = two.index(b"MPF\0") - 4
    (length,) = struct.unpack(">H", two[start + 2 : start + 4])
    return data[:2] + two[start : start + 2 + length] + data[2:]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>'
REFUSED: list[tuple[Callable[[], bytes], str]] = [
    (lambda: b"", sanitize.UNKNOWN),
    (lambda: b"no picture", sanitize.UNKNOWN),
    (lambda: SVG, sanitize.UNKNOWN),
    (lambda: make_bytes("GIF"), sanitize.UNKNOWN),
    (lambda: make_bytes("TIFF"), sanitize.UNKNOWN),
    (lambda: make_bytes("BMP"), sanitize.UNKNOWN),
    (lambda: make_bytes("PDF"), sanitize.UNKNOWN),
    (lambda: moving("PNG"), sanitize.MOVES),
    (lambda: moving("WEBP"), sanitize.MOVES),
    (lambda: moving("GIF"), sanitize.UNKNOWN),
    (lambda: make_bytes("JPEG", size=(300, 300))[:600], sanitize.DAMAGED),
    (lambda: make_bytes("PNG", size=(300, 300))[:-60], sanitize.DAMAGED),
    (lambda: make_bytes(size=(900, 100)), sanitize.TOO_LONG),
    (lambda: make_bytes(size=(100, 900)), sanitize.TOO_LONG),
    (lambda: png_that_says(8000, 5001), sanitize.TOO_LARGE),
    (lambda: png_that_says(10_000, 10_000), sanitize.TOO_LARGE),  # Pillow warns
    (lambda: png_that_says(60_000, 60_000), sanitize.TOO_LARGE),  # Pillow refuses
    (lambda: jpeg_of_scans(100), sanitize.DAMAGED),
    (lambda: in_two_pictures(jpeg_of_scans(100)), sanitize.DAMAGED),
    (lambda: b"x" * (10 * 1024 * 1024 + 1), sanitize.TOO_HEAVY),
]


@pytest.mark.parametrize(("data", "message"), REFUSED)
def test_unsafe_files_are_refused_with_a_sentence(data: Callable[[], bytes], message: str) -> None:
    with pytest.raises(PictureRefusedError) as caught:
        make_safe(data())
    assert str(caught.value) == message


def test_the_largest_picture_of_a_camera_is_accepted() -> None:
    picture = make_safe(written(Image.linear_gradient("L").resize((7200, 5400)), "JPEG", quality=30))
    assert [(file.width, file.height) for file in picture.files] == [(1440, 1080), (960, 720), (480, 360)]
