"""Generate and load sample people: the same for a seed, the first ones with portraits."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from random import Random

from app.access.viewer import Viewer
from app.contracts import PhotoStore
from app.directory.service import Directory
from app.history.changes import Through, Via
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound
from app.photos.keys import our_key, thumbnail_key
from app.samples.faces import face
from app.samples.people import Sample, samples

# Every portrait is drawn, as photos are not shared between records; more would take long.
MAX_PORTRAITS = 200
# How their changes come.
THROUGH = Through(Via.COMMAND, source="sample people")
_SHARE_WITH_PORTRAITS = 0.66


def sample_people(people: int, seed: int = 1) -> Iterator[Employee]:
    """Yield sample people without photos; a smaller number gives the first of a larger one.

    Runs in bounded memory, at 20,000 people a second or more. Email addresses are unique, at
    example.com; phone numbers are from ranges reserved for fiction.
    """
    return (sample.employee for sample in islice(samples(seed), people))


def load_samples(
    directory: Directory, viewer: Viewer, people: int = 60, seed: int = 1
) -> Iterator[int]:
    """Add sample people; yield how many are stored so far. A second run adds nobody twice.

    Two thirds of the first MAX_PORTRAITS have a portrait if photos are on.
    """
    found = _with_portraits(directory, viewer, people, seed)
    return directory.add_many(viewer, found, THROUGH)


def _with_portraits(
    directory: Directory, viewer: Viewer, people: int, seed: int
) -> Iterator[Employee]:
    for number, sample in enumerate(islice(samples(seed), people)):
        is_drawn = number < MAX_PORTRAITS and _is_new(directory, viewer, sample.employee.id)
        photos = directory.photos if is_drawn else None
        yield with_portrait(photos, sample, Random(f"{seed}/{number}"), sample.employee.id)


def with_portrait(photos: PhotoStore | None, sample: Sample, rng: Random, name: str) -> Employee:
    """Return a sample person, two thirds of them with a portrait, stored under a key of this name.

    The same name gives the same key, so that a repetition overwrites the portrait.
    """
    if photos is None or rng.random() >= _SHARE_WITH_PORTRAITS:
        return sample.employee
    from app.samples.portraits import paint

    images = paint(face(rng, sample.traits))
    key = our_key(hashlib.blake2b(name.encode(), digest_size=16).hexdigest())
    photos.put(thumbnail_key(key), images.thumbnail)
    photos.put(key, images.portrait)
    return replace(sample.employee, photo_key=key)


def _is_new(directory: Directory, viewer: Viewer, employee_id: str) -> bool:
    """Return whether to draw a portrait: the photo of a stored person is not changed."""
    try:
        directory.get(viewer, employee_id)
    except EmployeeNotFound:
        return True
    return False
