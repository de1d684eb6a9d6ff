"""A backup that somebody changed ends in one sentence, and nothing of it is written.

The checksums agree with what was changed: whoever can change a part can change the manifest too.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.acceptance.visitors import ADA
from tests.support.acceptance.worlds import Laptop, World
from tests.support.pictures import giant_png, picture, webp_head

pytestmark = pytest.mark.slow

HUGE = int("9" * 400)
KEY = f"employee_pic/{'0a' * 16}.jpg"


class Tampered:
    """A backup of two people, one with a photo, to be changed with checksums that agree."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = self.lines("photos")[0]["key"]

    def part(self, kind: str) -> Path:
        return self.folder / f"{kind}-000001.jsonl.gz"

    def lines(self, kind: str) -> list[dict[str, Any]]:
        return [
            json.loads(line) for line in gzip.decompress(self.part(kind).read_bytes()).splitlines()
        ]

    def manifest(self, change: Callable[[dict[str, Any]], object]) -> None:
        """Change the manifest."""
        path = self.folder / "manifest.json"
        content = json.loads(path.read_bytes())
        change(content)
        path.write_text(json.dumps(content))

    def write(self, kind: str, raw: bytes) -> None:
        """Write a part, with a manifest that agrees."""
        packed = gzip.compress(raw)
        self.part(kind).write_bytes(packed)
        told = {"lines": len(raw.splitlines()), "sha256": hashlib.sha256(packed).hexdigest()}
        self.manifest(lambda content: content[kind][0].update(told))

    def set(self, kind: str, number: int = 0, **values: object) -> None:
        """Set values in the record of a person or of a photo."""
        lines = self.lines(kind)
        lines[number] |= values
        self.write(kind, b"".join(json.dumps(line).encode() + b"\n" for line in lines))

    def photo(self, image: bytes) -> None:
        """Put something in the place of a photo, which its line agrees with."""
        (self.folder / "photos" / self.key).write_bytes(image)
        self.set("photos", sha256=hashlib.sha256(image).hexdigest(), size=len(image))


def with_photo(backup: Tampered) -> int:
    return next(n for n, line in enumerate(backup.lines("people")) if line["photo_key"])


def key_in_both(key: str) -> Callable[[Tampered], None]:
    """A key that leads elsewhere, in the record and in the list of photos."""

    def tamper(backup: Tampered) -> None:
        backup.set("people", with_photo(backup), photo_key=key)
        backup.set("photos", key=key)

    return tamper


def photo_as_link(backup: Tampered) -> None:
    path = backup.folder / "photos" / backup.key
    elsewhere = backup.folder.parent / "elsewhere.jpg"
    path.replace(elsewhere)
    path.symlink_to(elsewhere)


def photo_as_pipe(backup: Tampered) -> None:
    path = backup.folder / "photos" / backup.key
    path.unlink()
    os.mkfifo(path)


def part_as_link(backup: Tampered) -> None:
    elsewhere = backup.folder.parent / "elsewhere.gz"
    backup.part("people").replace(elsewhere)
    backup.part("people").symlink_to(elsewhere)


def same_person_twice(backup: Tampered) -> None:
    raw = gzip.decompress(backup.part("people").read_bytes())
    backup.write("people", raw + raw.splitlines(keepends=True)[0])


def cut_part(backup: Tampered) -> None:
    path = backup.part("people")
    path.write_bytes(path.read_bytes()[:-20])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    backup.manifest(lambda content: content["people"][0].update(sha256=digest))


def photo_of_nobody(backup: Tampered) -> None:
    for size in (KEY, KEY.replace(".jpg", "-thumb.jpg")):
        shutil.copy(backup.folder / "photos" / backup.key, backup.folder / "photos" / size)
    lines = [*backup.lines("photos"), {**backup.lines("photos")[0], "key": KEY}]
    backup.write("photos", b"".join(json.dumps(line).encode() + b"\n" for line in lines))


def repeat(content: dict[str, Any], kind: str) -> None:
    content[kind] = content[kind] * 2


def raw_people(raw: bytes) -> Callable[[Tampered], None]:
    return lambda backup: backup.write("people", raw)


def told(**values: object) -> Callable[[Tampered], None]:
    """Other values in the manifest."""
    return lambda backup: backup.manifest(lambda content: content.update(values))


def told_of_part(**values: object) -> Callable[[Tampered], None]:
    """Other values of the first part in the manifest."""
    return lambda backup: backup.manifest(lambda content: content["people"][0].update(values))


def person(**values: object) -> Callable[[Tampered], None]:
    return lambda backup: backup.set("people", 1, **values)


def photo_line(**values: object) -> Callable[[Tampered], None]:
    return lambda backup: backup.set("photos", **values)


def photo(image: bytes) -> Callable[[Tampered], None]:
    return lambda backup: backup.photo(image)


