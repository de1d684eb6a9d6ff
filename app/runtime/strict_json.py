"""Read values that other machines and programs wrote, none of which is trusted, and write JSON.

``parse`` refuses what JSON does not have: NaN, infinities, lone surrogates, numbers beyond a
double, more than 1,024 levels. The other readers return a value of one type within limits, and None
for everything else, so that a caller decides in one place what a missing value means.
"""

import math
from collections.abc import Mapping
from typing import Any

import orjson

# The last second that a datetime in UTC can hold (9999-12-31T23:59:59).
MAX_UNIX_TIME = 253_402_300_799.0
# Above it a double no longer tells whole numbers apart.
MAX_INTEGER = 2**53
_INTEGER_DIGITS = 16


def parse(text: object) -> Any:
    """Parse JSON from text or bytes. Raises ValueError for everything else, of whatever type."""
    return orjson.loads(text)  # type: ignore[arg-type]  # it raises ValueError for other types


def parse_object(text: object) -> dict[str, Any]:
    """Parse a JSON object; return an empty one for everything else."""
    try:
        return mapping(parse(text))
    except ValueError:
        return {}


def mapping(value: object) -> dict[str, Any]:
    """Return the value if it is a dictionary, else an empty one."""
    return value if isinstance(value, dict) else {}


def number(value: object, low: float, high: float) -> float | None:
    """Return a finite number from ``low`` to ``high`` as a float. True and False are no numbers."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and low <= value <= high else None  # type: ignore[operator, arg-type]


def integer(value: object, low: int, high: int) -> int | None:
    """Return an integer from ``low`` to ``high``. True and False are no integers."""
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return value if is_integer and low <= value <= high else None  # type: ignore[operator, return-value]


def integer_in_text(text: object, low: int = 0, high: int = MAX_INTEGER) -> int | None:
    """Return the integer that a text of ASCII digits spells, from ``low`` to ``high``."""
    if not (isinstance(text, str) and text.isascii() and len(text) <= _INTEGER_DIGITS + 1):
        return None
    digits = text.removeprefix("-")
    return integer(int(text), low, high) if digits.isdigit() else None


def number_in_text(text: object, low: float, high: float) -> float | None:
    """Return the number that a text spells, from ``low`` to ``high``."""
    if not isinstance(text, str):
        return None
    try:
        return number(float(text), low, high)
    except ValueError:
        return None


def string(value: object, max_characters: int) -> str | None:
    """Return a text of at most so many characters that UTF-8 can encode."""
    if not isinstance(value, str) or len(value) > max_characters:
        return None
    return value if is_encodable(value) else None


def strings(value: object, max_characters: int) -> tuple[str, ...] | None:
    """Return a list of texts as a tuple; None if any of them is not a ``string``."""
    if not isinstance(value, list | tuple):
        return None
    texts = tuple(value)
    return texts if all(string(text, max_characters) is not None for text in texts) else None


def is_encodable(text: str) -> bool:
    """Return whether UTF-8 can encode a text: it has no lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def json_data(value: Any) -> Any:
    """Return plain data as JSON can hold it: null for NaN and infinities, no lone surrogates."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value.encode("utf-8", "ignore").decode()
    if isinstance(value, Mapping):
        return {json_data(name): json_data(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [json_data(member) for member in value]
    return value
