"""Histories as viewers see them: by their rights, and without what is concealed from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.access.viewer import Role
from app.access.visibility import Audience, Visibility
from app.contracts.history import AuditQuery
from app.directory import histories
from app.directory.histories import HistoryFilter, iter_history, read_audit, read_history
from app.history.authors import written_by
from app.history.changes import ON_THE_PAGE, Through, Via
from app.model.errors import NotAllowed
from app.model.revision import revision_of
from tests.support.small_directory import AMARA
from tests.support.viewers import viewer
from tests.web.history.conftest import Changing

EDITOR = viewer(Role.EDITOR)
HERSELF = viewer(Role.COLLEAGUE, person_id="amara")
OTHER = viewer(Role.COLLEAGUE, person_id="ben")


@pytest.fixture
def changing(tmp_path: Path) -> Changing:
    changing = Changing(tmp_path)
    changing.add()
    changing.change(mobile="+1 555 0100", location="Oslo")
    changing.change(phone="+1 555 0101", hidden=("mobile",))
    return changing


def test_a_history_is_of_editors_and_of_who_it_is_about(changing: Changing) -> None:
    directory = changing.directory
    for who in (EDITOR, HERSELF):
        assert len(read_history(directory, who, "amara").changes) == 3
    with pytest.raises(NotAllowed):
        read_history(directory, OTHER, "amara")
    with pytest.raises(NotAllowed):
        next(iter_history(directory, OTHER, "amara", HistoryFilter()))
    with pytest.raises(NotAllowed):
        read_audit(directory, HERSELF, AuditQuery())


def test_what_is_concealed_is_absent_from_the_changes(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    sight = Visibility({"phone": Audience.EDITORS}).sight_of(viewer(Role.COLLEAGUE))
    monkeypatch.setattr(Visibility, "sight_of", lambda _, __: sight)
    page = read_history(changing.directory, EDITOR, "amara")
    told = [set(change.now) for change in page.changes]
    assert told[0] == {"location"}
    assert not {"phone", "mobile", "about", "hidden"} & told[1]
    assert len(told) == 2
    assert all(change.base is None for change in page.changes)


def test_nobody_reads_in_their_own_history_that_they_are_to_leave(changing: Changing) -> None:
    note = Through(Via.PAGE, note="Told on Friday")
    photos = "employee_pic/a.jpg", "employee_pic/a-leaves-0123456789abcdef.jpg"
    steps: tuple[dict[str, Any], ...] = (
        {"photo_key": photos[0]},
        {"photo_key": photos[1], "left_on": "2999-05-28"},
        {"left_on": "2999-06-28", "location": "Bergen"},
    )
    for step in steps:
        stored = changing.now()
        write = written_by(EDITOR, str(step), note if "left_on" in step else ON_THE_PAGE)
        changing.directory.employees.update(replace(stored, **step), revision_of(stored), write)
    told = [
        (each.through.note, set(each.now))
        for each in read_history(changing.directory, HERSELF, "amara").changes
    ]
    assert told[:2] == [("", {"location"}), ("", {"photo_key"})]
    assert len(told) == 5
    assert read_history(changing.directory, EDITOR, "amara").changes[0].through.note


def test_the_oldest_change_is_asked_for_once(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        changing.change(location=f"Room {number}")
    history = changing.directory.history
    assert history is not None
    asked = []
    since = history.changes_since

    def counted(*args: object) -> object:
        asked.append(args)
        return since(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(history, "changes_since", counted)
    for _ in range(3):
        first = read_history(changing.directory, EDITOR, "amara").first
        assert first is not None
        assert first.version == 1
    assert len(asked) == 1


def test_a_filter_stops_where_its_days_end(
    changing: Changing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "_EXAMINED_AT_ONCE", 1)
    chosen = HistoryFilter(since="2999-01-01")
    page = read_history(changing.directory, EDITOR, "amara", chosen)
    assert (page.changes, page.older, page.examined) == ((), None, None)


def test_who_has_no_history_has_no_page_of_it(changing: Changing) -> None:
    changing.directory.history = None
    changing.directory.add(EDITOR, replace(AMARA, id="cy"), "cy")
    assert read_history(changing.directory, EDITOR, "cy").changes == ()
    assert read_audit(changing.directory, EDITOR, AuditQuery()).entries == ()
