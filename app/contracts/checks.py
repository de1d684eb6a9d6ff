"""What a check of the doctor finds: plain data, for every room of the house."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How bad it is; worst first."""

    BROKEN = "broken"
    LOOK = "look"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, in one or two sentences; and what mends it.

    ``mend`` is a command, a setting or a policy, ready to be copied; ``how`` says what to do with
    it. Neither ever holds a secret.
    """

    state: State
    found: str
    mend: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at. Looking raises StorageUnavailable when the other side is silent."""

    name: str
    look: Callable[[], Finding]


def fine(found: str) -> Finding:
    """All is well."""
    return Finding(State.FINE, found)


def look(found: str, mend: str = "", how: str = "") -> Finding:
    """It works, and somebody should know."""
    return Finding(State.LOOK, found, mend, how)


def broken(found: str, mend: str = "", how: str = "") -> Finding:
    """It does not work until this is mended."""
    return Finding(State.BROKEN, found, mend, how)
