"""People of the course's application in Node: read and written where it reads and writes them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest

from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import EditConflict
from app.model.revision import revision_of
from app.storage.dynamodb.index.rows import PROJECTION
from app.storage.dynamodb.index.transactions import IndexWriter
from tests.support.dynamodb_audit import audit
from tests.support.node_app import NodeApp, of_node
from tests.support.stores.dynamodb_binding import DynamoRoom, MotoRoom
from tests.support.stores.people import add, everyone, found, names, new_write_id, person

pytestmark = pytest.mark.slow

ANN = {
    "name": "Ann Node",
    "email": "ann@example.com",
    "location": "Lima",
    "photo": "photos/ann abc.jpg",
}
OURS = f"employee_pic/{'0a' * 16}.jpg"


@pytest.fixture(params=["dynamodb-local", "moto"])
def room(request: pytest.FixtureRequest) -> Iterator[DynamoRoom]:
    if request.param == "moto":
        opened: DynamoRoom = MotoRoom()
    else:
        opened = DynamoRoom(request.getfixturevalue("dynamodb_local"))
    yield opened
    opened.close()


@pytest.fixture
def node(room: DynamoRoom) -> NodeApp:
    """The application, which has added Ann."""
    app = NodeApp(room.client, room.people)
    app.put(of_node("ann", **ANN))
    return app


def save(room: DynamoRoom, employee_id: str, **changes: object) -> Employee:
    stored = room.store.get(employee_id)
    return room.store.update(replace(stored, **changes), revision_of(stored), Write(new_write_id()))


def follow(room: DynamoRoom) -> None:
    if isinstance(room, MotoRoom):  # its streams know no account
        list(room.store.reindex())
    else:
        list(room.open_another().follow(Event(), once=True))


def test_they_are_read_listed_and_found(room, node):
    ann = room.store.get("ann")
    assert (ann.full_name, ann.photo_key, ann.job_title) == ("Ann Node", ANN["photo"], "")
    list(room.store.reindex())
    (card,) = everyone(room.store)
    assert (card.full_name, card.photo_key) == ("Ann Node", ANN["photo"])
    assert found(room.store, words="node", location="Lima") == ["Ann Node"]
    assert room.store.find_by_email([ANN["email"]]) == {ANN["email"]: ("ann",)}
    assert list(room.store.photo_keys()) == [ANN["photo"]]
    assert audit(room) == []


def test_an_edit_is_written_where_the_application_reads(room, node):
    save(room, "ann", full_name="Ann King", location="Oslo", phone="+1 206 555 0100")
    assert node.list()["ann"] == {**ANN, "name": "Ann King", "location": "Oslo"}
    item = room.item("ann")
    assert {"full_name", "object_key", "written_name"}.isdisjoint(item)
    assert item["phone"] == {"S": "+1 206 555 0100"}
    assert room.store.get("ann").full_name == "Ann King"
    assert audit(room) == []


def test_a_photo_is_changed_and_removed_where_the_application_reads(room, node):
    save(room, "ann", photo_key=OURS)
    assert node.list()["ann"]["photo"] == OURS
    save(room, "ann", photo_key="")
    assert "photo" not in node.list()["ann"]
    node.put(of_node("ben", name="Ben Bare"))
    save(room, "ben", photo_key=OURS)
    assert node.list()["ben"] == {"name": "Ben Bare", "photo": OURS}
    assert "object_key" not in room.item("ben")
    assert audit(room) == []


def test_a_record_of_ours_and_of_the_flask_app_keeps_our_attributes(room, node):
    add(room.store, person("ours", photo_key=OURS))
    room.put_item(of_node("flask", full_name="Flo Flask", location="Rome", job_title="Cook"))
    for employee_id in ("ours", "flask"):
        save(room, employee_id, full_name="New Name", photo_key=OURS)
        item = room.item(employee_id)
        assert (item["full_name"], item["object_key"]) == ({"S": "New Name"}, {"S": OURS})
        assert {"name", "photo", "written_name"}.isdisjoint(item)


def test_a_record_with_both_has_both_written_and_the_later_change_counts(room, node):
    room.put_item(of_node("both", full_name="Old Name", name="New Name", object_key=OURS))
    assert room.store.get("both").full_name == "New Name"
    save(room, "both", phone="+1 206 555 0100")
    assert room.item("both")["full_name"] == room.item("both")["name"] == {"S": "New Name"}
    save(room, "both", full_name="Bo Both", photo_key="")
    assert room.item("both")["full_name"] == room.item("both")["name"] == {"S": "Bo Both"}
    room.change_outside("both", "full_name", "Changed in Flask")
    assert room.store.get("both").full_name == "Changed in Flask"
    save(room, "both", location="Rome")
    assert node.list()["both"]["name"] == "Changed in Flask"
    node.save("both", name="Changed in Node")
    assert room.store.get("both").full_name == "Changed in Node"
    follow(room)
    assert found(room.store, words="changed") == ["Changed in Node"]
    assert audit(room) == []


def test_both_photos_are_written_and_the_one_that_was_changed_counts(room, node):
    room.put_item(of_node("both", full_name="Bo", name="Bo", object_key=OURS, photo=OURS))
    other = f"employee_pic/{'0b' * 16}.jpg"
    save(room, "both", photo_key=other)
    assert room.item("both")["object_key"] == room.item("both")["photo"] == {"S": other}
    node.save("both", photo="photos/new.png")
    assert room.store.get("both").photo_key == "photos/new.png"
    node.save("both", photo="")
    assert room.store.get("both").photo_key == ""


@pytest.mark.parametrize(
    "photo",
    [
        "https://bucket.s3.amazonaws.com/photos/a.jpg", "/photos/a.jpg", "photos/../a.jpg", "..",
        "photos//a.jpg", "page.html", ".env", "photos/.hidden.jpg", "a\\b.jpg", "x" * 201,
        "photos/a\n.jpg", "",
    ],
)  # fmt: skip
def test_what_is_no_key_of_an_image_is_no_photo_and_stays(room, node, photo):
    node.put(of_node("odd", name="Odd Photo", photo=photo))
    assert room.store.get("odd").photo_key == ""
    save(room, "odd", location="Rome")
    assert room.item("odd")["photo"] == {"S": photo}
    save(room, "odd", photo_key=OURS)
    assert node.list()["odd"]["photo"] == OURS


@pytest.mark.parametrize("value", [{"M": {"first": {"S": "Ann"}}}, {"L": []}, {"NULL": True}])
def test_a_name_that_is_no_text_is_another_program_s_and_stays(room, node, value):
    room.put_item({"id": {"S": "odd"}, "name": value})
    save(room, "odd", full_name="Ann Odd")
    assert room.item("odd")["full_name"] == {"S": "Ann Odd"}
    assert room.item("odd")["name"] == value


def test_an_edit_that_has_not_seen_theirs_is_a_conflict(room, node):
    stored = room.store.get("ann")
    node.save("ann", name="Ann Changed")
    with pytest.raises(EditConflict) as refused:
        room.store.update(
            replace(stored, location="Oslo"), revision_of(stored), Write(new_write_id())
        )
    assert refused.value.stored.full_name == "Ann Changed"
    assert node.list()["ann"]["location"] == "Lima"
    stored = room.store.get("ann")
    node.save("ann", photo="photos/other.jpg")
    with pytest.raises(EditConflict):
        room.store.update(replace(stored, location="Oslo"), revision_of(stored), Write("form 2"))


def test_an_item_put_whole_without_what_is_ours_is_listed_as_it_is(room, node):
    add(room.store, person("ada", location="London", phone="+1 206 555 0100"))
    node.put(of_node("ada", name="Ada Node", location="Paris"))
    follow(room)
    assert names(everyone(room.store)) == ["Ada Node"] or "Ada Node" in names(everyone(room.store))
    assert found(room.store, location="London") == []
    assert audit(room) == []


def test_side_by_side_each_sees_the_others_edits_and_none_is_lost(room, node):
    """Edits of both, in any order: each attribute ends with what was written last."""
    dice = random.Random(7)
    expected = {"ann": dict(ANN)}
    for turn in range(60 if not isinstance(room, MotoRoom) else 12):
        employee_id = dice.choice([*expected, f"new-{turn}"])
        field = dice.choice(("name", "email", "location", "photo"))
        text = {"photo": f"photos/{turn}.jpg", "email": f"{turn}@example.com"}.get(
            field, f"Text {turn}"
        )
        if employee_id not in expected:
            node.save(employee_id, name=f"New {turn}")
            expected[employee_id] = {"name": f"New {turn}"}
        expected[employee_id][field] = text
        if dice.random() < 0.5:
            node.save(employee_id, **{field: text})
        else:
            field = {"name": "full_name", "photo": "photo_key"}.get(field, field)
            save_with(room, employee_id, f"turn {turn}", field, text)
        if turn % 7 == 0:
            follow(room)
    follow(room)
    assert node.list() == expected
    cards = {card.id: card for card in everyone(room.store)}
    assert {employee_id: shown(card) for employee_id, card in cards.items()} == expected
    assert audit(room) == []


def save_with(room: DynamoRoom, employee_id: str, form: str, field: str, text: str) -> None:
    while True:
        stored = room.store.get(employee_id)
        try:
            room.store.update(replace(stored, **{field: text}), revision_of(stored), Write(form))
        except EditConflict:
            continue
        return


def shown(card) -> dict[str, str]:
    all_of_it = {
        "name": card.full_name,
        "email": card.email,
        "location": card.location,
        "photo": card.photo_key,
    }
    return {name: text for name, text in all_of_it.items() if text}


def test_at_the_same_time_nobody_s_edits_are_lost(dynamodb_local):
    """Each edits people of both; while one adds and deletes, the index keeps up."""
    room = DynamoRoom(dynamodb_local)
    node = NodeApp(room.client, room.people)
    for number in range(8):
        node.put(of_node(f"n{number}", name=f"Node {number}", location="Lima"))
        add(room.store, person(f"o{number}", f"Ours {number}"))
    follow(room)

    def of_node_s(number: int) -> None:
        node.save(f"n{number % 8}", email=f"{number}@example.com")
        node.put(of_node(f"new{number}", name=f"New {number}"))
        if number % 3 == 0:
            node.delete(f"new{number}")

    def of_ours(number: int) -> None:
        save_with(room, f"o{number % 8}", f"form {number}", "department", f"Dept {number}")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda job: job[0](job[1]), [(f, n) for n in range(24)
                                                      for f in (of_node_s, of_ours)]))  # fmt: skip
    follow(room)
    assert audit(room) == []
    assert len(everyone(room.store)) == 16 + 16
    for number in range(8):
        assert room.store.get(f"o{number}").department.startswith("Dept ")
        assert node.list()[f"n{number}"]["email"].endswith("@example.com")
    room.close()


def test_their_rows_are_left_alone_by_releases_that_would_list_their_id(room, node):
    list(room.store.reindex())
    manifest = IndexWriter(room.store.calls, room.store.tables).read_manifests(["ann"])["ann"]
    assert 1 < manifest.shape.projection <= PROJECTION
    save(room, "ann", location="Rome")
    assert audit(room) == []
