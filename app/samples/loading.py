"""Made-up people, as many as wanted: the same for a seed, the first ones with drawn portraits."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from random import Random

from app.contracts import PhotoStore
from app.directory.service import Directory
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound
from app.photos.keys import thumbnail_key
from app.samples.faces import face
from app.samples.people import Sample, samples

# A photo belongs to one record and goes with it, so none is shared; more would take very long.
MAX_PORTRAITS = 200
_SHARE_WITH_PORTRAITS = 0.66


def sample_people(people: int, seed: int = 1) -> Iterator[Employee]:
    """So many made-up people without photos: the same for a seed, and fewer are the first of more.

    Runs in bounded memory, at 20,000 people a second and more. Mail addresses are unique, at
    example.com; telephone numbers are of ranges that films use.
    """
    return (sample.employee for sample in islice(samples(seed), people))


def load_samples(
    directory: Directory, people: int = 60, seed: int = 1, *, portraits: bool = True
) -> Iterator[int]:
    """Add made-up people; yield how many are stored so far. Run again, it adds nobody twice.

    Two thirds of the first 200 have a portrait, where photos are kept.
    """
    photos = directory.photos if portraits else None
    return directory.add_many(_with_portraits(directory, photos, people, seed))


def _with_portraits(
    directory: Directory, photos: PhotoStore | None, people: int, seed: int
) -> Iterator[Employee]:
    for number, sample in enumerate(islice(samples(seed), people)):
        if photos is None or number >= MAX_PORTRAITS:
            yield sample.employee
            continue
        chance = Random(f"{seed}/{number}")
        if chance.random() < _SHARE_WITH_PORTRAITS and _is_new(directory, sample.employee.id):
            yield replace(sample.employee, photo_key=_draw(photos, sample, chance))
        else:
            yield sample.employee


def _is_new(directory: Directory, employee_id: str) -> bool:
    """Whether to draw a portrait: whoever is stored keeps what photo they have, or have not."""
    try:
        directory.get(employee_id)
    except EmployeeNotFound:
        return True
    return False


def _draw(photos: PhotoStore, sample: Sample, chance: Random) -> str:
    """Store a portrait, under a key that follows from the id, so that a repeat makes no second."""
    from app.samples.portraits import paint

    images = paint(face(chance, sample.traits))
    digest = hashlib.blake2b(sample.employee.id.encode(), digest_size=16).hexdigest()
    key = f"employee_pic/{digest}.jpg"
    photos.put(thumbnail_key(key), images.thumbnail)
    photos.put(key, images.portrait)
    return key
