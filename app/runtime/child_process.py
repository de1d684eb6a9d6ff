"""Start a function of ours in a process of its own, with options that it reads."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, cast

_ROOT = Path(__file__).resolve().parents[2]
_START = "import sys; sys.path.insert(0, {root!r}); from app import {module} as p; p.{program}()"


def start_process(
    module: str, program: str, options: Mapping[str, Any], stdout: int | None = None
) -> subprocess.Popen[bytes]:
    """Start a function of a module of ``app``, which reads its options with ``read_options``.

    It is in the process group of the server, so that it gets the signals that stop the server.
    """
    start = _START.format(root=str(_ROOT), module=module, program=program)
    command = [sys.executable, "-c", start]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=stdout)  # noqa: S603 (ours)
    with contextlib.suppress(BrokenPipeError), cast(IO[bytes], process.stdin) as stdin:
        stdin.write(json.dumps(options).encode())
    return process


def read_options() -> dict[str, Any]:
    """Read the options of this process from standard input."""
    options: dict[str, Any] = json.load(sys.stdin)
    return options
