"""Run all health checks concurrently with time limits, and sort the worst findings first."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.contracts.checks import Check, Finding, State, failed
from app.diagnostics.causes import tell_causes
from app.model.errors import StorageUnavailable
from app.runtime import deadline
from app.runtime.ttl import TtlValue

log = logging.getLogger(__name__)

MAX_CHECK_SECONDS = 8.0
MAX_RUN_SECONDS = 9.0
CACHE_SECONDS = 2.0
_ORDER = list(State)
_THE_LOG = ("journalctl -u employee-directory -n 50", "Read the log, and report it to us")
# Programs have read these words since the first release.
_AS_JSON = {State.FAILED: "broken", State.WARNING: "look", State.OK: "fine"}


@dataclass(frozen=True, slots=True)
class Report:
    """The findings, worst first, with the time (Unix) and the duration of the run.

    Of two in the same state the one to fix first comes first.
    """

    findings: tuple[tuple[str, Finding], ...]
    at: float
    seconds: float

    def count(self, state: State) -> int:
        """Return the number of findings in this state."""
        return sum(finding.state == state for _, finding in self.findings)

    @property
    def followers(self) -> int:
        """The number of failures that may follow from another one."""
        return sum(
            finding.state is State.FAILED and bool(finding.follows_from)
            for _, finding in self.findings
        )

    @property
    def healthy(self) -> bool:
        """Whether no check failed."""
        return not self.count(State.FAILED)

    def as_json(self) -> dict[str, object]:
        """Return the report as a JSON object."""
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
                    "after": finding.follows_from,
                }
                for name, finding in self.findings
            ],
        }


def run_checks(checks: Sequence[Check]) -> Report:
    """Run the checks; one that takes longer than MAX_RUN_SECONDS counts as failed."""
    began, at = time.monotonic(), time.time()
    results: dict[int, Finding] = {}
    # Daemon threads: a check that hangs must not keep a command from exiting.
    threads = [
        threading.Thread(target=_run_check, args=(check, number, results), daemon=True)
        for number, check in enumerate(checks)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, began + MAX_RUN_SECONDS - time.monotonic()))
    timeout = failed(
        f"This check did not finish within {MAX_RUN_SECONDS:.0f} seconds. The log may say why."
    )
    ended = dict(results)
    findings = tell_causes(
        (check.name, ended.get(number, timeout)) for number, check in enumerate(checks)
    )
    findings.sort(key=lambda pair: (_ORDER.index(pair[1].state), bool(pair[1].follows_from)))
    return Report(tuple(findings), at, time.monotonic() - began)


def _run_check(check: Check, number: int, results: dict[int, Finding]) -> None:
    try:
        with deadline.within(MAX_CHECK_SECONDS):
            results[number] = check.run()
    except StorageUnavailable as error:
        target = " ".join(part for part in (error.action, error.resource) if part)
        results[number] = failed(
            f"{_capitalized(error.service)} did not respond: {target}: {error.reason}."
        )
    except Exception as error:  # a fault of the check's own, whatever it is, is told as that
        log.exception("the check %r of the health report broke", check.name)
        results[number] = failed(
            f"This check itself broke ({type(error).__name__}), so what it looks at is not known. "
            "The log says where.",
            *_THE_LOG,
        )


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


class Doctor:
    """Runs the checks one run at a time; reports are cached for a few seconds."""

    def __init__(self, open_checks: Callable[[], Sequence[Check]]) -> None:
        self._open_checks = open_checks
        self._checks: Sequence[Check] | None = None
        self._report: TtlValue[Report] = TtlValue(CACHE_SECONDS)

    @property
    def last(self) -> Report | None:
        """The last report of this worker, of any age."""
        return self._report.last

    def report(self, more: Sequence[Check] = (), *, oldest: float = CACHE_SECONDS) -> Report:
        """Return a report at most ``oldest`` seconds old; ``more`` checks are run in a new one."""

        def run(_: object) -> Report:
            if self._checks is None:
                self._checks = self._open_checks()
            return run_checks([*self._checks, *more])

        return self._report.get(run, oldest)
