"""What a save costs on AWS: two write units for each KB of each item of its transaction."""

from __future__ import annotations

import pytest

from app.storage.dynamodb.client.calls import Item
from bench.write_units import item_bytes, keys_of, units_of_transaction


@pytest.mark.parametrize(
    ("item", "size"),
    [
        ({}, 0),
        ({"id": {"S": "abc"}}, 5),
        ({"c": {"S": "é"}}, 3),
        ({"rev": {"N": "12"}}, 5),
        ({"rev": {"N": "123"}}, 6),
        ({"x": {"BOOL": True}}, 2),
        ({"x": {"SS": ["ab", "c"]}}, 4),
    ],
)
def test_an_item_is_as_large_as_its_names_and_values(item: Item, size: int) -> None:
    assert item_bytes(item) == size


@pytest.mark.parametrize(
    ("sizes", "units"), [([], 0), ([0], 2), ([1024], 2), ([1025], 4), ([300, 700, 2049], 10)]
)
def test_each_item_of_a_transaction_costs_two_units_a_kilobyte(
    sizes: list[int], units: int
) -> None:
    assert units_of_transaction(sizes) == units


def test_every_item_of_a_transaction_is_counted() -> None:
    key = {"view": {"S": "name"}, "at": {"S": "ada"}}
    actions = [
        {"Update": {"TableName": "People", "Key": {"id": {"S": "1"}}}},
        {"Put": {"TableName": "Index", "Item": {**key, "id": {"S": "1"}}}},
        {"Delete": {"TableName": "Index", "Key": key}},
        {"ConditionCheck": {"TableName": "Index", "Key": key}},
    ]
    found = list(keys_of(actions))
    assert found == [("People", {"id": {"S": "1"}}), *[("Index", key)] * 3]
