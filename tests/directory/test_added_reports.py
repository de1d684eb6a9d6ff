"""Somebody comes to report to another manager, once, whatever else changed of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.access.viewer import Role
from app.directory.added_reports import ReportNotAdded, Seen, Why, add_report
from app.directory.service import Directory
from app.history.changes import ON_THE_PAGE, Write
from app.model.employee import Employee
from app.model.errors import NotAllowed, ReportingLoop
from app.model.revision import revision_of
from tests.support.days import PAST_DAY
from tests.support.stores.bindings import BINDINGS
from tests.support.viewers import viewer

EDITOR = viewer(Role.EDITOR)


@pytest.fixture(
    params=[
        pytest.param(each, id=each.name, marks=each.marks)
        for each in BINDINGS
        if each.name in ("model", "sqlite", "moto")
    ]
)
def directory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Directory]:
    """Pat leads Kofi and Salma."""
    room = request.param.open(request, tmp_path)
    for key, manager in (("pat", ""), ("kofi", "pat"), ("salma", "pat")):
        person = Employee(id=key, full_name=key.title(), job_title="T", location="L")
        room.store.add(replace(person, manager=manager), Write(f"add-{key}"))
    yield Directory(room.store, None, history=room.open_history())
    room.close()


def add(directory: Directory, seen: str | None, write_id: str = "w", one: str = "kofi") -> Employee:
    shown = None if seen is None else Seen(seen, 1)
    return add_report(directory, EDITOR, one, "salma", shown, write_id, ON_THE_PAGE)


def change(directory: Directory, key: str, write_id: str, **fields: str) -> Employee:
    stored = directory.get(EDITOR, key)
    changed = replace(stored, **fields)  # type: ignore[arg-type]
    return directory.update(EDITOR, changed, revision_of(stored), write_id)


def why_not(directory: Directory, seen: str | None, write_id: str = "w") -> Why:
    with pytest.raises(ReportNotAdded) as refused:
        add(directory, seen, write_id)
    return refused.value.why


def test_another_change_meanwhile_does_not_matter_and_stays(directory: Directory) -> None:
    change(directory, "kofi", "other", phone="+1 206 555 0141")
    added = add(directory, "pat")
    assert (added.manager, added.phone, added.version) == ("salma", "+1 206 555 0141", 3)
    assert add(directory, "pat").version == 3
    assert why_not(directory, None) is Why.REPORTS_ALREADY
    assert why_not(directory, "salma", "w2") is Why.REPORTS_ALREADY


def test_another_manager_meanwhile_stays(directory: Directory) -> None:
    change(directory, "kofi", "other", manager="")
    assert why_not(directory, "pat") is Why.MOVED
    assert directory.get(EDITOR, "kofi").manager == ""
    assert add(directory, None).manager == "salma"


def test_who_was_added_and_moved_back_is_not_added_by_the_same_form(directory: Directory) -> None:
    add(directory, "pat")
    change(directory, "kofi", "back", manager="pat")
    assert why_not(directory, "pat") is Why.MOVED
    assert directory.get(EDITOR, "kofi").manager == "pat"


def test_leavers_circles_and_colleagues_are_refused(directory: Directory) -> None:
    with pytest.raises(ReportingLoop):
        add(directory, "", one="pat")
    with pytest.raises(NotAllowed):
        add_report(directory, viewer(Role.COLLEAGUE), "kofi", "salma", None, "w", ON_THE_PAGE)
    change(directory, "kofi", "left", left_on=PAST_DAY)
    assert why_not(directory, "pat") is Why.HAS_LEFT
