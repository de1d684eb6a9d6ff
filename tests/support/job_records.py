"""Records of jobs in a folder of a test's own."""

from __future__ import annotations

from pathlib import Path

from app.metrics.emf import MetricsLog
from app.metrics.jobs import Jobs
from app.runtime.runtime_dir import RuntimeDir


def records_in(folder: Path, *, in_log: bool = False) -> Jobs:
    return Jobs(RuntimeDir(folder), MetricsLog("directory-of-a-test", is_on=in_log))
