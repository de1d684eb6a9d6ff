"""How long changes are kept: the day before which they are removed."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from app.history.changes import Change

THINNED = "thinned"  # the event of the audit log that tells of it


def first_kept_day(days: int, today: date | None = None) -> str:
    """Return the first day whose changes are kept for so many days; "" if all are (0)."""
    today = today or datetime.now(UTC).date()
    return (today - timedelta(days=days)).isoformat() if days else ""


def count_thinned(changes: Iterable[Change], before: str) -> int:
    """Return how many changes would be removed; those of one person come together, oldest first.

    The first and the newest change of each person stay.
    """
    removed = 0
    for _, group in groupby(changes, lambda change: change.employee_id):
        old = total = 0
        for change in group:
            total += 1
            old += change.moment[:10] < before
        removed += max(0, old - 1 - (total == old and total > 1))
    return removed
