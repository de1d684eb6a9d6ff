"""Programs that are measured, each in a process forked from one that has imported their modules.

Not for a process whose size matters less: see servers/warm_process.py, which has imported more.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, NamedTuple

from tests.support.repository import ROOT

# A child runs an order and answers, and its parent tells how it ended. A page of a file, as of a
# library, is no child's before it touches it; it is counted as if it was, as where all is imported
# anew. Not ru_maxrss: that begins with the size of the process that started this one.
_SERVE = """
import json, os, re, signal, sys
def _kilobytes(name):
    with open("/proc/self/status") as status:
        return int(re.search(name + r":\\s+(\\d+) kB", status.read())[1])
_all = {"__name__": "__main__"}
for line in iter(sys.stdin.readline, ""):
    _of_parent = _kilobytes("VmRSS")
    if _child := os.fork():
        _status = os.waitstatus_to_exitcode(os.waitpid(_child, 0)[1])
        print("ended", _status, flush=True)
        continue
    _untouched = max(_of_parent - _kilobytes("VmRSS"), 0)
    signal.alarm(90)
    _program, *sys.argv[1:] = json.loads(line)
    exec(compile(_program, "<measured>", "exec"), _all)
    print("answer", json.dumps({
        "told": _all["told"],
        "seconds": _all["seconds"],
        "megabytes": (_kilobytes("VmHWM") + _untouched) >> 10,
    }), flush=True)
    break
"""


class Reading(NamedTuple):
    """What a process told of a file that it read, and what it took, in seconds of a core."""

    told: str
    seconds: float
    megabytes: int


class MeasuredRuns:
    """Programs that leave what they ``told`` and the ``seconds`` that they took."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, program: str, *arguments: str) -> Reading:
        """Run it in a process of its own, which must end well."""
        orders, lines = self._process.stdin, self._process.stdout
        assert orders is not None
        assert lines is not None
        orders.write(json.dumps([program, *arguments]) + "\n")
        orders.flush()
        return Reading(**_answer(lines))


@contextmanager
def measured_runs(imports: str) -> Iterator[MeasuredRuns]:
    """Start the process that imports this and forks for each program."""
    command = [sys.executable, "-c", imports + _SERVE]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:
        yield MeasuredRuns(process)


def _answer(lines: IO[str]) -> dict[str, Any]:
    answer: dict[str, Any] | None = None
    for line in lines:
        kind, _, rest = line.partition(" ")
        if kind == "answer":
            answer = json.loads(rest)
        elif kind == "ended":
            assert rest == "0\n", f"it ended with {rest}"
            assert answer is not None, "it ended without an answer"
            return answer
    raise AssertionError("the process that forks has died")
