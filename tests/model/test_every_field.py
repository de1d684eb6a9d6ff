"""Every field of the table is shown, typed, checked, imported, exported and stored."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from app.backups.backup import take_backup
from app.backups.restoring import restore
from app.directory.service import Directory
from app.exports.csv_file import csv_file
from app.exports.json_lines import from_json_line, to_json_line
from app.exports.vcards import vcard
from app.exports.xlsx_file import xlsx_file
from app.history.changes import Write
from app.imports.files.table import Table
from app.imports.planning.dates import DayOrder
from app.imports.planning.parsed_rows import ParsedRow, read_row
from app.model.employee import Employee
from app.model.field_types import Field
from app.model.fields import CONTENT_FIELDS, FIELD, FIELDS, TYPED_FIELDS
from app.model.kinds import Kind
from app.model.revision import fields_changed_since, revision_of
from app.model.validation import problem
from app.storage.dynamodb.records.codec import employee_from, new_record
from app.storage.sql import open_sql_store
from app.web.ui import dates
from tests.support.model_store import ModelStore
from tests.support.small_directory import SmallDirectory, small
from tests.support.viewers import OPERATOR

__all__ = ["small"]

OF_KIND = {
    Kind.TEXT: "Some words.\nAnd more.",
    Kind.EMAIL: "some@example.com",
    Kind.PHONE: "+254 20 555 0127",
    Kind.DATE: "2024-02-29",
    Kind.TIME_ZONE: "Africa/Nairobi",
    Kind.BADGES: ("linux", "trophy"),
    Kind.NAMES: ("phone", "about"),
    Kind.PHOTO: f"employee_pic/{'a' * 32}.jpg",
}
WHOLE = Employee(
    id="whole", **{field.name: OF_KIND.get(field.kind, f"Some {field.name}") for field in FIELDS}
)
# What no column of a table holds.
UNTYPED = ("photo_key", "hidden", "left_on")
TEXTS = [pytest.param(FIELD[name], id=name) for name in TYPED_FIELDS]


def typed(employee: Employee) -> dict[str, str | tuple[str, ...]]:
    """What people can type about an employee."""
    return {name: getattr(employee, name) for name in CONTENT_FIELDS if name not in UNTYPED}


def imported(file: bytes) -> ParsedRow:
    table = Table(io.BytesIO(file))
    assert table.columns.ignored == ()
    [row] = table.rows()
    return read_row(row, table.columns, DayOrder())


@pytest.mark.parametrize("export", [csv_file, xlsx_file])
def test_an_exported_table_is_imported_as_it_was(export) -> None:
    row = imported(b"".join(export([[WHOLE]])))
    assert row.id == "whole"
    assert row.values == typed(WHOLE)


def test_a_line_of_json_and_the_records_of_both_stores_hold_every_field(tmp_path: Path) -> None:
    assert from_json_line(to_json_line(WHOLE)) == WHOLE
    assert employee_from(new_record(WHOLE, "hash", "form")).same_content(WHOLE)
    store = open_sql_store(f"sqlite:///{tmp_path / 'directory.db'}")
    store.set_up()
    store.add(WHOLE, Write("form"))
    assert store.get("whole").same_content(WHOLE)
    assert list(store.add_many([replace(WHOLE, id="second")])) == [1]
    assert store.get("second").same_content(WHOLE)
    store.close()


@pytest.mark.parametrize(
    "value",
    [{"N": "42"}, {"BOOL": True}, {"NULL": True}, {"B": "AP8="}, {"L": [{"S": "a"}]}, {"SS": ["a"]},
     {"NS": ["1"]}, {"BS": ["AP8="]}, {"M": {"a": {"S": "b"}}}, {"S": "Jose\u0301\x00\x1f\n"}, {}],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("field", TEXTS)
def test_odd_types_of_other_programs_never_fail_a_read(field: Field, value: object) -> None:
    read = employee_from({"id": {"S": "odd"}, field.dynamodb_attribute: value})
    assert isinstance(getattr(read, field.name), str)


def test_a_backup_brings_every_field_back(tmp_path: Path) -> None:
    before, after = Directory(ModelStore(), None), Directory(ModelStore(), None)
    person = replace(WHOLE, photo_key="")
    before.add(OPERATOR, person, "form")
    list(take_backup(before, tmp_path / "backup"))
    list(restore(after, tmp_path / "backup"))
    assert after.get(OPERATOR, "whole").same_content(person)


@pytest.mark.parametrize(
    "field", [pytest.param(field, id=field.name) for field in FIELDS if field.vcard]
)
def test_a_vcard_holds_the_field(field: Field) -> None:
    name = field.vcard.partition("{}")[0].format(company="")
    assert f"\r\n{name}" in vcard(WHOLE).decode()
    assert f"\r\n{name}" not in vcard(replace(WHOLE, **{field.name: ""})).decode()


@pytest.mark.parametrize("field", TEXTS)
def test_a_revision_tells_a_change_of_the_field(field: Field) -> None:
    emptied = replace(WHOLE, **{field.name: ""})
    assert fields_changed_since(revision_of(WHOLE), emptied) == {field.name}
    assert fields_changed_since(revision_of(emptied), WHOLE) == {field.name}


@pytest.mark.parametrize("field", TEXTS)
def test_the_field_is_typed_stored_and_shown(small: SmallDirectory, field: Field) -> None:
    value = getattr(WHOLE, field.name)
    if field.kind is Kind.PERSON:
        small.put(Employee(id=value, full_name="A. Manager", job_title="T", location="L"))
    small.add(**{field.name: value})
    stored = small.everyone()[-1]
    assert getattr(stored, field.name) == value
    page = small.get(f"/edit/{stored.id}")
    assert page.fields()[field.name] == [value]
    if field.kind is Kind.PERSON:  # chosen, not typed
        assert field.label in "".join(page.by_id(field.name).itertext())
    else:
        assert page.one("label", **{"for": field.name}).text.startswith(field.label)
    if field.name != "sort_as":  # which lists show by their order
        assert _as_shown(field, value) in small.get(f"/employee/{stored.id}").text


def _as_shown(field: Field, value: str) -> str:
    """Return how a person's page shows a value."""
    if field.kind is Kind.PERSON:
        return "A. Manager"
    if field.kind is Kind.TIME_ZONE:
        return f"Local time in {value.rpartition('/')[2]}"
    return dates.day(value) if field.kind is Kind.DATE else " ".join(value.split())


@pytest.mark.parametrize("field", TEXTS)
def test_the_field_can_be_what_two_editors_disagree_about(
    small: SmallDirectory, field: Field
) -> None:
    small.put(WHOLE)
    small.put(Employee(id=WHOLE.manager, full_name="Some Manager", job_title="T", location="L"))
    mine = small.form("/edit/whole", about="Mine.")
    small.change("whole", **{field.name: "2024-01-31", "pronouns": "other"})
    page = small.post("/edit/whole", mine, 409)
    assert page.by_id(f"field-{field.name}").text == field.label


@pytest.mark.parametrize("field", TEXTS)
def test_the_field_has_a_limit(field: Field) -> None:
    if field.kind in (Kind.LINE, Kind.TEXT):
        assert problem(field.name, "x" * field.max_characters) == ""
    assert problem(field.name, "x" * (field.max_characters + 1))


def test_the_data_lake_has_a_column_for_every_field() -> None:
    data_lake = pytest.importorskip("app.storage.aws.lake_tables")
    assert set(CONTENT_FIELDS) <= data_lake.PEOPLE.columns.keys()
