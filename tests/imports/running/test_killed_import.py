"""kill -9 of the server and of all that works for it: the import goes on when it starts again."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import urllib3

from app.contracts.import_choices import Choices
from app.contracts.import_jobs import Job, Phase
from app.imports.importer import Importer
from app.model.employee import Employee
from app.storage.sql import SqlJobs, open_sql_store
from tests.support.servers.live_app import LiveApp

PEOPLE = 40_000  # some seconds of work on a fast machine
_LONGEST_WAIT = 90.0


@pytest.mark.slow
def test_an_import_survives_kill_9_and_does_nothing_twice(
    live_app: Callable[..., LiveApp], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'directory.db'}"
    app = live_app({"DATABASE_URL": url, "INSTANCE_FOLDER": str(tmp_path)}, workers=2)
    store = open_sql_store(url)
    importer = Importer(store, SqlJobs(store.database))
    rows = (f"Person {n},T,L,p{n}@example.com\n" for n in range(PEOPLE))
    job = importer.receive(
        io.BytesIO(f"Name,Title,Office,Mail\n{''.join(rows)}".encode()), "a.csv", auto_apply=True
    )
    begun = wait_for(importer, job, lambda now: now.added_ahead > 0)
    app.kill()
    worker = int(begun.lease_holder.split()[1])
    killed = wait_for(importer, job, lambda now: is_dead(worker))
    assert killed.phase is Phase.APPLYING
    assert killed.done_parts < killed.parts
    app.start()
    done = wait_for(importer, job, lambda now: now.phase is Phase.APPLIED)
    assert done.done.added == PEOPLE
    facets = store.facets()
    assert (facets.total, dict(facets.letters)) == (PEOPLE, {"p": PEOPLE})
    page = urllib3.request("GET", f"{app.url}/import/{job.id}")
    assert f"Completed: {PEOPLE:,} added." in page.data.decode()
    store.close()


@pytest.mark.slow
def test_a_comparison_with_everyone_survives_kill_9(
    live_app: Callable[..., LiveApp], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'directory.db'}"
    app = live_app({"DATABASE_URL": url, "INSTANCE_FOLDER": str(tmp_path)}, workers=2)
    store = open_sql_store(url)
    importer = Importer(store, SqlJobs(store.database))
    for _ in store.add_many(Employee(id=f"p{n}", full_name=f"P {n}") for n in range(PEOPLE)):
        pass
    rows = (f"p{n},P {n}\n" for n in range(0, PEOPLE, 2))
    file = io.BytesIO(f"Id,Name\n{''.join(rows)}".encode())
    job = importer.receive(file, "a.csv", choices=Choices(is_complete=True))
    begun = wait_for(importer, job, lambda now: 0 < now.compared < PEOPLE)
    app.kill()
    worker = int(begun.lease_holder.split()[1])
    killed = wait_for(importer, job, lambda now: is_dead(worker))
    assert 0 < killed.compared < PEOPLE
    app.start()
    done = wait_for(importer, job, lambda now: now.phase is Phase.READY)
    assert (done.compared, done.planned.unchanged) == (PEOPLE, PEOPLE // 2)
    absent = [line.id for line in importer.all_absent(done)]
    assert len(absent) == done.absent
    assert set(absent) == {f"p{n}" for n in range(1, PEOPLE, 2)}
    assert len(absent) == PEOPLE // 2
    page = urllib3.request("GET", f"{app.url}/import/{job.id}?show=absent&from=19950")
    assert f"19,951–20,000 of {PEOPLE // 2:,}" in page.data.decode()
    store.close()


def is_dead(process: int) -> bool:
    """Whether a process has ended; nobody may have buried it yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except FileNotFoundError:
        return True


def wait_for(importer: Importer, job: Job, is_so: Callable[[Job], bool]) -> Job:
    ends = time.monotonic() + _LONGEST_WAIT
    while time.monotonic() < ends:
        now = importer.read(job.id)
        if is_so(now):
            return now
        time.sleep(0.02)
    raise AssertionError(f"the import stands still: {now}")
