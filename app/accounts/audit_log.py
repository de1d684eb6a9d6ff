"""Audit events: lines of the log that say who signed in, was refused, or got which role.

Each is counted. None has a password, a code, a cookie, an email or a name: accounts are told by
their ids.
"""

import logging
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache

from app.access.viewer import Origin, Viewer
from app.runtime.shared_mark import SharedCounts

log = logging.getLogger(__name__)

_MAX_CHARACTERS = 200
_ALLOWED = frozenset(
    {"account", "by", "how", "role", "was", "reason", "peer", "person", "provider", "generation",
     "mode", "seconds", "sessions"}
)  # fmt: skip


class Event(StrEnum):
    """What is recorded; the value stands in the log."""

    SIGN_IN = "sign-in"
    SIGN_OUT = "sign-out"
    REFUSED = "sign-in-refused"
    LOCKED = "account-locked"
    CLAIMED = "directory-claimed"
    CLAIM_REFUSED = "claim-refused"
    ADDED = "account-added"
    ROLE = "role-changed"
    DISABLED = "account-disabled"
    ENABLED = "account-enabled"
    DELETED = "account-deleted"
    LINKED = "person-linked"
    UNLINKED = "person-unlinked"
    INVITED = "one-time-link-made"
    CHOSE_PASSWORD = "password-set"  # noqa: S105
    SESSIONS_ENDED = "sessions-ended"
    ACCESS = "access-changed"
    ORG_TOP = "org-top-changed"
    NOT_ALLOWED = "not-allowed"
    HEADER_DROPPED = "sign-in-header-dropped"


# Gets each event with its details, after it was logged and counted.
Sink = Callable[["Event", Mapping[str, str | int]], None]
_sinks: list[Sink] = []


def use_sink(sink: Sink | None) -> None:
    """Give every event of this process to a sink too, which must not raise; None for none."""
    _sinks[:] = [] if sink is None else [sink]


def record(event: Event, **details: str | int) -> None:
    """Write an event to the log and count it.

    Raises ValueError for a detail that is not among the known ones, so that no secret is written.
    """
    unknown = details.keys() - _ALLOWED
    if unknown:
        raise ValueError(f"an audit event has no {', '.join(sorted(unknown))}")
    _shared().add(event.value)
    line = {name: _shortened(value) for name, value in details.items() if value != ""}
    log.info("%s", event.value, extra={"directory": {"event": event.value, **line}})
    for sink in _sinks:
        sink(event, line)


def counts() -> dict[str, int]:
    """Return how many events of each kind this program has recorded since its start.

    Its workers count together if it was called before they were forked.
    """
    return {name: count for name, count in _shared().all().items() if count}


@cache
def _shared() -> SharedCounts:
    return SharedCounts(event.value for event in Event)


def named(viewer: Viewer) -> str:
    """Return how the log names who did something: by account, or as the user of a command."""
    if viewer.account_id:
        return viewer.account_id
    return f"command:{viewer.name}" if viewer.origin is Origin.COMMAND else viewer.origin.value


def _shortened(value: str | int) -> str | int:
    return value[:_MAX_CHARACTERS] if isinstance(value, str) else value
