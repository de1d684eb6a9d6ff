"""The number of rows of an import with each outcome."""

from __future__ import annotations

from typing import NamedTuple

# Jobs are stored for thirty days, so stored rows keep the names of earlier releases.
_COUNTER_OF = {"same": "unchanged", "refused": "rejected", "kept": "skipped"}


def counter_of(outcome: str) -> str:
    """Return the field of LineCounts for an outcome as stored rows name it."""
    return _COUNTER_OF.get(outcome, outcome)


class LineCounts(NamedTuple):
    """The number of rows with each outcome. Stored as a list: new outcomes go to the end."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    undone: int = 0
    skipped: int = 0
    duplicate: int = 0
    inactive: int = 0
    absent: int = 0
    left: int = 0
    restored: int = 0

    @property
    def updated(self) -> int:
        """The number of rows that change somebody who was there before."""
        return self.changed + self.left + self.restored

    def plus(self, other: LineCounts) -> LineCounts:
        """Return the sum of both."""
        return LineCounts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def of(self, outcome: str) -> int:
        """Return the count of an outcome as stored rows name it."""
        count: int = getattr(self, counter_of(outcome))
        return count
