"""An upload becomes a small upright image in two sizes, or it is rejected in words for people."""

import random
import struct
import subprocess
import sys
import threading
import time
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageCms

from app.model.errors import PhotoRejected, StorageUnavailable
from app.photos import processing
from app.runtime import deadline
from tests.support.in_time import assert_ends_within
from tests.support.pictures import (
    empty_rows,
    file_of,
    giant_png,
    gradient,
    picture,
    png_chunk,
    png_file,
    webp_head,
)

pytestmark = pytest.mark.slow

RED, GREEN, BLUE, PALE = (220, 20, 20), (20, 160, 20), (20, 20, 220), (250, 250, 250)
OUR_KEY = f"employee_pic/{'0a' * 16}.jpg"
OUR_THUMBNAIL = f"employee_pic/{'0a' * 16}-thumb.jpg"


def opened(image: bytes) -> Image.Image:
    decoded = Image.open(BytesIO(image))
    decoded.load()
    assert (decoded.format, decoded.mode) == ("JPEG", "RGB")
    return decoded


def portrait_of(upload: BytesIO) -> Image.Image:
    """The large size, after a look at both: each opens, and neither is larger than it may be."""
    images = processing.make(upload)
    large, small = opened(images.portrait), opened(images.thumbnail)
    assert max(large.size) <= 800
    assert max(small.size) <= 240
    return large


def is_near(colour: object, wanted: tuple[int, int, int], apart: int = 24) -> bool:
    return all(abs(a - b) <= apart for a, b in zip(colour, wanted, strict=True))


