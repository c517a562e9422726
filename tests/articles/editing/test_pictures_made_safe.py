"""What somebody uploads is known by its content and drawn anew: nothing of the file itself is kept."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from articles.editing import safe_pictures
from articles.editing.safe_pictures import PictureRefusedError, make_safe
from tests.articles.pictures import make_bytes, read, written

ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825
PHONE = "Fine Phone of R. Name"


def chunks(data: bytes) -> list[bytes]:
    """The names of the parts of a WebP file."""
    names, at = [], 12
    while at < len(data):
        names.append(data[at : at + 4])
        at += 8 + (struct.unpack("<I", data[at + 4 : at + 8])[0] + 1) // 2 * 2
    return names


def close_to(pixel: object, expected: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(one - other) <= 6 for one, other in zip(pixel, expected, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_comes_out_as_webp_in_widths_for_phones(kind: str) -> None:
    picture = make_safe(make_bytes(kind, size=(2000, 1000)))
    assert [(file.width, file.height) for file in picture.files] == [(1440, 720), (960, 480), (480, 240)]
    for file in picture.files:
        made = read(file.data)
        assert (made.format, made.size) == ("WEBP", (file.width, file.height))
        assert close_to(made.getpixel((9, 9)), (0, 128, 128))


@pytest.mark.parametrize(("width", "widths"), [(300, [300]), (480, [480]), (481, [481, 480]), (1440, [1440, 960, 480])])
def test_nothing_is_enlarged(width: int, widths: list[int]) -> None:
    assert [file.width for file in make_safe(make_bytes(size=(width, 300))).files] == widths


def test_nothing_is_left_of_place_camera_and_profile() -> None:
    exif = Image.Exif()
    exif[MAKE] = PHONE
    exif.get_ifd(GPS)[2] = (27.0, 30.0, 0.0)
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = make_bytes(exif=exif, icc_profile=profile, xmp=b"<x:xmpmeta>R. Name</x:xmpmeta>", comment=b"R. Name")
    assert PHONE.encode() in data
    for file in make_safe(data).files:
        assert chunks(file.data) == [b"VP8 "]
        assert b"Name" not in file.data


def test_a_picture_that_lies_on_its_side_is_set_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # the camera was turned a quarter to the left
    image = Image.new("RGB", (600, 400), "red")
    image.paste("blue", (0, 0, 300, 400))
    file = make_safe(written(image, "JPEG", exif=exif, quality=95)).files[0]
    assert (file.width, file.height) == (400, 600)
    upright = read(file.data)
    assert close_to(upright.getpixel((200, 50)), (0, 0, 255))
    assert close_to(upright.getpixel((200, 550)), (255, 0, 0))


def test_a_wide_color_profile_is_brought_into_what_every_screen_shows() -> None:
    """The same numbers mean another color there: what is seen stays, the numbers change."""
    swapped = ImageCms.createProfile("LAB")
    lab = ImageCms.ImageCmsProfile(swapped).tobytes()
    plain = make_safe(make_bytes("PNG", color="teal"))
    unfit = make_safe(make_bytes("PNG", color="teal", icc_profile=lab))
    broken = make_safe(make_bytes("PNG", color="teal", icc_profile=b"no profile"))
    fit = make_safe(make_bytes("PNG", color="teal", icc_profile=wide_profile()))
    assert plain.digest == unfit.digest == broken.digest != fit.digest


def wide_profile() -> bytes:
    """sRGB with its red and green primaries exchanged, as no camera has it: easy to tell from sRGB."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


@pytest.mark.parametrize(
    ("image", "seen"),
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
def test_every_way_to_store_pixels_is_understood_and_nothing_shines_through(
    image: Image.Image, seen: tuple[int, int, int]
) -> None:
    made = read(make_safe(written(image, "PNG")).files[0].data)
    assert made.mode == "RGB"
    assert close_to(made.getpixel((20, 20)), seen)


def test_a_picture_made_for_print_is_understood() -> None:
    data = written(Image.new("CMYK", (40, 40), (255, 0, 255, 0)), "JPEG")
    assert close_to(read(make_safe(data).files[0].data).getpixel((20, 20)), (0, 255, 0))


def test_a_phone_that_keeps_two_pictures_in_one_file_shows_the_first() -> None:
    first, second = Image.new("RGB", (60, 40), "teal"), Image.new("RGB", (60, 40), "red")
    data = written(first, "MPO", save_all=True, append_images=[second])
    assert Image.open(BytesIO(data)).format == "MPO"
    assert close_to(read(make_safe(data).files[0].data).getpixel((9, 9)), (0, 128, 128))


def test_the_digest_is_of_the_picture_in_all_its_widths() -> None:
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
    """The head of a PNG of that size, and no pixel."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = struct.pack(">I", 10) + b"IDAT" + b"\0" * 14
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head)) + pixels


def jpeg_of_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan stands there `count` times more: each is a walk over all pixels."""
    data = written(Image.new("RGB", (40, 40), "red"), "JPEG", progressive=True)
    return data[:-2] + data[data.rindex(safe_pictures.SCAN) : -2] * count + data[-2:]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>'
REFUSED: list[tuple[Callable[[], bytes], str]] = [
    (lambda: b"", safe_pictures.UNKNOWN),
    (lambda: b"no picture", safe_pictures.UNKNOWN),
    (lambda: SVG, safe_pictures.UNKNOWN),
    (lambda: make_bytes("GIF"), safe_pictures.UNKNOWN),
    (lambda: make_bytes("TIFF"), safe_pictures.UNKNOWN),
    (lambda: make_bytes("BMP"), safe_pictures.UNKNOWN),
    (lambda: make_bytes("PDF"), safe_pictures.UNKNOWN),
    (lambda: moving("PNG"), safe_pictures.MOVES),
    (lambda: moving("WEBP"), safe_pictures.MOVES),
    (lambda: moving("GIF"), safe_pictures.UNKNOWN),
    (lambda: make_bytes("JPEG", size=(300, 300))[:600], safe_pictures.DAMAGED),
    (lambda: make_bytes("PNG", size=(300, 300))[:-60], safe_pictures.DAMAGED),
    (lambda: make_bytes(size=(900, 100)), safe_pictures.TOO_LONG),
    (lambda: make_bytes(size=(100, 900)), safe_pictures.TOO_LONG),
    (lambda: png_that_says(8000, 5001), safe_pictures.TOO_LARGE),
    (lambda: png_that_says(10_000, 10_000), safe_pictures.TOO_LARGE),  # Pillow warns of this one
    (lambda: png_that_says(60_000, 60_000), safe_pictures.TOO_LARGE),  # and refuses this one itself
    (lambda: jpeg_of_scans(100), safe_pictures.DAMAGED),
    (lambda: b"x" * (10 * 1024 * 1024 + 1), safe_pictures.TOO_HEAVY),
]


@pytest.mark.parametrize(("data", "said"), REFUSED)
def test_what_cannot_be_shown_safely_is_refused_in_a_sentence(data: Callable[[], bytes], said: str) -> None:
    with pytest.raises(PictureRefusedError) as caught:
        make_safe(data())
    assert str(caught.value) == said


def test_the_largest_picture_of_a_camera_is_taken() -> None:
    picture = make_safe(written(Image.linear_gradient("L").resize((7200, 5400)), "JPEG", quality=30))
    assert [(file.width, file.height) for file in picture.files] == [(1440, 1080), (960, 720), (480, 360)]
