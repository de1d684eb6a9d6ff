"""A photo of a store or a backup is an image that can be decoded, or it is refused."""

import pytest

from app.model.errors import PhotoRejected
from app.photos import stored
from app.photos.stored import check_stored
from tests.support.pictures import giant_png, picture, webp_head

REFUSED = {
    "nothing": b"",
    "a page": b"<!doctype html>",
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "a page behind the head of a photo": b"\xff\xd8\xff<script>alert(1)</script>",
    "half a JPEG": picture().read()[:-500],
    "half a large JPEG": picture(width=3000, height=2000).read()[:-5000],
    "half a PNG": picture("PNG").read()[:-500],
    "a giant PNG": giant_png(20_000, 17_850, bits=1, colours=0).read(),
    "a giant WebP": webp_head(b"VP8X", 16_000, 16_000).read(),
    "a TIFF": picture("TIFF").read(),
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WebP"])
@pytest.mark.parametrize("side", [16, 2_000])
def test_an_image_of_each_kind_is_taken(kind: str, side: int) -> None:
    check_stored(picture(kind, side, side).read())


@pytest.mark.parametrize("name", REFUSED)
def test_everything_else_is_refused(name: str) -> None:
    with pytest.raises(PhotoRejected):
        check_stored(REFUSED[name])


@pytest.mark.parametrize("kind", ["JPEG", "WebP"])
def test_large_ones_are_decoded_one_at_a_time(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entered = []

    class Lock:
        def __enter__(self) -> None:
            entered.append(kind)

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(stored, "_lock", Lock())
    check_stored(picture(kind, 2_000, 1_500).read())
    assert entered == [kind]
    check_stored(picture("JPEG").read())
    assert entered == [kind]
