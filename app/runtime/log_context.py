"""What each line of the log has while a request is answered: the ids of the request."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar

_NONE: Mapping[str, str] = {}
_fields: ContextVar[Mapping[str, str]] = ContextVar("log fields", default=_NONE)


def begin(fields: Mapping[str, str]) -> None:
    """Add these fields to each line of this context (of this thread) until ``end``."""
    _fields.set(fields)


def end() -> None:
    """Add nothing any more."""
    _fields.set(_NONE)


def fields() -> Mapping[str, str]:
    """Return the fields of this context."""
    return _fields.get()
