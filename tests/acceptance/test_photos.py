"""Photos: an upload is an image or a message, over HTTP, and nothing of it stays where it must not.

What becomes of each kind of file is tested in tests/test_portrait.py.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.support.acceptance.visitors import ADA, Visitor
from tests.support.acceptance.worlds import Aws, Laptop, World, fetch_photo
from tests.support.pictures import file_of, giant_png, gradient, picture
from tests.support.servers.live_app import LiveApp

pytestmark = pytest.mark.slow

MEGABYTE = 1024 * 1024
KINDS = ("JPEG", "PNG", "WebP", "GIF")


def zip_file() -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.jpg", picture().read())
    return content.getvalue()


def refused() -> dict[str, bytes]:
    return {
        "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "HTML named .png": b"<!doctype html><script>alert(1)</script>",
        "PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n",
        "TIFF": picture("TIFF").read(),
        "ZIP": zip_file(),
        "truncated JPEG": picture().read()[:-400],
        "truncated PNG": picture("PNG").read()[:-400],
        "text": b"hello",
        "a giant of one bit": giant_png(20000, 17850, bits=1, colours=0).read(),
    }


def photographed() -> bytes:
    """A photo as a telephone makes it: turned, with place, maker, serial number, XMP, a tail."""
    image = gradient(640, 480)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned right
    exif[0x010F] = "SecretMaker"
    exif.get_ifd(0x8769)[0xA431] = "SerialNumber4711"
    exif.get_ifd(0x8825).update({1: "N", 2: (47.0, 36.0, 22.0), 3: "W", 4: (122.0, 19.0, 55.0)})
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">SecretXmp</x:xmpmeta>'
    content = file_of(image, "JPEG", exif=exif, xmp=xmp, comment=b"SecretComment").read()
    return content + b"PK\x03\x04<script>SecretTail</script>"


def kept(world: World) -> set[str]:
    return set(world.photos())


def test_a_photo_is_shown_large_and_small_and_tells_nothing_but_its_pixels(
    world: World, visitor: Visitor
) -> None:
    ada = visitor.add(photo=photographed())
    key = world.stored()[ada].photo_key
    small = key.replace(".jpg", "-thumb.jpg")
    assert kept(world) == {key, small}
    assert f"/photos/{key}" in visitor.get(f"/employee/{ada}").text
    assert f"/photos/{small}" in visitor.get("/").text
    for name, longest in ((key, 800), (small, 240)):
        content = fetch_photo(visitor, name)
        image = Image.open(BytesIO(content))
        assert image.format == "JPEG"
        assert max(image.size) <= longest
        assert image.height > image.width, "it does not stand upright"
        for secret in (b"Secret", b"Serial", b"Exif", b"GPS", b"xmp", b"PK\x03\x04"):
            assert secret not in content
        assert content.endswith(b"\xff\xd9")


@pytest.mark.parametrize("kind", KINDS)
def test_each_accepted_kind_is_saved(laptop: Laptop, kind: str) -> None:
    laptop.visitor().add(photo=picture(kind))


def test_what_is_no_photo_is_refused_with_a_message_and_the_rest_is_kept(
    world: World, visitor: Visitor
) -> None:
    ada = visitor.add(photo=picture())
    before = world.stored()
    typed = {**ADA, "full_name": "Grace Hopper"}
    forms = [visitor.form(address).typed(**typed) for address in ("/add", f"/edit/{ada}")]
    for number, (kind, content) in enumerate(refused().items()):
        answer = visitor.send(forms[number % 2], 422, photo=content, file_name="me.png")
        message = answer.error_at("photo")
        assert "giant" in kind or all(name in message for name in KINDS), (kind, message)
        assert answer.form.shows(typed)
        assert "Saved" not in answer.text
    assert world.stored() == before
    assert len(kept(world)) == 2


def test_an_empty_file_is_refused_too(laptop: Laptop) -> None:
    visitor = laptop.visitor()
    answer = visitor.send(visitor.form("/add").typed(**ADA), 422, photo=b"")
    assert all(name in answer.error_at("photo") for name in KINDS)
    assert answer.form.shows(ADA)


def test_a_wrong_photo_and_a_wrong_field_are_told_together(laptop: Laptop) -> None:
    visitor = laptop.visitor()
    form = visitor.form("/add").typed(**{**ADA, "email": "none"})
    answer = visitor.send(form, 422, photo=picture())
    assert "Choose the photo again" in answer.page.text
    too_large = visitor.send(form, 422, photo=b"\xff\xd8" + bytes(10 * MEGABYTE))
    assert "under 10 MB" in too_large.error_at("photo")
    assert too_large.error_at("email")
    assert kept(laptop) == set()


def test_a_new_photo_takes_the_place_of_the_old_and_goes_with_the_person(
    world: World, visitor: Visitor
) -> None:
    ada = visitor.add(photo=picture())
    first = kept(world)
    visitor.save(visitor.form(f"/edit/{ada}"), photo=picture("PNG"))
    second = kept(world)
    assert len(second) == 2
    assert not first & second
    visitor.save(visitor.form(f"/edit/{ada}"), phone="+44 20 5550 0199")
    assert kept(world) == second
    visitor.save(visitor.form(f"/edit/{ada}"), remove_photo="y")
    assert kept(world) == set()
    visitor.save(visitor.form(f"/edit/{ada}"), photo=picture("GIF"))
    visitor.delete(ada)
    assert kept(world) == set()


def test_photos_are_kept_by_browsers_and_shown_to_nobody_else(laptop: Laptop) -> None:
    visitor = laptop.visitor()
    visitor.add(photo=picture())
    for key in kept(laptop):
        answer = visitor.get(f"/photos/{key}")
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.slow
def test_a_link_into_the_bucket_is_kept_for_less_than_it_works(aws: Aws) -> None:
    visitor = aws.visitor()
    visitor.add(photo=picture())
    for key in kept(aws):
        answer = visitor.get(f"/photos/{key}", 302)
        kind, _, seconds = answer.headers["Cache-Control"].partition(", max-age=")
        assert kind == "private"
        assert 0 < int(seconds) <= 3600
        assert answer.location == visitor.get(f"/photos/{key}", 302).location
    policy = visitor.get("/").headers["Content-Security-Policy"]
    assert f"img-src 'self' blob: {aws.s3.endpoint};" in policy


@pytest.mark.slow
def test_far_too_much_is_refused_with_a_page_and_leaves_nothing_on_the_disk(
    laptop: Laptop, live_app: Callable[..., LiveApp], tmp_path: Path
) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    app = live_app({**laptop.environment, "TMPDIR": str(spool)})
    visitor = laptop.visitor(app)
    form = visitor.form("/add").typed(**ADA)
    before = files(laptop.instance)
    answer = visitor.send(form, 413, photo=bytes(50 * MEGABYTE))
    assert "under 10 MB" in answer.page.text
    just = visitor.send(form, 422, photo=picture().read() + bytes(10 * MEGABYTE))
    assert "under 10 MB" in just.error_at("photo")
    assert just.form.shows(ADA)
    assert files(laptop.instance) == before
    assert list(spool.rglob("*")) == []
    visitor.send(just.form, photo=picture())
    assert list(spool.rglob("*")) == []


@pytest.mark.slow
def test_no_address_of_a_photo_leaves_the_folder(
    laptop: Laptop, live_app: Callable[..., LiveApp], tmp_path: Path
) -> None:
    app = live_app(laptop.environment)
    visitor = laptop.visitor(app)
    visitor.add(photo=picture())
    secret = tmp_path / "instance" / "secret_key"
    assert secret.exists()
    photos = laptop.instance / "photos"
    (photos / "employee_pic" / "link.jpg").symlink_to(secret)
    (photos / "employee_pic" / "folder.jpg").mkdir()
    (photos / "other").symlink_to(laptop.instance)
    paths = (
        "../secret_key", "employee_pic/../../secret_key", "employee_pic/..%2f..%2fsecret_key",
        "%2e%2e/secret_key", "..%5csecret_key", f"/{secret}", str(secret), "employee_pic/link.jpg",
        "employee_pic/folder.jpg", "other/secret_key", "employee_pic/%00.jpg", "employee_pic/",
        "employee_pic", "", "employee_pic/.hidden", "employee_pic//link.jpg", "x", "%ff%fe",
    )  # fmt: skip
    for path in paths:
        assert visitor.ask("GET", f"/photos/{path}").status == 404, path
    for name in ("link.jpg", "folder.jpg"):
        gone = photos / "employee_pic" / name
        gone.rmdir() if gone.is_dir() else gone.unlink()
    (photos / "other").unlink()


def files(folder: Path) -> list[str]:
    """Every file of this folder that an upload could leave; the console keeps its own in run."""
    found = (str(path.relative_to(folder)) for path in folder.rglob("*"))
    return sorted(name for name in found if not name.startswith("run"))


@pytest.mark.slow
def test_photos_that_are_off_are_explained_in_the_form(aws: Aws) -> None:
    visitor = aws.visitor(aws.another_machine(PHOTOS_BUCKET=""))
    form = visitor.form("/add").typed(**ADA)
    answer = visitor.send(form, 422, photo=picture())
    assert "Set PHOTOS_BUCKET" in answer.page.text
    assert answer.form.shows(ADA)
    assert answer.page.all("input", type="file") == []
    visitor.send(answer.form)
