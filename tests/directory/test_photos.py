"""The life of a photo through Directory: no key points at nothing, and nothing is left behind."""

import os
import time
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from app.contracts import PhotoFile
from app.directory.service import Directory, PhotoChange
from app.model.employee import Employee
from app.model.errors import (
    EditConflict,
    EmployeeDeleted,
    EmployeeNotFound,
    PhotoRejected,
    PhotosOff,
    StorageUnavailable,
)
from app.model.revision import revision_of
from app.photos.keys import base_of, thumbnail_key
from app.storage.photos_on_disk import open_folder_store
from tests.support.model_store import ModelStore
from tests.support.pictures import picture
from tests.support.viewers import OPERATOR

AMARA = Employee(id="amara", full_name="Amara Adeyemi", job_title="Engineer", location="Nairobi")
REMOVED = PhotoChange(remove=True)


class Failing:
    """A store whose named methods raise instead, or raise after they have done their work."""

    def __init__(self, store: object) -> None:
        self.store = store
        self.before: dict[str, Exception] = {}
        self.after: dict[str, Exception] = {}

    def __getattr__(self, name: str) -> object:
        method = getattr(self.store, name)

        def call(*arguments: object, **options: object) -> object:
            if name in self.before:
                raise self.before[name]
            answer = method(*arguments, **options)
            if name in self.after:
                raise self.after[name]
            return answer

        return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "photos"


@pytest.fixture
def employees() -> Failing:
    return Failing(ModelStore())


@pytest.fixture
def photos(folder: Path) -> Failing:
    return Failing(open_folder_store(folder))


@pytest.fixture
def directory(employees: Failing, photos: Failing) -> Directory:
    return Directory(employees, photos)


def upload(colour: str = "red") -> PhotoChange:
    output = BytesIO()
    Image.new("RGB", (300, 300), colour).save(output, "PNG")
    return PhotoChange(upload=BytesIO(output.getvalue()))


def stored_keys(folder: Path) -> set[str]:
    """Every photo there is, without its thumbnail; both sizes of each must be there."""
    found = {f"employee_pic/{path.name}" for path in folder.glob("employee_pic/*")}
    bases = {base_of(key) for key in found}
    assert found == bases | {thumbnail_key(key) for key in bases}
    return bases


def shows(directory: Directory, key: str) -> bool:
    """Whether both sizes of this photo decode."""
    assert directory.photos is not None
    for each in (key, thumbnail_key(key)):
        found = directory.photos.locate(each)
        assert isinstance(found, PhotoFile)
        with Image.open(found.path) as image:
            image.load()
    return True


def test_a_photo_is_stored_with_a_new_employee(directory, folder):
    stored = directory.add(OPERATOR, AMARA, "form-1", upload())
    assert stored.photo_key
    assert shows(directory, stored.photo_key)
    assert stored_keys(folder) == {stored.photo_key}


def test_the_same_form_sent_twice_leaves_one_photo(directory, folder):
    first = directory.add(OPERATOR, AMARA, "form-1", upload())
    again = directory.add(OPERATOR, AMARA, "form-1", upload())
    assert again.photo_key == first.photo_key
    assert stored_keys(folder) == {first.photo_key}


def test_a_new_photo_takes_the_place_of_the_old_one(directory, folder):
    first = directory.add(OPERATOR, AMARA, "form-1", upload("red"))
    second = directory.update(OPERATOR, first, revision_of(first), "form-2", upload("blue"))
    assert second.photo_key != first.photo_key
    assert stored_keys(folder) == {second.photo_key}


def test_an_edit_without_a_photo_keeps_the_photo(directory, folder):
    first = directory.add(OPERATOR, AMARA, "form-1", upload())
    changed = replace(first, job_title="Principal", photo_key="employee_pic/of-someone-else.jpg")
    second = directory.update(OPERATOR, changed, revision_of(first), "form-2")
    assert second.photo_key == first.photo_key
    assert stored_keys(folder) == {first.photo_key}


def test_a_photo_can_be_removed(directory, folder):
    first = directory.add(OPERATOR, AMARA, "form-1", upload())
    assert directory.update(OPERATOR, first, revision_of(first), "form-2", REMOVED).photo_key == ""
    assert stored_keys(folder) == set()


