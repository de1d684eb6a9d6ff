"""The look at a reporting line after a save: a circle closed together, or no answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from app.contracts.reports import ChainEnd
from app.directory.reporting_issues import ReportingIssues
from app.directory.service import Directory
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import ReportingLoop, StorageUnavailable
from app.model.revision import revision_of
from app.storage.dynamodb.reports import DynamoReports
from tests.support.stores.dynamodb_binding import MotoRoom
from tests.support.stores.people import add, person

pytestmark = pytest.mark.slow


@pytest.fixture
def room() -> Iterator[MotoRoom]:
    room = MotoRoom()
    yield room
    room.close()


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Let something happen once, between the commit of a save and the look after it."""

    def happens(event: Callable[[], None]) -> None:
        looks: list[str] = []
        look = DynamoReports.refuse_loop

        def counted(reports: DynamoReports, employee_id: str, manager: str) -> None:
            looks.append(employee_id)
            if len(looks) == 2:
                event()
            look(reports, employee_id, manager)

        monkeypatch.setattr(DynamoReports, "refuse_loop", counted)

    return happens


def no_answer() -> None:
    raise StorageUnavailable("the database", "dynamodb:GetItem", "Employees")


def test_who_was_added_into_a_circle_stays_without_the_manager(
    room: MotoRoom, between: Callable[[Callable[[], None]], None]
) -> None:
    add(room.store, person("bob", "Bob"))
    between(lambda: room.change_outside("bob", "manager", "eve"))
    eve = person("eve", "Eve", manager="bob", job_title="Chief")
    with pytest.raises(ReportingLoop) as told:
        room.store.add(eve, Write("once"))
    stored = room.store.get("eve")
    assert (stored.manager, stored.job_title) == ("", "Chief")
    assert told.value.saved is not None
    assert told.value.saved.same_content(stored)
    assert room.open_reports().chain("bob").end is ChainEnd.TOP


def test_a_look_that_failed_says_that_it_may_be_saved_and_the_same_call_looks_again(
    room: MotoRoom, between: Callable[[Callable[[], None]], None]
) -> None:
    add(room.store, person("bob", "Bob"), person("eve", "Eve"))
    between(no_answer)
    before = room.store.get("eve")
    wish = replace(before, manager="bob", job_title="Chief")
    with pytest.raises(StorageUnavailable) as failed:
        room.store.update(wish, revision_of(before), Write("once"))
    assert failed.value.maybe_written
    assert room.store.get("eve").manager == "bob"
    assert room.store.update(wish, revision_of(before), Write("once")).manager == "bob"
    room.change_outside("bob", "manager", "eve")
    with pytest.raises(ReportingLoop) as told:
        room.store.update(wish, revision_of(before), Write("once"))
    stored = room.store.get("eve")
    assert (stored.manager, stored.job_title) == ("", "Chief")
    assert told.value.saved is not None


def test_a_circle_that_nobody_took_back_is_among_the_issues(
    room: MotoRoom, between: Callable[[Callable[[], None]], None]
) -> None:
    """Of two saves, the program of each may be killed before it looks."""
    add(room.store, person("bob", "Bob"), person("eve", "Eve"))

    def other_saves_and_nothing_answers() -> None:
        room.change_outside("bob", "manager", "eve")
        no_answer()

    between(other_saves_and_nothing_answers)
    before: Employee = room.store.get("eve")
    with pytest.raises(StorageUnavailable):
        room.store.update(replace(before, manager="bob"), revision_of(before), Write("once"))
    page = ReportingIssues(Directory(room.store, None), room.open_reports()).check()
    assert [[one.id for one in each.circle] for each in page.issues] == [["bob", "eve"]]
