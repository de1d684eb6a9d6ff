"""Terraform's functions, those that our module calls."""

import json
import re
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any


def _regex(pattern: str, text: str) -> str:
    """Of the whole text: Python's ``$`` would let a line's end pass, Terraform's does not."""
    assert pattern[0] + pattern[-1] == "^$", f"not of the whole text: {pattern}"
    found = re.fullmatch(pattern[1:-1], text)
    if not found:
        raise LookupError(f"{text!r} does not match {pattern}")
    return found[0]


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "alltrue": all,
    # Left as it is, to be read: that it is encoded, the comparison sees by the name.
    "base64encode": lambda text: {"base64": text},
    "coalesce": lambda *values: next(one for one in values if one not in (None, "")),
    "compact": lambda values: [one for one in values if one not in (None, "")],
    "concat": lambda *lists: list(chain(*lists)),
    "contains": lambda values, one: one in values,
    "distinct": lambda values: list(dict.fromkeys(values)),
    "file": lambda path: Path(path).read_text(),
    "flatten": lambda lists: list(chain(*lists)),
    "join": lambda mark, values: mark.join(map(str, values)),
    "jsondecode": json.loads,
    "jsonencode": lambda value: json.dumps(value, default=str),
    "keys": lambda members: sorted(members),
    "length": len,
    "lower": str.lower,
    "merge": lambda *maps: {key: value for one in maps for key, value in one.items()},
    "regex": _regex,
    "replace": lambda text, old, new: text.replace(old, str(new)),
    "sort": sorted,
    "split": lambda mark, text: str(text).split(mark),
    "startswith": lambda text, start: text.startswith(start),
    "tolist": lambda values: values,
    "toset": lambda values: {str(one): one for one in values},
    "tostring": str,
    "values": lambda members: [members[key] for key in sorted(members)],
}
