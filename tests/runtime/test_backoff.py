"""Pauses between attempts grow, are random, and end where the deadline leaves no room."""

from __future__ import annotations

import random
import time

import pytest

from app.runtime import backoff, deadline


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses, not slept."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    return slept


def test_pauses_double_up_to_a_second_and_are_drawn_from_their_whole_length(
    pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "uniform", lambda low, high: high)
    assert all(backoff.pause(attempt) for attempt in range(1, 9))
    assert pauses == [0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.0, 1.0]
    monkeypatch.setattr(random, "uniform", lambda low, high: low)
    backoff.pause(8)
    assert pauses[-1] == 0.0


def test_the_hundredth_attempt_has_a_pause_too(pauses: list[float]) -> None:
    assert backoff.pause(100)
    assert 0 <= pauses[0] <= 1.0


def test_without_room_for_another_attempt_nothing_is_slept(pauses: list[float]) -> None:
    deadline.start(3.0)
    assert not backoff.pause(1, reserved_seconds=3.2)
    assert pauses == []
    assert backoff.pause(1, reserved_seconds=2.0)
