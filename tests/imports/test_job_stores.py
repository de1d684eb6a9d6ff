"""Every store keeps jobs to the same promises."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.contracts.import_choices import Choices
from app.contracts.import_jobs import (
    DAYS_KEPT,
    Job,
    JobChanged,
    JobNotFound,
    Phase,
    new_job_id,
)
from app.contracts.line_counts import LineCounts
from app.contracts.stored_jobs import job_from
from tests.support.import_desk import Desk, jobs_beside
from tests.support.stores.dynamodb_binding import DynamoRoom
from tests.support.stores.sql_binding import SqliteRoom

FULL = Job(
    id="20260101-000000-aaaaaaaa",
    name="Ñandú.csv",
    created=time.time(),
    phase=Phase.APPLYING,
    choices=Choices(columns=(("Büro", "location"), ("Schuhgröße", ""))),
    emptied=(("phone", 2),),
    ignored_columns=("Schuhgröße",),
    planned=LineCounts(1, 2, 3, 4),
)


def test_a_job_comes_back_as_it_was_kept(real_desk: Desk) -> None:
    jobs = real_desk.jobs
    jobs.create(FULL)
    assert jobs.read(FULL.id) == (FULL, 1)
    later = replace(FULL, phase=Phase.APPLIED, done=LineCounts(9))
    assert jobs.write(later, 1) == 2
    assert jobs.read(FULL.id) == (later, 2)


def test_who_read_an_older_state_writes_nothing(real_desk: Desk) -> None:
    jobs = real_desk.jobs
    jobs.create(FULL)
    jobs.write(replace(FULL, paused=True), 1)
    with pytest.raises(JobChanged):
        jobs.write(replace(FULL, attempts=3), 1)
    assert jobs.read(FULL.id).job.paused


def test_a_job_is_not_created_in_place_of_another(real_desk: Desk) -> None:
    jobs = real_desk.jobs
    jobs.create(FULL)
    with pytest.raises(JobChanged):
        jobs.create(replace(FULL, name="Another.csv"))
    assert jobs.read(FULL.id) == (FULL, 1)


def test_parts_are_kept_by_kind_and_number_and_may_be_written_again(real_desk: Desk) -> None:
    jobs = real_desk.jobs
    large = bytes(range(256)) * 1500  # 384 KB
    for kind, number, content in (("a", 0, b"x"), ("a", 1, large), ("b", 1, b""), ("a", 0, b"y")):
        jobs.put_part(FULL.id, kind, number, content)
    assert jobs.get_part(FULL.id, "a", 0) == b"y"
    assert jobs.get_part(FULL.id, "a", 1) == large
    assert jobs.get_part(FULL.id, "b", 1) == b""
    with pytest.raises(JobNotFound):
        jobs.get_part(FULL.id, "b", 0)


def test_the_latest_jobs_come_first_and_what_is_deleted_is_gone_with_its_parts(
    real_desk: Desk,
) -> None:
    jobs = real_desk.jobs
    now = datetime.now(UTC)
    days = [now - timedelta(days=count) for count in (2, 1, 0)]
    three = [replace(FULL, id=f"{day:%Y%m%d-%H%M%S}-{day:%H%M%S}00") for day in days]
    for job in three:
        jobs.create(job)
    for number in range(30):
        jobs.put_part(three[2].id, "plan", number, b"x")
    assert [stored.job for stored in jobs.recent(2)] == [three[2], three[1]]
    assert [stored.job for stored in jobs.recent(9, three[2].id)] == [three[1], three[0]]
    assert jobs.recent(9, three[0].id) == []
    jobs.delete(three[2].id)
    jobs.delete(three[2].id)
    assert [stored.job for stored in jobs.recent(9)] == [three[1], three[0]]
    for number in (0, 29):
        with pytest.raises(JobNotFound):
            jobs.get_part(three[2].id, "plan", number)
    with pytest.raises(JobNotFound):
        jobs.read(three[2].id)
    with pytest.raises(JobNotFound):
        jobs.write(three[2], 1)


def test_a_job_that_wants_work_is_found_however_many_came_after_it(real_desk: Desk) -> None:
    jobs = real_desk.jobs
    old, older = (replace(FULL, id=f"2025010{day}-000000-aaaaaaaa") for day in (2, 1))
    for job in (old, older):
        jobs.create(replace(job, phase=Phase.RECEIVING))
        jobs.write(job, 1)
    for number in range(25):
        jobs.create(replace(FULL, id=f"20260101-0000{number:02}-bbbbbbbb", phase=Phase.APPLIED))
    assert [stored.job for stored in jobs.pending(9)] == [older, old]
    assert [stored.job for stored in jobs.pending(1)] == [older]
    assert real_desk.importer.due() == older.id
    jobs.write(replace(older, paused=True), 2)
    assert jobs.pending(9) == [(old, 2)]
    jobs.delete(old.id)
    assert jobs.pending(9) == []
    jobs.write(older, 3)
    assert jobs.pending(9) == [(older, 4)]


def test_the_columns_of_a_file_are_kept_for_all_files_with_its_headings(real_desk: Desk) -> None:
    jobs = real_desk.jobs
    key, large = "0123456789abcdef0123", bytes(range(256)) * 1500
    assert jobs.get_columns(key) == b""
    for content in (b"[]", large):
        jobs.put_columns(key, content)
        assert jobs.get_columns(key) == content
    assert jobs.get_columns("f" * 20) == b""
    assert jobs.recent(9) == []


def test_an_sql_database_forgets_jobs_after_thirty_days(tmp_path: Path) -> None:
    room = SqliteRoom(tmp_path)
    jobs = jobs_beside(room.store)
    old = replace(FULL, created=time.time() - (DAYS_KEPT + 1) * 86_400)
    young = replace(FULL, id=new_job_id())
    jobs.create(old)
    jobs.put_part(old.id, "plan", 0, b"x")
    jobs.put_columns("0" * 20, b"[]")
    jobs.create(young)
    assert jobs.get_columns("0" * 20) == b"[]"
    assert [stored.job for stored in jobs.recent(9)] == [young]
    with pytest.raises(JobNotFound):
        jobs.get_part(old.id, "plan", 0)
    room.close()


def test_dynamodb_is_told_when_to_forget(dynamodb_local: str) -> None:
    room = DynamoRoom(dynamodb_local)
    jobs = jobs_beside(room.store)
    jobs.create(FULL)
    jobs.put_part(FULL.id, "plan", 0, b"x")
    jobs.put_columns("0" * 20, b"[]")
    wanted = time.time() + DAYS_KEPT * 86_400
    for item in room.items(room.index):
        if item["view"]["S"] == "import-columns":
            assert "ttl" not in item
        elif item["view"]["S"].startswith("import"):
            assert abs(int(item["ttl"]["N"]) - wanted) < 60
    assert list(room.store.reindex())
    assert jobs.get_part(FULL.id, "plan", 0) == b"x"
    assert jobs.get_columns("0" * 20) == b"[]"
    room.close()


def test_what_another_release_added_to_a_job_is_left_out() -> None:
    assert job_from(FULL.as_text()[:-1] + ',"colour":"blue"}') == FULL
