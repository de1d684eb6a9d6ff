"""Who leads whom by a file: named by an id, an email, a number or a name, in any order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.contracts.bulk_edits import BulkEdit
from app.contracts.import_jobs import Phase
from app.history.changes import Author, Write
from app.imports.edits import begin_edit
from app.imports.planning import line_store
from app.model.employee import Employee
from app.model.revision import revision_of
from tests.support.import_desk import Desk

HEAD = "Id,Name,Title,Office,Mail,Employee number,Manager\n"


def here(desk: Desk, *ids: str, manager: str = "") -> None:
    for one in ids:
        person = Employee(id=one, full_name=f"{one.title()} X", job_title="T", location="L")
        person = replace(person, email=f"{one}@example.com", manager=manager)
        desk.store.add(replace(person, employee_number=f"n-{one}"), Write(f"w {one}"))


def row(one: str, manager: str = "") -> str:
    return f"{one},{one.title()} X,T,L,{one}@example.com,n-{one},{manager}\n"


def managers(desk: Desk) -> dict[str, str]:
    return {one.id: one.manager for batch in desk.store.iter_batches() for one in batch.people}


def test_a_manager_is_named_in_any_way_also_further_down(real_desk: Desk) -> None:
    here(real_desk, "ada")
    ways = ("cy", "CY@example.com", "n-cy", "Cy X", '"X, Cy"', "ada", "ADA@example.com", "Ada X")
    rows = [row(f"p{number}", way) for number, way in enumerate(ways)]
    job = real_desk.run(HEAD + "".join(rows) + row("cy", "ada"))
    assert job.phase is Phase.APPLIED
    assert not job.done.rejected
    expected = {f"p{number}": "ada" if "ada" in way.lower() else "cy" for number, way in
                enumerate(ways)}  # fmt: skip
    assert managers(real_desk) == {"ada": "", "cy": "ada", **expected}


@pytest.mark.parametrize("heading", ["Manager", "Manager email", "Manager id", "Reports to"])
def test_the_headings_of_managers(desk: Desk, heading: str) -> None:
    named = "bo@example.com" if heading == "Manager email" else "bo"
    desk.run(HEAD.replace("Manager", heading) + row("al", named) + row("bo"))
    assert managers(desk) == {"al": "bo", "bo": ""}


def test_somebody_who_is_here_is_named_with_the_last_name_first(real_desk: Desk) -> None:
    here(real_desk, "al", "bo")
    real_desk.run(f'{HEAD}bo,Bo X,T,L,bo@example.com,n-bo,"X, Al"\n')
    assert managers(real_desk) == {"al": "", "bo": "al"}


def test_an_id_of_another_system_gives_way_to_what_else_the_row_says(real_desk: Desk) -> None:
    here(real_desk, "al", "bo", "cy")
    head = "Id,Name,Manager,Manager id,Manager email\n"
    rows = (
        "al,Al X,Bo X,10442,\n"  # an id of nobody here, and a name
        "bo,Bo X,,10442,CY@example.com\n"  # and an email
    )
    job = real_desk.run(head + rows + "cy,Cy X,Head of all,10443,\n")
    assert managers(real_desk) == {"al": "bo", "bo": "cy", "cy": ""}
    assert "“10443 / Head of all” (1)" in job.notices[-1]


def test_of_all_that_a_row_says_the_certain_goes_first(desk: Desk) -> None:
    here(desk, "al", "bo")
    twin = Employee(id="al2", full_name="Al X", email="twin@example.com")
    desk.store.add(twin, Write("twin"))
    head = "Id,Name,Manager id,Manager email,Manager\n"
    desk.run(f"{head}bo,Bo X,10442,,Al X\n")
    assert managers(desk)["bo"] == ""
    desk.run(f"{head}bo,Bo X,Al X,al@example.com,\n")
    assert managers(desk)["bo"] == "al"


def test_a_name_with_a_number_an_address_or_an_id_in_brackets(real_desk: Desk) -> None:
    here(real_desk, "ada")
    ways = ("Ada X (n-ada)", "Ada X (ADA@example.com)", "Ada X (ada)", '"X, Ada (n-ada)"')
    rows = [row(f"p{number}", way) for number, way in enumerate(ways)]
    others = ("Ada X (n-9)", "Bo X (n-ada)", "(n-ada)", "Ada X ()", "Ada X (n-ada", "Cy X (n-cy)")
    rows += [row(f"q{number}", way) for number, way in enumerate(others)]
    real_desk.run(HEAD + "".join(rows) + row("cy"))
    led = managers(real_desk)
    assert [led[f"p{number}"] for number in range(4)] == ["ada"] * 4
    assert [led[f"q{number}"] for number in range(6)] == ["", "", "", "ada", "", "cy"]


def test_a_new_person_without_an_id_is_somebodys_manager(desk: Desk) -> None:
    desk.run("Name,Title,Office,Mail,Manager\nAl,T,L,al@x.org,bo@x.org\nBo,T,L,bo@x.org,\n")
    ids = {name: one for one, name in desk.everyone().items()}
    assert managers(desk)[ids["Al"]] == ids["Bo"]


@pytest.mark.parametrize("rows", ["Al,T,L,Bo\nBo,T,L,\n", "Bo,T,L,\nAl,T,L,Bo\n"])
def test_who_was_undone_and_comes_again_has_the_manager_of_the_file(
    real_desk: Desk, rows: str
) -> None:
    for _ in range(3):
        job = real_desk.run(f"Name,Title,Office,Manager\n{rows}")
        assert job.done.added == 2
        ids = {name: one for one, name in real_desk.everyone().items()}
        assert managers(real_desk) == {ids["Al"]: ids["Bo"], ids["Bo"]: ""}
        assert real_desk.undo(job).undone.undone == 2
    assert not managers(real_desk)


def test_who_is_here_reports_to_a_new_manager_whose_first_id_was_deleted(desk: Desk) -> None:
    here(desk, "al")
    text = "Id,Name,Title,Office,Manager\nal,Al X,T,L,Bo\n,Bo,T,L,\n"
    for _ in range(2):
        job = desk.run(text)
        ids = {name: one for one, name in desk.everyone().items()}
        assert managers(desk) == {"al": ids["Bo"], ids["Bo"]: ""}
        desk.undo(job)
        assert managers(desk) == {"al": ""}


def test_a_name_of_several_is_refused_with_the_candidates(desk: Desk) -> None:
    here(desk, "al")
    twin = "al2,Al X,T,L,second@example.com,,\n"
    job = desk.run(HEAD + twin + row("bo", "Al X"))
    line = desk.lines(job)[1]
    assert line.outcome == "refused"
    assert line.problems[0].column == "Manager"
    assert "second@example.com" in line.problems[0].reason
    assert "(al)" in line.problems[0].reason
    assert set(managers(desk)) == {"al", "al2"}


def test_whom_nobody_knows_is_told_and_the_person_is_here_all_the_same(desk: Desk) -> None:
    here(desk, "al")
    here(desk, "bo", manager="al")
    job = desk.run(HEAD + row("cy", "The Board") + row("bo", "The Board"))
    assert managers(desk) == {"al": "", "bo": "al", "cy": ""}
    assert desk.outcomes(job) == ["added", "same"]
    assert "“The Board” (2)" in job.notices[-1]
    assert "2 people are" in job.notices[-1]


def test_the_rows_of_a_circle_are_refused_with_its_names(desk: Desk) -> None:
    rows = row("al", "bo") + row("bo", "cy") + row("cy", "al") + row("di", "al") + row("ed", "di")
    job = desk.run(HEAD + rows)
    lines = desk.lines(job)
    assert desk.outcomes(job) == ["refused"] * 3 + ["added"] * 2
    assert "Al X → Bo X → Cy X → Al X" in lines[0].problems[0].text
    assert "Cy X → Al X → Bo X → Cy X" in lines[2].problems[0].text
    assert managers(desk) == {"di": "", "ed": "di"}
    assert "the row of that manager is refused" in job.notices[-1]


def test_a_circle_through_people_who_are_here_is_seen_before_anything_changes(
    real_desk: Desk,
) -> None:
    here(real_desk, "al")
    here(real_desk, "bo", manager="al")
    job = real_desk.run(HEAD + row("al", "cy") + row("cy", "bo") + row("di", "di"), go=False)
    assert real_desk.outcomes(job) == ["refused"] * 3
    assert "report to themselves" in real_desk.lines(job)[2].problems[0].text


def test_a_file_as_it_was_exported_changes_nothing(desk: Desk) -> None:
    text = HEAD + row("al", "bo") + row("bo")
    desk.run(text)
    assert desk.outcomes(desk.run(text)) == ["same", "same"]
    assert desk.outcomes(desk.run(HEAD + row("al", "Bo X"))) == ["same"]
    assert desk.outcomes(desk.run(HEAD + row("al"))) == ["changed"]
    assert managers(desk) == {"al": "", "bo": ""}


def test_many_parts_keep_their_counts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_store, "MAX_PART_LINES", 3)
    monkeypatch.setattr(line_store, "_COUNTS_PER_BLOCK", 2)
    rows = [row(f"p{number}", f"p{number + 1}") for number in range(20)]
    job = desk.run(HEAD + "".join(rows) + row("p20", "p19"))
    assert (job.done.added, job.done.rejected) == (19, 2)
    found = managers(desk)
    assert found["p0"] == "p1"
    assert found["p18"] == ""
    undone = desk.undo(job)
    assert undone.undone.undone == 19
    assert not managers(desk)


def test_everybody_of_a_list_gets_another_manager_and_back(real_desk: Desk) -> None:
    here(real_desk, "al", "bo")
    here(real_desk, "cy", "di", manager="al")
    edit = BulkEdit(filters=(("manager", "al"),), values=(("manager", "bo"),))
    assert edit.is_valid
    job = begin_edit(real_desk.jobs, edit, Author(), auto_apply=True)
    job = real_desk.work(job)
    assert job.done.changed == 2
    assert job.name == "Manager: al → bo"
    assert managers(real_desk) == {"al": "", "bo": "", "cy": "bo", "di": "bo"}
    real_desk.undo(job)
    assert managers(real_desk) == {"al": "", "bo": "", "cy": "al", "di": "al"}


def test_people_may_change_places_in_a_file(real_desk: Desk) -> None:
    here(real_desk, "al")
    here(real_desk, "bo", manager="al")
    here(real_desk, "cy", manager="bo")
    job = real_desk.run(HEAD + row("al", "bo") + row("bo", "cy") + row("cy"))
    assert not job.done.rejected
    assert managers(real_desk) == {"al": "bo", "bo": "cy", "cy": ""}
    undone = real_desk.undo(job)
    assert (undone.undone.undone, undone.undone.skipped) == (3, 0)
    assert managers(real_desk) == {"al": "", "bo": "al", "cy": "bo"}


def test_a_circle_that_is_made_after_the_check_is_told_by_name(desk: Desk) -> None:
    here(desk, "al", "bo", "cy")
    edit = BulkEdit(filters=(("location", "L"),), values=(("manager", "cy"),))
    job = desk.work(begin_edit(desk.jobs, edit, Author()))
    stored = desk.store.get("cy")
    desk.store.update(replace(stored, manager="al"), revision_of(stored), Write("others"))
    desk.importer.resume(job.id, Author())
    job = desk.work(job)
    assert (job.done.changed, job.done.rejected) == (1, 2)
    told = [line.problems[0].text for line in desk.lines(job) if line.problems]
    assert any("circle: Al X → Cy X → Al X. So nothing was changed" in text for text in told)


def test_a_list_edited_into_a_circle_is_refused_where_it_closes(desk: Desk) -> None:
    here(desk, "al")
    here(desk, "bo", manager="al")
    here(desk, "cy", manager="bo")
    edit = BulkEdit(filters=(("manager", "al"),), values=(("manager", "cy"),))
    job = desk.work(begin_edit(desk.jobs, edit, Author(), auto_apply=True))
    assert desk.outcomes(job) == ["refused"]
    assert "circle: Bo X → Cy X → Bo X" in desk.lines(job)[0].problems[0].text


def test_desk_hours_and_chat_come_by_their_headings(desk: Desk) -> None:
    desk.run("Id,Name,Title,Office,Desk,Working hours,Slack\nal,Al,T,L,4.12,Mon to Thu,al.x\n")
    stored = desk.store.get("al")
    assert (stored.desk, stored.working_hours, stored.chat) == ("4.12", "Mon to Thu", "al.x")


def test_what_sets_managers_has_them_counted_and_its_undo_too(desk: Desk) -> None:
    job = desk.run(HEAD + row("al", "bo") + row("bo"))
    assert len(desk.requests) == 1
    desk.run("Id,Name,Title,Office\ncy,Cy X,T,L\n")
    assert len(desk.requests) == 1
    desk.undo(job)
    assert len(desk.requests) == 2
    edit = BulkEdit(values=(("manager", "cy"),))
    desk.work(begin_edit(desk.jobs, edit, Author(), auto_apply=True))
    assert len(desk.requests) == 3
