"""The clients and the lease of one run of a long task: an import or a reindex."""

from typing import NamedTuple

from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.history.writer import ChangeWriter
from app.storage.dynamodb.index.counters import Counters
from app.storage.dynamodb.index.order import IndexOrder
from app.storage.dynamodb.index.repair import IndexRepair
from app.storage.dynamodb.index.transactions import IndexWriter
from app.storage.dynamodb.tasks.lease import Lease


class TaskContext(NamedTuple):
    """The tables, the clients that read and write them, and the lease of one run.

    ``counters`` belongs to this run and has no cached totals, since reindex checks the stored ones.
    """

    calls: Calls
    tables: Tables
    writer: IndexWriter
    repair: IndexRepair
    counters: Counters
    lease: Lease
    order: IndexOrder
    changes: ChangeWriter


def open_task_context(calls: Calls, tables: Tables, order: IndexOrder) -> TaskContext:
    """Return the context of one run; its calls are patient unless a deadline is set."""
    calls = calls.for_background_task()
    writer = IndexWriter(calls, tables)
    order = order.with_calls(calls)
    repair = IndexRepair(calls, tables, order, writer)
    counters, lease = Counters(calls, tables), Lease(calls, tables)
    changes = ChangeWriter(calls, tables.index)
    return TaskContext(calls, tables, writer, repair, counters, lease, order, changes)
