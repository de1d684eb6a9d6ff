"""A file that lies about its size is refused in a sentence within 5 s and 150 MB."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.hostile_tables import HOSTILE_TABLES
from tests.support.hostile_workbooks import BOMBS, HOSTILE_WORKBOOKS, Writer
from tests.support.repository import ROOT

pytestmark = pytest.mark.slow

MAX_SECONDS = 5.0
MAX_MEGABYTES = 150
# Reads a file as the process of an import does, which has 65 MB before it begins. Its seconds are
# those of a core, for the machine may be busy with other things; reading waits for nothing. Without
# limits of the reader it ends at a gigabyte, so that a failing test harms nobody.
READ = """
import json, re, resource, sys, time
resource.setrlimit(resource.RLIMIT_DATA, (1 << 30, 1 << 30))
import openpyxl.styles.numbers, app.import_process, app.storage.sql
from app.imports.errors import FileUnreadable
from app.imports.files.table import Table
began, told, count = time.process_time(), "", 0
try:
    with open(sys.argv[1], "rb") as file:
        for count, _ in enumerate(Table(file).rows(), 1):
            pass
except FileUnreadable as error:
    told = str(error)
seconds = time.process_time() - began
# Not ru_maxrss: that begins with the size of the process that started this one.
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) >> 10
print(json.dumps({"told": told, "rows": count, "seconds": seconds, "megabytes": peak}))
"""
KINDS = {**HOSTILE_WORKBOOKS, **BOMBS, **HOSTILE_TABLES}


class Reading(NamedTuple):
    """What a process told of a file that it read, and what it took, in seconds of a core."""

    told: str
    rows: int
    seconds: float
    megabytes: int


def read(path: Path, seconds: float = 90) -> Reading:
    """Read a file in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        timeout=seconds,
        check=True,
    )
    return Reading(**json.loads(done.stdout))


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_refused_in_a_sentence_in_time_and_in_little_memory(
    kind: str, tmp_path: Path
) -> None:
    write: Writer = KINDS[kind]
    path = write(tmp_path / "people")
    try:
        found = read(path)
    finally:
        path.unlink()
    assert found.told.endswith("."), found
    assert found.megabytes <= MAX_MEGABYTES, found
    assert found.seconds < MAX_SECONDS, found
