"""The doctor: every check at the same time, each with its limit, the worst findings first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.contracts.checks import Check, Finding, State, failed
from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.runtime.ttl import TtlValue

CHECK_SECONDS = 8.0
ALL_SECONDS = 9.0
REMEMBERED_SECONDS = 2.0
_ORDER = list(State)
# Programs have read these words since the first release.
_AS_JSON = {State.FAILED: "broken", State.WARNING: "look", State.OK: "fine"}


@dataclass(frozen=True, slots=True)
class Report:
    """What was found, worst first, and when and how long that took."""

    findings: tuple[tuple[str, Finding], ...]
    at: float
    seconds: float

    def count(self, state: State) -> int:
        """How many findings are so."""
        return sum(finding.state == state for _, finding in self.findings)

    @property
    def healthy(self) -> bool:
        """Whether nothing is broken."""
        return not self.count(State.FAILED)

    def as_json(self) -> dict[str, object]:
        """The report for programs."""
        return {
            "healthy": self.healthy,
            "seconds": round(self.seconds, 3),
            "at": round(self.at, 3),
            "checks": [
                {
                    "name": name,
                    "state": _AS_JSON[finding.state],
                    "found": finding.message,
                    "how": finding.fix_hint,
                    "mend": finding.fix_command,
                }
                for name, finding in self.findings
            ],
        }


def examine(checks: Sequence[Check]) -> Report:
    """Carry out the checks; one that has not ended after so many seconds counts as broken."""
    began, at = time.monotonic(), time.time()
    found: dict[int, Finding] = {}
    # Threads that die with the process: a check that hangs must not keep a command from ending.
    threads = [
        threading.Thread(target=_carry_out, args=(check, number, found), daemon=True)
        for number, check in enumerate(checks)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, began + ALL_SECONDS - time.monotonic()))
    silent = failed(
        f"This check did not finish within {ALL_SECONDS:.0f} seconds. The log may say why."
    )
    ended = dict(found)
    findings = [(check.name, ended.get(number, silent)) for number, check in enumerate(checks)]
    findings.sort(key=lambda pair: _ORDER.index(pair[1].state))
    return Report(tuple(findings), at, time.monotonic() - began)


def _carry_out(check: Check, number: int, found: dict[int, Finding]) -> None:
    try:
        with deadline.within(CHECK_SECONDS):
            found[number] = check.run()
    except StorageUnavailable as error:
        asked = " ".join(part for part in (error.action, error.resource) if part)
        found[number] = failed(
            f"{_capital(error.service)} did not respond: {asked}: {error.reason}"
        )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


class Doctor:
    """Examines once at a time, and at most every few seconds, however many people ask."""

    def __init__(self, open_checks: Callable[[], Sequence[Check]]) -> None:
        self._open_checks = open_checks
        self._checks: Sequence[Check] | None = None
        self._report: TtlValue[Report] = TtlValue(REMEMBERED_SECONDS)

    @property
    def last(self) -> Report | None:
        """The last report of this worker, of whatever age."""
        return self._report.last

    def report(self, more: Sequence[Check] = (), *, oldest: float = REMEMBERED_SECONDS) -> Report:
        """What is found now, or was so many seconds ago at most; ``more`` is looked at too."""

        def run(_: object) -> Report:
            if self._checks is None:
                self._checks = self._open_checks()
            return examine([*self._checks, *more])

        return self._report.get(run, oldest)
