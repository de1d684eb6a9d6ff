"""The first bytes of a file say which kind of image it is, if any."""

import pytest

from app.photos.headers import EXTENSIONS, HEAD_BYTES, image_type
from tests.support.pictures import picture

NO_IMAGES = {
    "nothing": b"",
    "text": b"hello, world, hello",
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
    "a RIFF that is no WebP": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "half a head": b"\x89PNG\r\n",
    "HTML before an image": b"<html>\xff\xd8\xff\xe0",
    "BMP": b"BM\x36\x00\x00\x00\x00\x00\x00\x00",
    "TIFF": b"II*\x00\x08\x00\x00\x00",
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WebP"])
def test_the_four_kinds_are_known_by_their_first_bytes(kind: str) -> None:
    media_type = image_type(picture(kind).read(HEAD_BYTES))
    assert media_type == f"image/{kind.lower()}"
    assert media_type in EXTENSIONS


@pytest.mark.parametrize("name", NO_IMAGES)
def test_everything_else_is_none(name: str) -> None:
    assert image_type(NO_IMAGES[name]) == ""
