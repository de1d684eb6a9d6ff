"""Times as pages show them."""

from typing import NamedTuple


class Clock(NamedTuple):
    """A time as text, and in ISO 8601 for the ``datetime`` attribute."""

    text: str
    iso: str
