"""The photos of a file are checked like uploads, shown, put, and undone as a whole."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from app.contracts import PhotoStore
from app.contracts.import_jobs import Phase
from app.directory.service import Directory, PhotoChange
from app.exports.card_photos import read_photo
from app.exports.vcards import CardWriter
from app.history.changes import Write
from app.model import validation
from app.model.employee import BADGE_KEYS, Employee
from app.model.revision import revision_of
from app.photos.keys import thumbnail_key
from app.storage.photos_on_disk import open_folder_store
from tests.support.import_desk import Desk
from tests.support.jobs_in_memory import JobsInMemory
from tests.support.model_store import ModelStore
from tests.support.pictures import giant_png, picture
from tests.support.small_directory import AMARA
from tests.support.vcard_files import card, photo_line
from tests.support.viewers import OPERATOR

FIELDS = ("ADR;TYPE=WORK:;;;Lima;;;", "TITLE:Clerk")


@pytest.fixture
def photos(tmp_path: Path) -> PhotoStore:
    return open_folder_store(tmp_path / "photos")


@pytest.fixture
def photo_desk(photos: PhotoStore) -> Desk:
    return Desk(ModelStore(), JobsInMemory(), photos=photos)


def directory_at(desk: Desk) -> Directory:
    return Directory(desk.store, desk.photos)


def keys_of(photos: PhotoStore) -> set[str]:
    return {key for key, _ in photos.iter_keys()}


def person(name: str, image: bytes | None, *lines: str) -> str:
    photo = [photo_line(image)] if image is not None else []
    return card(f"FN:{name}", f"EMAIL;TYPE=WORK:{name}@example.com", *FIELDS, *lines, *photo)


def image(width: int = 900, kind: str = "JPEG") -> bytes:
    return picture(kind, width, 600).getvalue()


def test_photos_come_with_people_and_leave_with_them(photo_desk: Desk, photos: PhotoStore) -> None:
    job = photo_desk.run(person("Ada", image()) + person("Bo", image(700, "PNG")), go=False)
    assert (job.phase, job.photos, photo_desk.everyone()) == (Phase.READY, 2, {})
    keys = [str(line.new["photo_key"]) for line in photo_desk.lines(job)]
    assert keys_of(photos) == {*keys, *map(thumbnail_key, keys)}
    with Image.open(io.BytesIO(photos.get(keys[0]))) as made:
        assert (made.format, made.size) == ("JPEG", (800, 533))
    photo_desk.importer.resume(job.id)
    job = photo_desk.work(job)
    assert job.done.added == 2
    batches = photo_desk.store.iter_batches()
    people = {each.full_name: each for batch in batches for each in batch.people}
    assert [people["Ada"].photo_key, people["Bo"].photo_key] == keys
    photo_desk.undo(job)
    assert photo_desk.everyone() == {}
    assert keys_of(photos) == set()


def test_a_discarded_preview_leaves_no_photo(photo_desk: Desk, photos: PhotoStore) -> None:
    job = photo_desk.run(person("Ada", image()), go=False)
    assert len(keys_of(photos)) == 2
    photo_desk.importer.discard(job.id)
    assert keys_of(photos) == set()


def test_a_former_photo_comes_back_and_is_swept_only_when_no_undo_needs_it(
    photo_desk: Desk, photos: PhotoStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = directory_at(photo_desk)
    before = directory.add(OPERATOR, AMARA, "form", PhotoChange(picture("PNG")))
    content = card(f"FN:{AMARA.full_name}", f"EMAIL;TYPE=WORK:{AMARA.email}", photo_line(image()))
    job = photo_desk.run(content)
    [line] = photo_desk.lines(job)
    assert line.old == {"photo_key": before.photo_key}
    assert photo_desk.store.get("amara").photo_key == line.new["photo_key"]
    monkeypatch.setattr("app.directory.stored_photos._SWEEP_AGE", -_DAY)
    needed = photo_desk.importer.photos_in_use()
    assert list(directory.sweep_photos(OPERATOR, delete=True, needed=needed)) == []
    photo_desk.undo(job)
    assert photo_desk.store.get("amara").photo_key == before.photo_key
    assert keys_of(photos) == {before.photo_key, thumbnail_key(before.photo_key)}


def test_a_photo_that_was_changed_since_is_not_undone(photo_desk: Desk, photos: PhotoStore) -> None:
    directory = directory_at(photo_desk)
    directory.add(OPERATOR, AMARA, "form", PhotoChange(picture("PNG")))
    content = card(f"FN:{AMARA.full_name}", f"EMAIL;TYPE=WORK:{AMARA.email}", photo_line(image()))
    job = photo_desk.run(content)
    stored = photo_desk.store.get("amara")
    theirs = directory.update(
        OPERATOR, stored, revision_of(stored), "theirs", PhotoChange(picture("PNG", 300, 300))
    )
    job = photo_desk.undo(job)
    assert job.undone.skipped == 1
    assert photo_desk.store.get("amara").photo_key == theirs.photo_key
    assert theirs.photo_key in keys_of(photos)


def test_the_same_file_twice_changes_no_photo(photo_desk: Desk, photos: PhotoStore) -> None:
    content = person("Ada", image()) + person("Bo", image(700, "PNG"))
    photo_desk.run(content)
    before = keys_of(photos)
    job = photo_desk.run(content)
    assert photo_desk.outcomes(job) == ["same", "same"]
    assert keys_of(photos) == before


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (image()[:900], "damaged or incomplete"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "This is an SVG drawing"),
        (giant_png(9_000, 9_000).getvalue(), "81 megapixels"),
    ],
)
def test_a_bad_photo_is_told_and_costs_its_own_row(
    photo_desk: Desk, photos: PhotoStore, bad: bytes, words: str
) -> None:
    job = photo_desk.run(person("Ada", bad) + person("Bo", image()), go=False)
    told, added = photo_desk.lines(job)
    assert (told.outcome, told.problems[0].column) == ("refused", "Photo")
    assert words in told.problems[0].reason
    assert added.outcome == "added"
    assert len(keys_of(photos)) == 2


def test_a_card_says_nothing_of_fields_that_it_has_not(photo_desk: Desk) -> None:
    photo_desk.store.add(AMARA, Write("form"))
    job = photo_desk.run(card(f"FN:{AMARA.full_name}", f"EMAIL;TYPE=WORK:{AMARA.email}"))
    assert photo_desk.outcomes(job) == ["same"]
    new = photo_desk.run(card("FN:Ada") + card("FN:Bo", *FIELDS), go=False)
    line, _ = photo_desk.lines(new)
    assert {each.reason.split(",")[0] for each in line.problems} == {
        "Enter a job title", "Enter a location",
    }  # fmt: skip


def test_a_card_without_an_address_means_the_same_person_in_another_file(
    photo_desk: Desk,
) -> None:
    ada = card("FN:Ada", *FIELDS)
    photo_desk.run(ada)
    both = photo_desk.run(ada + card("FN:Bo", "ORG:Acme;Sales", "NICKNAME:B", *FIELDS))
    assert photo_desk.outcomes(both) == ["same", "added"]


def texts(name: str) -> st.SearchStrategy[str]:
    characters = st.characters(codec="utf-8", exclude_categories=["Cs"])
    return st.text(characters, max_size=30).map(lambda text: validation.clean(name, text))


_DAY = timedelta(days=1)
PEOPLE = st.builds(
    Employee,
    id=st.uuids().map(str) | st.sampled_from(["a;b", "é,1", "x\\n", "#1"]),
    full_name=texts("full_name").filter(bool) | st.just("Ada Byron"),
    preferred_name=texts("preferred_name"),
    pronouns=texts("pronouns"),
    job_title=texts("job_title").filter(bool),
    department=texts("department"),
    location=texts("location").filter(bool) | st.just("n/a"),
    email=st.sampled_from(["", "ada@example.com", "O'Brien+x@example.com"]),
    phone=st.sampled_from(["", "+49 30 555 0118", "(089) 555-01/27 ext 5"]),
    mobile=st.sampled_from(["", "+1 206 555 0141"]),
    start_date=st.sampled_from(["", "2024-02-29"]),
    about=texts("about"),
    employee_number=st.from_regex(r"(?:[A-Z]-)?[0-9]{1,8}|", fullmatch=True),
    sort_as=texts("sort_as") | st.sampled_from(["Ada", "Ada Byron", "Byron, Ada"]),
    time_zone=st.sampled_from(["", "Europe/Berlin", "America/Argentina/Buenos_Aires"]),
    badges=st.lists(st.sampled_from(BADGE_KEYS), unique=True, max_size=3).map(
        lambda keys: tuple(key for key in BADGE_KEYS if key in keys)
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(PEOPLE, st.sampled_from(["", "Acme; Sons, Ltd"]))
def test_our_own_card_comes_back_whole(stored: Employee, company: str) -> None:
    raw = b"".join(CardWriter(company).file([[stored]]))
    desk = Desk(ModelStore(), JobsInMemory())
    job = desk.run(raw)
    assert [line.problems for line in desk.lines(job)] == [()]
    assert desk.store.get(stored.id).same_content(stored)


def test_our_own_photo_comes_back_byte_for_byte(photo_desk: Desk, tmp_path: Path) -> None:
    directory = directory_at(photo_desk)
    stored = directory.add(OPERATOR, AMARA, "form", PhotoChange(picture("PNG", 1600, 1200)))
    portrait = directory.photos.get(stored.photo_key)
    writer = CardWriter(read_photo=lambda key: read_photo(directory.photos, key))
    raw = b"".join(writer.file([[stored]]))
    other = Desk(ModelStore(), JobsInMemory(), photos=open_folder_store(tmp_path / "other"))
    other.run(raw)
    back = other.store.get("amara")
    assert replace(back, photo_key=stored.photo_key).same_content(stored)
    assert other.photos.get(back.photo_key) == portrait
    assert photo_desk.outcomes(photo_desk.run(raw)) == ["same"]
