"""Who reports to somebody who leaves gets another manager, and gets the former one back."""

from __future__ import annotations

from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from app.access.viewer import Role
from app.contracts.import_jobs import Phase
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.web.forms import moved_reports
from tests.support.page_reader import Page
from tests.support.small_directory import AMARA, SmallDirectory, small
from tests.support.viewers import OPERATOR, request_as, viewer

__all__ = ["small"]


def put(small: SmallDirectory, name: str, manager: str = "", **fields: str) -> None:
    key = name.lower()
    person = replace(AMARA, id=key, full_name=f"{name} Lee", email=f"{key}@x.com", manager=manager)
    small.put(replace(person, **fields))


def fill(small: SmallDirectory, reports: int) -> list[str]:
    """Pat leads so many, and reports to Boss. What is left to do waits for ``work``."""
    small.app.extensions["import_scheduler"].launch = lambda job_id: None
    put(small, "Boss")
    put(small, "Pat", "boss")
    put(small, "Kim", "boss")
    names = [f"R{number:02}" for number in range(reports)]
    for name in names:
        put(small, name, "pat")
    return [name.lower() for name in names]


def leave(small: SmallDirectory, status: int = 303, **typed: Any) -> Page:
    return small.post("/leave/pat", small.form("/leave/pat", **typed), status)


def managers(small: SmallDirectory) -> dict[str, str]:
    return {one.id: one.manager for one in small.everyone()}


def work(small: SmallDirectory) -> None:
    importer = small.app.extensions["importer"]
    while (job_id := importer.due()) is not None:
        for _ in importer.work(job_id, Event()):
            pass


@pytest.mark.parametrize("number", [1, 5, 25])
def test_they_move_to_the_own_manager_and_come_back(small: SmallDirectory, number: int) -> None:
    ids = fill(small, number)
    before = managers(small)
    page = small.get("/leave/pat")
    assert f"{number} direct report" in page.text
    assert "Boss Lee" in page.text
    shown = small.reader.follow(leave(small))
    assert "report" in shown.text
    assert "to Boss Lee." in shown.text
    assert {managers(small)[one] for one in ids} == {"boss"}
    [change, *_] = small.store.history.changes_of(ids[0]).changes
    assert change.through.source == "reports of a leaver"
    asked = small.get(shown.links()["Undo"])
    assert f"{number} direct report" in asked.text
    shown = small.reader.follow(small.post("/restore/pat", asked.fields()))
    assert f"{number} direct report" in shown.text
    assert managers(small) == before


def test_more_move_in_the_background(small: SmallDirectory) -> None:
    ids = fill(small, 26)
    before = managers(small)
    page = small.get("/leave/pat")
    assert "26 direct reports" in page.text
    assert "in the background" in page.text
    shown = small.reader.follow(leave(small))
    assert "move to Boss Lee in the background" in shown.text
    progress = shown.links()["Progress"]
    assert managers(small) == {**before}
    work(small)
    assert {managers(small)[one] for one in ids} == {"boss"}
    assert "Completed" in small.get(progress).text
    small.change("r03", phone="+1 555 0100")
    small.change("r04", manager="kim")
    shown = small.reader.follow(small.post("/restore/pat", small.form("/restore/pat")))
    assert "given back in the background" in shown.text
    work(small)
    after = managers(small)
    assert after == {**before, "r04": "kim"}
    assert small.store.get("r03").phone == "+1 555 0100"


def test_they_stay_where_that_is_chosen_and_editors_see_who_left(small: SmallDirectory) -> None:
    fill(small, 2)
    leave(small, reports="stay")
    assert managers(small)["r00"] == "pat"
    page = small.get("/employee/r00")
    assert "Pat Lee" in page.text
    assert "Left on" in page.text
    request_as(small.app, viewer(Role.COLLEAGUE))
    assert "Pat" not in small.get("/employee/r00").text


def test_one_of_them_leads_the_others(small: SmallDirectory) -> None:
    fill(small, 3)
    before = managers(small)
    shown = small.reader.follow(leave(small, reports="other", manager="r01"))
    assert "R01 Lee now reports to Boss Lee." in shown.text
    assert "2 direct reports now report to R01 Lee." in shown.text
    after = managers(small)
    assert (after["r00"], after["r01"], after["r02"]) == ("r01", "boss", "r01")
    small.post("/restore/pat", small.form("/restore/pat"))
    assert managers(small) == before


