"""What a long task works with: an import, a reindex."""

from __future__ import annotations

from typing import NamedTuple

from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.counters import Tally
from app.storage.dynamodb.index.repair import Upkeep
from app.storage.dynamodb.index.transactions import Transit
from app.storage.dynamodb.tasks.lease import Lease


class Equipment(NamedTuple):
    """The tables, the ways to write to them, and the lease of one run.

    The tally is the task's own, with no totals in memory: they are checked too.
    """

    calls: Calls
    tables: Tables
    transit: Transit
    upkeep: Upkeep
    tally: Tally
    lease: Lease


def gather(calls: Calls, tables: Tables) -> Equipment:
    """The equipment of one run."""
    calls = calls.of_a_long_task()
    transit = Transit(calls, tables)
    upkeep = Upkeep(calls, tables, transit)
    return Equipment(calls, tables, transit, upkeep, Tally(calls, tables), Lease(calls, tables))
