"""Sample people have an organisation: one top, eight levels, no loops, at every size."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from itertools import islice

import pytest

from app.model.employee import Employee
from app.samples.loading import sample_people
from app.samples.organisation import LEVELS, Organisation, Seat
from app.samples.people import _JOBS_FILE

# Sizes of a shop, of what the page loads, from where all levels exist, and of a large company.
SIZES = (1, 2, 10, 50, 60, 300, 1_000, 20_000)
DATA = tomllib.loads(_JOBS_FILE.read_text("utf-8"))


@cache
def seats(seed: int, people: int) -> list[Seat]:
    organisation = Organisation(seed, DATA)
    return [organisation.seat(str(number)) for number in range(people)]


def levels(found: Iterable[Seat]) -> Counter[int]:
    return Counter(seat.level for seat in found)


@pytest.mark.parametrize("people", SIZES)
@pytest.mark.parametrize("seed", [1, 7])
def test_one_is_the_top_and_everybody_else_reports_to_somebody_before_them(
    seed: int, people: int
) -> None:
    found = seats(seed, people)
    assert found[0] == Seat("", "Executive", 1, "Chief Executive Officer")
    for number, seat in enumerate(found[1:], 1):
        assert int(seat.manager) < number  # so that nobody reports in a circle
        assert found[int(seat.manager)].level == seat.level - 1
    assert max(levels(found)) <= LEVELS


@pytest.mark.parametrize("seed", range(100))
def test_three_hundred_people_have_eight_levels(seed: int) -> None:
    assert set(levels(seats(seed, 300))) == set(range(1, LEVELS + 1))


@pytest.mark.parametrize(("people", "most"), [(10, 4), (50, 6), (60, 6)])
@pytest.mark.parametrize("seed", range(20))
def test_few_people_have_few_levels(seed: int, people: int, most: int) -> None:
    assert 3 <= max(levels(seats(seed, people))) <= most


@pytest.mark.parametrize("people", [60, 300, 1_000, 20_000])
def test_most_lead_four_to_twelve_and_a_few_lead_many(people: int) -> None:
    led = Counter(seat.manager for seat in seats(1, people) if seat.manager)
    usual = sum(4 <= reports <= 12 for reports in led.values())
    assert usual / len(led) > 0.9
    assert max(led.values()) <= 40
    if people == 20_000:
        assert max(led.values()) > 20


def test_a_million_find_room_and_little_is_kept_in_mind() -> None:
    organisation, counts, led = Organisation(1, DATA), Counter[int](), Counter[str]()
    for number in range(1_000_000):
        seat = organisation.seat(str(number))
        counts[seat.level] += 1
        led[seat.manager] += 1
        if number % 10_000 == 0:
            assert sum(map(len, organisation._hiring.values())) < 3_000
    assert sorted(counts) == list(range(1, LEVELS + 1))
    assert all(counts[level] < counts[level + 1] for level in range(1, LEVELS))
    assert max(led.values()) <= 40


def test_more_than_there_is_room_for_are_seated_all_the_same() -> None:
    one = {"departments": [["Engineering", 1, ""]], "chiefs": [["Chief", "Engineering"]]}
    organisation = Organisation(1, DATA | one)
    found = [organisation.seat(str(number)).level for number in range(60_000)]
    assert max(found) == LEVELS


@pytest.fixture(scope="module")
def crowd() -> list[Employee]:
    return list(sample_people(5_000))


def test_the_titles_say_who_leads(crowd: list[Employee]) -> None:
    assert crowd[0].job_title == "Chief Executive Officer"
    titles = {person.job_title for person in crowd if person.manager == crowd[0].id}
    assert titles == {title for title, _ in DATA["chiefs"]} | {"Executive Assistant"}
    led = {person.manager for person in crowd}
    below = {person.id: person for person in crowd if person.id in led}
    words = {title.format("").split()[-1] for title in DATA["titles_of_leaders"]}
    for person in below.values():
        assert {"Chief", *words} & set(person.job_title.split()), person.job_title


def test_most_of_a_team_are_of_the_department_of_who_leads_it(crowd: list[Employee]) -> None:
    people = {person.id: person for person in crowd}
    same = [person.department == people[person.manager].department for person in crowd[1:]]
    assert sum(same) / len(same) > 0.9
    departments = Counter(person.department for person in crowd)
    assert departments.most_common(1)[0][0] == "Engineering"
    assert len(departments) == 30


def test_some_have_a_desk_hours_and_a_chat_name(crowd: list[Employee]) -> None:
    for field, least, most in (("desk", 20, 40), ("working_hours", 10, 30), ("chat", 35, 60)):
        share = 100 * sum(bool(getattr(person, field)) for person in crowd) / len(crowd)
        assert least < share < most, field
    assert not any(person.desk for person in crowd if person.location == "Remote")


def test_the_manager_of_the_first_is_the_same_among_more(crowd: list[Employee]) -> None:
    assert list(islice(sample_people(1_000), 60)) == crowd[:60]
    reports: dict[str, list[str]] = defaultdict(list)
    for person in crowd:
        reports[person.manager].append(person.id)
    assert reports[""] == [crowd[0].id]
