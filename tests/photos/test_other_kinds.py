"""What is no photo that can be used is named, with the way out."""

from __future__ import annotations

import struct
from io import BytesIO

import pytest

from app.model.errors import PhotoRejected
from app.photos import processing
from tests.support.pictures import picture


def box(brand: bytes, *others: bytes) -> bytes:
    """The first box of a file of the ISO base media format, as HEIC, AVIF and MP4 have it."""
    body = b"ftyp" + brand + bytes(4) + b"".join(others)
    return struct.pack(">I", 4 + len(body)) + body + bytes(200)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (box(b"heic", b"mif1", b"heic"), "This is an iPhone photo .HEIC.*as JPEG.*Most Compatible"),
        (box(b"mif1", b"mif1", b"heic", b"miaf"), "This is an iPhone photo .HEIC."),
        (box(b"hevc", b"heic"), "This is an iPhone photo .HEIC."),
        (box(b"avif", b"mif1", b"miaf"), "This is an AVIF image"),
        (box(b"mif1", b"miaf", b"avif"), "This is an AVIF image"),
        (box(b"qt  "), "This is a video"),
        (box(b"crx ", b"isom"), "This is a RAW photo"),
        (picture("TIFF").getvalue(), "This is a TIFF image or a RAW photo"),
        (b"II*\0\x10\0\0\0CR\x02\0" + bytes(90), "This is a RAW photo"),
        (b"FUJIFILMCCD-RAW " + bytes(90), "This is a RAW photo"),
        (picture("BMP").getvalue(), "This is a BMP image"),
        (picture("ICO", 64, 64).getvalue(), "This is an icon file"),
        (b"%PDF-1.7\n" + bytes(90), "This is a PDF"),
        (b"8BPS\0\1" + bytes(90), "This is a Photoshop file"),
        (b"\xff\x0a" + bytes(90), "This is a JPEG XL image"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
        (b"<svg/>", "This is an SVG drawing"),
        (b"\n<!DOCTYPE html><html>", "This is a web page"),
        (b"PK\x03\x04" + bytes(90), "This is a ZIP archive or an Office document"),
        (b"Dear colleague, enclosed you find", "The photo is not a JPEG, PNG, WebP or GIF"),
    ],
)
def test_what_is_no_photo_is_named_with_the_way_out(data: bytes, words: str) -> None:
    with pytest.raises(PhotoRejected, match=words) as told:
        processing.make(BytesIO(data))
    assert "JPEG" in str(told.value)
