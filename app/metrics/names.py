"""The names of the metrics in the log; dashboards and alarms in deploy/ use the same (tested)."""

from __future__ import annotations

from enum import StrEnum

NAMESPACE = "EmployeeDirectory"
DIMENSION = "Service"


class Metric(StrEnum):
    """A metric in the namespace, with the one dimension.

    The first ones are told once a minute by each machine, those of jobs by the job.
    """

    REQUESTS = "Requests"
    SERVER_ERRORS = "ServerErrors"
    UNAVAILABLE = "Unavailable"
    REQUEST_SECONDS = "RequestSeconds"
    DISK_FULL_SECONDS = "DiskFullSeconds"
    IMPORTS_STOPPED = "ImportsStopped"
    COUNT_FAILURES = "CountFailures"
    FOLLOW_BEHIND_SECONDS = "FollowBehindSeconds"
    FOLLOW_FAILURES = "FollowFailures"
    REINDEX_FAILURES = "ReindexFailures"
    REINDEX_SECONDS = "ReindexSeconds"
    SWEEP_FAILURES = "SweepFailures"

    @property
    def unit(self) -> str:
        """Return the unit as CloudWatch names it."""
        return "Seconds" if self.value.endswith("Seconds") else "Count"
