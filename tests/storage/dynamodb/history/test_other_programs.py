"""What other programs write, an older release among them: it is noticed, and told as that."""

import threading

import pytest

from app.contracts.checks import State
from app.history.changes import ChangeKind, Via, Write
from app.history.difference import content_of
from app.history.folding import fold
from app.storage.dynamodb.checks import TableChecks
from app.storage.dynamodb.tasks import follow
from tests.contracts.history.test_changes import changes_of, save
from tests.storage.dynamodb.index.test_repair import open_page
from tests.support.dynamodb_audit import audit
from tests.support.stores.dynamodb_binding import DynamoRoom
from tests.support.stores.people import add, person

pytestmark = pytest.mark.slow


@pytest.fixture
def room(dynamodb_local, monkeypatch):
    """Followed since before Ada and Bob came."""
    monkeypatch.setattr(follow, "_BUSY_PAUSE_SECONDS", 0.01)
    opened = DynamoRoom(dynamodb_local)
    look(opened)
    add(opened.store, person("ada", location="London", badges=("bug",)), person("bob", "Bob"))
    yield opened
    opened.close()


def look(room: DynamoRoom) -> list[str]:
    return list(room.open_another().follow(threading.Event(), once=True))


def open_ada(room: DynamoRoom) -> None:
    open_page(room, "ada")


def ways(room: DynamoRoom, employee_id: str) -> list[Via]:
    return [change.through.via for change in changes_of(room.open_history(), employee_id)]


def last(room: DynamoRoom, employee_id: str):
    return changes_of(room.open_history(), employee_id)[-1]


@pytest.mark.parametrize("field", ["location", "pronouns", "about"])
@pytest.mark.parametrize("notice", [look, open_ada])
def test_a_changed_field_is_told_once(room, field, notice):
    version = room.store.get("ada").version
    room.change_outside("ada", field, "they/them")
    for _ in range(3):
        notice(room)
    assert ways(room, "ada") == [Via.PAGE, Via.OUTSIDE]
    assert last(room, "ada").now == {field: "they/them"}
    assert room.store.get("ada").version == version
    assert audit(room) == []


def test_changes_outside_and_ours_alternate(room):
    for number in range(4):
        save(room.store, "ada", about=f"ours {number}")
        room.change_outside("ada", "about", f"theirs {number}")
    look(room)
    told = [change.now.get("about") for change in changes_of(room.open_history(), "ada")][1:]
    assert told == [f"{who} {n}" for n in range(4) for who in ("ours", "theirs")]
    assert fold(changes_of(room.open_history(), "ada")) == content_of(room.store.get("ada"))


def test_an_item_that_the_console_replaced_is_told_with_what_it_was(room):
    """Version, hash and mark of the record are gone; the manifest and the changes are there."""
    for notice in (
        look,
        lambda room: open_page(room, "ada"),
        lambda room: list(room.store.reindex()),
    ):
        before = content_of(room.store.get("ada"))
        place = f"Rome {len(ways(room, 'ada'))}"
        item = {"id": {"S": "ada"}, "full_name": {"S": "Ada King"}, "location": {"S": place}}
        room.put_item(item)
        notice(room)
        change = last(room, "ada")
        assert change.through.via is Via.OUTSIDE
        assert change.was["location"] == before["location"]
        assert change.now["location"] == place
    room.put_item({"id": {"S": "ada"}, "full_name": {"S": "Ada Queen"}})
    save(room.store, "ada", about="x")
    outside, ours = changes_of(room.open_history(), "ada")[-2:]
    assert (outside.through.via, outside.now["full_name"]) == (Via.OUTSIDE, "Ada Queen")
    assert (ours.through.via, ours.now) == (Via.PAGE, {"about": "x"})


def test_an_old_copy_of_a_record_that_was_put_back_is_told(room):
    """It is like one of ours, but for the time: follow knows it by that."""
    old = room.item("ada") | {"updated_at": {"S": "2026-01-01T00:00:00.000+00:00"}}
    save(room.store, "ada", about="x", location="Oslo")
    room.put_item(old)
    look(room)
    assert last(room, "ada").now == {"location": "London", "about": ""}
    moments = [change.moment for change in changes_of(room.open_history(), "ada")]
    assert moments == sorted(moments)


