"""Everyone below somebody, held against whom the lists of a store find, for each viewer."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from app.access.viewer import Role, Viewer
from app.access.visibility import Audience, Visibility
from app.contracts import Query
from app.directory.people_below import PeopleBelow
from app.directory.service import Directory
from app.history.changes import Write
from app.model.employee import Employee
from tests.support.stores.bindings import Room
from tests.support.stores.sql_binding import SqliteRoom
from tests.support.viewers import viewer

QUERIES = (
    *(Query(), Query("oslo"), Query("kim pilot"), Query("ada.p1"), Query("555 01"), Query("+47")),
    *(Query("bassoon"), Query("E-7"), Query("gamer"), Query("photographer oslo"), Query("bob")),
    *(Query(letter="k"), Query(letter="k", location=("OSLO", "lima")), Query(badge="gamepad")),
    *(Query(badge=("camera", "gamepad"), words="o"), Query(joined=("2026-03", "2025-01"))),
    *(Query("pilot", joined="2026-03"), Query(manager="p1"), Query("oslo", manager="p1")),
    *(Query(department="  "), Query(letter="8"), Query(badge="nothing"), Query(joined="x")),
)
SIGHTS = {
    "whole": (viewer(Role.EDITOR), {}),
    "colleague": (viewer(Role.COLLEAGUE), {}),
    "themselves": (viewer(Role.COLLEAGUE, "p5"), {"phone": Audience.EDITORS}),
    "narrow": (
        viewer(Role.COLLEAGUE),
        dict.fromkeys(("phone", "mobile", "about", "email", "start_date"), Audience.EDITORS),
    ),
    "no badges": (viewer(Role.COLLEAGUE), {"badges": Audience.EDITORS}),
}


def people() -> Iterator[Employee]:
    """A random forest below p0, and some who are not in it, with every field that is searched."""
    chance = random.Random(7)
    for number in range(90):
        others = f"p{chance.randrange(number)}" if number else ""
        yield Employee(
            id=f"p{number}",
            full_name=f"{chance.choice(['Ada', 'Bob', 'Kim', 'Åse', '8ball'])} Person{number}",
            preferred_name=chance.choice(["", "Bobby"]),
            manager="" if number in (0, 40) else others,
            job_title=chance.choice(["Pilot", "Head of Oslo", ""]),
            location=chance.choice(["Oslo", "oslo ", "Lima", ""]),
            department=chance.choice(["Sales", ""]),
            email=f"ada.p{number}@example.com",
            phone=chance.choice(["+47 22 555 01", ""]),
            mobile=chance.choice(["+47 900 555 01", ""]),
            about=chance.choice(["Plays the bassoon in Oslo", ""]),
            employee_number=chance.choice([f"E-{number}", ""]),
            badges=tuple(chance.sample(["gamepad", "camera", "plane"], chance.randrange(3))),
            start_date=chance.choice(["2026-03-04", "2025-01-01", ""]),
            hidden=tuple(chance.sample(["phone", "about", "start_date"], chance.randrange(3))),
        )


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    room = SqliteRoom(tmp_path_factory.mktemp("below"))
    list(room.store.add_many(people(), Write("")))
    yield room
    room.close()


def below(top: str) -> set[str]:
    found: set[str] = set()
    level, everybody = {top}, [*people()]
    while level:
        level = {each.id for each in everybody if each.manager in level}
        found |= level
    return found


def found_by_list(directory: Directory, who: Viewer, query: Query) -> set[str]:
    found, cursor = set(), None
    while True:
        page = directory.browse(who, query, cursor, 100)
        found |= {card.id for card in page.cards}
        cursor = page.next
        if cursor is None:
            return found


@pytest.mark.parametrize("sight", SIGHTS)
def test_a_walk_finds_whom_lists_find(room: Room, sight: str) -> None:
    who, visibility = SIGHTS[sight]
    seen = Visibility(visibility)
    directory = Directory(room.store, None, visibility=lambda: seen)
    reader = PeopleBelow(directory, room.open_reports())
    stand_below = {top: below(top) for top in ("p0", "p40")}
    for query in QUERIES:
        listed = found_by_list(directory, who, query)
        for top, everyone in stand_below.items():
            found = [each for ids in reader.ids(who, top, query) for each in ids]
            assert len(found) == len(set(found))
            assert set(found) == listed & everyone, (query, top)


def test_cards_of_a_walk_are_masked_as_those_of_lists(room: Room) -> None:
    who, visibility = SIGHTS["narrow"]
    seen = Visibility(visibility)
    directory = Directory(room.store, None, visibility=lambda: seen)
    page = PeopleBelow(directory, room.open_reports()).page(who, "p0", Query(), None)
    assert page.people
    assert {each.card.phone + each.card.email for each in page.people} == {""}
