"""``flask edit``: everybody whom a list shows is changed from a shell, and that is undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.contracts import EmployeeStore
from app.contracts.import_jobs import Phase
from app.model.employee import Employee
from tests.support.import_command import import_app, run


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = import_app(tmp_path)
    people = (
        Employee(id=key, full_name=key.title(), job_title="Clerk", location="Oslo",
                 department=department, badges=("bug",))
        for key, department in (("bo", "Sales"), ("cy", "Sales"), ("dee", "Legal"))
    )  # fmt: skip
    for _ in store_of(app).add_many(people):
        pass
    return app


def store_of(app: Flask) -> EmployeeStore:
    store: EmployeeStore = app.extensions["directory"].employees
    return store


def edit(app: Flask, *command: str) -> Result:
    return app.test_cli_runner().invoke(args=["edit", *command])


def departments(app: Flask) -> list[str]:
    found = store_of(app).get_many(["bo", "cy", "dee"])
    return [found[key].department for key in ("bo", "cy", "dee")]


def test_a_department_is_renamed_after_it_was_shown_and_the_renaming_undone(app: Flask) -> None:
    rename = ("--department", "Sales", "--set", "department=Revenue")
    shown = edit(app, *rename)
    assert shown.exit_code == 0, shown.output
    assert "Department: Sales → Revenue." in shown.output
    assert "Bo: changed. Department: Sales → Revenue" in shown.output
    assert departments(app) == ["Sales", "Sales", "Legal"]
    done = edit(app, *rename, "--apply")
    assert (done.exit_code, departments(app)) == (0, ["Revenue", "Revenue", "Legal"])
    jobs = app.extensions["importer"].recent().jobs
    [applied] = (job for job in jobs if job.phase is Phase.APPLIED)
    undone = run(app, "--undo", applied.id)
    assert (undone.exit_code, departments(app)) == (0, ["Sales", "Sales", "Legal"])


def test_badges_change_and_a_department_is_removed(app: Flask) -> None:
    done = edit(app, "--words", "bo", "--set", "department=", "--add-badge", "linux",
                "--remove-badge", "bug", "--apply")  # fmt: skip
    assert done.exit_code == 0, done.output
    bo = store_of(app).get("bo")
    assert (bo.department, bo.badges) == ("", ("linux",))
    assert store_of(app).get("cy").badges == ("bug",)


def test_reports_get_another_manager_who_is_named_as_in_a_file(app: Flask) -> None:
    assert edit(app, "--department", "Sales", "--set", "manager=Dee", "--apply").exit_code == 0
    assert [store_of(app).get(key).manager for key in ("bo", "cy", "dee")] == ["dee", "dee", ""]
    done = edit(app, "--manager", "dee", "--words", "cy", "--set", "manager=", "--apply")
    assert done.exit_code == 0, done.output
    assert [store_of(app).get(key).manager for key in ("bo", "cy")] == ["dee", ""]
    names = {job.name for job in app.extensions["importer"].recent().jobs}
    assert names == {"Manager → Dee", "Manager: Dee → nobody"}


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ((), "Choose at least one thing to change."),
        (("--set", "shoe=41"), "write FIELD=VALUE"),
        (("--set", "manager=Odd Vik"), "Nobody here is “Odd Vik”"),
        (("--manager", "Odd Vik", "--add-badge", "bug"), "Nobody here is “Odd Vik”"),
        (("--set", "location="), "Enter a location"),
        (("--set", f"location={'x' * 300}"), "Must be"),
        (("--add-badge", "bug", "--remove-badge", "bug"), "gets the badge Bugfixer or loses it"),
        (("--add-badge", "shoe"), "is not one of"),
        ((*(f"--location={n}" for n in range(30)), "--add-badge", "bug"), "Name fewer values"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_nothing_begun(
    app: Flask, command: tuple[str, ...], told: str
) -> None:
    refused = edit(app, *command)
    assert (refused.exit_code, told in refused.output) == (2, True), refused.output
    assert not app.extensions["importer"].recent().jobs
