"""A file that lies about its size is refused in a sentence within 5 s and 150 MB."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
import urllib3

from app import import_process
from app.backups.backup import take_backup
from app.contracts.import_jobs import Job, Phase
from app.imports.importer import Importer
from app.imports.running.job_lease import is_leased
from app.model.employee import Employee
from app.storage.sql import SqlJobs, open_sql_store
from tests.support.hostile_tables import HOSTILE_TABLES, write_pieces
from tests.support.hostile_workbooks import BOMBS, HOSTILE_WORKBOOKS, Writer, times
from tests.support.in_time import wait_until
from tests.support.measured_runs import MeasuredRuns, measured_runs
from tests.support.servers.live_app import LiveApp
from tests.support.small_app import small_app
from tests.support.viewers import OPERATOR

pytestmark = pytest.mark.slow

MAX_SECONDS = 5.0
MAX_MEGABYTES = 150
# Reads a file as the process of an import does, which has 65 MB before it begins. Its seconds are
# those of a core, for the machine may be busy with other things; reading waits for nothing. Without
# limits of the reader it ends at a gigabyte, so that a failing test harms nobody.
READ = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_DATA, (1 << 30, 1 << 30))
import openpyxl.styles.numbers, app.import_process, app.storage.sql
from app.imports.errors import FileUnreadable
from app.imports.files.table import Table
began, told = time.process_time(), ""
try:
    with open(sys.argv[1], "rb") as file:
        for _ in Table(file).rows():
            pass
except FileUnreadable as error:
    told = str(error)
seconds = time.process_time() - began
"""
KINDS = {**HOSTILE_WORKBOOKS, **BOMBS, **HOSTILE_TABLES}


@pytest.fixture(scope="module")
def reading() -> Iterator[MeasuredRuns]:
    """What runs READ, with its modules imported."""
    imports = (
        "import openpyxl.styles.numbers, app.import_process, app.storage.sql\n"
        "import app.imports.errors, app.imports.files.table"
    )
    with measured_runs(imports) as runs:
        yield runs


@pytest.fixture(scope="module")
def restoring() -> Iterator[MeasuredRuns]:
    """What runs RESTORE, with its modules imported."""
    with measured_runs("import app.backups.restoring, tests.support.small_app") as runs:
        yield runs


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_refused_in_a_sentence_in_time_and_in_little_memory(
    reading: MeasuredRuns, kind: str, tmp_path: Path
) -> None:
    write: Writer = KINDS[kind]
    path = write(tmp_path / "people")
    try:
        found = reading.run(READ, str(path))
    finally:
        path.unlink()
    assert found.told.endswith("."), found
    assert found.megabytes <= MAX_MEGABYTES, found
    assert found.seconds < MAX_SECONDS, found


ROWS = 30_000
PEOPLE = b"Name,Title,Office,Mail\n" + b"".join(
    b"Person %d,T,L,p%d@example.com\n" % (number, number) for number in range(ROWS)
)


class Started:
    """An application on a laptop, and an import that a process of its own works on."""

    def __init__(self, folder: Path, content: bytes = PEOPLE) -> None:
        self.app = small_app(folder)
        self.database = folder / "directory.db"
        self.importer: Importer = self.app.extensions["importer"]
        # As another process or machine sees it.
        url = self.app.extensions["settings"].database_url
        self.elsewhere = Importer((store := open_sql_store(url)), SqlJobs(store.database))
        self.job_id = self.importer.receive(io.BytesIO(content), "a.csv", auto_apply=True).id
        self.worker = Thread(target=self.work)

    def work(self) -> None:
        import_process.run_process(
            self.app.extensions["settings"],
            self.importer._jobs,
            self.job_id,
            self.app.extensions["job_records"],
        )

    @property
    def job(self) -> Job:
        return self.elsewhere.read(self.job_id)

    def begin(self) -> int:
        """Return the id of the process that works on it."""
        self.worker = Thread(target=self.work)
        self.worker.start()
        wait_until(lambda: self.job.lease_holder)
        # Its first write is read a moment before it gives the lock of the database back.
        with closing(sqlite3.connect(self.database, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
        return int(self.job.lease_holder.split()[1])

    def is_complete(self) -> bool:
        return self.job.phase is Phase.APPLIED and self.job.done.added == ROWS


def test_stop_ends_an_import_within_three_seconds_whatever_it_does(tmp_path: Path) -> None:
    started = Started(tmp_path)

    def stop() -> None:
        began = time.monotonic()
        started.elsewhere.stop(started.job_id)
        started.worker.join(60)
        taken.append(time.monotonic() - began)

    taken: list[float] = []
    while not taken or (taken[-1] > 3.0 and len(taken) < 3):
        os.kill(started.begin(), signal.SIGSTOP)  # busy with something that heeds no signal
        stop()
        job = started.job
        assert (job.paused, job.lease_holder, is_leased(job)) == (True, "", False)
        started.importer.resume(started.job_id)
    assert taken[-1] <= 3.0, taken
    started.begin()
    started.worker.join(90)
    assert started.is_complete()


def test_what_a_killed_import_applied_is_not_lost(tmp_path: Path) -> None:
    started = Started(tmp_path)
    started.begin()
    wait_until(lambda: started.job.added > 0)
    os.kill(int(started.job.lease_holder.split()[1]), signal.SIGKILL)
    started.worker.join(60)
    assert (started.job.lease_holder, started.importer.due()) == ("", started.job_id)
    started.begin()
    started.worker.join(90)
    assert started.is_complete()


def test_an_import_that_needs_too_much_memory_is_given_up_and_discarded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_process, "MAX_MEMORY_BYTES", 36 << 20)
    started = Started(tmp_path)
    started.work()
    job = started.job
    assert (job.phase, started.importer.due()) == (Phase.FAILED, None)
    assert job.error.startswith("The import needed more memory than it may use. It was given up ")
    client = started.app.test_client()
    page = client.get(f"/import/{job.id}").text
    assert "needed more memory" in page
    assert f'action="/import/{job.id}/forget"' in page
    result = started.app.test_cli_runner().invoke(args=["import", "--discard", job.id])
    assert result.stdout == "The import was discarded. Nobody was changed.\n"
    assert client.get(f"/import/{job.id}").status_code == 404


def test_the_service_answers_while_a_file_is_refused_and_after_its_process_was_killed(
    live_app: Callable[..., LiveApp], tmp_path: Path
) -> None:
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}", "INSTANCE_FOLDER": str(tmp_path)}
    app = live_app(settings, workers=2)
    store = open_sql_store(settings["DATABASE_URL"])
    importer = Importer(store, SqlJobs(store.database))
    path = BOMBS["30 million nested tags in 0.4 MB"](tmp_path / "people.xlsx")
    with path.open("rb") as file:
        lying = importer.receive(file, "people.xlsx")
    urllib3.request("GET", f"{app.url}/")  # the first request begins the search for work
    wait_until(lambda: importer.read(lying.id).phase is Phase.FAILED)
    page = urllib3.request("GET", f"{app.url}/import/{lying.id}").data.decode()
    assert "This workbook is too large." in page

    job = importer.receive(io.BytesIO(PEOPLE), "a.csv", auto_apply=True)
    wait_until(lambda: importer.read(job.id).added > 0)
    os.kill(int(importer.read(job.id).lease_holder.split()[1]), signal.SIGKILL)
    assert urllib3.request("GET", f"{app.url}/healthz", retries=False).status == 200
    wait_until(lambda: importer.read(job.id).phase is Phase.APPLIED, 90)
    assert importer.read(job.id).done.added == ROWS
    store.close()


