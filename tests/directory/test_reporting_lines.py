"""Reporting lines as somebody sees them: without who has left, and without what is hidden."""

from __future__ import annotations

import pytest

from app.access.rights import Right
from app.access.viewer import Role, Viewer
from app.contracts.reports import ChainEnd, ReportCount
from app.directory.added_reports import add_report
from app.directory.reporting_lines import ReportingLines
from app.directory.service import Directory
from app.history.changes import ON_THE_PAGE, Write
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound, NotAllowed, ReportingLoop
from tests.support.days import PAST_DAY
from tests.support.model_store import ModelStore
from tests.support.viewers import OPERATOR, viewer

COLLEAGUE, EDITOR = viewer(Role.COLLEAGUE), viewer(Role.EDITOR)


class Org:
    """Ursula leads Bisi, who leads Robert, who leads Selam."""

    def __init__(self) -> None:
        self.store = ModelStore()
        self.directory = Directory(self.store, None)
        self.lines = ReportingLines(self.directory, self.store)
        manager = ""
        for name in ("ursula", "bisi", "robert", "selam"):
            person = Employee(
                id=name,
                full_name=name.title(),
                manager=manager,
                phone="+1 206 555 0141",
                hidden=("phone",) if name == "robert" else (),
                left_on=PAST_DAY if name == "bisi" else "",
            )
            self.store.add(person, Write(f"add-{name}"))
            manager = name


@pytest.fixture
def org() -> Org:
    return Org()


def test_editors_see_the_line_to_the_top(org: Org) -> None:
    chain = org.lines.chain(EDITOR, "selam")
    assert [each.id for each in chain.managers] == ["robert", "bisi", "ursula"]
    assert chain.end is ChainEnd.TOP


def test_for_colleagues_a_line_ends_below_who_has_left(org: Org) -> None:
    chain = org.lines.chain(COLLEAGUE, "selam")
    assert [each.id for each in chain.managers] == ["robert"]
    assert chain.end is ChainEnd.NOBODY
    with pytest.raises(EmployeeNotFound):
        org.lines.chain(COLLEAGUE, "bisi")


def test_what_a_manager_hides_is_hidden_in_a_line_too(org: Org) -> None:
    (robert,) = org.lines.chain(COLLEAGUE, "selam").managers
    assert (robert.phone, robert.hidden) == ("", ())


def test_the_manager_is_told_whom_the_viewer_may_know_of(org: Org) -> None:
    robert, selam = org.store.get("robert"), org.store.get("selam")
    assert org.lines.manager_of(COLLEAGUE, robert) is None
    bisi = org.lines.manager_of(EDITOR, robert)
    assert bisi is not None
    assert bisi.full_name == "Bisi"
    seen = org.lines.manager_of(COLLEAGUE, selam)
    assert seen is not None
    assert seen.phone == ""
    assert org.lines.manager_of(EDITOR, org.store.get("ursula")) is None


def test_reports_are_listed_and_counted(org: Org) -> None:
    assert [card.id for card in org.lines.reports(COLLEAGUE, "robert").cards] == ["selam"]
    assert org.lines.count(COLLEAGUE, ["ursula", "robert", "selam"]) == {"robert": ReportCount(1)}


def test_a_manager_is_set_by_editors_and_makes_no_loop(org: Org) -> None:
    def set_manager(viewer: Viewer, employee_id: str, manager_id: str, write_id: str) -> Employee:
        return add_report(
            org.directory, viewer, employee_id, manager_id, None, write_id, ON_THE_PAGE
        )

    with pytest.raises(NotAllowed) as refused:
        set_manager(COLLEAGUE, "selam", "ursula", "w1")
    assert refused.value.right == Right.EDIT_PEOPLE
    moved = set_manager(EDITOR, "selam", "ursula", "w2")
    assert moved.manager == org.store.get("selam").manager == "ursula"
    with pytest.raises(EmployeeNotFound):
        set_manager(EDITOR, "nobody", "ursula", "w3")
    with pytest.raises(ReportingLoop) as loop:
        set_manager(OPERATOR, "ursula", "selam", "w4")
    assert loop.value.employee_ids == ("selam", "ursula")
    assert org.store.get("ursula").manager == ""
