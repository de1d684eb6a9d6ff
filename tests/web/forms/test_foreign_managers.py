"""What another program wrote as the manager stays when somebody saves the form untouched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.history.changes import Write
from app.model.employee import Employee
from tests.support.page_reader import PageReader
from tests.support.small_app import small_app, stores_of
from tests.support.small_directory import SmallDirectory, small
from tests.support.stores.bindings import BINDINGS, Room

__all__ = ["small"]

PERSON = Employee(id="bo", full_name="Bo Berg", job_title="Clerk", location="Oslo")
VALUES: dict[str, Any] = {
    "name": {"S": "Pat  Lee"},
    "spaces": {"S": "  Pat "},
    "lines": {"S": "Pat\nLee\r\n7\r"},
    "mark": {"S": "Pat\x00\x07\u200bLee"},
    "long": {"S": "Pat " * 900},
    "number": {"N": "7"},
    "list": {"L": [{"S": "Pat Lee"}, {"N": "7"}]},
    "map": {"M": {"name": {"S": "Pat"}}},
    "set": {"SS": ["Pat", "Lee"]},
    "true": {"BOOL": True},
    "null": {"NULL": True},
    "binary": {"B": b"Pat"},
}


@pytest.fixture(
    params=[
        pytest.param(each, id=each.name, marks=each.marks)
        for each in BINDINGS
        if each.name in ("sqlite", "moto")
    ]
)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    room = request.param.open(request, tmp_path)
    yield room
    room.close()


@pytest.mark.parametrize("kind", VALUES)
def test_what_is_not_touched_can_be_saved(room: Room, tmp_path: Path, kind: str) -> None:
    room.store.add(PERSON, Write("add"))
    value = VALUES[kind]
    if hasattr(room, "client"):
        room.client.update_item(
            TableName=room.people, Key={"id": {"S": "bo"}}, UpdateExpression="SET manager = :m",
            ExpressionAttributeValues={":m": value},
        )  # fmt: skip
    else:  # a column of texts
        room.change_outside("bo", "manager", str(next(iter(value.values()))))
    before = room.store.get("bo").manager
    reader = PageReader(small_app(tmp_path, stores_of(room.store, None)))
    reader.get("/employee/bo")
    form = {**reader.get("/edit/bo").fields(), "about": "New."}
    if "manager" in form:  # as a browser sends line breaks
        form["manager"] = ["\r\n".join(form["manager"][0].splitlines())]
    reader.post("/edit/bo", form)
    stored = room.store.get("bo")
    assert (stored.about, stored.manager) == ("New.", before)
    reader.get("/employee/bo/history")
    reader.post("/edit/bo", {**reader.get("/edit/bo").fields(), "manager": ""})
    assert room.store.get("bo").manager == ""


@pytest.mark.parametrize("text", ["Pat\nLee\r\n7\r", "Pat\x00\x07\u200bLee", "Pat " * 900])
def test_it_stays_where_two_edits_meet(small: SmallDirectory, text: str) -> None:
    small.put(PERSON)
    small.store.change_outside("bo", "manager", text)
    form = small.form("/edit/bo", phone="+47 22 86 24 00")
    small.change("bo", phone="+47 22 86 24 01")
    page = small.post("/edit/bo", form, 409)
    kept = {**page.fields(), "keep": "", "choose-phone": "mine"}
    for name in ("manager", "mine-manager", "theirs-manager"):  # as a browser sends line breaks
        if name in kept:
            kept[name] = ["\r\n".join(kept[name][0].splitlines())]
    small.post("/edit/bo", kept)
    stored = small.store.get("bo")
    assert (stored.phone, stored.manager) == ("+47 22 86 24 00", text)
    small.store.people.pop("bo")
    assert "Pat" in small.post("/edit/bo", form, 404).text