def backup_of_ten(folder: Path) -> Path:
    """A backup of ten people, whose parts a test replaces."""
    app = small_app(folder)
    directory = app.extensions["directory"]
    people = [Employee(id=str(n), full_name=f"Person {n}", location="L") for n in range(10)]
    assert list(directory.add_many(OPERATOR, people))
    assert list(take_backup(directory, folder / "backup"))
    return folder / "backup"


def replace_part(backup: Path, pieces: Iterable[bytes], lines: int) -> None:
    """Put another part in its place, with the checksum that the manifest promises."""
    part = backup / "people-000001.jsonl.gz"
    with gzip.open(part, "wb", compresslevel=1) as file:
        for piece in pieces:
            file.write(piece)
    manifest = json.loads((backup / "manifest.json").read_bytes())
    manifest["people"][0] |= {
        "sha256": hashlib.sha256(part.read_bytes()).hexdigest(),
        "lines": lines,
    }
    (backup / "manifest.json").write_text(json.dumps(manifest))


def giant_manifest(backup: Path) -> None:
    write_pieces(backup / "manifest.json", [b'{"people": [', *times(b"{},", 50_000_000), b"{}]}"])


def nested_manifest(backup: Path) -> None:
    write_pieces(backup / "manifest.json", times(b"[", 3_000_000))


BACKUPS: dict[str, Callable[[Path], None]] = {
    "a part of two gigabytes in one line": lambda backup: replace_part(
        backup, times(b"x", 2 << 30), 1
    ),
    "a part of two gigabytes in short lines": lambda backup: replace_part(
        backup, times(b'{"id":"a"}\n', 195_000_000), 195_000_000
    ),
    "a part of many gzip members": lambda backup: replace_members(backup),
    "a manifest of 150 MB": giant_manifest,
    "a manifest of three million brackets": nested_manifest,
}


def replace_members(backup: Path) -> None:
    member = gzip.compress(b'{"id":"' + b"x" * 1_000_000 + b'"}\n', 9)
    replace_part(backup, [], 2_000)
    part = backup / "people-000001.jsonl.gz"
    part.write_bytes(member * 2_000)
    manifest = json.loads((backup / "manifest.json").read_bytes())
    manifest["people"][0]["sha256"] = hashlib.sha256(part.read_bytes()).hexdigest()
    (backup / "manifest.json").write_text(json.dumps(manifest))


RESTORE = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_DATA, (1 << 30, 1 << 30))
from pathlib import Path
from app.backups.restoring import restore
from app.model.errors import ExportRefused
from tests.support.small_app import small_app
directory = small_app(Path(sys.argv[1])).extensions["directory"]
began, told = time.process_time(), ""
try:
    for _ in restore(directory, Path(sys.argv[2])):
        pass
except ExportRefused as error:
    told = str(error)
seconds = time.process_time() - began
"""


@pytest.mark.parametrize("kind", BACKUPS)
def test_a_backup_that_unpacks_to_gigabytes_is_refused_in_a_sentence(
    restoring: MeasuredRuns, kind: str, tmp_path: Path
) -> None:
    backup = backup_of_ten(tmp_path)
    BACKUPS[kind](backup)
    new = tmp_path / "new"
    new.mkdir()
    found = restoring.run(RESTORE, str(new), str(backup))
    assert found.told.endswith("Copy it again from your stored backup."), found
    assert found.megabytes <= MAX_MEGABYTES, found
    assert found.seconds < MAX_SECONDS, found
    assert small_app(new).extensions["directory"].employees.facets().total == 0