def test_a_deleted_employee_takes_the_photo_along(directory, folder):
    first = directory.add(OPERATOR, AMARA, "form-1", upload())
    directory.delete(OPERATOR, AMARA.id, None, "form-2")
    assert stored_keys(folder) == set()
    assert first.photo_key


def test_a_rejected_photo_changes_nothing(directory, folder):
    first = directory.add(OPERATOR, AMARA, "form-1", upload())
    with pytest.raises(PhotoRejected):
        directory.update(
            OPERATOR,
            replace(first, job_title="Other"),
            revision_of(first),
            "form-2",
            PhotoChange(upload=BytesIO(b"<svg/>")),
        )
    assert directory.get(OPERATOR, AMARA.id) == first
    assert stored_keys(folder) == {first.photo_key}


def test_a_rejected_photo_adds_nobody(directory):
    with pytest.raises(PhotoRejected):
        directory.add(OPERATOR, AMARA, "form-1", PhotoChange(upload=BytesIO()))
    with pytest.raises(EmployeeNotFound):
        directory.get(OPERATOR, AMARA.id)


def test_a_conflict_keeps_the_photo_of_the_record_and_drops_the_new_one(directory, folder):
    first = directory.add(OPERATOR, AMARA, "form-1", upload())
    theirs = directory.update(
        OPERATOR, replace(first, job_title="Theirs"), revision_of(first), "form-2"
    )
    mine = replace(first, job_title="Mine")
    with pytest.raises(EditConflict):
        directory.update(OPERATOR, mine, revision_of(first), "form-3", upload("blue"))
    assert stored_keys(folder) == {theirs.photo_key}


def test_a_form_of_a_deleted_employee_leaves_no_photo(directory, folder):
    first = directory.add(OPERATOR, AMARA, "form-1", upload())
    directory.delete(OPERATOR, AMARA.id, None, "form-2")
    with pytest.raises(EmployeeDeleted):
        directory.add(OPERATOR, AMARA, "form-1", upload())
    with pytest.raises(EmployeeNotFound):
        directory.update(OPERATOR, first, revision_of(first), "form-3", upload())
    assert stored_keys(folder) == set()


def test_an_employee_who_vanishes_while_a_photo_is_put_leaves_none(directory, employees, folder):
    first = directory.add(OPERATOR, AMARA, "form-1")
    employees.before["update"] = EmployeeNotFound(AMARA.id)
    with pytest.raises(EmployeeNotFound):
        directory.update(OPERATOR, first, revision_of(first), "form-2", upload())
    assert stored_keys(folder) == set()


def test_a_database_that_refused_leaves_the_old_photo_showing(directory, employees, folder):
    first = directory.add(OPERATOR, AMARA, "form-1", upload())
    employees.before["update"] = StorageUnavailable("the database")
    with pytest.raises(StorageUnavailable):
        directory.update(OPERATOR, first, revision_of(first), "form-2", upload("blue"))
    assert stored_keys(folder) == {first.photo_key}


def test_a_lost_reply_of_the_database_removes_no_photo(directory, employees, folder):
    first = directory.add(OPERATOR, AMARA, "form-1", upload())
    employees.after["update"] = StorageUnavailable("the database", maybe_written=True)
    with pytest.raises(StorageUnavailable):
        directory.update(OPERATOR, first, revision_of(first), "form-2", upload("blue"))
    del employees.after["update"]
    now = directory.get(OPERATOR, AMARA.id)
    assert now.photo_key != first.photo_key
    assert shows(directory, now.photo_key)
    again = directory.update(OPERATOR, first, revision_of(first), "form-2", upload("blue"))
    assert again.photo_key == now.photo_key
    assert now.photo_key in stored_keys(folder)


