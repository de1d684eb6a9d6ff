"""Whatever lies under the key of a photo: it is served as an image, or not at all.

Any program may put a file into the folder or an object into the bucket, and the course's app stored
everything as ``.png``. The content decides, never the name or what the object says of itself.
"""

from __future__ import annotations

from itertools import product

import pytest
import urllib3

from tests.support.acceptance.visitors import Answer, Visitor
from tests.support.acceptance.worlds import Aws, Laptop, World
from tests.support.in_time import wait_until
from tests.support.pictures import picture

pytestmark = pytest.mark.slow

KINDS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WebP": "webp"}
SCRIPTS = {
    "page.html": b"<!doctype html><script>alert(document.domain)</script>",
    "page.png": b"<!doctype html><script>alert(document.domain)</script>",
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "drawing.jpg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "paper.jpg": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF\n",
    "program.js": b"alert(1)",
    "letter.png": b"Dear Ada,",
    "nothing.jpg": b"",
    f"{'a' * 32}.jpg": b"<html><body onload=alert(1)>",
    f"{'a' * 32}-thumb.jpg": b"\x00\x00\x00\x18ftypavif",
}


def shown(visitor: Visitor, key: str) -> Answer:
    """What a browser gets for a photo, behind the link into the bucket if there is one."""
    answer = visitor.ask("GET", f"/photos/{key}")
    if answer.status != 302:
        return answer
    reply = urllib3.request("GET", answer.location, timeout=60, retries=False)
    headers = {name.title(): value for name, value in reply.headers.items()}
    return Answer("GET", answer.location, reply.status, headers, reply.data, 0.0)


def test_what_is_no_image_is_not_found(world: World, visitor: Visitor) -> None:
    for name, content in SCRIPTS.items():
        world.put_photo(f"employee_pic/{name}", content, "text/html")
        assert visitor.ask("GET", f"/photos/employee_pic/{name}").status == 404, name


def test_an_image_is_served_as_what_it_is_whatever_it_is_called(
    world: World, visitor: Visitor
) -> None:
    for number, (kind, extension) in enumerate(product(KINDS, ("png", "html", "svg"))):
        key = f"employee_pic/{number:016x}.{extension}"
        check_kind(world, visitor, kind, key)


def check_kind(world: World, visitor: Visitor, kind: str, key: str) -> None:
    """Put a picture of this kind there, and fetch it as one."""
    image = picture(kind).read()
    world.put_photo(key, image, "text/html")
    # While the photo store is too slow to be asked, the name says what it is.
    wait_until(lambda: shown(visitor, key).headers["Content-Type"] == f"image/{kind.lower()}")
    answer = shown(visitor, key)
    assert (answer.status, answer.body) == (200, image), (kind, key)
    assert answer.headers["Content-Type"] == f"image/{kind.lower()}"
    assert answer.headers["Content-Disposition"].partition(";")[0] == "inline"


def test_a_photo_may_do_nothing_on_our_origin(laptop: Laptop) -> None:
    visitor = laptop.visitor()
    for number, (kind, extension) in enumerate(KINDS.items()):
        key = f"employee_pic/{number}.html"
        laptop.put_photo(key, picture(kind).read() + b"<script>alert(1)</script>", "")
        for headers in ({}, {"Range": "bytes=0-99"}, {"If-None-Match": "x"}):
            answer = visitor.ask("GET", f"/photos/{key}", headers=headers)
            assert answer.status in (200, 206)
            policy = answer.headers["Content-Security-Policy"].split("; ")
            assert {"default-src 'none'", "sandbox"} <= set(policy)
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Type"] == f"image/{kind.lower()}"
            name = answer.headers["Content-Disposition"]
            assert name == f"inline; filename={number}.{extension}"


def test_a_redirect_into_the_bucket_is_sandboxed_too(aws: Aws) -> None:
    aws.put_photo("employee_pic/1.png", picture("PNG").read(), "image/png")
    answer = aws.visitor().ask("GET", "/photos/employee_pic/1.png")
    assert answer.status == 302
    assert "sandbox" in answer.headers["Content-Security-Policy"].split("; ")


def test_while_s3_cannot_be_asked_a_link_makes_an_image_of_whatever_it_leads_to(aws: Aws) -> None:
    visitor = aws.visitor()
    for name in ("page.html", "page.png"):
        aws.put_photo(f"employee_pic/{name}", SCRIPTS[name], "text/html")
    aws.s3.on("GET").reset()
    links = [
        visitor.ask("GET", f"/photos/employee_pic/{name}") for name in ("page.html", "page.png")
    ]
    aws.s3.recover()
    assert [link.status for link in links] == [302, 302]
    for link in links:
        reply = urllib3.request("GET", link.location, timeout=60, retries=False)
        assert reply.status == 200
        assert reply.headers["Content-Type"] in ("image/jpeg", "image/png")


def test_a_photo_that_is_missing_is_not_found_and_shows_initials(
    world: World, visitor: Visitor
) -> None:
    assert visitor.ask("GET", f"/photos/employee_pic/{'e' * 32}.jpg").status == 404


NO_KEYS = (
    "", "employee_pic", "employee_pic/", "employee_pic/..", "employee_pic/../secret_key",
    "../secret_key", "%2e%2e/secret_key", "employee_pic/%2e%2e", "employee_pic/..%2fsecret_key",
    "employee_pic/..%5csecret_key", "%2fetc%2fpasswd", "//etc/passwd", "employee_pic/%00.jpg",
    "employee_pic/a%0a.jpg", "employee_pic/a%0d%0aX-Evil:%201", "employee_pic/%25.jpg",
    "other/a.jpg", "Employee_pic/a.jpg", f"employee_pic/{'a' * 300}", "employee_pic/%ff.jpg",
)  # fmt: skip


def test_an_address_that_is_no_key_is_not_found(world: World, visitor: Visitor) -> None:
    for path in NO_KEYS:
        assert visitor.ask("GET", f"/photos/{path}").status == 404, path


def test_a_record_with_a_path_for_a_key_has_no_photo(aws: Aws) -> None:
    """Typed into the table by hand; every page shows initials, and a save keeps what is there."""
    for number, key in enumerate(("../../secret", "/etc/passwd", "employee_pic/..", "a\\..\\b")):
        aws.room.put_item(
            {
                "id": {"S": f"odd-{number}"},
                "full_name": {"S": f"Odd {number}"},
                "location": {"S": "Lima"},
                "job_title": {"S": "Clerk"},
                "object_key": {"S": key},
            }
        )
    list(aws.store.reindex())
    visitor = aws.visitor()
    for address in ("/", "/?view=table", "/employee/odd-0", "/edit/odd-0"):
        assert "/photos/" not in visitor.get(address).text
    visitor.save(visitor.form("/edit/odd-0"), location="Oslo")
    items = {item["id"]["S"]: item for item in aws.room.items(aws.room.people)}
    assert items["odd-0"]["location"]["S"] == "Oslo"
    assert items["odd-0"]["object_key"]["S"] == "../../secret"
