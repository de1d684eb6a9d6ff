"""Which findings may follow from another, so that the first to fix is told apart from the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.contracts.checks import Finding, State

_AWS = ("Connection to AWS", "Clock", "Credentials")
_TABLES = ("Table of people", "Table of the index")
# What each check cannot do without, by name, most basic first. A name that is not in the report,
# such as a table of a directory in SQL, counts for nothing.
NEEDS: Mapping[str, tuple[str, ...]] = {
    "Region": ("Settings",),
    "Connection to AWS": ("Region",),
    "Clock": ("Connection to AWS",),
    "Credentials": ("Connection to AWS", "Clock", "Instance metadata"),
    "Table of people": _AWS,
    "Table of the index": _AWS,
    "Photo bucket": _AWS,
    "Changes by others": ("Table of people",),
    "Index": _TABLES,
    "Accounts": ("Table of the index",),
    "Records": _TABLES,
    "Order of lists": ("Records",),
    "Secret key": ("Records",),
    "Counts of reports": ("Records",),
    "Reporting lines": ("Records",),
    "Access": ("Records",),
    "Administrator": ("Records",),
}


def tell_causes(findings: Iterable[tuple[str, Finding]]) -> list[tuple[str, Finding]]:
    """Return the findings, of which each that may follow from a failed one names that one.

    It keeps its message, and says which to fix first in place of its own fix, which would lead
    astray: a role is not mended by a new one while the clock is off. A warning is true by itself.
    """
    told = list(findings)
    failures = {name for name, finding in told if finding.state is State.FAILED}
    return [(name, _with_cause(name, finding, failures)) for name, finding in told]


def _with_cause(name: str, finding: Finding, failures: set[str]) -> Finding:
    cause = _cause(name, failures)
    if finding.state is not State.FAILED or cause is None:
        return finding
    hint = f"This may follow from {cause}: fix that first"
    return replace(finding, fix_command="", fix_hint=hint, follows_from=cause)


def _cause(name: str, failures: set[str]) -> str | None:
    """Return the most basic failure that a check depends on, through others or by itself."""
    for need in NEEDS.get(name, ()):
        if need in failures:
            return _cause(need, failures) or need
    return None
