"""Decompress what another program may have compressed, up to a limit."""

import zlib


def decompress(content: bytes, max_bytes: int) -> bytes:
    """Return the decompressed content. Raises ValueError if it is damaged or longer than that."""
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(content, max_bytes + 1)
    except zlib.error as error:
        raise ValueError("damaged") from error
    if not stream.eof or stream.unused_data or len(plain) > max_bytes:
        raise ValueError("cut off, or too long")
    return plain
