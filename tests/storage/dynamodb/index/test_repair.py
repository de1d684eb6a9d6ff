"""Records that other programs put, replaced or deleted: what upkeep mends, and what it leaves."""

import contextlib
import time
from dataclasses import replace
from threading import Thread

import pytest

from app.contracts import Query
from app.contracts.checks import State
from app.history.changes import Write
from app.model.errors import EditConflict, EmployeeDeleted, EmployeeNotFound
from app.model.fields import DATE_FIELDS, TEXT_FIELDS
from app.model.revision import revision_of
from app.storage.dynamodb.checks import TableChecks
from app.storage.dynamodb.index import manifests, vocabulary
from app.storage.dynamodb.index.manifests import manifest_key
from tests.support.aws_errors import transaction_conflict
from tests.support.dynamodb_audit import audit
from tests.support.stores.dynamodb_binding import DynamoRoom, UsedRoom
from tests.support.stores.people import add, everyone, found, names, person

pytestmark = pytest.mark.slow


@pytest.fixture
def room(dynamodb_local):
    opened = UsedRoom(dynamodb_local)
    add(opened.store, person("ada", location="London", badges=("bug",)), person("bob", "Bob"))
    yield opened
    opened.close()


def open_page(room: DynamoRoom, employee_id: str) -> None:
    """What opening a person's page does: the record is read, upkeep follows the answer."""
    with contextlib.suppress(EmployeeNotFound):
        room.store.get(employee_id)
    room.store.maintain()


def set_manifest(room: DynamoRoom, employee_id: str, name: str, value: dict[str, str]) -> None:
    room.client.update_item(
        TableName=room.index,
        Key=manifest_key(employee_id),
        UpdateExpression="SET #n = :v",
        ExpressionAttributeNames={"#n": name},
        ExpressionAttributeValues={":v": value},
    )


def manifest_of(room: DynamoRoom, employee_id: str) -> dict[str, dict[str, str]]:
    found = room.client.get_item(TableName=room.index, Key=manifest_key(employee_id))
    return found["Item"]


def test_an_item_put_at_the_console_is_listed_once_its_page_was_opened(room):
    room.put_item({"id": {"S": "eve"}, "full_name": {"S": "Eve Side"}})
    assert found(room.store, words="eve") == []
    open_page(room, "eve")
    assert found(room.store, words="eve") == ["Eve Side"]
    assert room.store.get("eve").version == 0
    assert audit(room) == []


def test_an_item_replaced_at_the_console_loses_its_old_rows_once_opened(room):
    room.put_item({"id": {"S": "ada"}, "full_name": {"S": "Ada King"}, "location": {"S": "Rome"}})
    open_page(room, "ada")
    assert found(room.store, words="lovelace") == []
    assert found(room.store, location="London") == []
    assert found(room.store, location="Rome") == ["Ada King"]
    assert room.store.facets().badges == {}
    assert audit(room) == []


def test_an_item_replaced_by_the_same_content_gets_its_hash_back_and_no_row_is_written(room):
    raw = room.item("ada")
    before = manifest_of(room, "ada")
    room.put_item({name: value for name, value in raw.items() if name not in ("ix", "version")})
    open_page(room, "ada")
    assert room.item("ada")["ix"] == raw["ix"]
    assert manifest_of(room, "ada") == before
    assert audit(room) == []


def test_a_record_deleted_outside_leaves_no_rows_once_its_page_was_opened(room):
    room.delete_outside("ada")
    assert names(everyone(room.store)) == ["Ada Lovelace", "Bob"]
    open_page(room, "ada")
    assert names(everyone(room.store)) == ["Bob"]
    assert room.store.facets().total == 1
    assert audit(room) == []


def test_a_person_deleted_outside_is_not_revived_by_their_old_form(room):
    room.delete_outside("ada")
    with pytest.raises(EmployeeDeleted):
        room.store.add(person("ada"), Write("old form"))
    room.store.maintain()
    with pytest.raises(EmployeeDeleted):
        room.store.add(person("ada"), Write("old form"))
    with pytest.raises(EmployeeDeleted):
        room.store.delete("ada", None, Write("form"))
    assert audit(room) == []


