"""An uploaded file becomes a small upright image in two sizes, or PhotoRejected.

Pillow is imported when the first photo comes: that spares the start 60 ms, and 8 MB of memory.
"""

from __future__ import annotations

import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from app.model.errors import PhotoRejected, StorageUnavailable
from app.photos.headers import SCAN, has_one_scan, webp_size
from app.photos.keys import base_of, is_photo_key, thumbnail_key
from app.runtime import deadline

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

__all__ = ["PhotoSizes", "base_of", "is_photo_key", "make", "thumbnail_key"]

KINDS = "JPEG, PNG, WebP or GIF"
PORTRAIT_SIZE = (800, 800)
THUMBNAIL_SIZE = (240, 240)
MAX_MEGAPIXELS = 50
# Pillow decodes WebP into four buffers of the full size, where other kinds need one.
MAX_MEGAPIXELS_WEBP = 25
# A photo has at most some twenty scans; each of a million would cost a walk over all pixels.
MAX_SCANS = 100

# Profiles name themselves, old ones in ASCII and newer ones in UTF-16; this one changes nothing.
_SRGB_NAMES = (b"sRGB", "sRGB".encode("utf-16-be"))

_BAND_PIXELS = 1_000_000
_STORES_NEED_SECONDS = 5.0
_LONGEST_WAIT = 30.0
_one_at_a_time = threading.Lock()


class PhotoSizes(NamedTuple):
    """Both sizes of one photo, as JPEG without any metadata."""

    portrait: bytes
    thumbnail: bytes


def make(upload: BinaryIO) -> PhotoSizes:
    """Both sizes of the photo that was uploaded.

    Raises PhotoRejected for anything but a whole JPEG, PNG, WebP or GIF of at most 50 megapixels,
    and StorageUnavailable when others' photos keep this process busy for too long.
    """
    with _turn():
        data = upload.read()
        if not data:
            raise PhotoRejected(f"The photo file is empty: choose a {KINDS} picture.")
        with _damage_told():
            return _both_sizes(_opened(data))


@contextmanager
def _turn() -> Iterator[None]:
    """One photo at a time in a process, so that many uploads cannot eat the machine."""
    wait = min(_LONGEST_WAIT, deadline.remaining() - _STORES_NEED_SECONDS)
    if not _one_at_a_time.acquire(timeout=max(0.0, wait)):
        raise StorageUnavailable(
            "the photo reader",
            "read",
            "photo",
            "it is busy with other photos; try again in a moment",
        )
    try:
        yield
    finally:
        _one_at_a_time.release()


@contextmanager
def _damage_told() -> Iterator[None]:
    """Whatever Pillow trips over in a broken file is the file's fault."""
    from PIL.Image import DecompressionBombError

    warnings.filterwarnings("ignore", module=r"PIL\.")  # what is odd in a file is not logged
    try:
        yield
    except DecompressionBombError as error:
        raise PhotoRejected(
            f"The photo has far too many pixels: make it smaller, and choose it again as {KINDS}."
        ) from error
    except (
        ArithmeticError, AssertionError, AttributeError, BufferError, EOFError, LookupError,
        MemoryError, OSError, RuntimeError, SyntaxError, TypeError, ValueError, struct.error,
    ) as error:  # fmt: skip
        raise PhotoRejected(
            f"The photo is damaged or cut off: save it again as {KINDS}, or choose another."
        ) from error


def _opened(data: bytes) -> ImageFile:
    """The image with its header read and nothing decoded; the content decides what it is."""
    if data[:3] == b"\xff\xd8\xff":
        from PIL.JpegImagePlugin import JpegImageFile

        image = JpegImageFile(BytesIO(data))
        plain = "progressive" not in image.info and has_one_scan(data, image.layers, image.fp)
        if not plain and data.count(SCAN) > MAX_SCANS:
            raise ValueError("too many scans for a photo")
        return _bounded(image)
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        from PIL.PngImagePlugin import PngImageFile

        return _bounded(PngImageFile(BytesIO(data)))
    if data[:6] in (b"GIF87a", b"GIF89a"):
        from PIL.GifImagePlugin import GifImageFile

        return _bounded(GifImageFile(BytesIO(data)))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        from PIL.WebPImagePlugin import WebPImageFile

        _check_size(webp_size(data), MAX_MEGAPIXELS_WEBP)  # opening makes room for all pixels
        return WebPImageFile(BytesIO(data))
    raise PhotoRejected(f"The photo is not a {KINDS} picture: choose one of these kinds.")


