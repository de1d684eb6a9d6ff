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


def prepare() -> None:
    """Make room for the counts, before workers are forked, so that they count together."""
    _counters()


def count(service: str, event: StoreEvent, change: int = 1) -> None:
    """Count an event of a service."""
    _counters().add({(STORES.get(service, _OTHER), event): change})


def totals() -> dict[tuple[str, StoreEvent], int]:
    """Return all counts by the short name of the store and the event."""
    counted = _counters().totals()
    return {name: counted[name] for name in product(STORES.values(), StoreEvent)}


@cache
def _counters() -> ProcessCounters:
    stores = (*STORES.values(), _OTHER)
    events = [event for event in StoreEvent if event is not StoreEvent.OPEN]
    return ProcessCounters(product(stores, events), gauges=product(stores, [StoreEvent.OPEN]))
