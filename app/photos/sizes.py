"""Turn an opened image into an upright JPEG in two sizes, in bounded memory."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

PORTRAIT_SIZE = (800, 800)
THUMBNAIL_SIZE = (240, 240)

# The name in a profile, in ASCII or UTF-16; this profile needs no conversion.
_SRGB_NAMES = (b"sRGB", "sRGB".encode("utf-16-be"))

_BAND_PIXELS = 1_000_000


class PhotoSizes(NamedTuple):
    """Both sizes of a photo, as JPEG without metadata."""

    portrait: bytes
    thumbnail: bytes


def make_sizes(image: ImageFile) -> PhotoSizes:
    """Decode once, as small as the format allows, and make the thumbnail from the portrait."""
    size = _fit(image.size, PORTRAIT_SIZE)
    image.draft("RGB", size)
    small = _reduce(image, size)
    if small.size != size:
        from PIL.Image import Resampling

        small = small.resize(size, Resampling.HAMMING)
    portrait = _upright(_to_srgb(small, image.info.get("icc_profile")), _orientation(image))
    return PhotoSizes(_jpeg(portrait), _jpeg(_thumbnail(portrait)))


def _fit(size: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """Return the size scaled down to fit in the box, with the same aspect ratio."""
    scale = min(box[0] / size[0], box[1] / size[1], 1.0)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _reduce(image: Image, size: tuple[int, int]) -> Image:
    """Reduce to at least twice the size, in bands, to avoid a second copy of a large image."""
    from PIL import Image

    width, height = image.size
    x_factor, y_factor = max(1, width // (2 * size[0])), max(1, height // (2 * size[1]))
    image.load()
    if x_factor == y_factor == 1:
        return _to_rgb(image)
    rows = y_factor * max(1, _BAND_PIXELS // (width * y_factor))
    bands = (
        (top // y_factor, _to_rgb(image.crop((0, top, width, min(top + rows, height)))))
        for top in range(0, height, rows)
    )
    reduced: Image.Image | None = None
    for top, band in bands:
        if reduced is None:
            reduced = Image.new(band.mode, (-(-width // x_factor), -(-height // y_factor)))
        reduced.paste(band.reduce((x_factor, y_factor)), (0, top))
    return image if reduced is None else reduced


def _to_rgb(image: Image) -> Image:
    """Return the image in RGB, or CMYK if it is; transparent parts become white."""
    from PIL import Image

    if image.mode in ("RGB", "CMYK"):
        if "transparency" not in image.info:
            return image
    elif image.mode.startswith("I") or image.mode == "F":
        return image.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    rgba = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(rgba, mask=rgba.getchannel("A"))
    return white


def _to_srgb(image: Image, profile: bytes | None) -> Image:
    """Convert the colours to sRGB, with the embedded profile if it is usable."""
    space = {"RGB": b"RGB ", "CMYK": b"CMYK"}[image.mode]
    is_srgb = profile is None or any(name in profile for name in _SRGB_NAMES)
    if not profile or is_srgb or profile[16:20] != space:
        return image.convert("RGB")
    from PIL import ImageCms

    try:
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, BytesIO(profile), target, outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError):
        return image.convert("RGB")


def _orientation(image: ImageFile) -> int:
    """Return the Exif orientation, 1 to 8; 1 if it is missing or unreadable."""
    try:
        orientation = image.getexif().get(0x0112, 1)
    except (LookupError, OSError, SyntaxError, TypeError, ValueError, struct.error):
        return 1
    return orientation if isinstance(orientation, int) and 1 <= orientation <= 8 else 1


def _upright(image: Image, orientation: int) -> Image:
    from PIL.Image import Transpose

    transpositions = (
        None, Transpose.FLIP_LEFT_RIGHT, Transpose.ROTATE_180, Transpose.FLIP_TOP_BOTTOM,
        Transpose.TRANSPOSE, Transpose.ROTATE_270, Transpose.TRANSVERSE, Transpose.ROTATE_90,
    )  # fmt: skip
    transposition = transpositions[orientation - 1]
    return image if transposition is None else image.transpose(transposition)


def _thumbnail(portrait: Image) -> Image:
    from PIL.Image import Resampling

    size = _fit(portrait.size, THUMBNAIL_SIZE)
    return portrait.resize(size, Resampling.LANCZOS, reducing_gap=1.5)


def _jpeg(image: Image) -> bytes:
    """Encode the pixels without any metadata of the upload."""
    image.info = {}
    output = BytesIO()
    image.save(output, "JPEG", quality=85, optimize=True, progressive=False)
    return output.getvalue()
