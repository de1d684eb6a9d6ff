"""Picture files of every kind, made when a test needs them; none is kept in the repository."""

import struct
import zlib
from io import BytesIO

from PIL import Image, ImageDraw


def gradient(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture whose four quarters differ, so that its turns can be told apart."""
    image = Image.new("RGB", (width, height), (250, 250, 250))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 2, height // 2), fill=(220, 20, 20))
    draw.rectangle((width // 2, 0, width, height // 2), fill=(20, 160, 20))
    draw.rectangle((0, height // 2, width // 2, height), fill=(20, 20, 220))
    return image.convert(mode)


def file_of(image: Image.Image, kind: str, **options: object) -> BytesIO:
    """The image as a file of this kind."""
    output = BytesIO()
    image.save(output, kind, **options)
    output.seek(0)
    return output


def picture(kind: str = "JPEG", width: int = 640, height: int = 480, **options: object) -> BytesIO:
    """A small ordinary picture file."""
    return file_of(gradient(width, height), kind, **options)


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_file(
    width: int, height: int, *, bits: int, colours: int, rows: bytes, before: bytes = b""
) -> BytesIO:
    """A PNG from its parts: bit depth, colour type, and its pixel rows, deflated."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0))
    body = png_chunk(b"IDAT", rows) + png_chunk(b"IEND", b"")
    return BytesIO(b"\x89PNG\r\n\x1a\n" + head + before + body)


def empty_rows(width: int, height: int, bits_a_pixel: int) -> bytes:
    """So many black rows, deflated without ever lying in memory whole."""
    row = bytes(1 + (width * bits_a_pixel + 7) // 8)
    squeeze = zlib.compressobj(9)
    return b"".join([*(squeeze.compress(row) for _ in range(height)), squeeze.flush()])


def giant_png(width: int, height: int, *, bits: int = 8, colours: int = 2) -> BytesIO:
    """A small file that unpacks to a giant: RGB of 8 bits, or other bits and colours."""
    each = bits * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colours]
    return png_file(width, height, bits=bits, colours=colours, rows=empty_rows(width, height, each))


def webp_head(kind: bytes, width: int, height: int) -> BytesIO:
    """The first bytes of a WebP that says it is so large, and nothing after them."""
    if kind == b"VP8X":
        sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
        body = b"\x10\0\0\0" + sides
    elif kind == b"VP8L":
        body = b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little")
    else:
        body = b"\x10\x02\0\x9d\x01\x2a" + struct.pack("<HH", width, height)
    chunk = kind + struct.pack("<I", len(body)) + body
    return BytesIO(b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk + bytes(64))
