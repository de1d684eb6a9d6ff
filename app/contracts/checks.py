"""Checks of the health report and their findings, as plain data."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """The result of a check, worst first."""

    FAILED = "failed"
    WARNING = "warning"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check in one or two sentences, and how to fix it.

    ``fix_command`` is a command, a setting or a policy, ready to be copied; ``fix_hint`` says what
    to do with it. Neither ever holds a secret. ``follows_from`` is the name of the check to fix
    first; "" where this failure is nobody else's.
    """

    state: State
    message: str
    fix_command: str = ""
    fix_hint: str = ""
    follows_from: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A named check. ``run`` raises StorageUnavailable if the service does not respond."""

    name: str
    run: Callable[[], Finding]


def ok(message: str) -> Finding:
    """Return a finding that nothing is wrong."""
    return Finding(State.OK, message)


def warning(message: str, fix_command: str = "", fix_hint: str = "") -> Finding:
    """Return a finding that it works, but an operator should look at it."""
    return Finding(State.WARNING, message, fix_command, fix_hint)


def failed(message: str, fix_command: str = "", fix_hint: str = "") -> Finding:
    """Return a finding that it does not work until it is fixed."""
    return Finding(State.FAILED, message, fix_command, fix_hint)
