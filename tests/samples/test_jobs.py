"""Sample people come whole or not at all, at any speed of S3: as a job that goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from app.contracts.import_jobs import Phase
from app.history.changes import Author
from app.imports.importer import Importer
from app.imports.planning.row_photos import PhotoOptions
from app.model.errors import StorageUnavailable
from app.photos.keys import thumbnail_key
from app.samples import jobs as sample_jobs
from app.samples.jobs import begin_samples, find_samples, people_of_job
from app.samples.loading import sample_people
from app.storage.photos_on_disk import FolderPhotos
from tests.support.aws_errors import access_denied
from tests.support.dynamodb_audit import audit
from tests.support.jobs_in_memory import JobsInMemory
from tests.support.model_store import ModelStore

pytestmark = pytest.mark.slow

FEW = 12
TOP = next(iter(sample_people(1))).full_name


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as take two parts, since portraits take a while."""
    monkeypatch.setattr(sample_jobs, "SAMPLE_PEOPLE", FEW)


class FailingPhotos(FolderPhotos):
    """A photo store of which each PUT after the first ``works`` fails, or ends the process."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.works = 1_000
        self.error: BaseException = StorageUnavailable("the photo store", reason="SlowDown")

    def put(self, key: str, image: bytes) -> None:
        self.works -= 1
        if self.works < 0:
            raise self.error
        super().put(key, image)


class Killed(BaseException):
    """What happens to a process that is killed: nothing after it runs."""


class Room:
    def __init__(self, folder: Path) -> None:
        self.store = ModelStore()
        self.jobs = JobsInMemory()
        self.photos = FailingPhotos(folder)
        samples = partial(people_of_job, self.photos)
        options = PhotoOptions(self.photos, samples=samples)
        self.importer = Importer(self.store, self.jobs, photos=options)

    def work(self) -> None:
        """What the scheduler of any machine does."""
        while (due := self.importer.due()) is not None:
            for _ in self.importer.work(due, Event()):
                pass

    def keys(self) -> set[str]:
        return {key for key, _ in self.photos.iter_keys()}

    def used(self) -> set[str]:
        with_photo = [person.photo_key for person in self.store.people.values() if person.photo_key]
        return {size for key in with_photo for size in (key, thumbnail_key(key))}


def organisation(room: Room) -> dict[str, str]:
    """Return the name of the manager of each person, by their name."""
    people = room.store.people
    names = {one: person.full_name for one, person in people.items()} | {"": ""}
    return {person.full_name: names[person.manager] for person in people.values()}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    return Room(tmp_path)


def test_they_come_with_portraits_and_the_job_says_how_far_it_is(room: Room) -> None:
    job = begin_samples(room.jobs, Author())
    seen = [(step.phase, step.progress) for step in room.importer.work(job.id, Event())]
    assert (Phase.VALIDATING, (10, FEW)) in seen
    assert seen[-1] == (Phase.APPLIED, (FEW, FEW))
    assert len(room.store.people) == FEW
    assert room.keys() == room.used() != set()


@pytest.mark.parametrize("works", [0, 1, 7])
def test_while_s3_fails_nobody_is_there_and_the_job_waits(room: Room, works: int) -> None:
    job = begin_samples(room.jobs, Author())
    room.photos.works = works
    with pytest.raises(StorageUnavailable):
        room.work()
    assert room.store.people == {}
    waiting = room.importer.read(job.id)
    assert "Waiting, because the photo store did not respond: SlowDown." in waiting.error
    assert find_samples(room.jobs) == waiting
    room.photos.works = 1_000
    room.work()
    assert len(room.store.people) == FEW
    assert room.keys() == room.used()


def test_a_job_that_waits_for_s3_is_discarded_with_its_portraits(room: Room) -> None:
    job = begin_samples(room.jobs, Author())
    room.photos.works = 12
    with pytest.raises(StorageUnavailable):
        room.work()
    room.importer.stop(job.id)
    room.importer.discard(job.id)
    assert room.store.people == {}
    assert find_samples(room.jobs) is None


@pytest.mark.parametrize("works", [1, 9, 13])
def test_a_process_that_is_killed_leaves_a_job_that_goes_on(
    room: Room, monkeypatch: pytest.MonkeyPatch, works: int
) -> None:
    begin_samples(room.jobs, Author())
    room.photos.works, room.photos.error = works, Killed()
    with pytest.raises(Killed):
        room.work()
    assert room.store.people == {}
    room.photos.works = 1_000
    # The process is gone, and nobody renews its lease.
    monkeypatch.setattr("app.imports.importer.is_leased", lambda job: False)
    monkeypatch.setattr("app.imports.running.job_lease.is_leased", lambda job: False)
    room.work()
    assert len(room.store.people) == FEW
    assert room.keys() == room.used()


def test_two_who_press_at_once_get_one_job(room: Room) -> None:
    with ThreadPoolExecutor(8) as threads:
        begun = list(threads.map(lambda _: begin_samples(room.jobs, Author()).id, range(8)))
    assert find_samples(room.jobs).id in begun
    room.work()
    assert len(room.store.people) == FEW
    assert len([each for each in room.importer.recent().jobs if each.samples]) == 1


def test_who_pressed_before_the_other_s_job_was_seen_gets_the_same(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = begin_samples(room.jobs, Author())
    pending, looks = room.jobs.pending, iter([[]])
    monkeypatch.setattr(room.jobs, "pending", lambda most: next(looks, pending(most)))
    assert begin_samples(room.jobs, Author()).id == first.id
    assert [stored.job.id for stored in room.jobs.recent(9)] == [first.id]


def test_all_can_be_removed_at_once_and_loaded_again(room: Room) -> None:
    job = begin_samples(room.jobs, Author())
    room.work()
    before = organisation(room)
    assert [name for name, manager in before.items() if not manager] == [TOP]
    room.importer.undo(job.id)
    room.work()
    assert room.store.people == {}
    assert room.keys() == set()
    again = begin_samples(room.jobs, Author())
    assert again.id != job.id
    room.work()
    assert len(room.store.people) == FEW
    assert room.keys() == room.used()
    assert organisation(room) == before  # though their ids are others


def test_without_photos_they_come_without_portraits(tmp_path: Path) -> None:
    store, jobs = ModelStore(), JobsInMemory()
    work: Callable[..., Iterator[object]] = Importer(
        store, jobs, photos=PhotoOptions(None, samples=partial(people_of_job, None))
    ).work
    for _ in work(begin_samples(jobs, Author()).id, Event()):
        pass
    assert len(store.people) == FEW


@pytest.mark.parametrize("operation", ["BatchWriteItem", "TransactWriteItems"])
def test_while_dynamodb_fails_lists_equal_the_records(proxied_room, dynamodb_proxy, operation):
    jobs = JobsInMemory()
    samples = PhotoOptions(None, samples=partial(people_of_job, None))
    importer = Importer(proxied_room.store, jobs, writers=4, photos=samples)
    job = begin_samples(jobs, Author())
    dynamodb_proxy.on(operation).answer(access_denied(), times=1)
    with pytest.raises(StorageUnavailable):
        list(importer.work(job.id, Event()))
    dynamodb_proxy.recover()
    assert proxied_room.items(proxied_room.people) == []
    assert audit(proxied_room) == []
    list(importer.work(job.id, Event()))
    assert len(proxied_room.items(proxied_room.people)) == FEW
    assert audit(proxied_room) == []
