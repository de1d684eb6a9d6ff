"""Read attributes of whatever type another program gave them, and compare with what was read."""

import base64
from typing import Any

from app.runtime import strict_json
from app.storage.dynamodb.client.calls import Item

Attribute = dict[str, Any]


def string_of(item: Item, name: str) -> str:
    """Return a string attribute; "" if it is missing or of another type."""
    text = strict_json.mapping(item.get(name)).get("S")
    return text if isinstance(text, str) else ""


def integer_of(item: Item, name: str, high: int = strict_json.MAX_INTEGER) -> int | None:
    """Return a whole number attribute from 0 to ``high``; None for everything else."""
    return strict_json.integer_in_text((item.get(name) or {}).get("N"), 0, high)


def number_of(item: Item, name: str, low: float, high: float) -> float | None:
    """Return a number attribute within these limits; None for everything else."""
    return strict_json.number_in_text((item.get(name) or {}).get("N"), low, high)


def unchanged_attribute(name: str, value: Attribute | None) -> dict[str, Any]:
    """Return the condition that an attribute is as it was read, of whatever type; None: missing."""
    names = {"#seen": name}
    if value is None:
        condition = "attribute_not_exists(#seen)"
        return {"ConditionExpression": condition, "ExpressionAttributeNames": names}
    return {
        "ConditionExpression": "#seen = :seen",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {":seen": for_botocore(value)},
    }


def for_botocore(value: Attribute) -> Attribute:
    """Decode binary values, which the fast path returns in base64 as they come."""
    kind, content = next(iter(value.items()))
    if kind == "B":
        return {"B": base64.b64decode(content)}
    if kind == "BS":
        return {"BS": [base64.b64decode(part) for part in content]}
    if kind == "L":
        return {"L": [for_botocore(part) for part in content]}
    if kind == "M":
        return {"M": {name: for_botocore(part) for name, part in content.items()}}
    return value
