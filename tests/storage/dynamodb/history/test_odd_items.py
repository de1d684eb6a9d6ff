"""Rows that no release of ours wrote: nothing fails, and what is right is told."""

import pytest

from app.contracts.history import AuditQuery
from app.history.changes import Write
from tests.contracts.history.test_changes import ANA, changes_of, save
from tests.contracts.history.test_thinning import age
from tests.support.dynamodb_audit import audit
from tests.support.stores.people import add, person

pytestmark = pytest.mark.slow

ODD = (
    {"S": ""}, {"S": "\x00"}, {"S": "[1]"}, {"S": '{"about": 7, "badges": "x", "odd": []}'},
    {"S": '[["a"],["b",1,2],[3,4],null]'}, {"S": "NaN"}, {"N": "-7.5"}, {"BOOL": True},
    {"NULL": True}, {"L": [{"S": "x"}]}, {"M": {"S": {"S": "x"}}}, {"SS": ["a"]}, {"B": b"\xff"},
)  # fmt: skip
PLACES = (
    ("h#ada", "2026-11-29T22:41:06.123Z-1f3a"),
    ("h#ada", "no moment"),
    ("hist#0", "2026-11-29T22:41:06.123Z-1f3a"),
    ("hist#1", "~~~"),
    ("hist#oldest", "-"),
    ("hist#thin", "-"),
    ("author#a1", "000001"),
    ("author#a1", "zero"),
    ("wrote#ada", "odd"),
    ("note#ada", "odd"),
)
NAMES = (
    "id", "kind", "ver", "name", "by", "via", "how", "was", "now", "all", "base", "event",
    "fields", "counts", "details", "own", "person", "day", "before", "last_view", "last_at", "c",
    "rev", "m", "gone", "ttl",
)  # fmt: skip


@pytest.mark.parametrize("value", ODD, ids=repr)
def test_odd_rows_fail_nothing(proxied_room, value):
    room, history = proxied_room, proxied_room.open_history()
    right = {"kind": {"S": "changed"}, "event": {"S": "import"}, "id": {"S": "ada"}}
    for view, at in PLACES:
        for content in (dict.fromkeys(NAMES, value), {**dict.fromkeys(NAMES, value), **right}):
            item = {**room.store.tables.index_key(view, at), **content}
            room.client.put_item(TableName=room.index, Item=item)
        add_or_save(room, view + at)
        read_all(history)
    list(room.store.reindex())
    assert audit(room) == []
    assert list(history.thin_out("2026-12-01"))
    room.store.delete("ada", None, Write("gone", ANA))


def add_or_save(room, text: str) -> None:
    if room.item("ada") is None:
        add(room.store, person("ada"))
    save(room.open_another(), "ada", Write(text, ANA), about=text)


def read_all(history) -> None:
    changes_of(history, "ada")
    history.find_change("ada", "2026-11-29T22:41:06.123Z-1f3a")
    history.changes_since("ada", "", 100)
    history.audit(AuditQuery())
    history.audit(AuditQuery(words="x"))
    list(history.iter_audit())
    list(history.iter_changes())


@pytest.mark.parametrize("value", [one for one in ODD if one != {"S": ""}], ids=repr)
def test_an_odd_mark_is_put_right(proxied_room, value):
    add(proxied_room.store, person("ada"))
    proxied_room.put_item(proxied_room.item("ada") | {"history": value})
    proxied_room.store.get("ada")
    proxied_room.store.maintain()
    save(proxied_room.store, "ada", about="x")
    proxied_room.change_outside("ada", "about", "y")
    save(proxied_room.store, "ada", about="z")
    told = [change.now.get("about") for change in changes_of(proxied_room.open_history(), "ada")]
    assert told == [None, "x", "y", "z"]


def test_thousands_of_old_changes_of_one_person_are_thinned(proxied_room):
    from tests.storage.dynamodb.history.test_costs import many_changes

    add(proxied_room.store, person("ada"))
    age(proxied_room.open_history(), "ada", ["2023-01-01"])
    history = proxied_room.open_history()
    history.restore_changes(many_changes("ada", 1_200))
    list(history.thin_out("2026-02-01"))
    first, newest = changes_of(history, "ada")
    assert (first.version, newest.version) == (1, 1_200)
    assert newest.base is not None
