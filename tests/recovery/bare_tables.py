"""Tables as a point-in-time restore leaves them: key and items, and nothing else.

AWS restores neither stream, time to live, point-in-time recovery, deletion protection, tags nor
alarms: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_SETTINGS = ("StreamSpecification", "DeletionProtectionEnabled", "TimeToLiveDescription")
Items = Sequence[dict[str, Any]]


def items_of(client: Any, table: str) -> Items:
    """Return everything in a table at this moment, which is what a backup of it has."""
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return [item for page in pages for item in page["Items"]]


def restore(client: Any, source: str, target: str, items: Items) -> None:
    """Make a bare table with the key of another and these items."""
    like = client.describe_table(TableName=source)["Table"]
    client.create_table(
        TableName=target,
        KeySchema=like["KeySchema"],
        AttributeDefinitions=like["AttributeDefinitions"],
        BillingMode="PAY_PER_REQUEST",
    )
    for at in range(0, len(items), 25):
        puts = [{"PutRequest": {"Item": item}} for item in items[at : at + 25]]
        assert not client.batch_write_item(RequestItems={target: puts})["UnprocessedItems"]


def is_bare(client: Any, table: str) -> bool:
    """Return whether a table has none of the settings that ``flask setup`` gives one."""
    found = client.describe_table(TableName=table)["Table"]
    expiry = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    return (
        not found.get("StreamSpecification", {}).get("StreamEnabled")
        and not found.get("DeletionProtectionEnabled")
        and expiry["TimeToLiveStatus"] == "DISABLED"
    )


def drop(client: Any, *tables: str) -> None:
    """Delete tables, whatever protects them."""
    for table in tables:
        client.update_table(TableName=table, DeletionProtectionEnabled=False)
        client.delete_table(TableName=table)