def corners(image: Image.Image) -> list[tuple[int, int, int]]:
    """The colours of the four quarters: upper left, upper right, lower left, lower right."""
    width, height = image.size
    places = [(x, y) for y in (height // 4, height * 3 // 4) for x in (width // 4, width * 3 // 4)]
    return [image.getpixel(place) for place in places]


def shows_the_gradient(image: Image.Image) -> bool:
    wanted = (RED, GREEN, BLUE, PALE)
    return all(is_near(c, w, 40) for c, w in zip(corners(image), wanted, strict=True))


def rejection(upload: BytesIO) -> str:
    with pytest.raises(PhotoRejected) as caught:
        processing.make(upload)
    message = str(caught.value)
    assert "JPEG, PNG, WebP or GIF" in message
    return message


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_each_accepted_kind_becomes_both_sizes(kind):
    large = portrait_of(picture(kind, 1600, 1200))
    assert large.size == (800, 600)
    assert shows_the_gradient(large)


def test_the_thumbnail_shows_the_whole_portrait():
    small = opened(processing.make(picture("JPEG", 1600, 1200)).thumbnail)
    assert small.size == (240, 180)
    assert shows_the_gradient(small)


@pytest.mark.parametrize("size", [(1, 1), (7, 5), (240, 200), (800, 800), (799, 3)])
def test_a_small_picture_is_never_made_larger(size):
    assert portrait_of(picture("PNG", *size)).size == size


@pytest.mark.parametrize(
    ("size", "fitted"),
    [
        ((1, 20_000), (1, 800)),
        ((20_000, 1), (800, 1)),
        ((3, 19_999), (1, 800)),
        ((801, 800), (800, 799)),
        ((1601, 2399), (534, 800)),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_of_any_shape_fits_in_the_portrait(kind, size, fitted):
    assert portrait_of(picture(kind, *size)).size == fitted


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
@pytest.mark.parametrize("size", [(90, 60), (2500, 1700)])
def test_a_png_of_every_mode_becomes_an_image(mode, size):
    large = portrait_of(file_of(gradient(size[0], size[1], mode), "PNG"))
    if mode not in ("1", "L", "LA"):
        assert shows_the_gradient(large)


@pytest.mark.parametrize("size", [(90, 60), (2500, 1700)])
def test_a_cmyk_jpeg_keeps_its_colours(size):
    large = portrait_of(file_of(gradient(size[0], size[1], "CMYK"), "JPEG", quality=95))
    assert shows_the_gradient(large)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_webp_of_every_mode_becomes_an_image(mode):
    portrait_of(file_of(gradient(900, 700, mode), "WEBP", lossless=True))


@pytest.mark.parametrize(("colours", "samples"), [(0, 1), (2, 3), (4, 2), (6, 4)])
@pytest.mark.parametrize("size", [(40, 30), (1700, 1300)])
def test_sixteen_bits_a_sample_keep_their_brightness(colours, samples, size):
    width, height = size
    grey = struct.pack(">H", 0x8000) * (samples - (colours in (4, 6)))
    pixel = grey + (b"\xff\xff" if colours in (4, 6) else b"")
    rows = zlib.compress((b"\0" + pixel * width) * height)
    large = portrait_of(png_file(width, height, bits=16, colours=colours, rows=rows))
    assert is_near(large.getpixel((5, 5)), (128, 128, 128), 4)


@pytest.mark.parametrize("bits", [1, 2, 4])
def test_a_grey_png_of_few_bits_becomes_an_image(bits):
    rows = empty_rows(300, 200, bits)
    large = portrait_of(png_file(300, 200, bits=bits, colours=0, rows=rows))
    assert is_near(large.getpixel((5, 5)), (0, 0, 0))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
@pytest.mark.parametrize("size", [(60, 40), (2500, 1700)])
def test_what_is_transparent_becomes_white(kind, size):
    clear = Image.new("RGBA", size, (0, 0, 0, 0))
    clear.paste((220, 20, 20, 255), (0, 0, size[0], size[1] // 2))
    large = portrait_of(file_of(clear, kind, lossless=True))
    assert is_near(large.getpixel((large.width // 2, large.height * 3 // 4)), (255, 255, 255), 3)
    assert is_near(large.getpixel((large.width // 2, large.height // 4)), RED)


def test_a_transparent_colour_of_a_palette_or_of_rgb_becomes_white():
    palette = Image.new("P", (50, 40), 0)
    palette.putpalette([0, 0, 0, 200, 200, 200])
    plain = Image.new("RGB", (50, 40), (1, 2, 3))
    for upload in (
        file_of(palette, "PNG", transparency=0),
        file_of(palette, "GIF", transparency=0),
        file_of(plain, "PNG", transparency=(1, 2, 3)),
    ):
        assert is_near(portrait_of(upload).getpixel((9, 9)), (255, 255, 255), 3)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_the_first_picture_of_an_animation_is_taken(kind):
    first, second = Image.new("RGB", (30, 30), RED), Image.new("RGB", (30, 30), BLUE)
    upload = file_of(first, kind, save_all=True, append_images=[second], duration=100)
    assert is_near(portrait_of(upload).getpixel((9, 9)), RED)


TURNS_OF_THE_CAMERA = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_stands_upright(kind, orientation):
    turn = TURNS_OF_THE_CAMERA[orientation]
    taken = gradient(1200, 900)
    exif = Image.Exif()
    exif[0x0112] = orientation
    upload = file_of(taken if turn is None else taken.transpose(turn), kind, exif=exif.tobytes())
    large = portrait_of(upload)
    assert large.size == (800, 600)
    assert shows_the_gradient(large)


@pytest.mark.parametrize("orientation", [0, 9, 65_535])
def test_an_orientation_that_does_not_exist_turns_nothing(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert shows_the_gradient(portrait_of(picture("JPEG", exif=exif.tobytes())))


def test_broken_metadata_does_not_cost_the_photo():
    for exif in (
        b"Exif\0\0garbage",
        b"Exif\0\0II*\0\xff\xff\xff\x7f",
        b"Exif\0\0MM\0*\0\0\0\x08\xff",
    ):
        assert shows_the_gradient(portrait_of(picture("JPEG", exif=exif)))


def secretive(kind: str) -> BytesIO:
    """A picture that tells where it was taken, with what, and more."""
    exif = Image.Exif()
    exif[0x010F] = "SecretMaker"
    exif[0xA431] = "SecretSerial"
    exif.get_ifd(0x8825).update({1: "N", 2: (47.0, 36.0, 22.0), 29: "SecretPlace"})
    options = {"exif": exif.tobytes(), "xmp": b"<x:xmpmeta>SecretXmp</x:xmpmeta>"}
    if kind == "PNG":
        options = {"exif": exif.tobytes()}
    if kind == "JPEG":
        options["comment"] = b"SecretComment"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    upload = picture(kind, 900, 700, icc_profile=profile, **options)
    if kind != "PNG":
        return upload
    raw = upload.getvalue()
    texts = png_chunk(b"tEXt", b"Author\0SecretAuthor") + png_chunk(
        b"zTXt", b"Note\0\0" + zlib.compress(b"SecretNote")
    )
    return BytesIO(raw[:33] + texts + raw[33:])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_that_the_file_tells_beside_its_pixels_is_kept(kind):
    upload = secretive(kind)
    assert b"Secret" in upload.getvalue()
    for image in processing.make(upload):
        for trace in (b"Secret", b"Exif", b"ICC_PROFILE", b"Adobe", b"http", b"GPS"):
            assert trace not in image
        assert {name.partition("_")[0] for name in opened(image).info} == {"jfif"}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_tail_after_the_picture_is_cut_off(kind):
    tail = b"PK\x03\x04<script>alert(1)</script>" * 50
    for image in processing.make(BytesIO(picture(kind).getvalue() + tail)):
        assert b"script" not in image
        assert b"PK\x03\x04" not in image
        assert image.endswith(b"\xff\xd9")


def test_a_wide_colour_profile_becomes_srgb():
    # The green of another profile is not ours: the same numbers must come out changed.
    wide = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert is_near(portrait_of(picture("PNG", icc_profile=wide)).getpixel((9, 9)), RED)
    assert is_near(portrait_of(picture("PNG", icc_profile=b"nonsense")).getpixel((9, 9)), RED)
    swapped = profile_with_red_and_blue_swapped()
    assert is_near(portrait_of(picture("PNG", icc_profile=swapped)).getpixel((9, 9)), BLUE, 40)


def profile_with_red_and_blue_swapped() -> bytes:
    raw = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    raw = raw.replace(b"\0s\0R\0G\0B", b"\0x\0x\0x\0x").replace(b"sRGB", b"xxxx")
    red, blue = raw.index(b"rXYZ"), raw.index(b"bXYZ")
    raw[red : red + 4], raw[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(raw)


OTHER_FILES = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "html": b"<!doctype html><script>alert(1)</script>",
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "zip": b"PK\x03\x04" + bytes(60),
    "tiff": file_of(gradient(50, 50), "TIFF").getvalue(),
    "bmp": file_of(gradient(50, 50), "BMP").getvalue(),
    "ico": file_of(gradient(50, 50), "ICO").getvalue(),
    "ppm": file_of(gradient(50, 50), "PPM").getvalue(),
    "text": b"hello",
    "one byte": b"\xff",
    "nulls": bytes(5000),
}


@pytest.mark.parametrize("name", OTHER_FILES)
def test_a_file_of_another_kind_is_rejected(name):
    told = rejection(BytesIO(OTHER_FILES[name]))
    assert "is not a" in told or "This is a" in told


def test_an_empty_file_is_rejected():
    assert "is empty" in rejection(BytesIO())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("part", [0.02, 0.3, 0.7, 0.95])
def test_a_picture_that_is_cut_off_is_rejected(kind, part):
    noise = Image.effect_noise((300, 200), 80).convert("RGB")
    raw = file_of(noise, kind).getvalue()
    assert "damaged or incomplete" in rejection(BytesIO(raw[: max(12, int(len(raw) * part))]))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_random_damage_gives_an_image_or_a_rejection_and_nothing_else(kind):
    chance = random.Random(7)
    raw = picture(kind, 120, 90).getvalue()
    for _ in range(120):
        broken = bytearray(raw)
        for _ in range(chance.randint(1, 12)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        try:
            portrait_of(BytesIO(bytes(broken)))
        except PhotoRejected as refusal:
            assert "JPEG, PNG, WebP or GIF" in str(refusal)  # noqa: PT017 (both ends are right)


@pytest.mark.parametrize(
    ("kind", "side"), [(b"VP8X", 16_384), (b"VP8L", 16_384), (b"VP8 ", 16_383), (b"VP8L", 5_100)]
)
def test_a_giant_webp_is_rejected_by_its_header(kind, side):
    assert f"megapixels ({side} by {side})" in rejection(webp_head(kind, side, side))


def test_a_gif_of_a_giant_frame_is_rejected():
    assert "Make it smaller" in rejection(BytesIO(gif_of_giant_frame()))


def gif_of_giant_frame() -> bytes:
    """A screen of one pixel, and a frame that is giant."""
    raw = bytearray(picture("GIF", 4, 4).getvalue())
    at = raw.index(b",\0\0\0\0")
    raw[6:10] = struct.pack("<HH", 1, 1)
    raw[at + 5 : at + 9] = struct.pack("<HH", 65_000, 65_000)
    return bytes(raw)


def test_fifty_megapixels_are_the_most():
    assert "51 megapixels" in rejection(giant_png(10_000, 5_100, bits=1, colours=0))
    assert portrait_of(giant_png(10_000, 5_000, bits=1, colours=0)).size == (800, 400)


GIANTS = {
    "rgb of 178 megapixels": (13_000, 13_700, 8, 2),
    "one bit a pixel": (13_000, 13_700, 1, 0),
    "357 megapixels": (18_900, 18_900, 8, 0),
}
IN_A_PROCESS_OF_ITS_OWN = """
import io, re, sys, time
from app.photos import processing
from app.model.errors import PhotoRejected
upload = io.BytesIO(sys.stdin.buffer.read())
began = time.process_time()
try:
    processing.make(upload)
except PhotoRejected as error:
    print(error)
print(time.process_time() - began)
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) / 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc")
@pytest.mark.parametrize("name", GIANTS)
def test_a_giant_is_rejected_at_once_and_in_little_memory(name):
    width, height, bits, colours = GIANTS[name]
    upload = giant_png(width, height, bits=bits, colours=colours)
    assert len(upload.getvalue()) < 1_000_000
    command = [sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN]
    done = subprocess.run(command, input=upload.getvalue(), capture_output=True, check=True)
    message, seconds, megabytes = done.stdout.decode().splitlines()
    assert "megapixels" in message
    assert float(seconds) < 1, "of the processor"
    assert float(megabytes) < 100


def test_a_photo_of_countless_scans_is_rejected_at_once():
    raw = picture("JPEG", 4000, 4000, progressive=True).getvalue()
    at = raw.rindex(b"\xff\xda")
    scans = raw[at : raw.rindex(b"\xff\xd9")]
    upload = raw[:at] + scans[:12] * 50_000 + b"\xff\xd9"
    assert_ends_within(1, lambda: rejection(BytesIO(upload)))


def test_a_text_chunk_that_unpacks_to_a_giant_is_rejected():
    bomb = png_chunk(b"zTXt", b"Note\0\0" + zlib.compress(bytes(80_000_000)))
    raw = picture("PNG").getvalue()
    rejection(BytesIO(raw[:33] + bomb + raw[33:]))


def test_photos_are_made_one_at_a_time(monkeypatch):
    inside, most = 0, 0
    both_sizes = processing.make_sizes

    def counted(image):
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.01)
        inside -= 1
        return both_sizes(image)

    monkeypatch.setattr(processing, "make_sizes", counted)
    threads = [threading.Thread(target=processing.make, args=(picture(),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_a_request_that_has_no_time_to_wait_is_told_that_the_reader_is_busy():
    def ask() -> None:
        with pytest.raises(StorageUnavailable) as caught:
            in_another_thread(5.1)
        assert caught.value.service == "the photo reader"
        assert not caught.value.maybe_written

    with processing._photo_lock(), deadline.within(5.1):
        assert_ends_within(1, ask)
    processing.make(picture())


def in_another_thread(seconds: float) -> None:
    """Make a photo in a thread that has so many seconds, and raise what it raises."""
    raised: list[Exception] = []

    def make() -> None:
        with deadline.within(seconds):
            try:
                processing.make(picture())
            except StorageUnavailable as error:
                raised.append(error)

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]


def test_importing_the_portrait_does_not_import_pillow():
    command = "import sys, app.photos.processing; sys.exit('PIL.Image' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0
