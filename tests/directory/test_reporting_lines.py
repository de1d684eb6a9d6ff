"""Reporting lines as somebody sees them: without who has left, and without what is hidden."""

from __future__ import annotations

import pytest

from app.access.rights import Right
from app.access.viewer import Role
from app.contracts.reports import ChainEnd, ReportCount
from app.directory.reporting_lines import ReportingLines
from app.directory.service import Directory
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound, NotAllowed, ReportingLoop
from app.model.revision import revision_of
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
    selam = org.store.get("selam")
    with pytest.raises(NotAllowed) as refused:
        org.lines.set_manager(COLLEAGUE, "selam", "ursula", revision_of(selam), "w1")
    assert refused.value.right == Right.EDIT_PEOPLE
    moved = org.lines.set_manager(EDITOR, "selam", "ursula", revision_of(selam), "w2")
    assert moved.manager == org.store.get("selam").manager == "ursula"
    with pytest.raises(EmployeeNotFound):
        org.lines.set_manager(EDITOR, "selam", "nobody", revision_of(moved), "w3")
    ursula = org.store.get("ursula")
    with pytest.raises(ReportingLoop) as loop:
        org.lines.set_manager(OPERATOR, "ursula", "selam", revision_of(ursula), "w4")
    assert loop.value.employee_ids == ("selam", "ursula")
    assert org.store.get("ursula").manager == ""
