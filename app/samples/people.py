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
from app.samples.organisation import Organisation, Seat

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
    cultures, work, addresses = Cultures(), _Jobs(seed), _Addresses()
    for number in count(1):
        name = cultures.draw(rng)
        location, phone = work.location(rng, name.places)
        drawn = work.job(rng)
        employee_id = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        seat, title = work.seat(employee_id, drawn)
        desk, hours, chat = work.reached_at(location, name.email_name)
        employee = Employee(
            id=employee_id,
            manager=seat.manager,
            full_name=name.full_name,
            preferred_name=name.short_name if rng.random() < 0.2 else "",
            pronouns=_pronouns(rng, name),
            job_title=title,
            department=seat.department,
            location=location,
            desk=desk,
            working_hours=hours,
            chat=chat,
            email=addresses.next(name.email_name, number),
            phone=f"{phone}{int(rng.random() * 100):02}" if rng.random() < 0.85 else "",
            start_date=_start_date(rng),
            about=work.about(rng),
            badges=work.badges(rng),
        )
        yield Sample(employee, name.traits)


class _Jobs:
    """Departments, locations, badges and self-descriptions, repeated by weight."""

    def __init__(self, seed: int) -> None:
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
        self._titles: dict[str, list[list[str]]] = {}
        for name, titles in self._departments:
            self._titles.setdefault(name, []).append(titles)
        self._hours: list[str] = data["working_hours"]
        self._organisation = Organisation(seed, data)
        # Not the sequence of the other draws: what they give is the same without these.
        self._own_rng = Random(f"{seed}/work")

    def job(self, rng: Random) -> tuple[str, str]:
        """Return a department and a title in it; the first titles are more frequent."""
        department, titles = rng.choice(self._departments)
        return department, self._title(rng, titles)

    def seat(self, employee_id: str, drawn: tuple[str, str]) -> tuple[Seat, str]:
        """Return the place of the next person, and their title: the drawn one if it fits."""
        seat = self._organisation.seat(employee_id)
        if seat.title or seat.department == drawn[0]:
            return seat, seat.title or drawn[1]
        rng = self._own_rng
        return seat, self._title(rng, rng.choice(self._titles[seat.department]))

    def reached_at(self, location: str, email_name: str) -> tuple[str, str, str]:
        """Return the desk, working hours and chat name of a person, which many do not have."""
        draw = self._own_rng.random()
        desk = hours = ""
        number = int(draw * 100_000)
        if draw < 0.35 and location != "Remote":
            floor, place = divmod(number % 1_200, 200)
            desk = f"Floor {floor + 1}, desk {place + 1}"
        if draw < 0.1 or draw > 0.9:
            hours = self._hours[number % len(self._hours)]
        return desk, hours, email_name if 0.2 < draw < 0.7 else ""

    def _title(self, rng: Random, titles: list[str]) -> str:
        title = titles[int(len(titles) * rng.random() ** 1.6)]
        leads = title.rpartition(" ")[2] in self._data["leaders"]
        level = rng.choice(self._levels_of_leaders if leads else self._levels)
        return f"{level} {title}" if level else title

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