def test_somebody_further_below_leads_them(small: SmallDirectory) -> None:
    fill(small, 3)
    put(small, "Low", "r01")
    put(small, "Lower", "low")
    before = managers(small)
    leave(small, reports="other", manager="lower")
    after = managers(small)
    assert (after["r00"], after["r01"], after["low"]) == ("lower", "boss", "r01")
    small.post("/restore/pat", small.form("/restore/pat"))
    assert managers(small) == before


def test_below_the_top_the_new_manager_reports_to_nobody(small: SmallDirectory) -> None:
    fill(small, 2)
    small.change("pat", manager="")
    page = small.get("/leave/pat")
    assert page.fields()["reports"] == ["stay"]
    shown = small.reader.follow(leave(small, reports="other", manager="r00"))
    assert "R00 Lee now reports to nobody." in shown.text
    assert (managers(small)["r00"], managers(small)["r01"]) == ("", "r00")


def test_a_day_to_come_moves_them_now_and_taking_it_back_gives_them_back(
    small: SmallDirectory,
) -> None:
    fill(small, 2)
    before = managers(small)
    from app.directory.leavers import latest_last_day

    leave(small, when="other", last_day=latest_last_day())
    assert managers(small)["r00"] == "boss"
    assert small.store.history.changes_of("r00").changes[0].through.source == "reports of a leaver"
    small.post("/restore/pat", small.form("/restore/pat"))
    assert managers(small) == before


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ("", "Choose to whom they report"),
        ("pat", "Pat Lee is the one who leaves"),
        ("nobody", "Nobody here has the id"),
        ("gone", "Gone Lee has left"),
        ("x" * 5_000, "Nobody here has the id"),
    ],
)
def test_who_cannot_lead_them_is_told_and_nobody_leaves(
    small: SmallDirectory, other: str, told: str
) -> None:
    fill(small, 2)
    put(small, "Gone", left_on="2020-01-01")
    page = leave(small, 422, reports="other", manager=other, note="Kept")
    assert told in page.text
    assert page.fields()["note"] == ["Kept"]
    assert page.fields()["reports"] == ["other"]
    assert small.store.get("pat").left_on == ""
    assert managers(small)["r00"] == "pat"


def test_somebody_is_found_by_name_without_script(small: SmallDirectory) -> None:
    fill(small, 2)
    page = leave(small, 200, reports="other", manager_name="Kim", find_manager="1", note="Kept")
    assert "Found for “Kim”" in page.text
    assert small.store.get("pat").left_on == ""
    fields = page.fields()
    assert (fields["note"], fields["reports"]) == (["Kept"], ["other"])
    small.post("/leave/pat", {**fields, "manager": "kim"})
    assert managers(small)["r00"] == "kim"
    assert "Choose who is meant" in leave_again_with_a_name(small).text


def leave_again_with_a_name(small: SmallDirectory) -> Page:
    put(small, "Sam", "pat")
    form = small.form("/leave/pat", reports="other", manager_name="Kim")
    return small.post("/leave/pat", form, 422)


def test_the_same_form_twice_moves_once(small: SmallDirectory) -> None:
    fill(small, 2)
    form = small.form("/leave/pat")
    first = small.reader.follow(small.post("/leave/pat", form)).text
    versions = {one.id: one.version for one in small.everyone()}
    second = small.reader.follow(small.post("/leave/pat", form)).text
    assert {one.id: one.version for one in small.everyone()} == versions
    assert "2 direct reports now report to Boss Lee." in first
    assert "2 direct reports now report to Boss Lee." in second
    assert len(small.app.extensions["importer"].recent().jobs) == 1


def test_a_later_move_of_who_was_kept(small: SmallDirectory) -> None:
    fill(small, 2)
    before = managers(small)
    leave(small, reports="stay")
    page = small.get("/leave/pat")
    assert page.fields()["reports"] == ["stay"]
    leave(small, reports="other", manager="kim")
    assert managers(small)["r00"] == "kim"
    small.post("/restore/pat", small.form("/restore/pat"))
    assert managers(small) == before


