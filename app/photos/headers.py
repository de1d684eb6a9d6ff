"""Read what the first bytes of an image say, without decoding pixels."""

import struct
from typing import IO

JPEG, PNG, GIF, WEBP = "image/jpeg", "image/png", "image/gif", "image/webp"
EXTENSIONS = {JPEG: "jpg", PNG: "png", GIF: "gif", WEBP: "webp"}
HEAD_BYTES = 16  # enough for image_type

_APP0, _JFIF_BYTES = b"\xe0", 16  # without a thumbnail
_PLAIN_SEGMENTS = (_APP0, b"\xc0", b"\xc4", b"\xdb", b"\xdd")
_JPEG_END = b"\xff\xd9"
SCAN = b"\xff\xda"  # starts each scan of a JPEG and cannot occur in its pixels


def image_type(head: bytes) -> str:
    """Return the media type of an image by its first HEAD_BYTES; "" for any other content.

    JPEG, PNG, GIF and WebP are all that is accepted and served: none of them can hold a script that
    a browser would run.
    """
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return WEBP
    return ""


def has_one_scan(data: bytes, colours: int, after_header: IO[bytes] | None) -> bool:
    """Return whether the first scan of a baseline JPEG has all its colour components.

    Later scans are then ignored. ``after_header`` is at the first pixel. The check spares most
    photos the search for further scans, a tenth of all the work on them.
    """
    head = SCAN + bytes((0, 6 + 2 * colours, colours))
    position = after_header.tell() - 8 - 2 * colours if after_header else -1
    return position > 0 and data.startswith(head, position)


def is_plain_jpeg(data: bytes) -> bool:
    """Return whether a JPEG has pixels of one scan and nothing else, as those that we make."""
    position = 2
    while (kind := data[position + 1 : position + 2]) in _PLAIN_SEGMENTS:
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        is_jfif = length == _JFIF_BYTES and data.startswith(b"JFIF\0", position + 4)
        if kind == _APP0 and not is_jfif:
            return False
        position += 2 + length
    is_scan = data.startswith(SCAN, position)
    # Neither can occur in pixels.
    return is_scan and data.count(SCAN) == 1 and data.find(_JPEG_END) == len(data) - 2


def webp_size(data: bytes) -> tuple[int, int]:
    """Return width and height of a WebP of any kind. Raises struct.error for truncated data."""
    kind, body = data[12:16], data[20:30]
    if kind == b"VP8X":
        wide, high = body[4:7], body[7:10]
        return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF
