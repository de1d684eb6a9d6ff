"""Give sample people an organisation: who leads whom, drawn from the seed as people are made.

It grows like a company does: each person who leads others comes with a first team, who follow at
once, and is hired by somebody who is there. So the first people of a larger organisation are an
organisation, everybody's manager comes before them, and nobody reports in a circle. The draws are
an own sequence: names and faces of a seed are the same without them.

In memory are those who still hire: at most two thousand, of a million people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from random import Random
from typing import Any, NamedTuple

# The levels of the organisation: nobody of the last one leads others.
LEVELS = 8
_TOP_TITLE = "Chief Executive Officer"
_TOP_DEPARTMENT = "Executive"
_OF_THE_TOP = "Executive Assistant"
# These leaders go one level deeper than all others before them, so that 300 people have all levels.
_DEEPER = frozenset({7, 11, 15, 19, 23, 27})
_DEEPEST_DEPARTMENT = "Engineering"
# Teams at hiring, and how many who lead others a leader hires later. The last level that leads has
# teams of 4 to 12, and a few wide ones; so eight levels have room for more than a million people.
_FIRST_TEAM = (4, 6)
_HIRES = (5, 8)
_LAST_TEAM, _WIDE_TEAM, _SHARE_WIDE = (4, 12), (16, 40), 0.02
_DIRECTORS_PER_WEIGHT = 0.55
# With more who hire in a department, the latest of them fills the ranks first.
_MAX_HIRING = 64
_CROWD = 100


class Seat(NamedTuple):
    """Somebody's place: ``title`` is "" for a title of the department that leads nobody."""

    manager: str
    department: str
    level: int
    title: str = ""


@dataclass(slots=True)
class _Leader:
    """Somebody who hires others who lead; ``field`` is what their area is called in titles."""

    id: str
    level: int
    hires: int
    field: str = ""


class Organisation:
    """The places of sample people, in the order in which they are made."""

    def __init__(self, seed: int, data: dict[str, Any]) -> None:
        self._rng = Random(f"{seed}/organisation")
        self._weights = _weights(data["departments"])
        self._drawn = [name for name, weight in self._weights.items() for _ in range(weight)]
        self._chiefs = {
            department: (title, departments.split("|"))
            for title, departments in data["chiefs"]
            for department in departments.split("|")
        }
        self._titles: Sequence[str] = data["titles_of_leaders"]
        self._fields = {name: data["fields"].get(name, name).split("|") for name in self._weights}
        self._hiring: dict[str, list[_Leader]] = {name: [] for name in self._weights}
        self._chosen: set[str] = set()
        self._top = ""
        self._teams = 0
        self._seat = Seat("", _TOP_DEPARTMENT, 1, _TOP_TITLE)
        self._left = 0

    def seat(self, employee_id: str) -> Seat:
        """Return the place of the next person, who has this id."""
        if self._left:
            self._left -= 1
            return self._seat
        if not self._top:
            self._top = employee_id
            self._seat, self._left = Seat(employee_id, _TOP_DEPARTMENT, 2, _OF_THE_TOP), 1
            return Seat("", _TOP_DEPARTMENT, 1, _TOP_TITLE)
        return self._leader(employee_id)

    def _leader(self, employee_id: str) -> Seat:
        """Seat somebody who leads the people who follow."""
        is_deeper = self._teams in _DEEPER
        department = _DEEPEST_DEPARTMENT if is_deeper else self._rng.choice(self._drawn)
        self._teams += 1
        title, below = self._chiefs[department]
        if title not in self._chosen:
            return self._chief(employee_id, title, department, below)
        department = self._with_room(department)
        if not department:  # more people than there is room for, beyond a million
            self._left = _CROWD
            return self._seat
        above = self._hirer(department, is_deeper)
        level = above.level + 1
        field = above.field or self._rng.choice(self._fields[department])
        if level < LEVELS - 1:
            hires = self._rng.randint(*_HIRES)
            self._hiring[department].append(_Leader(employee_id, level, hires, field))
        self._open(employee_id, level, department, self._team_size(level))
        return Seat(above.id, department, level, self._titles[level - 3].format(field))

    def _chief(self, employee_id: str, title: str, department: str, departments: list[str]) -> Seat:
        """Seat who leads these departments, with a first team of one of them."""
        self._chosen.add(title)
        for name in departments:
            hires = ceil(self._weights[name] * _DIRECTORS_PER_WEIGHT)
            self._hiring[name].append(_Leader(employee_id, 2, hires))
        self._open(employee_id, 2, department, self._team_size(2))
        return Seat(self._top, departments[0], 2, title)

    def _with_room(self, department: str) -> str:
        """Return this department if somebody hires in it, otherwise another, or ""."""
        if self._hiring[department]:
            return department
        others = [name for name in self._drawn if self._hiring[name]]
        return self._rng.choice(others) if others else ""

    def _hirer(self, department: str, is_deeper: bool) -> _Leader:
        """Return who hires the next leader in a department."""
        hiring = self._hiring[department]
        if is_deeper:
            position = max(range(len(hiring)), key=lambda place: hiring[place].level)
        elif len(hiring) > _MAX_HIRING:
            position = len(hiring) - 1
        else:
            position = self._rng.randrange(len(hiring))
        found = hiring[position]
        found.hires -= 1
        if not found.hires:
            del hiring[position]
        return found

    def _team_size(self, level: int) -> int:
        if level < LEVELS - 1:
            return self._rng.randint(*_FIRST_TEAM)
        is_wide = self._rng.random() < _SHARE_WIDE
        return self._rng.randint(*(_WIDE_TEAM if is_wide else _LAST_TEAM))

    def _open(self, employee_id: str, level: int, department: str, size: int) -> None:
        self._seat, self._left = Seat(employee_id, department, level + 1), size


def _weights(departments: Sequence[Sequence[Any]]) -> dict[str, int]:
    weights: dict[str, int] = {}
    for name, weight, _ in departments:
        weights[name] = weights.get(name, 0) + weight
    return weights