def test_a_failing_store_loses_nothing(
    small: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(small, 2)

    def fails(*args: object) -> None:
        raise StorageUnavailable("the database", "Put")

    form = small.form("/leave/pat")
    with monkeypatch.context() as patch:
        patch.setattr(moved_reports, "begin_move", fails)
        shown = small.reader.follow(small.post("/leave/pat", form))
    assert "were not moved, because" in shown.text
    assert small.store.get("pat").left_on
    assert managers(small)["r00"] == "pat"
    small.post("/leave/pat", form)
    assert managers(small)["r00"] == "boss"


def test_a_silent_store_keeps_the_choice(small: SmallDirectory) -> None:
    fill(small, 2)
    form = small.form("/leave/pat", reports="other", manager="kim")
    small.store.silent = True
    page = small.post("/leave/pat", form, 503)
    small.store.silent = False
    fields = page.fields()
    assert (fields["reports"], fields["manager"]) == (["other"], ["kim"])
    small.post("/leave/pat", fields)
    assert managers(small)["r00"] == "kim"


def test_a_row_of_leavers_restores_and_tells_who_stays(small: SmallDirectory) -> None:
    fill(small, 2)
    leave(small)
    page = small.get("/leavers")
    shown = small.reader.follow(small.post("/restore/pat", page.fields("/restore/pat")))
    assert "2 direct reports stay with Boss Lee." in shown.text
    assert managers(small)["r00"] == "boss"
    address = shown.links()["Give them back"]
    small.post(address, small.form(address))
    work(small)
    assert managers(small)["r00"] == "pat"


def test_a_restore_while_they_move_stops_that(small: SmallDirectory) -> None:
    fill(small, 26)
    before = managers(small)
    leave(small)
    shown = small.reader.follow(small.post("/restore/pat", small.form("/restore/pat")))
    assert "had not moved yet, and stay" in shown.text
    work(small)
    assert managers(small) == before


def test_two_editors_at_once(small: SmallDirectory) -> None:
    fill(small, 3)
    first, second = small.form("/leave/pat"), small.form("/leave/pat", reports="other",
                                                         manager="kim")  # fmt: skip
    small.post("/leave/pat", first)
    shown = small.reader.follow(small.post("/leave/pat", second))
    assert "Nobody reports to them any more." in shown.text
    assert managers(small)["r00"] == "boss"


def test_a_report_does_not_read_in_the_own_history_who_left(small: SmallDirectory) -> None:
    fill(small, 1)
    leave(small)
    request_as(small.app, viewer(Role.COLLEAGUE, person_id="r00"))
    assert "Pat Lee left" not in small.get("/employee/r00/history").text


def test_operators_alone_move(small: SmallDirectory) -> None:
    fill(small, 1)
    form = small.form("/leave/pat")
    request_as(small.app, viewer(Role.COLLEAGUE))
    small.post("/leave/pat", form, 403)
    request_as(small.app, OPERATOR)
    assert managers(small)["r00"] == "pat"


def test_who_is_still_leaving_can_be_chosen_with_that_said(small: SmallDirectory) -> None:
    from app.directory.leavers import latest_last_day

    fill(small, 1)
    small.change("boss", left_on=latest_last_day())
    assert "leaves on" in small.get("/leave/pat").text


def test_the_job_of_a_move_is_done(small: SmallDirectory) -> None:
    fill(small, 1)
    leave(small)
    [job] = small.app.extensions["importer"].recent().jobs
    assert (job.phase, job.done.changed, job.edit.leaver) == (Phase.APPLIED, 1, "pat")
    page = small.get(f"/import/{job.id}")
    assert "Pat Lee left: direct reports → Boss Lee" in page.text


def test_the_undo_in_the_history_tells_who_stays(small: SmallDirectory) -> None:
    fill(small, 2)
    leave(small)
    [change, *_] = small.store.history.changes_of("pat").changes
    address = f"/employee/pat/history/{change.moment}/undo"
    shown = small.reader.follow(small.post(address, small.form(address)))
    assert "2 direct reports stay with Boss Lee." in shown.text
    assert "Give them back" in shown.links()


def test_a_circle_of_another_program_is_not_closed_again(small: SmallDirectory) -> None:
    fill(small, 2)
    small.store.change_outside("boss", "manager", "pat")
    leave(small, reports="up")
    after = managers(small)
    assert (after["boss"], after["pat"], after["r00"]) == ("", "boss", "boss")
    small.get("/org/r00")


def test_a_store_that_fails_midway_is_waited_for(
    small: SmallDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(small, 3)
    before, real = managers(small), small.store.update

    def fails(employee: Employee, *args: Any) -> Employee:
        if employee.id == "r01":
            raise StorageUnavailable("the database", "Put")
        return real(employee, *args)

    form = small.form("/leave/pat")
    with monkeypatch.context() as patch:
        patch.setattr(small.store, "update", fails)
        shown = small.reader.follow(small.post("/leave/pat", form))
    assert "move to Boss Lee in the background" in shown.text
    assert (managers(small)["r00"], managers(small)["r01"]) == ("boss", "pat")
    work(small)
    assert managers(small) == {**before, "r00": "boss", "r01": "boss", "r02": "boss"}
    small.post("/restore/pat", small.form("/restore/pat"))
    assert managers(small) == before
