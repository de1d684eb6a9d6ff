"""``flask check-reporting-lines``, and what the health check says of reporting lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.contracts.checks import State
from app.diagnostics.reporting import check_reporting
from tests.support.days import PAST_DAY
from tests.support.stores.bindings import ModelRoom
from tests.web.org.test_org_pages import Org


@pytest.fixture
def org(tmp_path: Path) -> Org:
    return Org(ModelRoom(), tmp_path)


def run(org: Org, *arguments: str) -> tuple[int, list[str]]:
    command = ["check-reporting-lines", *arguments]
    result = org.app.test_cli_runner().invoke(args=command)
    return result.exit_code, result.output.splitlines()


def test_issues_are_listed_with_names_and_ids(org: Org) -> None:
    org.put_line("ursula", "pat", "rae")
    org.put("cyd", "Bob Smith")
    org.put_line("ada", "bea")
    org.room.change_outside("pat", "left_on", PAST_DAY)
    org.room.change_outside("ada", "manager", "bea")
    told = [
        "Circle: Ada (ada) → Bea (bea) → Ada (ada)",
        "Nobody here: Cyd (cyd) reports to “Bob Smith”",
        f"Has left: Rae (rae) reports to Pat (pat), who left on {PAST_DAY}",
    ]
    end = (
        "Looked at 6 people: 1 circles, 1 whose manager is nobody here, 1 whose manager has left, "
        "1 without a manager."
    )
    assert run(org) == (1, [*told, end])
    assert run(org, "--without-manager") == (1, [*told, "No manager: Ursula (ursula)", end])
    finding = check_reporting(org.app.extensions["reporting_issues"])
    assert finding.state is State.WARNING
    assert finding.message == (
        "Found 1 circle of people who report to each other, 1 manager who is nobody here, "
        "1 manager who has left, among all 6 people."
    )
    assert finding.fix_command == "flask check-reporting-lines"


def test_nothing_is_wrong_where_nobody_has_a_manager(org: Org) -> None:
    org.put("ursula")
    org.put("bob")
    code, told = run(org, "--without-manager")
    assert (code, len(told)) == (0, 1)
    finding = check_reporting(org.app.extensions["reporting_issues"])
    assert (finding.state, finding.message) == (
        State.OK,
        "No circle, and no manager who is not here, among all 2 people.",
    )


def test_the_health_check_says_how_far_it_looked(org: Org) -> None:
    org.put("boss")
    for number in range(1_100):
        org.put(f"p{number:04}", "boss")
    finding = check_reporting(org.app.extensions["reporting_issues"])
    assert finding.message == (
        "No circle, and no manager who is not here, among the first 1,000 people; "
        "flask check-reporting-lines looks at all."
    )
