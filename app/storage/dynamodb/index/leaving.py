"""Those whose last day has come: out of every list but that of leavers."""

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
    facets = facets_in(counters.snapshot())
    rows = (
        row
        for day in facets.days_due(today)
        for row in query_view(
            calls,
            tables.index,
            leaving_view(day),
            fields=["c"],
            request={"Limit": MAX_LEAVERS_AT_ONCE},
        )
    )
    cards = (read_card(string_of(row, "c")) for row in islice(rows, MAX_LEAVERS_AT_ONCE))
    ids = [card.id for card in cards if card is not None]
    return sum(map(repair.heal, ids))
