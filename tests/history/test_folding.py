"""Changes add up to the record, from its beginning and backwards from what it is."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.history.changes import Change, Through, Via, Write
from app.history.difference import content_of, next_moment
from app.history.folding import Recorded, fold, recorded, thinned, unfold
from app.history.recording import change_of, marked, outside_change
from app.model.employee import Employee
from tests.support.strategies import people

WRITE = Write("w")
CLOCK = datetime(2026, 11, 29, tzinfo=UTC)
contents = st.lists(people, min_size=1, max_size=45).map(
    lambda chosen: [replace(each, id="1") for each in chosen]
)


def written(states: list[Employee], *, from_nothing: bool) -> tuple[list[Employee], list[Change]]:
    """The records and changes that these contents leave, saved one after the other."""
    before = None if from_nothing else replace(states[0], version=7)
    stored, changes = [] if before is None else [before], []
    for state in states if from_nothing else states[1:]:
        version = 1 if before is None else before.version + 1
        moment = next_moment(changes[-1].moment if changes else "", CLOCK)
        change = change_of(before, replace(state, version=version), WRITE, moment)
        before = marked(replace(state, version=version), change)
        stored.append(before)
        changes.append(change)
    return stored, changes


@given(contents, st.booleans())
def test_changes_add_up_to_the_record_and_back(states: list[Employee], from_nothing: bool) -> None:
    stored, changes = written(states, from_nothing=from_nothing)
    known = [{}, *map(content_of, stored)] if from_nothing else list(map(content_of, stored))
    assert fold(changes, known[0]) == known[-1]
    for past in range(len(changes)):
        assert unfold(known[-1], changes[:past:-1]) == known[past + 1]
    if changes:
        assert recorded(reversed(changes)) == Recorded(known[-1], is_whole=True)


def test_few_changes_tell_the_whole_content() -> None:
    states = [Employee(id="1", full_name=f"Ada {number}") for number in range(100)]
    _, changes = written(states, from_nothing=True)
    asked = []
    told = recorded(asked.append(each) or each for each in reversed(changes))
    assert told.content == {"full_name": "Ada 99"}
    assert len(asked) <= 20


def test_the_first_change_of_a_record_of_before_tells_what_it_was() -> None:
    old = Employee(id="1", full_name="Ada", job_title="Analyst", version=4)
    change = change_of(old, replace(old, job_title="", version=5), WRITE, next_moment("", CLOCK))
    assert change.base == {"full_name": "Ada", "job_title": "Analyst"}
    assert fold([change]) == {"full_name": "Ada"}


def test_what_another_program_wrote_is_told_against_what_was_recorded() -> None:
    (*_, stored), changes = written([Employee(id="1", full_name="Ada")], from_nothing=True)
    seen = replace(stored, full_name="Eve", location="Paris")
    change = outside_change(seen, lambda: recorded(reversed(changes)), CLOCK)
    assert change is not None
    assert change.was == {"full_name": "Ada", "location": ""}
    assert change.now == {"full_name": "Eve", "location": "Paris"}
    assert change.through == Through(Via.OUTSIDE)
    assert change.moment > changes[-1].moment
    assert change.version == stored.version
    assert fold([*changes, change]) == content_of(seen)


@pytest.mark.parametrize("stored", [Employee(id="1", full_name="Ada"), None])
def test_nothing_was_written_outside_where_the_record_is_as_recorded(
    stored: Employee | None,
) -> None:
    if stored is None:
        (stored,), _ = written([Employee(id="1", full_name="Ada")], from_nothing=True)
    assert outside_change(stored, lambda: pytest.fail("read for nothing"), CLOCK) is None


@given(contents, st.integers(0, 45), st.booleans())
def test_a_thinned_history_still_adds_up(
    states: list[Employee], old: int, from_nothing: bool
) -> None:
    stored, changes = written(states, from_nothing=from_nothing)
    if len(changes) < 2:
        return
    first, *others = changes
    following = others[old] if old < len(others) else None
    thin = thinned(first, others[:old], following)
    rest = [each for each in changes if each not in thin.deleted]
    if thin.rebased:
        rest = [thin.rebased if each.moment == thin.rebased.moment else each for each in rest]
    assert {changes[0].moment, changes[-1].moment} <= {each.moment for each in rest}
    assert len(rest) == len(changes) - min(old, len(changes) - 2)
    assert recorded(reversed(rest)) == Recorded(content_of(stored[-1]), is_whole=True)
