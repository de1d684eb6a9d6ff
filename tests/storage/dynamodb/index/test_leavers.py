"""The index rows of those who leave and have left: few, in one view, and swept with them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.contracts import Query
from app.history.changes import Write
from app.model.employee import Employee
from app.model.revision import revision_of
from app.storage.dynamodb.index.rows import project_rows
from app.storage.dynamodb.index.views import ROW_VIEWS
from tests.storage.dynamodb.index.test_rows import actions_of, largest
from tests.support.days import COMING_DAY, PAST_DAY, set_today
from tests.support.dynamodb_audit import audit
from tests.support.stores.dynamodb_binding import DynamoRoom
from tests.support.stores.people import add, everyone, found, new_write_id, person

ADA = person("ada", "Ada King", location="London", email="ada@example.com", employee_number="E-1",
             badges=("apple",), start_date="2024-02-29")  # fmt: skip
# The kinds of views of lists; the others are of imports, and of who comes and goes.
LISTS = ("name", "w#", "l#", "d#", "t#", "j#", "b#")


def views_of(employee: Employee, today: str | None = None) -> set[str]:
    return {view for view, _ in project_rows(employee, today=today).items()}


def change(room: DynamoRoom, **fields: Any) -> Employee:
    stored = room.store.get("ada")
    changed = replace(stored, **fields)
    return room.store.update(changed, revision_of(stored), Write(new_write_id()))


def rows(room: DynamoRoom) -> list[dict[str, Any]]:
    """The rows of lists and look-ups."""
    items = (item for item in room.items(room.index) if item["view"]["S"].startswith(ROW_VIEWS))
    return sorted(items, key=lambda item: (item["view"]["S"], item["at"]["S"]))


@pytest.fixture
def room() -> Iterator[DynamoRoom]:
    from tests.support.stores.dynamodb_binding import MotoRoom

    opened = MotoRoom()
    yield opened
    opened.close()


def test_a_leaver_is_in_three_views_at_most_and_counted_once() -> None:
    left = project_rows(replace(ADA, left_on=PAST_DAY))
    assert views_of(replace(ADA, left_on=PAST_DAY)) == {"left", "e#ada@example.com", "n#e-1"}
    assert left.shape.counted_facets == ("g:left",)
    assert left.shape.keys("ada") == set(left.items())
    bare = replace(ADA, email="", employee_number="", left_on=PAST_DAY)
    assert views_of(bare) == {"left"}


def test_a_day_to_come_is_one_more_row_and_count() -> None:
    plain = replace(ADA, employee_number="")
    coming = project_rows(replace(plain, left_on=COMING_DAY))
    assert views_of(replace(plain, left_on=COMING_DAY)) == {*views_of(plain), f"g#{COMING_DAY}"}
    counted = project_rows(plain).shape.counted_facets
    assert coming.shape.counted_facets == (*counted, f"g:{COMING_DAY}")
    assert coming.shape.keys("ada") == set(coming.items())


def test_only_who_leaves_or_has_left_has_the_projection_of_leavers() -> None:
    for day in (PAST_DAY, COMING_DAY):
        assert project_rows(replace(ADA, left_on=day)).shape.projection == 5
    for day in ("", "soon"):
        assert project_rows(replace(ADA, left_on=day)).shape.projection < 5


@pytest.mark.parametrize("field", ["full_name", "location", "about", "job_title", "phone"])
def test_whatever_a_leaver_is_found_by_is_in_the_hash(field: str) -> None:
    left = replace(ADA, left_on=PAST_DAY)
    changed = replace(left, **{field: "Telescopes 206 555 0141"})
    assert project_rows(changed).hash != project_rows(left).hash


def test_nobody_who_leaves_needs_more_rows_or_actions_than_others() -> None:
    here, there = largest("a"), largest("b")
    coming = [replace(each, left_on=COMING_DAY, employee_number="E-1") for each in (here, there)]
    gone = [replace(each, left_on=PAST_DAY) for each in coming]
    assert len(project_rows(coming[0]).items()) == 46
    assert len(actions_of(*coming)) == 95
    for before, after in ((here, gone[1]), (gone[0], there), (coming[0], gone[0]), gone):
        assert len(actions_of(before, after)) <= 53


def test_an_older_release_takes_the_new_rows_and_counts_for_a_newer_ones() -> None:
    """It leaves alone what it does not know: rows by their views, counts by their kinds."""
    for day in (PAST_DAY, COMING_DAY):
        shape = project_rows(replace(ADA, left_on=day)).shape
        own = [view for view in shape.views if view in ("left", f"g#{day}")]
        assert len(own) == 1
        assert not own[0].startswith((*LISTS, "e#", "n#"))
        assert all(facet == "*" or facet[1] == ":" for facet in shape.counted_facets)


@pytest.mark.slow
def test_leaving_and_coming_back_leave_the_index_as_it_was(room: DynamoRoom) -> None:
    add(room.store, ADA, person("bea", "Bea Berg"))
    before = rows(room)
    change(room, left_on=COMING_DAY)
    assert audit(room) == []
    change(room, left_on=PAST_DAY)
    assert audit(room) == []
    mine = [item["view"]["S"] for item in rows(room) if "Ada" in item["c"]["S"]]
    assert sorted(mine) == ["e#ada@example.com", "left", "n#e-1"]
    change(room, left_on="")
    assert rows(room) == before
    assert audit(room) == []


@pytest.mark.slow
def test_opening_who_is_due_repairs_their_rows_after_the_page(
    room: DynamoRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(room.store, replace(ADA, left_on=COMING_DAY))
    set_today(monkeypatch, COMING_DAY)
    room.store.get("ada")
    room.store.maintain()
    assert (found(room.store), audit(room)) == ([], [])


@pytest.mark.slow
def test_rows_of_the_day_that_nobody_has_are_swept(room: DynamoRoom) -> None:
    add(room.store, replace(ADA, left_on=COMING_DAY))
    [row] = [item for item in rows(room) if item["view"]["S"].startswith("g#")]
    room.delete_outside("ada")
    list(room.store.reindex())
    assert rows(room) == []
    for view in (f"g#{COMING_DAY}", "left"):
        room.client.put_item(TableName=room.index, Item={**row, "view": {"S": view}})
    list(room.store.reindex())
    assert rows(room) == []


@pytest.mark.slow
def test_a_page_of_leavers_is_one_query(room: DynamoRoom, monkeypatch: pytest.MonkeyPatch) -> None:
    list(room.store.add_many(person(f"{n}", f"Name {n:02}", left_on=PAST_DAY) for n in range(12)))
    calls: list[str] = []
    read = room.store.calls.read

    def counting(operation: str, *args: Any) -> Any:
        calls.append(operation)
        return read(operation, *args)

    monkeypatch.setattr(room.store.calls, "read", counting)
    page = room.store.browse(Query(left=True), limit=5)
    assert len(page.cards) == 5
    assert room.store.browse(Query(left=True), page.next, 5).cards[0].full_name == "Name 05"
    assert calls == ["Query", "Query"]
    assert len(everyone(room.store, Query(words="name", left=True))) == 12
