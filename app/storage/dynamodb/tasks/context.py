"""What a long task works with: an import, a reindex."""

from __future__ import annotations

from typing import NamedTuple

from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.counters import Counters
from app.storage.dynamodb.index.repair import IndexRepair
from app.storage.dynamodb.index.transactions import IndexWriter
from app.storage.dynamodb.tasks.lease import Lease


class TaskContext(NamedTuple):
    """The tables, the ways to write to them, and the lease of one run.

    The tally is the task's own, with no totals in memory: they are checked too.
    """

    calls: Calls
    tables: Tables
    transit: IndexWriter
    upkeep: IndexRepair
    tally: Counters
    lease: Lease


def gather(calls: Calls, tables: Tables) -> TaskContext:
    """The equipment of one run."""
    calls = calls.for_background_task()
    transit = IndexWriter(calls, tables)
    upkeep = IndexRepair(calls, tables, transit)
    return TaskContext(
        calls, tables, transit, upkeep, Counters(calls, tables), Lease(calls, tables)
    )
