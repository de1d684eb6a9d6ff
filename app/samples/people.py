"""Generate sample people from one seed."""

import tomllib
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import NamedTuple

from app.model.employee import Employee
from app.samples.faces import Traits
from app.samples.naming import Cultures, SampleName

# Number of people whose email addresses are checked for uniqueness; later ones have a number.
_SHORT_ADDRESSES = 5_000
_TODAY = date(2026, 10, 1)
_MAX_DAYS = 7_300
_JOBS_FILE = Path(__file__).with_name("data") / "jobs.toml"


class Sample(NamedTuple):
    """A sample person, and the bounds of their portrait."""

    employee: Employee
    traits: Traits


def samples(seed: int) -> Iterator[Sample]:
    """Yield sample people without end; the same seed gives the same people."""
    rng = Random(seed)
    cultures, work, addresses = Cultures(), _Jobs(), _Addresses()
    for number in count(1):
        name = cultures.draw(rng)
        location, phone = work.location(rng, name.places)
        department, title = work.job(rng)
        employee = Employee(
            id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            full_name=name.full_name,
            preferred_name=name.short_name if rng.random() < 0.2 else "",
            pronouns=_pronouns(rng, name),
            job_title=title,
            department=department,
            location=location,
            email=addresses.next(name.email_name, number),
            phone=f"{phone}{int(rng.random() * 100):02}" if rng.random() < 0.85 else "",
            start_date=_start_date(rng),
            about=work.about(rng),
            badges=work.badges(rng),
        )
        yield Sample(employee, name.traits)


class _Jobs:
    """Departments, locations, badges and self-descriptions, repeated by weight."""

    def __init__(self) -> None:
        self._data = data = tomllib.loads(_JOBS_FILE.read_text("utf-8"))
        self._departments = [
            (name, titles.split("|"))
            for name, weight, titles in data["departments"]
            for _ in range(weight)
        ]
        self._phones = {location: phone for location, _, phone in data["locations"]}
        self._locations = [
            location for location, weight, _ in data["locations"] for _ in range(weight)
        ]
        self._levels, self._levels_of_leaders = (
            [level for level, weight in data[name] for _ in range(weight)]
            for name in ("levels", "levels_of_leaders")
        )

    def job(self, rng: Random) -> tuple[str, str]:
        """Return a department and a title in it; the first titles are more frequent."""
        department, titles = rng.choice(self._departments)
        title = titles[int(len(titles) * rng.random() ** 1.6)]
        leads = title.rpartition(" ")[2] in self._data["leaders"]
        level = rng.choice(self._levels_of_leaders if leads else self._levels)
        return department, f"{level} {title}" if level else title

    def location(self, rng: Random, common: tuple[str, ...]) -> tuple[str, str]:
        """Return a location and the start of its phone numbers, often one from ``common``."""
        location = rng.choice(common if rng.random() < 0.4 else self._locations)
        return location, self._phones[location]

    def about(self, rng: Random) -> str:
        """Return one to three sentences, or "" for some people."""
        if rng.random() < 0.4:
            return ""
        sentences = [rng.choice(self._data["about_work"])]
        if rng.random() < 0.5:
            sentences.append(rng.choice(self._data["about_past"]))
        if rng.random() < 0.6:
            sentences.append(rng.choice(self._data["about_ask"]))
        return " ".join(sentences)

    def badges(self, rng: Random) -> tuple[str, ...]:
        """Return the badges of a person, by their frequency."""
        if rng.random() < 0.15:
            return ()
        frequencies = self._data["badges"]
        return tuple([key for key, percent in frequencies if rng.random() * 100 < percent])


class _Addresses:
    """A generator of unique email addresses."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def next(self, name: str, number: int) -> str:
        """Return a short address if it is unused, otherwise one with the person's number."""
        if name in self._used or number > _SHORT_ADDRESSES:
            return f"{name}{number}@example.com"
        self._used.add(name)
        return f"{name}@example.com"


def _pronouns(rng: Random, name: SampleName) -> str:
    draw = rng.random()
    if draw < 0.4:
        return ""
    if draw < 0.45:
        return "they/them"
    return "she/her" if name.is_woman else "he/him"


def _start_date(rng: Random) -> str:
    """Return a start date, recent ones more often, or "" for some people."""
    draw = rng.random()
    if draw < 0.08:
        return ""
    return (_TODAY - timedelta(days=int(_MAX_DAYS * draw * draw))).isoformat()
