"""One made-up person after another, all from one seed."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import NamedTuple

from app.model.employee import Employee
from app.samples import jobs
from app.samples.faces import Traits
from app.samples.naming import Cultures, Named

# So many mail addresses are kept in mind to stay short; all later ones carry a number.
_SHORT_ADDRESSES = 5_000
_TODAY = date(2026, 10, 1)
_MOST_DAYS = 7_300


class Sample(NamedTuple):
    """A made-up person, and what bounds the drawing of their portrait."""

    employee: Employee
    traits: Traits


def samples(seed: int) -> Iterator[Sample]:
    """People without end; the same for a seed."""
    chance = Random(seed)
    cultures, work, addresses = Cultures(), _Work(), _Addresses()
    for number in count(1):
        named = cultures.draw(chance)
        place, phone = work.place(chance, named.places)
        department, title = work.job(chance)
        employee = Employee(
            id=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
            full_name=named.full_name,
            preferred_name=named.short_name if chance.random() < 0.2 else "",
            pronouns=_pronouns(chance, named),
            job_title=title,
            department=department,
            location=place,
            email=addresses.next(named.mail_name, number),
            phone=f"{phone}{int(chance.random() * 100):02}" if chance.random() < 0.85 else "",
            start_date=_start_date(chance),
            about=_about(chance),
            badges=_badges(chance),
        )
        yield Sample(employee, named.traits)


class _Work:
    """Jobs and places, each as often in its list as it is to come."""

    def __init__(self) -> None:
        self._departments = [
            (name, titles.split("|"))
            for name, weight, titles in jobs.DEPARTMENTS
            for _ in range(weight)
        ]
        self._phones = {place: phone for place, _, phone in jobs.PLACES}
        self._places = [place for place, weight, _ in jobs.PLACES for _ in range(weight)]

    def job(self, chance: Random) -> tuple[str, str]:
        """A department and a title in it; the first titles are frequent."""
        department, titles = chance.choice(self._departments)
        title = titles[int(len(titles) * chance.random() ** 1.6)]
        leads = title.rpartition(" ")[2] in jobs.LEADERS
        level = chance.choice(jobs.LEVELS_OF_LEADERS if leads else jobs.LEVELS)
        return department, f"{level} {title}" if level else title

    def place(self, chance: Random, near: tuple[str, ...]) -> tuple[str, str]:
        """A place and how its telephone numbers begin; often one that is near to the name."""
        place = chance.choice(near if chance.random() < 0.4 else self._places)
        return place, self._phones[place]


class _Addresses:
    """Mail addresses, no two alike."""

    def __init__(self) -> None:
        self._given_out: set[str] = set()

    def next(self, name: str, number: int) -> str:
        """Short while few were given out, then with the number of the person."""
        if name in self._given_out or number > _SHORT_ADDRESSES:
            return f"{name}{number}@example.com"
        self._given_out.add(name)
        return f"{name}@example.com"


def _pronouns(chance: Random, named: Named) -> str:
    luck = chance.random()
    if luck < 0.4:
        return ""
    if luck < 0.45:
        return "they/them"
    return "she/her" if named.is_woman else "he/him"


def _start_date(chance: Random) -> str:
    """Many came lately; of some nobody knows."""
    luck = chance.random()
    if luck < 0.08:
        return ""
    return (_TODAY - timedelta(days=int(_MOST_DAYS * luck * luck))).isoformat()


def _about(chance: Random) -> str:
    if chance.random() < 0.4:
        return ""
    sentences = [chance.choice(jobs.ABOUT_WORK)]
    if chance.random() < 0.5:
        sentences.append(chance.choice(jobs.ABOUT_PAST))
    if chance.random() < 0.6:
        sentences.append(chance.choice(jobs.ABOUT_ASK))
    return " ".join(sentences)


def _badges(chance: Random) -> tuple[str, ...]:
    if chance.random() < 0.15:
        return ()
    return tuple([key for key, percent in jobs.BADGES if chance.random() * 100 < percent])
