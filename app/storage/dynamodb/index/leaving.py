"""Those whose last day has come: out of every list but that of leavers."""

from collections.abc import Sequence
from itertools import islice

from app.contracts import MAX_LEAVERS_AT_ONCE
from app.storage.dynamodb.client.attributes import string_of
from app.storage.dynamodb.client.calls import Calls
from app.storage.dynamodb.client.pagination import query_view
from app.storage.dynamodb.client.tables import Tables
from app.storage.dynamodb.index.cards import read_card
from app.storage.dynamodb.index.counters import Counters, facets_in
from app.storage.dynamodb.index.repair import IndexRepair
from app.storage.dynamodb.index.views import leaving_view


def carry_out_leaving(
    calls: Calls, tables: Tables, repair: IndexRepair, counters: Counters, today: str
) -> int:
    """Implement EmployeeStore.carry_out_leaving."""
    days = facets_in(counters.snapshot()).days_due(today)
    return sum(map(repair.heal, find_leaving(calls, tables, days, MAX_LEAVERS_AT_ONCE)))


def find_leaving(calls: Calls, tables: Tables, days: Sequence[str], limit: int) -> list[str]:
    """Implement EmployeeStore.find_leaving: one Query for each day."""
    request = {"Limit": limit}
    rows = (
        row
        for day in days
        for row in query_view(calls, tables.index, leaving_view(day), fields=["c"], request=request)
    )
    cards = (read_card(string_of(row, "c")) for row in islice(rows, limit))
    return [card.id for card in cards if card is not None]
