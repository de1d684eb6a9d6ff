"""The steps by which a reindex changes the order of names in the index."""

import logging
import time

from app.contracts.list_order import StoredOrder
from app.runtime.deadline import REQUEST_SECONDS
from app.storage.dynamodb.index.order import MAX_AGE_SECONDS, IndexOrder
from app.storage.dynamodb.tasks.lease import Lease
from app.text.person_names import SortBy

log = logging.getLogger(__name__)

# For how long a save may write the order that it knew when it began, with some seconds more.
SETTLE_SECONDS = MAX_AGE_SECONDS + REQUEST_SECONDS + 2.0


def begin(order: IndexOrder, lease: Lease, wanted: SortBy | None) -> StoredOrder:
    """Return the order that rows get; store it before the first of them is written.

    None is the order in which rows are written already.
    """
    stored = order.get(0.0)
    if wanted is not None and stored.written is not wanted:
        stored = StoredOrder(wanted, is_mixed=True)
        lease.verify()
        order.put(stored)
    return stored


def settle(lease: Lease) -> None:
    """Wait until no writer knows the order of before."""
    log.info("waiting %s s until every machine writes the new order", SETTLE_SECONDS)
    ends = time.monotonic() + SETTLE_SECONDS
    while (left := ends - time.monotonic()) > 0:
        time.sleep(min(left, 1.0))
        lease.renew()


def end(order: IndexOrder, lease: Lease) -> None:
    """Store that all rows are in one order."""
    stored = order.get(0.0)
    if stored.is_mixed:
        lease.verify()
        order.put(StoredOrder(stored.written))
