"""How long changes are kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.history.changes import Change
from app.history.retention import count_thinned, first_kept_day
from tests.history.test_sentences import change

ONE = change({"email": "a"}, {"email": "b"})


def at(*days: str, of: str = "r") -> list[Change]:
    return [replace(ONE, employee_id=of, moment=f"{day}T00:00:00.000Z-0000") for day in days]


def test_the_first_day_that_is_kept() -> None:
    assert first_kept_day(1_095, date(2026, 11, 30)) == "2023-12-01"
    assert first_kept_day(0, date(2026, 11, 30)) == ""


def test_the_first_and_the_newest_change_stay() -> None:
    old = at("2020-01-01", "2020-02-01", "2020-03-01")
    assert count_thinned(old, "2023-12-01") == 1
    assert count_thinned([*old, *at("2024-01-01")], "2023-12-01") == 2
    assert count_thinned(at("2020-01-01"), "2023-12-01") == 0
    assert count_thinned(at("2020-01-01", "2024-01-01"), "2023-12-01") == 0
    assert count_thinned([*old, *at("2020-01-01", "2020-01-02", of="s")], "2023-12-01") == 1
