"""What was compressed is unpacked up to a limit, and not at all if it is damaged."""

import os
import zlib

import pytest

from app.runtime.bounded_zlib import decompress


@pytest.mark.parametrize("size", [0, 1, 1_000, 262_144])
def test_content_up_to_the_limit_comes_back(size: int) -> None:
    for content in (bytes(size), os.urandom(size)):
        assert decompress(zlib.compress(content), size) == content


@pytest.mark.parametrize(
    "content",
    [b"", b"x", zlib.compress(b"a" * 100)[:-1], zlib.compress(b"a") + b"more", bytes(50)],
    ids=["empty", "other", "cut off", "longer", "zeros"],
)
def test_damaged_content_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"damaged|cut off"):
        decompress(content, 1_000)


def test_a_megabyte_packed_into_a_kilobyte_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        decompress(zlib.compress(bytes(2**20)), 2**19)
