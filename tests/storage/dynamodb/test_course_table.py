"""A table that the course's app and the console filled is read, listed, edited, left readable."""

from dataclasses import replace

import pytest

from app.history.changes import Write
from app.model.employee import Employee
from app.model.fields import CONTENT_FIELDS
from app.model.revision import revision_of
from tests.support.course_table import ODD_ITEMS, read_as_the_course_does
from tests.support.dynamodb_audit import audit
from tests.support.stores.dynamodb_binding import DynamoRoom, UsedRoom
from tests.support.stores.people import everyone, found

pytestmark = pytest.mark.slow


@pytest.fixture
def room(dynamodb_local):
    """A room with every odd item in it, not indexed yet."""
    opened = UsedRoom(dynamodb_local)
    for item, _ in ODD_ITEMS.values():
        opened.put_item(item)
    yield opened
    opened.close()


def save(room: DynamoRoom, employee_id: str, **changes: object) -> Employee:
    stored = room.store.get(employee_id)
    return room.store.update(replace(stored, **changes), revision_of(stored), Write("form"))


def test_every_odd_item_is_read(room):
    for employee_id, (_, badges) in ODD_ITEMS.items():
        employee = room.store.get(employee_id)
        assert employee.id == employee_id
        assert employee.badges == badges
        assert employee.version == 0
    assert room.store.get("name-number").full_name == "42"
    assert room.store.get("name-decomposed").full_name == "José Núñez"
    assert room.store.get("only-id").full_name == ""
    assert room.store.get("date-odd").start_date == ""
    assert room.store.get("number-number").employee_number == "10432"
    assert room.store.get("number-odd").employee_number == ""
    assert room.store.get("mobile-number").mobile == "47900112233"
    assert room.store.get("mobile-odd").mobile == ""
    assert room.store.get("zone-unknown").time_zone == "W. Europe Standard Time"
    assert room.store.get("zone-odd").time_zone == ""
    assert room.store.get("photo-elsewhere").photo_key == ""
    assert room.store.get("photo-lost").photo_key == "employee_pic/0123456789abcdef.png"


def test_every_odd_item_is_listed_after_a_reindex(room):
    list(room.store.reindex())
    cards = everyone(room.store)
    assert {card.id for card in cards} == set(ODD_ITEMS)
    assert len(cards) == len(ODD_ITEMS)
    assert audit(room) == []
    assert found(room.store, words="nunez") == ["José Núñez"]
    assert found(room.store, badge="linux") == ["Dora Set", "Gus Mangled"]
    assert found(room.store, location="Rome") == ["Lee Untitled"]
    assert room.store.facets().total == len(ODD_ITEMS)
    assert room.store.facets().badges["apple"] == 4


def test_every_odd_item_can_be_edited_and_only_what_was_edited_changes(room):
    for employee_id, (before, _) in ODD_ITEMS.items():
        save(room, employee_id, phone="+1 206 555 0100")
        after = room.item(employee_id)
        assert {name: after[name] for name in before if name != "version"} == {
            name: value for name, value in before.items() if name != "version"
        }
        assert after["phone"] == {"S": "+1 206 555 0100"}
        assert after["version"] == {"N": "1"}
    assert audit(room) == []


def test_mangled_badges_stay_as_they_are_until_badges_are_edited(room):
    before = room.item("badges-mangled")["badges"]
    for number in range(3):
        stored = room.store.get("badges-mangled")
        changed = replace(stored, job_title=f"Engineer {number}")
        room.store.update(changed, revision_of(stored), Write(f"form-{number}"))
    assert room.item("badges-mangled")["badges"] == before
    save(room, "badges-mangled", badges=("apple", "linux", "bug"))
    assert room.item("badges-mangled")["badges"] == {
        "L": [{"S": "apple"}, {"S": "linux"}, {"S": "bug"}]
    }


def test_the_course_app_can_read_what_was_edited(room):
    for employee_id, (_, badges) in ODD_ITEMS.items():
        known = tuple(key for key in badges if key != "rocket")
        added = ("umbrella",) if "umbrella" not in known else ()
        save(
            room,
            employee_id,
            full_name="New Name",
            location="Oslo",
            job_title="Skipper",
            badges=known + added,
        )
        read = read_as_the_course_does(room.item(employee_id))
        assert read["full_name"] == "New Name"
        assert "Seattle Fan" in read["badges"]
        save_without = room.store.get(employee_id)
        room.store.update(
            replace(save_without, badges=()), revision_of(save_without), Write("without badges")
        )
        assert "badges" not in room.item(employee_id)
    assert audit(room) == []


def test_attributes_that_we_do_not_know_survive_edits_heals_and_reindexing(room):
    unknown = {name: ODD_ITEMS["more-attributes"][0][name] for name in ("salary", "notes", "ttl")}
    save(room, "more-attributes", full_name="Thomas More")
    list(room.store.reindex(force=True))
    after = room.item("more-attributes")
    assert {name: after[name] for name in unknown} == unknown


def test_every_odd_item_can_be_deleted(room):
    list(room.store.reindex())
    for employee_id in ODD_ITEMS:
        room.store.delete(employee_id, None, Write("form"))
    assert room.items(room.people) == []
    assert everyone(room.store) == []
    assert audit(room) == []


def test_a_record_written_by_us_holds_what_the_course_app_expects(room):
    ours = Employee(
        id="ours",
        full_name="Vic Ours",
        location="Bonn",
        job_title="Cook",
        badges=("coffee",),
        photo_key="employee_pic/ff.jpg",
    )
    stored = room.store.add(ours, Write("form"))
    assert all(getattr(stored, name) == getattr(ours, name) for name in CONTENT_FIELDS)
    assert read_as_the_course_does(room.item("ours")) == {
        "id": "ours",
        "full_name": "Vic Ours",
        "location": "Bonn",
        "job_title": "Cook",
        "badges": ["Coffee Snob"],
        "photo": "employee_pic/ff.jpg",
    }
    bare = Employee(id="bare", full_name="Wim Bare", location="Bonn", job_title="Cook")
    room.store.add(bare, Write("form"))
    assert {"badges", "object_key", "about"}.isdisjoint(room.item("bare"))
