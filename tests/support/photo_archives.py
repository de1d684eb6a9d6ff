"""ZIP archives of photos, honest ones and others."""

from __future__ import annotations

import stat
import struct
import zipfile
from io import BytesIO

from tests.support.pictures import picture


def face(width: int = 96) -> bytes:
    return picture("PNG", width, 96).getvalue()


def archive(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these files, under any name at all, several times the same too."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", method) as made:
        for name, data in files:
            entry = zipfile.ZipInfo("x")
            entry.filename = name  # as it stands: ZipInfo would change some
            entry.compress_type = method
            made.writestr(entry, data)
    return content.getvalue()


def with_link(name: str, target: str) -> bytes:
    """An archive with a photo, and a symbolic link."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        link = zipfile.ZipInfo(name)
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        made.writestr(link, target)
        made.writestr("zoe.png", face())
    return content.getvalue()


def encrypted(raw: bytes) -> bytes:
    """The archive with the flag that says that every file has a password."""
    data = bytearray(raw)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def lying(raw: bytes, size: int) -> bytes:
    """The archive whose directory says that every file unpacks to this size."""
    data = bytearray(raw)
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<I", data, at + 24, size)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)
