"""Open an image by its content, and refuse what is too large before any pixel is decoded.

Pillow is imported with the first photo: this saves 60 ms at the start, and 8 MB of memory.
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

from app.model.errors import PhotoRejected
from app.photos.headers import GIF, JPEG, PNG, SCAN, WEBP, has_one_scan, image_type, webp_size
from app.photos.other_kinds import KINDS, refusal

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

MAX_MEGAPIXELS = 50
# Pillow decodes WebP into four full-size buffers; other formats need one.
MAX_MEGAPIXELS_WEBP = 25
_WEBP_BUFFERS = 4
_BYTES_PER_PIXEL = {"1": 1, "L": 1, "P": 1, "I;16": 2}
# A photo has at most about twenty scans, and each scan costs a pass over all pixels.
MAX_SCANS = 100


@contextmanager
def reject_damage() -> Iterator[None]:
    """Raise PhotoRejected for any error of Pillow: the file is damaged."""
    from PIL.Image import DecompressionBombError

    warnings.filterwarnings("ignore", module=r"PIL\.")  # do not log oddities of a file
    try:
        yield
    except DecompressionBombError as error:
        raise PhotoRejected(
            f"The photo has too many pixels. Make it smaller, then choose it again as {KINDS}."
        ) from error
    except (
        ArithmeticError, AssertionError, AttributeError, BufferError, EOFError, LookupError,
        MemoryError, OSError, RuntimeError, SyntaxError, TypeError, ValueError, struct.error,
    ) as error:  # fmt: skip
        raise PhotoRejected(
            f"The photo is damaged or incomplete. Save it again as {KINDS}, or choose another."
        ) from error


def open_image(data: bytes) -> ImageFile:
    """Open an image by its content; read the header and decode nothing."""
    kind = image_type(data)
    if kind == JPEG:
        from PIL.JpegImagePlugin import JpegImageFile

        image = JpegImageFile(BytesIO(data))
        if not _has_one_scan(image, data) and data.count(SCAN) > MAX_SCANS:
            raise ValueError("too many scans for a photo")
        return _check_dimensions(image)
    if kind == PNG:
        from PIL.PngImagePlugin import PngImageFile

        return _check_dimensions(PngImageFile(BytesIO(data)))
    if kind == GIF:
        from PIL.GifImagePlugin import GifImageFile

        return _check_dimensions(GifImageFile(BytesIO(data)))
    if kind == WEBP:
        from PIL.WebPImagePlugin import WebPImageFile

        _check_size(webp_size(data), MAX_MEGAPIXELS_WEBP)  # opening allocates all pixels
        return WebPImageFile(BytesIO(data))
    raise PhotoRejected(refusal(data))


def decode_bytes(data: bytes) -> int:
    """Return about how many bytes decoding takes; 0 for what ``open_image`` refuses.

    A JPEG of one scan is decoded at the size that is needed. One of several scans keeps the
    coefficients of all of them.
    """
    kind = image_type(data)
    if kind == WEBP:
        width, height = webp_size(data)
        is_accepted = width * height <= MAX_MEGAPIXELS_WEBP * 1_000_000
        return 4 * _WEBP_BUFFERS * width * height if is_accepted else 0
    if not kind:
        return 0
    image = open_image(data)
    pixels = image.width * image.height
    if kind == JPEG:
        return 0 if _has_one_scan(image, data) else 2 * len(image.getbands()) * pixels
    return _BYTES_PER_PIXEL.get(image.mode, 4) * pixels


def _has_one_scan(image: ImageFile, data: bytes) -> bool:
    """Return whether all pixels of a JPEG that was just opened are in its first scan."""
    return "progressive" not in image.info and has_one_scan(data, len(image.getbands()), image.fp)


def _check_dimensions(image: ImageFile) -> ImageFile:
    _check_size(image.size, MAX_MEGAPIXELS)
    return image


def _check_size(size: tuple[int, int], max_megapixels: int) -> None:
    megapixels = size[0] * size[1] / 1_000_000
    if megapixels > max_megapixels:
        raise PhotoRejected(
            f"The photo has {megapixels:,.0f} megapixels ({size[0]} by {size[1]}); the "
            f"limit is {max_megapixels}. Make it smaller, then choose it again as {KINDS}."
        )
