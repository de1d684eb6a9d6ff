"""Another day than today, for tests of what a day brings."""

import pytest

from app.model import leaving

PAST_DAY, COMING_DAY = "2020-02-29", "2999-12-30"
DAY_AFTER = "2999-12-31"  # the one after COMING_DAY


def set_today(monkeypatch: pytest.MonkeyPatch, day: str) -> str:
    """Make this the day of ``leaving.today()``; return it."""
    monkeypatch.setattr(leaving, "today", lambda: day)
    return day
