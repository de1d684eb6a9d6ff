"""How often stores answered and failed, over all processes of this server."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from itertools import product

from app.runtime.process_counters import ProcessCounters

# A short name for each service that calls go to.
STORES = {"the database": "database", "the photo store": "photos"}
_OTHER = "other"


class StoreEvent(StrEnum):
    """What happens to the calls of a store; OPEN is how many circuits are open now."""

    ANSWERED = "answered"
    FAILED = "failed"
    OPENED = "opened"
    OPEN = "open"


class StoreCounter:
    """Counts the events of one service. Create it before workers are forked: they count together.

    An event costs half a microsecond.
    """

    def __init__(self, service: str) -> None:
        store = STORES.get(service, _OTHER)
        self._counters = _counters()
        self._places = {event: self._counters.place_of((store, event)) for event in StoreEvent}

    def count(self, event: StoreEvent, change: int = 1) -> None:
        """Count an event."""
        self._counters.add_at(((self._places[event], change),))


def totals() -> dict[tuple[str, StoreEvent], int]:
    """Return all counts by the short name of the store and the event."""
    counted = _counters().totals()
    return {name: counted[name] for name in product(STORES.values(), StoreEvent)}


@cache
def _counters() -> ProcessCounters:
    stores = (*STORES.values(), _OTHER)
    events = [event for event in StoreEvent if event is not StoreEvent.OPEN]
    return ProcessCounters(product(stores, events), gauges=product(stores, [StoreEvent.OPEN]))
