"""Contacts of telephones and mail programs, with their photos."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from app.directory.service import Directory
from app.exports.card_photos import read_photo
from app.exports.vcards import CardWriter
from app.storage.photos_on_disk import open_folder_store
from tests.support.cases import Cases, Person, Plan
from tests.support.import_desk import Desk, jobs_beside
from tests.support.jobs_in_memory import JobsInMemory
from tests.support.model_store import ModelStore
from tests.support.photo_archives import archive, face
from tests.support.stores.bindings import BINDINGS
from tests.support.stores.photo_bindings import BINDINGS as PHOTO_BINDINGS
from tests.support.viewers import OPERATOR

_STORE = {binding.name: binding for binding in BINDINGS}
_PHOTOS = {binding.name: binding for binding in PHOTO_BINDINGS}
_PAIRS = [
    pytest.param(pair, id=" ".join(pair), marks=(*_STORE[pair[0]].marks, *_PHOTOS[pair[1]].marks))
    for pair in (("sqlite", "folder"), ("moto", "moto"), ("dynamodb-local", "s3-server"))
]


@pytest.fixture(params=_PAIRS)
def contacts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cases]:
    """The files, and an importer on an empty store with photos beside it."""
    store, photos = request.param
    with _PHOTOS[photos].open(request, tmp_path) as photo_room:
        room = _STORE[store].open(request, tmp_path)
        yield Cases(Desk(room.store, jobs_beside(room.store), photos=photo_room.store))
        room.close()


def expect(contacts: Cases, name: str, *people: Person) -> Plan:
    """Import a file that adds these people; whoever has a photo has one that can be shown."""
    plan = contacts.run(name)
    for person, expected in zip(plan.people, people, strict=True):
        key = person.pop("photo_key", "")
        assert bool(key) == bool(expected.pop("photo", False))
        if key:
            assert contacts.desk.photos
            with Image.open(io.BytesIO(contacts.desk.photos.get(str(key)))) as image:
                assert (image.format, image.size) == ("JPEG", (96, 96))
        assert person == expected
    return plan


MARIT = {
    "full_name": "Marit Solheim", "preferred_name": "Mari", "job_title": "Field Engineer",
    "department": "Field Service", "location": "Berlin", "email": "marit@example.com",
    "phone": "+49 30 555 0118", "mobile": "+49 1512 5550118",
}  # fmt: skip


def test_contacts_of_an_iphone(contacts: Cases) -> None:
    plan = expect(contacts, "contacts-iphone.vcf", {**MARIT, "photo": True})
    assert plan.problems == ["This card is that of a company, not of a person. Leave it out"]
    [notice] = plan.job.notices
    assert "Home email, Home phone, Home address" in notice


def test_contacts_of_google(contacts: Cases) -> None:
    plan = expect(
        contacts,
        "contacts-google.vcf",
        {
            "full_name": "Dr. Noor van der Berg", "job_title": "Controller",
            "department": "Finance", "location": "Amsterdam", "email": "noor@example.com",
            "phone": "+31 20 555 0142", "badges": ("coffee",),
        },
        {
            "full_name": "Kwame Boateng", "job_title": "Buyer", "location": "Accra",
            "email": "kwame@nordgran.example", "mobile": "+233 24 000 1122",
        },
    )  # fmt: skip
    assert "Photo links, which are not fetched" in plan.job.notices[0]


def test_contacts_of_outlook(contacts: Cases) -> None:
    plan = expect(
        contacts,
        "contacts-outlook.vcf",
        {
            "full_name": "Jürgen Müller", "job_title": "Leiter Einkäufe und Lager",
            "department": "Einkauf und Qualität", "location": "München",
            "email": "j.mueller@example.com", "phone": "+49 (89) 555-0127",
            "mobile": "+49 170 555 0127", "photo": True,
        },
    )  # fmt: skip
    assert plan.job.source_description == "Contacts (vCard 2.1), 1 photo"


def test_contacts_of_macos_in_utf_16(contacts: Cases) -> None:
    expect(
        contacts,
        "contacts-macos.vcf",
        {
            "full_name": "山田 太郎", "job_title": "主任", "department": "開発部",
            "location": "千代田区", "email": "taro@example.com", "phone": "+81 3-5555-0118",
            "photo": True,
        },
    )  # fmt: skip


def test_the_same_contacts_twice_change_nobody_and_an_undo_leaves_nothing(contacts: Cases) -> None:
    plan = contacts.run("contacts-iphone.vcf")
    again = contacts.plan("contacts-iphone.vcf")
    assert again.outcomes == ["same", "refused"]
    contacts.desk.undo(plan.job)
    assert contacts.stored() == []
    assert contacts.desk.photos
    assert list(contacts.desk.photos.iter_keys()) == []


def test_our_own_contacts_come_back_whole_into_another_directory(
    contacts: Cases, tmp_path: Path
) -> None:
    contacts.run("contacts-outlook.vcf")
    contacts.run("contacts-iphone.vcf")
    desk = contacts.desk
    writer = CardWriter("Beispiel AG", read_photo=lambda key: read_photo(desk.photos, key))
    people = [one for batch in desk.store.iter_batches() for one in batch.people]
    raw = b"".join(writer.file([people]))
    before = {one.id: one for one in people}
    portraits = {one.id: read_photo(desk.photos, one.photo_key) for one in people}
    job = desk.run(raw)
    assert desk.outcomes(job) == ["same", "same"]
    other = Desk(ModelStore(), JobsInMemory(), photos=open_folder_store(tmp_path / "other"))
    other.run(raw)
    for key, person in before.items():
        back = other.store.get(key)
        assert (back.full_name, back.job_title, back.department, back.email, back.mobile) == (
            person.full_name, person.job_title, person.department, person.email, person.mobile,
        )  # fmt: skip
        assert read_photo(other.photos, back.photo_key) == portraits[key]


def test_photos_in_bulk_are_put_and_undone(contacts: Cases) -> None:
    plan = contacts.run("contacts-outlook.vcf")
    [employee_id] = plan.ids
    desk = contacts.desk
    before = desk.store.get(employee_id).photo_key
    raw = archive(("J.Mueller@Example.com.png", face(120)), ("nobody.png", face()))
    job = desk.run(raw)
    assert (job.done.changed, job.done.rejected) == (1, 1)
    directory = Directory(desk.store, desk.photos)
    assert directory.get(OPERATOR, employee_id).photo_key != before
    desk.undo(job)
    assert directory.get(OPERATOR, employee_id).photo_key == before
    assert desk.photos
    assert desk.photos.get(before)
