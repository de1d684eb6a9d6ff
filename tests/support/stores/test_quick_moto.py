"""A transaction that fails on moto leaves everything as it was."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.stores.dynamodb_binding import MotoRoom

FAILS = {"ConditionExpression": "attribute_exists(nothing)"}


def test_what_a_failed_transaction_put_updated_and_deleted_is_as_before() -> None:
    room = MotoRoom()
    keys = [{"view": {"S": "v"}, "at": {"S": at}} for at in "abcd"]
    for key in keys[:3]:
        item = {**key, "words": {"M": {"one": {"L": [{"S": "x"}]}}}}
        room.client.put_item(TableName=room.index, Item=item)
    before = room.items(room.index)

    def change(key: dict[str, Any], **more: str) -> dict[str, Any]:
        return {"TableName": room.index, "Key": key, **more}

    actions: list[dict[str, Any]] = [
        {"Put": {"TableName": room.index, "Item": {**keys[0], "new": {"S": "y"}}}},
        {"Update": change(
            keys[1],
            UpdateExpression="SET words.one[0] = :y",
        ) | {"ExpressionAttributeValues": {":y": {"S": "y"}}}},
        {"Delete": change(keys[2])},
        {"ConditionCheck": change(keys[3], **FAILS)},
    ]  # fmt: skip
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        room.client.transact_write_items(TransactItems=actions)
    assert room.items(room.index) == before
    room.client.transact_write_items(TransactItems=actions[:3])
    after = room.items(room.index)
    assert [item["at"]["S"] for item in after] == ["a", "b"]
    assert [after[0]["new"], after[1]["words"]] == [
        {"S": "y"},
        {"M": {"one": {"L": [{"S": "y"}]}}},
    ]
    room.close()


def test_the_next_test_finds_empty_tables() -> None:
    room = MotoRoom()
    room.put_item({"id": {"S": "a"}})
    room.close()
    again = MotoRoom()
    assert (again.people, again.items(again.people)) == (room.people, [])
    again.close()