def test_a_save_mends_rows_that_an_outside_change_left_behind(room):
    room.change_outside("ada", "full_name", "Ada King")
    stored = room.store.get("ada")
    room.store.update(replace(stored, location="Rome"), revision_of(stored), Write("form"))
    assert found(room.store, words="king") == ["Ada King"]
    assert audit(room) == []


def test_a_save_that_no_list_shows_mends_an_old_index_too(room):
    room.change_outside("ada", "full_name", "Ada King")
    stored = room.store.get("ada")
    room.store.update(replace(stored, about="Analyst"), revision_of(stored), Write("form"))
    assert audit(room) == []


def test_deleting_a_person_changed_outside_leaves_no_rows(room):
    room.change_outside("ada", "full_name", "Ada King")
    room.store.delete("ada", None, Write("form"))
    assert audit(room) == []


def test_healing_changes_no_field_and_not_the_version(room):
    room.change_outside("ada", "full_name", "Ada King")
    before = room.store.get("ada")
    room.store.maintain()
    assert room.store.get("ada") == before
    assert set(room.item("ada")) == {
        "id",
        "full_name",
        "location",
        "badges",
        "version",
        "updated_at",
        "ix",
        "write_id",
        "history",
    }


def test_opening_the_page_of_someone_who_never_was_changes_nothing(room):
    room.store.maintain()  # the words of who was added are written down
    before = sorted(map(repr, room.items(room.index)))
    open_page(room, "nobody")
    assert sorted(map(repr, room.items(room.index))) == before


def test_a_flood_of_made_up_addresses_does_not_fill_the_memory(room):
    for number in range(210):
        with pytest.raises(EmployeeNotFound):
            room.store.get(f"nobody-{number}")
    assert len(room.store._upkeep._ids_to_heal) <= 200


def test_a_heal_that_meets_a_writer_reads_again(room, dynamodb_local, fault_proxy, monkeypatch):
    proxy = fault_proxy(dynamodb_local)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", proxy.endpoint)
    healer = room.open_another()
    room.change_outside("ada", "full_name", "Ada King")
    healer.get("ada")
    gate = proxy.on("TransactWriteItems").hold()

    healing = Thread(target=healer.maintain)
    healing.start()
    gate.wait_until_reached()
    stored = room.store.get("ada")
    room.store.update(replace(stored, full_name="Ada Byron"), revision_of(stored), Write("form"))
    gate.open()
    healing.join()
    assert found(room.store, words="ada") == ["Ada Byron"]
    assert audit(room) == []


def test_a_heal_lives_through_conflicts(room, dynamodb_local, fault_proxy, monkeypatch):
    proxy = fault_proxy(dynamodb_local)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", proxy.endpoint)
    healer = room.open_another()
    room.delete_outside("ada")
    proxy.on("TransactWriteItems").answer(transaction_conflict(), times=7)
    with pytest.raises(EmployeeNotFound):
        healer.get("ada")
    healer.maintain()
    assert audit(room) == []


def rows_about(room: DynamoRoom, name: str) -> list[str]:
    """Rows, manifests and deltas that have a name in them, spelled out."""
    items = [
        item for item in room.items(room.index) if item["view"]["S"] != vocabulary.VOCABULARY_VIEW
    ]
    return sorted(repr(item) for item in items if name in repr(item).lower())


def put_a_full_record(room: DynamoRoom) -> None:
    """400 KB, all that an item may hold: there is no room for the hash."""
    eve = {"id": {"S": "eve"}, "full_name": {"S": "Eve Full"}, "notes": {"S": ""}}
    rest = sum(len(name) + len(value["S"]) for name, value in eve.items())
    room.put_item({**eve, "notes": {"S": "x" * (400 * 1024 - rest)}})