def test_who_was_added_by_another_program_is_told_by_follow_as_that(room):
    room.put_outside(person("eve", "Eve", location="Oslo"))
    for _ in range(2):
        look(room)
    (change,) = changes_of(room.open_history(), "eve")
    assert (change.kind, change.through.via) == (ChangeKind.ADDED, Via.OUTSIDE)
    assert change.now == {"full_name": "Eve", "location": "Oslo"}
    save(room.store, "eve", about="x")
    assert len(ways(room, "eve")) == 2
    assert audit(room) == []


def test_who_was_deleted_and_put_back_by_another_program_is_told_as_added(room):
    old = room.item("ada")
    room.delete_outside("ada")
    look(room)
    room.put_item(old)
    look(room)
    assert last(room, "ada").kind is ChangeKind.ADDED
    assert fold(changes_of(room.open_history(), "ada")) == content_of(room.store.get("ada"))


def as_an_older_release_writes(room: DynamoRoom, employee_id: str, **fields: str) -> None:
    """Save as a release without history: other attributes are kept, rows and hash are written."""
    from app.storage.dynamodb.index.rows import project_rows
    from app.storage.dynamodb.records.codec import employee_from

    item = room.item(employee_id) | {name: {"S": text} for name, text in fields.items()}
    employee = employee_from(item)
    projection = project_rows(employee)
    version = {"version": {"N": str(employee.version + 1)}, "ix": {"S": projection.hash}}
    room.put_item({**item, **version, "write_id": {"S": "old"}})


def test_an_older_release_beside_this_one_harms_nothing_and_is_noticed(room):
    as_an_older_release_writes(room, "ada", pronouns="she/her")
    assert room.store.get("ada").version == 2
    open_page(room, "ada")
    as_an_older_release_writes(room, "ada", pronouns="they/them")
    save(room.store, "ada", about="x")
    told = [(one.through.via, one.version) for one in changes_of(room.open_history(), "ada")]
    assert told == [(Via.PAGE, 1), (Via.OUTSIDE, 2), (Via.OUTSIDE, 3), (Via.PAGE, 4)]
    assert audit(room) == []


def reindex(room: DynamoRoom) -> None:
    list(room.open_another().reindex())


@pytest.mark.parametrize("notice", [look, reindex])
def test_who_was_deleted_by_an_older_release_is_erased(room, notice):
    changes = room.items(room.index)
    room.store.delete("ada", None, Write("gone"))
    for item in changes:  # as it leaves them
        if item["view"]["S"] == "h#ada":
            room.client.put_item(TableName=room.index, Item=item)
    assert ways(room, "ada") == [Via.PAGE]
    notice(room)
    assert ways(room, "ada") == []
    assert ways(room, "bob") == [Via.PAGE]


def test_nobody_of_a_table_of_an_older_release_is_rewritten(room):
    """Records without a mark: a reindex, a page and follow leave them to the byte."""
    for employee_id in ("ada", "bob"):
        room.open_history().erase(employee_id)
        item = room.item(employee_id)
        del item["history"]
        room.put_item(item)
    before = [room.item("ada"), room.item("bob")]
    progress = list(room.store.reindex())
    open_ada(room)
    look(room)
    assert progress[-1].changed == 0
    assert [room.item("ada"), room.item("bob")] == before
    assert ways(room, "ada") == ways(room, "bob") == []


def test_sweeps_counts_and_checks_leave_the_history_alone(room):
    for number in range(3):
        save(room.store, "ada", about=f"text {number}")
    history = room.open_history()
    before = changes_of(history, "ada")
    list(room.store.reindex(force=True))
    assert room.store.count_records().number == 2
    assert changes_of(history, "ada") == before
    checks = TableChecks(room.store.calls, room.store.tables, "").all()
    assert {check.run().state for check in checks if check.name == "Index"} == {State.OK}
    assert audit(room) == []