def _bounded(image: ImageFile) -> ImageFile:
    _check_size(image.size, MAX_MEGAPIXELS)
    return image


def _check_size(size: tuple[int, int], most: int) -> None:
    megapixels = size[0] * size[1] / 1_000_000
    if megapixels > most:
        raise PhotoRejected(
            f"The photo has {megapixels:,.0f} megapixels ({size[0]} by {size[1]}), and the most is "
            f"{most}: make it smaller, and choose it again as {KINDS}."
        )


def _both_sizes(image: ImageFile) -> PhotoSizes:
    """Decode once, as small as the kind allows, and make the thumbnail from the portrait."""
    size = _fitted(image.size, PORTRAIT_SIZE)
    image.draft("RGB", size)
    small = _reduced(image, size)
    if small.size != size:
        from PIL.Image import Resampling

        small = small.resize(size, Resampling.HAMMING)
    portrait = _upright(_in_srgb(small, image.info.get("icc_profile")), _orientation(image))
    return PhotoSizes(_jpeg(portrait), _jpeg(_thumbnail(portrait)))


def _fitted(size: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """The size that fits in the box in the same shape, never larger than it was."""
    scale = min(box[0] / size[0], box[1] / size[1], 1.0)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _reduced(image: Image, size: tuple[int, int]) -> Image:
    """At least twice the size wanted, in bands, so that no second copy of a large image is made."""
    from PIL import Image

    width, height = image.size
    across, down = max(1, width // (2 * size[0])), max(1, height // (2 * size[1]))
    image.load()
    if across == down == 1:
        return _plain(image)
    rows = down * max(1, _BAND_PIXELS // (width * down))
    bands = (
        (top // down, _plain(image.crop((0, top, width, min(top + rows, height)))))
        for top in range(0, height, rows)
    )
    whole: Image.Image | None = None
    for top, band in bands:
        if whole is None:
            whole = Image.new(band.mode, (-(-width // across), -(-height // down)))
        whole.paste(band.reduce((across, down)), (0, top))
    return image if whole is None else whole


def _plain(image: Image) -> Image:
    """The image in RGB, or still in CMYK for its profile; transparent parts turn white."""
    from PIL import Image

    if image.mode in ("RGB", "CMYK"):
        if "transparency" not in image.info:
            return image
    elif image.mode.startswith("I") or image.mode == "F":
        return image.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(seen, mask=seen.getchannel("A"))
    return white


def _in_srgb(image: Image, profile: bytes | None) -> Image:
    """The colours as sRGB, from the profile when there is a usable one."""
    space = {"RGB": b"RGB ", "CMYK": b"CMYK"}[image.mode]
    usual = profile is None or any(name in profile for name in _SRGB_NAMES)
    if not profile or usual or profile[16:20] != space:
        return image.convert("RGB")
    from PIL import ImageCms

    try:
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, BytesIO(profile), target, outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError):
        return image.convert("RGB")


def _orientation(image: ImageFile) -> int:
    """How the camera was held, 1 to 8; 1 when the file does not say so readably."""
    try:
        place = image.getexif().get(0x0112, 1)
    except (LookupError, OSError, SyntaxError, TypeError, ValueError, struct.error):
        return 1
    return place if isinstance(place, int) and 1 <= place <= 8 else 1


def _upright(image: Image, orientation: int) -> Image:
    from PIL.Image import Transpose

    turns = (
        None, Transpose.FLIP_LEFT_RIGHT, Transpose.ROTATE_180, Transpose.FLIP_TOP_BOTTOM,
        Transpose.TRANSPOSE, Transpose.ROTATE_270, Transpose.TRANSVERSE, Transpose.ROTATE_90,
    )  # fmt: skip
    turn = turns[orientation - 1]
    return image if turn is None else image.transpose(turn)


def _thumbnail(portrait: Image) -> Image:
    from PIL.Image import Resampling

    size = _fitted(portrait.size, THUMBNAIL_SIZE)
    return portrait.resize(size, Resampling.LANCZOS, reducing_gap=1.5)


def _jpeg(image: Image) -> bytes:
    """The pixels, and nothing else that came with the upload."""
    image.info = {}
    output = BytesIO()
    image.save(output, "JPEG", quality=85, optimize=True, progressive=False)
    return output.getvalue()
