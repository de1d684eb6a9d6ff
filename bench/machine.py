"""The machine and the moment, told with every figure: what it is, and how busy it was."""

from __future__ import annotations

import os
import platform
import resource
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from app.machine.procfs import CpuTime, cpu_time
from bench.checkout import ROOT
from tests.support.servers.dynamodb_local import PACKAGE

_PACKAGES = ("Flask", "Jinja2", "SQLAlchemy", "pynamodb", "botocore", "gunicorn")


class Moment:
    """Now, and how busy the machine is until it is asked again."""

    def __init__(self) -> None:
        self._cpu: CpuTime | None = cpu_time()
        self._own = _own_cpu_seconds()
        self._load = _load()

    def about(self) -> dict[str, str]:
        """What stands beside the figures that were measured from then to now.

        To be asked when all processes of the bench have ended, since they are counted by then.
        """
        return {
            "measured on": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            "machine": f"{os.cpu_count()} CPUs ({_processor()}), {_memory_gb():.0f} GB of memory",
            "system": f"{_system()}, {_python()}",
            "versions": ", ".join(f"{name} {version(name)}" for name in _PACKAGES),
            "stores": f"SQLite {sqlite3.sqlite_version}, DynamoDB Local ({PACKAGE})",
            "revision": _revision(),
            "load average before": self._load,
            "load average after": _load(),
            "CPU meanwhile": self._shares(),
        }

    def _shares(self) -> str:
        now = cpu_time()
        if not now or not self._cpu or now.all == self._cpu.all:
            return "unknown"
        ticks = now.all - self._cpu.all
        own = (_own_cpu_seconds() - self._own) * os.sysconf("SC_CLK_TCK")
        others = max(0.0, now.busy - self._cpu.busy - own)
        return f"{own / ticks:.0%} the bench and what it measures, {others / ticks:.0%} others"


def _own_cpu_seconds() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in usages)


def _load() -> str:
    return " ".join(f"{each:.2f}" for each in os.getloadavg())


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _system() -> str:
    return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())


def _python() -> str:
    # Two builds of one version differ by a tenth and more.
    return f"Python {platform.python_version()}, {Path(sys.executable).resolve()}"


def _revision() -> str:
    """The commit that was measured, and whether files were changed since."""

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "app", "templates")
    return f"{git('rev-parse', '--short', 'HEAD')}{' with changes' if changed else ''}"
