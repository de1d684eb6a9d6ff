"""Whether a row says that somebody has left."""

from __future__ import annotations

from datetime import date

import pytest

from app.imports.files.columns import read_headings
from app.imports.planning.dates import DayOrder
from app.imports.planning.leavers import Departure, LeaverCheck
from app.imports.planning.lines import Problem
from app.imports.planning.status_notices import StatusNotices

TODAY = date(2026, 11, 30)


def reason(heading: str, cell: str, order: DayOrder | None = None) -> str:
    """Return the cell that says that somebody has left, after the heading; "" if none does."""
    said = departure(heading, cell, order).cell
    return f"{said.column}: {said.typed}" if said else ""


def departure(heading: str, cell: str, order: DayOrder | None = None) -> Departure:
    """Return what a row with these cells says of leaving."""
    columns = read_headings(["Name", *heading.split(",")])
    return LeaverCheck(columns, order or DayOrder(), TODAY).read(["Ada", *cell.split(",")])


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Status", "Terminated"), ("Employment Status", "Terminated (voluntary)"),
        ("Status [READ ONLY]", "Suspended"), ("status", "Deactivated"), ("STATUS", "inactive"),
        ("Status", "Ausgeschieden"), ("Lifecycle status", "Leaver"), ("Statut", "Sorti(e)"),
        ("Status", "DEPROVISIONED"), ("Estado", "Baja"), ("Stato", "Cessato"), ("Status", "Left"),
        ("Employment Status", "T"), ("Active Status", "0"), ("Internal: Status", "Inactive"),
        ("Status", "Not active"), ("Status", "No longer employed"), ("在職状況", "退職済み"),
        ("Status", "Ex-employee"), ("Status", "Nicht aktiv"), ("Position Status", "TERMINATED"),
        ("accountEnabled", "False"), ("Account Enabled", "no"), ("Active", "0"), ("Active", "N"),
        ("Aktiv", "Nein"), ("Block credential", "True"), ("Block sign in (Yes/No)", "Yes"),
        ("suspended", "true"), ("Disabled", "1"), ("Is Active", "Inactive"),
        ("userAccountControl", "514"), ("userAccountControl", "66050"),
        ("Termination Date", "2025-09-30"), ("Termination Date", "09/30/2025"),
        ("Termination Date", "03/04/2025"), ("Last day of work", "30 September 2025"),
        ("Austrittsdatum", "30.09.2025"), ("Date de sortie", "2026-11-29"),
        ("Termination Date", "2026-11-30"),
    ],
)  # fmt: skip
def test_what_says_that_somebody_has_left(heading: str, cell: str) -> None:
    cleaned = read_headings([heading]).headings[0]
    assert reason(heading, cell) == f"{cleaned}: {cell}"


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Status", "Active"), ("Status", ""), ("Employment Status", "Full-Time"),
        ("Status", "On leave"), ("Status", "Parental Leave"), ("Status", "Probation"),
        ("Employment Status", "L"), ("Active", "T"),
        ("Status", "Member"), ("Status", "Employed"), ("Status", "Aktiv"), ("Status", "Staged"),
        ("Estado", "Baja médica"), ("Status", "Not suspended"), ("Status", "Notice period"),
        ("accountEnabled", "True"), ("accountEnabled", ""), ("Active", "Yes"), ("Active", "1"),
        ("Block credential", "False"), ("Block sign in (Yes/No)", "No"), ("suspended", ""),
        ("userAccountControl", "512"), ("userAccountControl", "66048"),
        ("userAccountControl", "x"), ("userAccountControl", "9" * 5_000),
        ("Termination Date", ""), ("Termination Date", "2026-12-01"),
        ("Termination Date", "2027-01-31"), ("Termination Date", "31.12.9999"),
        ("Termination Date", "03/04/2027"), ("Termination Date", "1900-01-01"),
        ("Termination Date", "00/00/0000"), ("Termination Date", "n/a"),
        ("Termination Date", "12/01/2026"), ("Contract End Date", "2020-01-01"),
        ("Retired", "yes"), ("Status,Termination Date", "Active,2020-01-01"),
        ("Status", "Active - former contractor"),
        ("Marital status", "Separated"), ("Status,Termination Date", "Terminated,2027-01-31"),
    ],
)  # fmt: skip
def test_what_says_nothing_of_the_kind(heading: str, cell: str) -> None:
    assert reason(heading, cell) == ""