@pytest.mark.parametrize("puts_that_work", [0, 1])
def test_a_photo_store_that_fails_changes_no_record(directory, photos, folder, puts_that_work):
    first = directory.add(OPERATOR, AMARA, "form-1", upload())
    put = photos.store.put
    left = puts_that_work

    def put_a_few(key: str, image: bytes) -> None:
        nonlocal left
        if not left:
            raise StorageUnavailable("the photo store")
        left -= 1
        put(key, image)

    photos.store.put = put_a_few
    changed = replace(first, job_title="Other")
    with pytest.raises(StorageUnavailable):
        directory.update(OPERATOR, changed, revision_of(first), "form-2", upload("blue"))
    assert directory.get(OPERATOR, AMARA.id) == first
    assert stored_keys(folder) == {first.photo_key}


def test_an_old_photo_that_cannot_be_removed_does_not_fail_the_save(directory, photos, folder):
    first = directory.add(OPERATOR, AMARA, "form-1", upload())
    photos.before["delete"] = StorageUnavailable("the photo store")
    second = directory.update(OPERATOR, first, revision_of(first), "form-2", upload("blue"))
    assert stored_keys(folder) == {first.photo_key, second.photo_key}
    make_older(folder, timedelta(days=2))
    del photos.before["delete"]
    swept = set(directory.sweep_photos(OPERATOR, delete=True))
    assert swept == {first.photo_key, thumbnail_key(first.photo_key)}
    assert stored_keys(folder) == {second.photo_key}


def make_older(folder: Path, age: timedelta) -> None:
    then = time.time() - age.total_seconds()
    for path in folder.glob("employee_pic/*"):
        os.utime(path, (then, then))


def test_the_sweep_only_tells_unless_it_is_meant(directory, photos, folder):
    photos.put(f"employee_pic/{'0a' * 16}.jpg", b"x")
    photos.put(f"employee_pic/{'0a' * 16}-thumb.jpg", b"x")
    make_older(folder, timedelta(days=2))
    assert len(list(directory.sweep_photos(OPERATOR, delete=False))) == 2
    assert len(stored_keys(folder)) == 1


def test_the_sweep_leaves_what_is_younger_than_a_day(directory, photos, folder):
    photos.put(f"employee_pic/{'0a' * 16}.jpg", b"x")
    make_older(folder, timedelta(hours=23))
    assert list(directory.sweep_photos(OPERATOR, delete=True)) == []


def test_the_sweep_leaves_photos_of_the_course_s_app_that_are_named(directory, photos, folder):
    named = "employee_pic/0123456789abcdef.png"
    photos.put(named, b"x")
    photos.put("employee_pic/fedcba9876543210.png", b"x")
    make_older(folder, timedelta(days=2))
    directory.employees.put_outside(replace(AMARA, photo_key=named))
    assert list(directory.sweep_photos(OPERATOR, delete=True)) == [
        "employee_pic/fedcba9876543210.png"
    ]


def test_where_photos_are_off_everything_else_works(employees):
    directory = Directory(employees, None, "Photos are off: set PHOTOS_BUCKET.")
    first = directory.add(OPERATOR, AMARA, "form-1")
    for call in (
        lambda: directory.update(OPERATOR, first, revision_of(first), "form-2", upload()),
        lambda: directory.add(OPERATOR, replace(AMARA, id="other"), "form-3", upload()),
        lambda: list(directory.sweep_photos(OPERATOR, delete=False)),
    ):
        with pytest.raises(PhotosOff, match="set PHOTOS_BUCKET"):
            call()
    with_key = replace(first, photo_key="employee_pic/0123456789abcdef.png")
    directory.employees.put_outside(with_key)
    directory.delete(OPERATOR, AMARA.id, None, "form-4")


def test_a_photo_key_that_leads_astray_removes_nothing(directory, folder, tmp_path):
    precious = tmp_path / "precious.jpg"
    precious.write_bytes(b"x")
    directory.photos.set_up()
    directory.employees.put_outside(replace(AMARA, photo_key="employee_pic/../../precious.jpg"))
    directory.delete(OPERATOR, AMARA.id, None, "form-1")
    assert precious.exists()


def test_the_first_upload_of_a_real_photo_shows_in_both_sizes(directory):
    photo = PhotoChange(upload=picture("JPEG", 1200, 1500))
    stored = directory.add(OPERATOR, AMARA, "form-1", photo)
    assert thumbnail_key(stored.photo_key) != stored.photo_key
    assert shows(directory, stored.photo_key)
