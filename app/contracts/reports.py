"""Who reports to whom: the line above somebody, and how many stand below."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import NamedTuple

from app.model.employee import Employee

# Nobody has so many managers above them; further up, a line goes on.
MAX_CHAIN = 64
# Of so many reports at most the number is exact; one more says that there are more.
MAX_COUNTED_REPORTS = 1_000


class ChainEnd(Enum):
    """Why the line of managers above somebody ends."""

    TOP = "the last one has no manager"
    NOBODY = "the manager of the last one is nobody here"
    LOOP = "the line goes round in a circle"
    LIMIT = "the line goes on above"


class Chain(NamedTuple):
    """The managers above somebody, the nearest first; those who have left are among them."""

    managers: tuple[Employee, ...] = ()
    end: ChainEnd = ChainEnd.TOP


class ReportCount(NamedTuple):
    """How many report to somebody, and how many stand below them in all, at a time (UTC).

    ``direct`` may be some seconds old, and is at most MAX_COUNTED_REPORTS + 1. ``below`` is None
    until a job has counted it.
    """

    direct: int
    below: int | None = None
    counted_at: datetime | None = None
