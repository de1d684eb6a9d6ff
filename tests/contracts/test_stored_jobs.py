"""The stored state of an import is read as a whole, or not at all."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contracts.bulk_edits import BulkEdit
from app.contracts.import_choices import Choices
from app.contracts.import_jobs import Job, Phase
from app.contracts.job_names import STORED_AS
from app.contracts.line_counts import LineCounts
from app.contracts.stored_jobs import counts_from, job_from
from tests.support.hostile_json import HOSTILE, NOT_JSON, json_with, values

FULL = Job(
    id="20260101-000000-aaaaaaaa", name="Ñ.csv", created=1_800_000_000.0, phase=Phase.APPLYING,
    choices=Choices(columns=(("Büro", "location"),), added_rows=(3,), is_complete=True),
    emptied=(("phone", 2),), ignored_columns=("Shoe",), sheets=("A",), total=-1,
    planned=LineCounts(1, 2, 3, 4), paused=True, lease_until=5.0,
    edit=BulkEdit(filters=(("letter", "a"),), values=(("location", "B"),), added_badges=("bug",)),
)  # fmt: skip
FIELDS = [STORED_AS.get(field.name, field.name) for field in fields(Job)]


def test_a_job_comes_back_as_it_was() -> None:
    assert job_from(FULL.as_text()) == FULL


@pytest.mark.parametrize("text", [*NOT_JSON, None, b"\xff", 5], ids=lambda text: repr(text)[:20])
def test_what_is_no_job_is_none(text: object) -> None:
    assert job_from(text) is None


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_job_with_an_impossible_value_is_none_or_can_be_shown(kind: str) -> None:
    for name in FIELDS:
        job = job_from(json_with(json.loads(FULL.as_text()), name, kind))
        if job is not None:
            assert job_from(job.as_text()) == job
            job.as_text().encode()
            assert sum(job.progress) >= 0
    assert job_from(json_with(json.loads(FULL.as_text()), "created", kind)) is None or kind in (
        "fraction",
    )


@given(st.sampled_from(FIELDS), values)
def test_any_value_at_any_field_is_read_or_is_none(name: str, value: object) -> None:
    job = job_from(json.dumps({**json.loads(FULL.as_text()), name: value}))
    assert job is None or job_from(job.as_text()) == job


@pytest.mark.parametrize(
    "edit",
    [
        {"filters": [["shoe", "A"]], "values": [["location", "B"]]},
        {"filters": [["letter", "a"], ["letter", "b"]], "values": [["location", "B"]]},
        {"values": [["email", "B"]]},
        {"removed_badges": ["shoe"]},
    ],
)
def test_a_job_whose_edit_has_another_list_or_another_field_is_none(edit: object) -> None:
    assert job_from(json.dumps({**json.loads(FULL.as_text()), "edit": edit})) is None


@given(values)
def test_counts_are_read_or_are_none(value: object) -> None:
    counts = counts_from(value)
    assert counts is None or min(counts) >= 0