def test_a_remark_behind_a_name_may_say_it() -> None:
    columns = read_headings(["Worker", "First Name", "Last Name"])
    check = LeaverCheck(columns, DayOrder(), TODAY)
    problem = check.read(["Ada Byron (Terminated)", "Ada", "Byron"]).cell
    assert problem is not None
    assert (problem.column, problem.typed) == ("Worker", "Terminated")
    assert check.read(["Ada Byron (On Leave)", "Ada", "Byron"]).cell is None
    for name in ("(Terminated)", "Ada Byron (ex Smith)", "Ada Byron (left-handed)", "Ada Byron ()"):
        assert check.read([name, "Ada", "Byron"]).cell is None
    assert check.read(["Ada Byron (no longer employed)", "", ""]).cell is None
    assert check.read(["Ada Byron [not active]", "", ""]).cell is not None


def test_somebody_who_began_again_after_the_last_day_is_here() -> None:
    check = LeaverCheck(read_headings(["Name", "Termination Date"]), DayOrder(), TODAY)
    assert check.read(["Ada", "2020-01-31"], "2019-01-01").cell is not None
    assert check.read(["Ada", "2020-01-31"], "2022-01-01") == Departure(day="")


@pytest.mark.parametrize(
    ("heading", "cell", "day"),
    [
        ("Termination Date", "2025-09-30", "2025-09-30"),
        ("Status,Last day", "Terminated,30.09.2025", "2025-09-30"),
        ("Status,Last day", "Terminated,", ""), ("Status", "Terminated", ""),
        ("Status,Last day", "Terminated,soon", ""),
    ],
)  # fmt: skip
def test_the_last_day_of_who_has_left_is_that_of_the_file(
    heading: str, cell: str, day: str
) -> None:
    assert departure(heading, cell).day == day


def test_a_last_day_that_may_be_two_is_never_guessed() -> None:
    said = departure("Termination Date", "03/04/2025")
    assert (said.day, said.problem) == (None, problem("Termination Date", "2025-03-04"))
    order = DayOrder(day_first=True)
    assert departure("Termination Date", "03/04/2025", order).day == "2025-04-03"


def problem(column: str, example: str) -> Problem:
    """Return what to do about a day that may be two."""
    reason = (
        "The day may come first or the month may come first, and nothing in the file shows which. "
        f"Enter the date like {example}"
    )
    return Problem(column, reason, "03/04/2025")


@pytest.mark.parametrize(
    ("heading", "cell", "day"),
    [
        ("Termination Date", "2027-01-31", "2027-01-31"), ("Last day", "", ""),
        ("Status,Last day", "Active,2027-01-31", "2027-01-31"),
        ("Status,Last day", "Terminated,2027-01-31", "2027-01-31"),
        ("Termination Date", "31.12.9999", ""), ("Termination Date", "2199-12-31", ""),
        ("Termination Date", "1900-01-01", ""), ("Termination Date", "03/04/2027", None),
        ("Termination Date", "soon", None), ("Status", "Active", None),
        ("Status,Termination Date", "Active,2020-01-01", ""),
    ],
)  # fmt: skip
def test_a_last_day_to_come_is_read_and_one_that_is_none_clears_it(
    heading: str, cell: str, day: str | None
) -> None:
    assert departure(heading, cell) == Departure(day=day)


def unknown(heading: str, *cells: str) -> list[str]:
    """Return what is told of the values of a column."""
    notices = StatusNotices(read_headings(["Name", heading]))
    for cell in cells:
        notices.read(["Ada", cell])
    return list(notices.sentences())


def test_values_that_are_not_understood_are_told() -> None:
    [told] = unknown("Status", "Active", "XQ7", "Terminated", "XQ7", "n/a", "")
    assert told == (
        "Status has values that are not understood, in 2 rows: “XQ7” (2). "
        "Nobody is marked as left by them."
    )
    assert unknown("accountEnabled", "True", "perhaps")[0].startswith("accountEnabled has values")
    assert unknown("Last day", "2026-01-31", "soon")[0].endswith("“soon” (1). "
        "Nobody is marked as left by them.")  # fmt: skip
    many = unknown("Status", *(f"X{number}" for number in range(500)))
    assert "200 rows" in many[0]
    assert many[0].count("”") == 5


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Status", "On leave"), ("Status", "Parental Leave"), ("Status", "STAGED"),
        ("Status", "PROVISIONED"), ("Status", "LOCKED_OUT"), ("Status", "PASSWORD_EXPIRED"),
        ("Status", "Full-Time"), ("Status", "Probation"), ("Employment Status", "A"),
        ("Status", "Elternzeit"), ("Status", "Onboarding"), ("Active", "1"),
        ("Block credential", "False"), ("userAccountControl", "512"), ("Last day", "9999-12-31"),
        ("Termination Date", "0000-00-00"), ("Termination Date", "03/04/2025"),
    ],
)  # fmt: skip
def test_what_products_write_of_who_is_there_is_understood(heading: str, cell: str) -> None:
    assert unknown(heading, cell) == []
