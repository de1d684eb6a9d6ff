"""Whether a row says that somebody has left."""

from __future__ import annotations

from datetime import date

import pytest

from app.imports.files.columns import read_headings
from app.imports.planning.dates import DayOrder
from app.imports.planning.leavers import LeaverCheck

TODAY = date(2026, 11, 30)


def reason(heading: str, cell: str, order: DayOrder | None = None) -> str:
    """Return the cell that says that somebody has left, after the heading; "" if none does."""
    columns = read_headings(["Name", *heading.split(",")])
    problem = LeaverCheck(columns, order or DayOrder(), TODAY).reason(["Ada", *cell.split(",")])
    return f"{problem.column}: {problem.typed}" if problem else ""


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
        ("Termination Date", ""), ("Termination Date", "2026-11-30"),
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
    problem = check.reason(["Ada Byron (Terminated)", "Ada", "Byron"])
    assert problem is not None
    assert (problem.column, problem.typed) == ("Worker", "Terminated")
    assert check.reason(["Ada Byron (On Leave)", "Ada", "Byron"]) is None
    for name in ("(Terminated)", "Ada Byron (ex Smith)", "Ada Byron (left-handed)", "Ada Byron ()"):
        assert check.reason([name, "Ada", "Byron"]) is None
    assert check.reason(["Ada Byron (no longer employed)", "", ""]) is None
    assert check.reason(["Ada Byron [not active]", "", ""]) is not None


def test_somebody_who_began_again_after_the_last_day_is_here() -> None:
    check = LeaverCheck(read_headings(["Name", "Termination Date"]), DayOrder(), TODAY)
    assert check.reason(["Ada", "2020-01-31"], "2019-01-01") is not None
    assert check.reason(["Ada", "2020-01-31"], "2022-01-01") is None