TAMPERINGS: dict[str, Callable[[Tampered], object]] = {
    "a page for a photo": photo(b"<!doctype html><script>alert(1)</script>"),
    "a drawing for a photo": photo(b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    "a page behind the head of a photo": photo(b"\xff\xd8\xff<script>alert(1)</script>"),
    "half a photo": photo(picture().read()[:-500]),
    "half a PNG": photo(picture("PNG").read()[:-500]),
    "a giant of a photo": photo(giant_png(20_000, 17_850, bits=1, colours=0).read()),
    "a giant of a WebP": photo(webp_head(b"VP8X", 16_000, 16_000).read()),
    "another photo": lambda backup: (backup.folder / "photos" / backup.key).write_bytes(
        picture("GIF").read()
    ),
    "no photo": lambda backup: (backup.folder / "photos" / backup.key).unlink(),
    "a photo that is a link": photo_as_link,
    "a photo that is a pipe": photo_as_pipe,
    "a photo of nobody": photo_of_nobody,
    "a photo of size NaN": photo_line(size=float("nan")),
    "a photo of negative size": photo_line(size=-1),
    "a photo of size zero": photo_line(size=0),
    "a photo of a size of 400 digits": photo_line(size=HUGE),
    "a photo whose checksum is a number": photo_line(sha256=1),
    "a key with dots": key_in_both("employee_pic/../../../secret.jpg"),
    "a key of dots": key_in_both("employee_pic/.."),
    "an absolute key": key_in_both("/etc/passwd"),
    "a key with backslashes": key_in_both("employee_pic\\..\\..\\x.jpg"),
    "a key with a zero": key_in_both("employee_pic/a\0.jpg"),
    "a key with a line break": key_in_both("employee_pic/a\n.jpg"),
    "a key of another folder": key_in_both("other/a.jpg"),
    "a key in percent": lambda backup: backup.set("photos", key="employee_pic/%2e%2e"),
    "a key that is a number": photo_line(key=7),
    "a photo key that is a list": person(photo_key=["employee_pic/a.jpg"]),
    "a version that is a text": person(version="three"),
    "a version that is true": person(version=True),
    "a version that is a fraction": person(version=1.5),
    "a version that is NaN": person(version=float("nan")),
    "a version that is infinite": person(version=float("inf")),
    "a version of 400 digits": person(version=HUGE),
    "a negative version": person(version=-3),
    "a version that is an object": person(version={"N": "3"}),
    "a time that is a number": person(updated_at=1e300),
    "a time that is none": person(updated_at="yesterday"),
    "a time without a zone": person(updated_at="2026-01-01T00:00:00"),
    "a time before the calendar": person(updated_at="0001-01-01T00:00:00+14:00"),
    "a name that is an object": person(full_name={"S": "Ada"}),
    "a name that is a number": person(full_name=1e400),
    "half a character": person(full_name="\ud800"),
    "a text of megabytes": person(about="a" * 2_000_000),
    "badges that are a text": person(badges="linux"),
    "badges that are numbers": person(badges=[1, None]),
    "an id that is a number": person(id=7),
    "an id of nothing": person(id=""),
    "an id of megabytes": person(id="a" * 1_000_000),
    "an id with half a character": person(id="\udfff"),
    "the same person twice": same_person_twice,
    "a line that is no object": raw_people(b"[1, 2]\nnull\n"),
    "a line that is no JSON": raw_people(b"full_name,location\nAda,London\n"),
    "a line that ends early": raw_people(b'{"id": "1", "full_na'),
    "lines of another encoding": raw_people('{"id": "1", "full_name": "José"}\n'.encode("latin-1")),
    "lines nested without end": raw_people(b"[" * 100_000 + b"\n"),
    "an empty line": raw_people(b"\n"),
    "a part that ends early": cut_part,
    "a part that is a link": part_as_link,
    "a part that is missing": lambda backup: backup.part("people").unlink(),
    "a part of photos that is missing": lambda backup: backup.part("photos").unlink(),
    "a part that the manifest has twice": lambda backup: backup.manifest(
        lambda content: (repeat(content, "people"), repeat(content, "photos"))
    ),
    "more parts of people than of photos": lambda backup: backup.manifest(
        lambda content: repeat(content, "people")
    ),
    "no parts of photos": told(photos=[]),
    "a wrong count": told_of_part(lines=1),
    "a count of a text": told_of_part(lines="2"),
    "a count of NaN": told_of_part(lines=float("nan")),
    "a count of 400 digits": told_of_part(lines=HUGE),
    "a part somewhere else": told_of_part(file="../people-000001.jsonl.gz"),
    "a part in the root": told_of_part(file="/people-000001.jsonl.gz"),
    "a part with more to tell": told_of_part(mode=0o777),
    "a checksum of nothing": told_of_part(sha256=None),
    "parts that are a number": told(people=3),
    "missing photos in NaN": told(photos_missing=float("nan")),
    "missing photos without end": told(photos_missing=float("inf")),
    "a release that is infinite": told(version=float("inf")),
    "a release that is a list": told(version=[1]),
    "a manifest that is a list": lambda backup: (backup.folder / "manifest.json").write_text("[]"),
    "a manifest without end": lambda backup: (backup.folder / "manifest.json").write_text(
        '{"format":' + "[" * 100_000
    ),
}


def folder_in(folder: Path) -> Path:
    (folder / "other").mkdir()
    return folder / "other"


def run(world: World, *command: str) -> tuple[int, str]:
    result = world.app.test_cli_runner().invoke(args=list(command))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of two people, one of them with a photo."""
    folder = tmp_path_factory.mktemp("made")
    laptop = Laptop(folder)
    visitor = laptop.visitor()
    visitor.add(photo=picture())
    visitor.add(**{**ADA, "full_name": "Grace Hopper"})
    assert run(laptop, "backup", str(folder / "backup"))[0] == 0
    laptop.close()
    return folder / "backup"


@pytest.fixture
def backup(made: Path, tmp_path: Path) -> Tampered:
    shutil.copytree(made, tmp_path / "backup")
    return Tampered(tmp_path / "backup")


def assert_refused(world: World, backup: Tampered) -> None:
    status, output = run(world, "restore", str(backup.folder))
    assert status == 1, output
    sentences = [line for line in output.splitlines() if line.startswith("Error: ")]
    assert len(sentences) == 1, output
    assert "Traceback" not in output
    assert len(sentences[0]) < 1_000
    assert world.stored() == {}
    assert world.photos() == {}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_tampered_backup_ends_in_a_sentence_with_nothing_written(
    laptop: Laptop, backup: Tampered, name: str
) -> None:
    TAMPERINGS[name](backup)
    assert_refused(laptop, backup)


SOME = (
    "a page for a photo", "a key with dots", "a version of 400 digits", "a negative version",
    "half a character", "a text of megabytes", "no parts of photos", "the same person twice",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.dynamodb_local
@pytest.mark.s3_server
def test_on_aws_nothing_is_written_either(
    request: pytest.FixtureRequest, made: Path, tmp_path: Path
) -> None:
    aws = request.getfixturevalue("aws")
    for name in SOME:
        folder = tmp_path / name.replace(" ", "-")
        shutil.copytree(made, folder)
        tampered = Tampered(folder)
        TAMPERINGS[name](tampered)
        assert_refused(aws, tampered)


def test_the_last_part_is_checked_before_the_first_is_written(
    laptop: Laptop, backup: Tampered
) -> None:
    """The second part has the fault."""
    for kind in ("people", "photos"):
        second = backup.folder / backup.part(kind).name.replace("1", "2")
        raw = b"" if kind == "photos" else b'{"id": "last", "full_name": "Last", "version": -1}\n'
        second.write_bytes(gzip.compress(raw))
        part = {
            "file": second.name,
            "lines": len(raw.splitlines()),
            "sha256": hashlib.sha256(second.read_bytes()).hexdigest(),
        }
        backup.manifest(lambda content, kind=kind, part=part: content[kind].append(part))
    assert_refused(laptop, backup)


@pytest.mark.parametrize("name", ["a page for a photo", "half a photo", "no photo"])
def test_people_can_be_restored_without_the_photos_that_are_damaged(
    laptop: Laptop, backup: Tampered, name: str
) -> None:
    TAMPERINGS[name](backup)
    status, output = run(laptop, "restore", str(backup.folder), "--skip-photos")
    assert (status, "Restored 2 people." in output) == (0, True), output
    assert len(laptop.photos()) == 1
    # Nothing of it is a photo: let the world hold what there is.
    person = next(each for each in laptop.stored().values() if each.photo_key)
    visitor = laptop.visitor()
    visitor.save(visitor.form(f"/edit/{person.id}"), remove_photo="y")


def test_a_key_that_another_program_chose_costs_only_its_photo(
    laptop: Laptop, backup: Tampered
) -> None:
    """Older releases wrote such keys into their backups, though no photo is shown under them."""
    backup.set("people", 1 - with_photo(backup), photo_key="employee_pic/my photo.png")
    assert run(laptop, "restore", str(backup.folder))[0] == 0
    assert [person.photo_key for person in laptop.stored().values()].count("") == 1


def test_a_store_with_a_page_for_a_photo_gives_a_backup_that_can_be_restored(
    world: World, tmp_path: Path
) -> None:
    visitor = world.visitor()
    ada = visitor.add(photo=picture())
    key = world.stored()[ada].photo_key
    for size in world.photos():
        world.put_photo(size, b"<!doctype html>", "text/html")
    status, output = run(world, "backup", str(tmp_path / "b"))
    assert status == 0
    assert "Missing or no images: 2 photo files that records name." in output
    assert list((tmp_path / "b" / "photos").rglob("*.jpg")) == []
    visitor.delete(ada)
    other = Laptop(folder_in(tmp_path))
    assert run(other, "restore", str(tmp_path / "b"))[0] == 0
    assert other.stored()[ada].photo_key == key
    other.close()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WebP"])
def test_an_image_of_each_kind_comes_back_byte_for_byte(
    laptop: Laptop, backup: Tampered, kind: str
) -> None:
    image = picture(kind).read()
    backup.photo(image)
    assert run(laptop, "restore", str(backup.folder))[0] == 0
    assert laptop.photos()[backup.key] == image
