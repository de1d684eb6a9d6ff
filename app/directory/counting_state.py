"""The stored state of counting how many stand below each manager: a small JSON object."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from app.model.stored_values import stored_text, stored_time
from app.runtime import strict_json

# The counts are out of date after this time; where nobody has a manager, after another.
MAX_AGE, MAX_AGE_WITHOUT_MANAGERS = timedelta(hours=24), timedelta(days=7)
# A counting that failed is begun again after a time that grows with each failure.
_FIRST_PAUSE, _MAX_PAUSE, _MAX_DOUBLINGS = timedelta(minutes=1), timedelta(hours=6), 10
# Between countings that pages ask for: of so few people they cost next to nothing.
_FEW_PEOPLE = 20_000
_MIN_PAUSE, _MIN_PAUSE_OF_MANY = timedelta(minutes=5), timedelta(hours=6)
# A lease that ends later than this was not written by any clock: it is free.
LEASE_LIFE, _MAX_LEASE = timedelta(seconds=60), timedelta(hours=1)
MAX_LARGEST, MAX_LARGEST_ID = 12, 500
_MAX_ERROR, _MAX_ID, _MAX_NUMBER = 300, 2_048, 2**31
_TIMES = ("counted_at", "requested_at", "held_until", "failed_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingState:
    """When counts were asked for and counted, who counts now, and why the last counting failed.

    ``counted_at`` is when the last counting that ended was begun: what changed since is not in it.
    It found ``managers``, and ``top_id`` to be the one without a manager who has the most people
    below. ``largest`` are the managers with the most direct reports, each with their exact number,
    the most first. ``failures`` are those since then. Times are in UTC.
    """

    counted_at: datetime | None = None
    requested_at: datetime | None = None
    holder: str = ""
    held_until: datetime | None = None
    managers: int = 0
    people: int = 0
    top_id: str = ""
    top_below: int = 0
    largest: tuple[tuple[str, int], ...] = ()
    error: str = ""
    failed_at: datetime | None = None
    failures: int = 0

    def is_held(self, now: datetime) -> bool:
        """Return whether somebody counts now."""
        held = self.held_until
        return bool(self.holder) and held is not None and now < held < now + _MAX_LEASE

    def is_requested(self) -> bool:
        """Return whether a counting was asked for after the last one was begun."""
        asked, counted = self.requested_at, self.counted_at
        return asked is not None and (counted is None or asked > counted)

    def is_due(self, now: datetime) -> bool:
        """Return whether a server should count now."""
        if self.is_held(now):
            return False
        if self.failed_at and now < self.failed_at + self._pause() and self.failed_at <= now:
            return False
        if self.counted_at is None or self.is_requested():
            return True
        age = MAX_AGE if self.managers else MAX_AGE_WITHOUT_MANAGERS
        return not self.counted_at <= now < self.counted_at + age

    def may_be_repeated(self, now: datetime) -> bool:
        """Return whether a page may ask for a counting of who is new."""
        if self.is_requested() or self.is_held(now) or self.error:
            return False
        pause = _MIN_PAUSE if self.people < _FEW_PEOPLE else _MIN_PAUSE_OF_MANY
        return self.counted_at is None or not self.counted_at <= now < self.counted_at + pause

    def _pause(self) -> timedelta:
        doublings = min(max(self.failures - 1, 0), _MAX_DOUBLINGS)
        return min(_FIRST_PAUSE * (1 << doublings), _MAX_PAUSE)

    def as_text(self) -> str:
        """Return the state as it is stored."""
        values: dict[str, Any] = asdict(self)
        for name in _TIMES:
            moment = values[name]
            values[name] = moment.isoformat(timespec="microseconds") if moment else ""
        values["error"], values["top_id"] = self.error[:_MAX_ERROR], self.top_id[:_MAX_ID]
        return json.dumps({name: value for name, value in values.items() if value})


def state_from(text: str) -> CountingState:
    """Return a stored state; what another program wrote into it counts as missing."""
    stored = strict_json.parse_object(text)
    values: dict[str, Any] = {name: stored_time(stored.get(name)) for name in _TIMES}
    for name in ("holder", "top_id", "error"):
        values[name] = stored_text(stored.get(name))
    values["largest"] = _largest_from(stored.get("largest"))
    for name in ("managers", "people", "top_below", "failures"):
        values[name] = strict_json.integer(stored.get(name), 0, _MAX_NUMBER) or 0
    return CountingState(**values)


def _largest_from(stored: object) -> tuple[tuple[str, int], ...]:
    pairs = stored[:MAX_LARGEST] if isinstance(stored, list) else []
    return tuple(
        (pair[0], number)
        for pair in pairs
        if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) and pair[0]
        if (number := strict_json.integer(pair[1], 1, _MAX_NUMBER))
    )