def test_a_record_that_is_too_full_to_be_marked_is_listed_and_stops_no_reindex(room, caplog):
    put_a_full_record(room)
    room.put_item({"id": {"S": "zoe"}, "full_name": {"S": "Zoe Next"}})
    assert list(room.store.reindex())[-1].changed == 2
    assert "the record 'eve' is in the index, but could not be marked as indexed" in caplog.text
    assert found(room.store, words="eve") == ["Eve Full"]
    assert found(room.store, words="zoe") == ["Zoe Next"]
    before = manifest_of(room, "eve")
    assert list(room.store.reindex())[-1].changed == 0
    assert manifest_of(room, "eve") == before
    room.change_outside("eve", "full_name", "Eve Flat")
    open_page(room, "eve")
    assert found(room.store, words="eve") == ["Eve Flat"]
    assert audit(room) == ["the record eve has an old hash"]
    tables = TableChecks(room.store.calls, room.store.tables, "us-west-2")
    assert {check.run().state for check in tables.all()} == {State.OK}


def test_a_manifest_of_a_newer_release_is_left_alone_by_heal_and_reindex(room):
    newer = '[99,"hash","ada lovelace",["ada"],[],[],{"more":"than we know"}]'
    set_manifest(room, "ada", "m", {"S": newer})
    room.change_outside("ada", "full_name", "Ada King")
    before = rows_about(room, "ada")
    open_page(room, "ada")
    list(room.store.reindex())
    list(room.store.reindex(force=True))
    assert manifest_of(room, "ada")["m"] == {"S": newer}
    assert rows_about(room, "ada") == before


def test_a_save_over_a_manifest_of_a_newer_release_is_listed_at_once(room):
    packed = manifest_of(room, "ada")["m"]["S"]
    set_manifest(
        room, "ada", "m", {"S": "[99" + packed.removeprefix("[1").removesuffix("]") + ",7]"}
    )
    stored = room.store.get("ada")
    room.store.update(replace(stored, full_name="Ada King"), revision_of(stored), Write("form"))
    assert found(room.store, words="ada") == ["Ada King"]
    assert audit(room) == []


def test_a_deletion_is_remembered_for_a_month_and_then_the_id_is_free(room, monkeypatch):
    room.store.delete("ada", None, Write("form"))
    now = time.time()
    monkeypatch.setattr(manifests.time, "time", lambda: now + 30 * 24 * 3600)
    with pytest.raises(EmployeeDeleted):
        room.store.add(person("ada"), Write("add"))
    assert room.store.delete("ada", None, Write("form")).full_name == ""
    monkeypatch.setattr(manifests.time, "time", lambda: now + 32 * 24 * 3600)
    with pytest.raises(EmployeeNotFound) as missing:
        room.store.delete("ada", None, Write("form"))
    assert not isinstance(missing.value, EmployeeDeleted)
    assert room.store.add(person("ada"), Write("add")).version == 1
    assert audit(room) == []


def test_a_tombstone_that_the_service_removed_frees_the_id(room):
    room.store.delete("ada", None, Write("form"))
    room.client.delete_item(TableName=room.index, Key=manifest_key("ada"))
    assert room.store.add(person("ada"), Write("add")).version == 1
    assert audit(room) == []


def test_a_person_restored_at_the_console_after_a_deletion_is_listed_again(room):
    raw = room.item("ada")
    room.store.delete("ada", None, Write("form"))
    room.put_item(raw)
    assert found(room.store, words="ada") == []
    list(room.store.reindex())
    assert found(room.store, words="ada") == ["Ada Lovelace"]
    assert audit(room) == []


def test_an_outside_change_between_the_form_and_the_save_is_a_conflict_in_every_field(room):
    for field in TEXT_FIELDS:
        stored = room.store.get("ada")
        text = "2024-01-01" if field in DATE_FIELDS else f"new {field}"
        room.change_outside("ada", field, text)
        with pytest.raises(EditConflict):
            room.store.update(
                replace(stored, badges=("apple",)), revision_of(stored), Write(f"f {field}")
            )
    assert room.store.browse(Query(badge="apple")).cards == ()
