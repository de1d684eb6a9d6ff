"""What differs between two records, digests of contents, and moments in order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.history import difference
from app.history.difference import (
    content_digest,
    content_of,
    differences,
    is_as_recorded,
    last_moment,
    mark_of,
    next_moment,
)
from app.model.employee import Employee
from app.runtime import strict_json
from tests.support.strategies import people

NOW = datetime(2026, 11, 29, 22, 41, 6, 123_456, tzinfo=UTC)
ADA = Employee(id="1", full_name="Ada", job_title="Analyst", badges=("linux",), version=3)


def test_each_field_that_differs_is_told_as_it_was_and_as_it_is() -> None:
    after = replace(ADA, job_title="", badges=("linux", "bug"), location="Paris", version=4)
    was, now = differences(ADA, after)
    assert was == {"job_title": "Analyst", "location": "", "badges": ("linux",)}
    assert now == {"job_title": "", "location": "Paris", "badges": ("linux", "bug")}


def test_an_added_record_was_nothing() -> None:
    assert differences(None, ADA) == (
        {},
        {"full_name": "Ada", "job_title": "Analyst", "badges": ("linux",)},
    )


@given(people, people)
def test_digests_are_equal_where_contents_are(one: Employee, other: Employee) -> None:
    assert len(content_digest(one)) == 8
    assert (content_digest(one) == content_digest(other)) == one.same_content(other)


@given(people)
def test_a_packed_content_is_read_as_it_was(person: Employee) -> None:
    packed = strict_json.parse(difference.packed_content(person))
    assert difference.unpacked_content(packed) == content_of(person)


@given(people)
def test_a_mark_tells_the_moment_and_whether_the_content_is_that_of_then(person: Employee) -> None:
    moment = next_moment("", NOW)
    marked = replace(person, history=mark_of(moment, person))
    assert last_moment(marked.history) == moment
    assert is_as_recorded(marked)
    assert is_as_recorded(replace(marked, version=99))
    assert not is_as_recorded(replace(marked, full_name=f"{person.full_name}."))


@pytest.mark.parametrize("odd", ["x", "2026", f"{'9' * 24}-ffff ab", "\0", "é " * 500])
def test_a_mark_of_another_program_is_none(odd: str) -> None:
    assert last_moment(odd) == ""
    assert not is_as_recorded(replace(ADA, history=odd))


def test_a_moment_is_a_time_in_utc_with_milliseconds() -> None:
    moment = next_moment("", NOW)
    assert moment.startswith("2026-11-29T22:41:06.123Z-")
    assert len(moment) == difference.MOMENT_CHARACTERS
    east = NOW.astimezone(datetime.strptime("+0530", "%z").tzinfo)
    assert next_moment("", east)[:24] == moment[:24]


@given(st.lists(st.timedeltas(timedelta(hours=-1), timedelta(hours=1)), max_size=20))
def test_moments_are_in_order_whatever_the_clock_says(shifts: list[timedelta]) -> None:
    moments = [""]
    for shift in shifts:
        moments.append(next_moment(moments[-1], NOW + shift))
    assert moments == sorted(set(moments))


@pytest.mark.parametrize("odd", ["9999-12-31T23:59:59.999Z-ffff", "soon", "2026-13-01T" * 3])
def test_a_last_moment_that_is_none_does_not_hold_up_the_next(odd: str) -> None:
    assert next_moment(odd, NOW).startswith("2026-11-29T22:41:06.123Z-")
