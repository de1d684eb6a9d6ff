"""What the first bytes of a picture tell before anything is decoded."""

from __future__ import annotations

import struct
from typing import IO

SCAN = b"\xff\xda"  # begins each scan of a JPEG, and stands nowhere else in its pixels


def has_one_scan(data: bytes, colours: int, after_header: IO[bytes] | None) -> bool:
    """Whether the first scan of a plain JPEG holds all its colours, so that no other counts.

    ``after_header`` stands where the pixels begin. Knowing it spares most photos the search for
    further scans, which is a tenth of all the work on them.
    """
    head = SCAN + bytes((0, 6 + 2 * colours, colours))
    at = after_header.tell() - 8 - 2 * colours if after_header else -1
    return at > 0 and data.startswith(head, at)


def webp_size(data: bytes) -> tuple[int, int]:
    """Width and height of a WebP of any of its three kinds; struct.error where they are cut off."""
    kind, body = data[12:16], data[20:30]
    if kind == b"VP8X":
        wide, high = body[4:7], body[7:10]
        return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF
