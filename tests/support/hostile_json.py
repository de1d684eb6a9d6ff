"""JSON that no machine of ours writes: numbers that are none, texts that are none, wrong types."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

NAN, INFINITY = float("nan"), float("inf")
HOSTILE: dict[str, Any] = {
    "nan": NAN,
    "infinity": INFINITY,
    "minus infinity": -INFINITY,
    "400 digits": 10**400,
    "minus 400 digits": -(10**400),
    "5000 digits": None,  # see json_with: int() refuses to read so many
    "beyond a double": None,
    "negative": -1,
    "fraction": 0.5,
    "huge": 1e308,
    "true": True,
    "null": None,
    "lone surrogate": "i-\ud800",
    "html": "<script>alert(1)</script>",
    "control characters": "a\x00b\nc\x1f\u202e",
    "megabyte": "x" * 1_000_000,
    "number as text": "5",
    "list": [[]],
    "object": {"a": {"b": 1}},
}
_RAW = {"5000 digits": "9" * 5_000, "beyond a double": "1e400"}


def json_with(fields: dict[str, Any], name: str, kind: str) -> str:
    """These fields as JSON, with a hostile value at one of them."""
    text = json.dumps({**fields, name: "HERE" if kind in _RAW else HOSTILE[kind]})
    return text.replace('"HERE"', _RAW[kind]) if kind in _RAW else text


NOT_JSON = (
    "", "null", "[]", "{}", "NaN", "nul", "[" * 100_000, '{"a":' * 5_000, '"\\ud800"', "{]",
    "9" * 5_000, "\x00", "\ufeff{}", "5", '""', "[1,", "{\"a\": Infinity}",
)  # fmt: skip

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from([value for value in HOSTILE.values() if value != HOSTILE["megabyte"]]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=6,
)  # fmt: skip
