"""Histories of the bench are those that saves leave, and what they may cost is told truthfully."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from app.history.difference import content_of, is_as_recorded, last_moment
from app.history.folding import recorded
from bench.histories import history_of
from bench.history_pages import FEW_CHANGES, MANY_CHANGES
from bench.targets import SAVE
from tests.bench.test_bench import PAGE, figures, missed


def test_a_history_may_cost_half_as_much_again_as_a_person() -> None:
    person, few, many = (
        replace(PAGE, people=1_000_000, page=name, p50_ms=p50_ms)
        for name, p50_ms in (("person", 4.0), (FEW_CHANGES, 5.0), (MANY_CHANGES, 6.1))
    )
    assert missed(replace(figures(), pages=[person, few, many])) == [
        f"{MANY_CHANGES}, against a person",
        f"{MANY_CHANGES}, against {FEW_CHANGES}",
    ]
    units = [
        replace(few, read_units=4.0, write_units=0.0),
        replace(many, p50_ms=5.0, read_units=5.0, write_units=0.0),
        replace(few, page=SAVE, read_units=4.0, write_units=56.0),
    ]
    assert missed(replace(figures("dynamodb"), pages=units)) == ["history", "save"]


def test_a_history_of_the_bench_is_one_that_saves_leave() -> None:
    until = datetime(2026, 11, 30, tzinfo=UTC)
    history = list(history_of(45, until))
    people, changes = zip(*history, strict=True)
    assert all(is_as_recorded(person) for person in people)
    assert [last_moment(person.history) for person in people] == [one.moment for one in changes]
    assert [one.version for one in changes] == list(range(1, 46))
    assert [one.moment for one in changes] == sorted({one.moment for one in changes})
    assert max(one.moment for one in changes) < "2026-11-30T00:00:01"
    newest_first = list(reversed(changes))
    assert recorded(newest_first).content == content_of(people[-1])
