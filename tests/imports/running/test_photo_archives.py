"""Photos in bulk: whose each is, put and undone as a whole, whatever an archive holds."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest

from app.contracts import PhotoStore
from app.contracts.import_jobs import Job, Phase
from app.directory.service import Directory, PhotoChange
from app.history.changes import Write
from app.imports.files import photo_archive
from app.imports.running.rejected_rows import rejected_rows
from app.model.employee import Employee
from app.model.revision import revision_of
from app.photos import processing
from app.photos.keys import thumbnail_key
from app.photos.sizes import PhotoSizes
from app.storage.photos_on_disk import open_folder_store
from tests.imports.conftest import STORES
from tests.support.import_desk import Desk, jobs_beside
from tests.support.jobs_in_memory import JobsInMemory
from tests.support.model_store import ModelStore
from tests.support.photo_archives import archive, encrypted, face, lying, with_link
from tests.support.pictures import giant_png, picture
from tests.support.stores.bindings import Binding
from tests.support.viewers import OPERATOR

PEOPLE = (
    Employee(id="ada", full_name="Ada Byron", email="Ada@example.com", employee_number="1001"),
    Employee(id="bo", full_name="Bo Diaz", email="bo@example.com", employee_number="E-77"),
    Employee(id="1002", full_name="Cy Tran", email="cy@example.com"),
    Employee(id="zoe", full_name="Zoë Ødegård"),
)


def desk_of(store: object, jobs: object, photos: PhotoStore | None) -> Desk:
    desk = Desk(store, jobs, photos=photos)  # type: ignore[arg-type]
    for person in PEOPLE:
        desk.store.add(replace(person, job_title="Clerk", location="Lima"), Write(person.id))
    return desk


@pytest.fixture
def photos(tmp_path: Path) -> PhotoStore:
    return open_folder_store(tmp_path / "photos")


@pytest.fixture
def bulk(photos: PhotoStore) -> Desk:
    return desk_of(ModelStore(), JobsInMemory(), photos)


@pytest.fixture(params=STORES)
def real_bulk(request: pytest.FixtureRequest, tmp_path: Path, photos: PhotoStore) -> Iterator[Desk]:
    binding: Binding = request.param
    room = binding.open(request, tmp_path)
    yield desk_of(room.store, jobs_beside(room.store), photos)
    room.close()


def told(desk: Desk, job: Job) -> dict[str, str]:
    """The reason why each file is refused."""
    lines = desk.importer.lines(job, "refused", 0, 1_000)
    return {line.name: line.problems[0].reason for line in lines}


def changed(desk: Desk, job: Job) -> dict[str, str]:
    lines = desk.importer.lines(job, "changed", 0, 1_000)
    return {line.id: line.name for line in lines}


def keys_of(photos: PhotoStore) -> set[str]:
    return {key for key, _ in photos.iter_keys()}


def test_photos_find_their_people_and_are_undone_as_a_whole(
    real_bulk: Desk, photos: PhotoStore
) -> None:
    directory = Directory(real_bulk.store, photos)
    bo = real_bulk.store.get("bo")
    bo = directory.update(OPERATOR, bo, revision_of(bo), "form", PhotoChange(picture("GIF")))
    raw = archive(
        ("1001.JPG", face(100)),
        ("team/BO@Example.com.png", face(110)),
        ("a/b/1002.jpeg", face(120)),
        ("ZOE.webp", face(130)),
        ("nobody.png", face()),
        ("__MACOSX/._1001.JPG", b"junk"),
        ("team/.DS_Store", b"junk"),
        ("team/Thumbs.db", b"junk"),
    )
    job = real_bulk.run(raw, go=False)
    assert (job.phase, job.total, job.photos) == (Phase.READY, 5, 4)
    assert job.source_description == "ZIP archive of 5 files"
    assert changed(real_bulk, job) == {
        "ada": "Ada Byron (1001.JPG)",
        "bo": "Bo Diaz (team/BO@Example.com.png)",
        "1002": "Cy Tran (a/b/1002.jpeg)",
        "zoe": "Zoë Ødegård (ZOE.webp)",
    }
    assert told(real_bulk, job).keys() == {"nobody.png"}
    assert real_bulk.store.get("bo").photo_key == bo.photo_key
    real_bulk.importer.resume(job.id)
    job = real_bulk.work(job)
    assert (job.phase, job.done.changed) == (Phase.APPLIED, 4)
    for person in PEOPLE:
        key = real_bulk.store.get(person.id).photo_key
        assert key != bo.photo_key
        assert photos.get(key)
    job = real_bulk.undo(job)
    assert job.undone.undone == 4
    assert real_bulk.store.get("bo").photo_key == bo.photo_key
    assert real_bulk.store.get("ada").photo_key == ""
    assert keys_of(photos) == {bo.photo_key, thumbnail_key(bo.photo_key)}


def test_the_same_archive_twice_changes_nothing(bulk: Desk) -> None:
    raw = archive(("ada.png", face()), ("bo.jpg", picture().getvalue()))
    bulk.run(raw)
    assert bulk.outcomes(bulk.run(raw)) == ["same", "same"]


def test_a_name_of_two_people_and_two_photos_of_one_are_refused(bulk: Desk) -> None:
    bulk.store.add(Employee(id="E-77", full_name="Eve Adams"), Write("f"))
    raw = archive(("e-77.png", face()), ("1001.png", face()), ("x/Ada.jpg", face()))
    job = bulk.run(raw, go=False)
    reasons = told(bulk, job)
    assert "Eve Adams (E-77), Bo Diaz (bo)" in reasons["e-77.png"]
    assert "1001.png is of the same person" in reasons["x/Ada.jpg"]
    assert changed(bulk, job).keys() == {"ada"}


def test_only_one_photo_of_a_person_is_decoded(bulk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    make = processing.make
    monkeypatch.setattr(processing, "make", lambda image: made.append(1) or make(image))
    damaged = picture().getvalue()[:-400]
    files = (("ada.heic", b"\0\0\0\x18ftypheic"), *((f"{n}/ada.jpg", damaged) for n in range(9)))
    job = bulk.run(archive(*files), go=False)
    assert len(told(bulk, job)) == 10
    assert len(made) == 1


@pytest.mark.parametrize(
    "name",
    [
        "../ada.png", "a/../../ada.png", "/etc/ada.png", "C:/ada.png", "c:ada.png", "..\\ada.png",
        "\\\\host\\share\\ada.png", "a\\..\\ada.png", "a/..",
    ],
)  # fmt: skip
def test_a_path_that_leaves_the_archive_is_refused(bulk: Desk, name: str) -> None:
    job = bulk.run(archive((name, face()), ("bo.png", face())), go=False)
    [reason] = told(bulk, job).values()
    assert "leads out of the archive" in reason
    assert changed(bulk, job).keys() == {"bo"}


def test_links_are_not_followed(bulk: Desk) -> None:
    job = bulk.run(with_link("ada.png", "/etc/passwd"), go=False)
    assert "a link or a device" in told(bulk, job)["ada.png"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("ada.zip", archive(("x.png", face())), "archive in an archive"),
        ("ada.png", archive(("x.png", face())), "This is a ZIP archive"),
        ("ada.png", b"<svg onload=alert(1)>", "an SVG drawing"),
        ("ada.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(90), "an iPhone photo"),
        ("ada.png", face()[:60] + bytes(200), "damaged"),
        ("ada.png", bytes(50 << 20), "not a JPEG"),
        ("ada.png", face() + bytes(11 << 20), "has 11 MB; the limit is 10"),
        ("ada.png", giant_png(9_000, 9_000).getvalue(), "81 megapixels"),
    ],
)
def test_what_is_no_photo_is_told_and_harms_no_other(
    bulk: Desk, name: str, data: bytes, words: str
) -> None:
    job = bulk.run(archive((name, data), ("bo.png", face())), go=False)
    assert words in told(bulk, job)[name]
    assert changed(bulk, job).keys() == {"bo"}


def test_a_password_is_told(bulk: Desk) -> None:
    job = bulk.run(encrypted(archive(("ada.png", face()), ("bo.png", face()))), go=False)
    assert set(told(bulk, job).values()) == {
        "This file has a password. Make the archive without one"
    }


@pytest.mark.parametrize(("size", "words"), [(70, "damaged"), (3 << 30, "the limit is 10")])
def test_a_size_that_lies_is_told(bulk: Desk, size: int, words: str) -> None:
    job = bulk.run(lying(archive(("ada.png", face())), size), go=False)
    [reason] = told(bulk, job).values()
    assert words in reason


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (archive(("readme.txt", b"x")), "not an Excel workbook"),
        (archive(("mimetype", b"x"), ("Thumbnails/thumbnail.png", face())), "Excel workbook"),
        (archive(("preview.jpg", face()), ("Index/Document.iwa", b"x")), "Export it to Excel"),
        (archive(("ada.png", face()))[:-30], "damaged"),
        (b"PK\x03\x04" + bytes(100), "damaged"),
    ],
)
def test_an_archive_of_something_else_is_refused(bulk: Desk, raw: bytes, words: str) -> None:
    job = bulk.run(raw)
    assert job.phase is Phase.FAILED
    assert words in job.error


def test_too_many_files_are_refused(bulk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_archive, "MAX_FILES", 3)
    job = bulk.run(archive(*((f"{n}.png", b"x") for n in range(4))))
    assert job.phase is Phase.FAILED
    assert "files" in job.error


def test_without_a_photo_store_it_is_told() -> None:
    desk = desk_of(ModelStore(), JobsInMemory(), None)
    job = desk.run(archive(("ada.png", face())))
    assert job.phase is Phase.FAILED
    assert job.error.startswith("Photos are off here.")


def test_the_files_with_errors_are_listed_with_what_to_do(bulk: Desk) -> None:
    job = bulk.run(archive(("ada.png", face()), ("nobody.png", face())), go=False)
    headings, row = rejected_rows(bulk.jobs, job)
    assert headings == ("Row", "What to do", "File")
    assert row[2] == "nobody.png"
    assert "Nobody has this id" in row[1]


def test_a_stop_goes_on_where_it_was(
    bulk: Desk, photos: PhotoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = archive(*((f"{person.id}.png", face()) for person in PEOPLE))
    make = processing.make

    def make_and_stop(image: BinaryIO) -> PhotoSizes:
        bulk.stop.set()
        return make(image)

    monkeypatch.setattr(processing, "make", make_and_stop)
    job = bulk.run(raw)
    assert (job.phase, job.parts) == (Phase.VALIDATING, 0)
    bulk.stop.clear()
    monkeypatch.undo()
    job = bulk.work(job)
    assert (job.phase, job.done.changed) == (Phase.APPLIED, 4)
    assert len(keys_of(photos)) == 8


def test_nothing_of_an_archive_is_written_to_a_disk(
    bulk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("an archive is unpacked to a disk")

    monkeypatch.setattr(zipfile.ZipFile, "extract", refuse)
    monkeypatch.setattr(zipfile.ZipFile, "extractall", refuse)
    job = bulk.run(archive(("ada.png", face()), ("../../bo.png", face())))
    assert job.done.changed == 1
    assert {path.name for path in tmp_path.iterdir()} == {"photos"}
    assert io.BytesIO(bulk.photos.get(bulk.store.get("ada").photo_key)).read(3) == b"\xff\xd8\xff"
