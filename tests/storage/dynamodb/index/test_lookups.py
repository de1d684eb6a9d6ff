"""People by ids and by mail addresses, and everybody in batches: what is DynamoDB's own in it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.contracts import Query
from app.history.changes import Write
from app.model.errors import StorageUnavailable
from app.model.revision import revision_of
from app.runtime import deadline
from app.storage.dynamodb.client import batch_reads
from app.storage.dynamodb.tasks import bulk_read
from tests.storage.dynamodb.index.test_browse import Meter
from tests.support.aws_errors import throttled
from tests.support.dynamodb_audit import audit
from tests.support.stores.dynamodb_binding import DynamoRoom
from tests.support.stores.people import add, found, person

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def full_room(dynamodb_local):
    """130 people, of whom two have one address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local)
        room = DynamoRoom(dynamodb_local)
        people = [person(f"p{number}", email=f"P{number}@Example.com") for number in range(130)]
        list(room.store.add_many([*people, person("twin", email="p7@example.com")]))
        yield room
        room.close()


@pytest.fixture
def meter(full_room, dynamodb_local, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local)
    yield Meter(full_room)
    full_room.store.calls.meter = None


def test_a_hundred_ids_are_one_read(full_room, meter):
    ids = [f"p{number}" for number in range(97)]
    people = full_room.store.get_many([*ids, "nobody", "", "\ud800"])
    assert sorted(people) == sorted(ids)
    assert people["p3"] == full_room.store.get("p3")
    assert meter.calls["BatchGetItem"] == 1


def test_a_hundred_addresses_are_one_unit_each(full_room, meter):
    addresses = [f"p{number}@EXAMPLE.com" for number in range(97)]
    ids = full_room.store.find_by_email([*addresses, "nobody@example.com", "", "\ud800@x.y"])
    assert ids["p7@EXAMPLE.com"] == ("p7", "twin")
    assert ids["p8@EXAMPLE.com"] == ("p8",)
    assert sorted(ids) == sorted(addresses)
    assert meter.calls == {"Query": 98, "BatchGetItem": 1}
    assert meter.units["Query"] <= 98
    meter.calls.clear()
    assert full_room.store.find_by_email(["nobody@example.com"]) == {}
    assert meter.calls == {"Query": 1}


def test_more_than_a_hundred_are_refused_before_anything_is_read(full_room, meter):
    asked = [str(number) for number in range(101)]
    for look_up in (full_room.store.get_many, full_room.store.find_by_email):
        with pytest.raises(ValueError, match="at most 100"):
            look_up(asked)
    assert not meter.calls


def test_ids_that_come_back_unprocessed_are_asked_for_again(full_room, meter, monkeypatch):
    read, asked = full_room.store.calls.read, []

    def give_three(operation, table, request):
        keys = request["RequestItems"][full_room.people]["Keys"]
        asked.append(len(keys))
        some = {"RequestItems": {full_room.people: {"Keys": keys[:3], "ConsistentRead": True}}}
        left = {full_room.people: {"Keys": keys[3:], "ConsistentRead": True}}
        return {**read(operation, table, some), "UnprocessedKeys": left if keys[3:] else {}}

    monkeypatch.setattr(full_room.store.calls, "read", give_three)
    assert len(full_room.store.get_many([f"p{number}" for number in range(10)])) == 10
    assert asked == [10, 7, 4, 1]


def test_ids_that_are_never_processed_are_a_failure_and_no_empty_answer(
    full_room, meter, monkeypatch
):
    def give_nothing(operation, table, request):
        return {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}

    monkeypatch.setattr(full_room.store.calls, "read", give_nothing)
    monkeypatch.setattr(batch_reads, "_MAX_EMPTY_RESPONSES", 2)
    with pytest.raises(StorageUnavailable, match="throttled"):
        full_room.store.get_many(["p1"])


def test_the_deadline_of_the_request_holds_for_addresses_too(proxied_room, dynamodb_proxy):
    dynamodb_proxy.on("Query").answer(throttled())
    with deadline.within(1), pytest.raises(StorageUnavailable, match="ran out of time"):
        proxied_room.store.find_by_email(["a@b.c"])
    assert not dynamodb_proxy.count("Query")


def test_an_address_that_moves_from_one_to_another_is_never_left_behind(proxied_room):
    store = proxied_room.store
    add(store, *(person(f"p{number}", email="one@example.com") for number in range(4)))

    def move(number: int) -> None:
        for address in ("two@example.com", "three@example.com", "two@example.com"):
            stored = store.get(f"p{number}")
            store.update(
                replace(stored, email=address), revision_of(stored), Write(f"{number} {address}")
            )

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(move, range(4)))
    asked = ["one@example.com", "two@example.com", "three@example.com"]
    assert store.find_by_email(asked) == {"two@example.com": ("p0", "p1", "p2", "p3")}
    store.delete("p2", None, Write("form"))
    assert store.find_by_email(asked) == {"two@example.com": ("p0", "p1", "p3")}
    assert audit(proxied_room) == []


def test_who_lost_an_address_elsewhere_is_found_by_neither_it_nor_none(proxied_room):
    add(proxied_room.store, person("ada", email="ada@example.com"))
    proxied_room.change_outside("ada", "email", "")
    assert proxied_room.store.find_by_email(["ada@example.com", "", " "]) == {}


def test_what_others_write_is_found_by_address_and_month_after_reindex(proxied_room):
    add(proxied_room.store, person("ada", email="ada@example.com", start_date="2026-03-14"))
    proxied_room.change_outside("ada", "email", "countess@example.com")
    proxied_room.change_outside("ada", "start_date", "2025-12-01")
    list(proxied_room.store.reindex())
    asked = ["ada@example.com", "countess@example.com"]
    assert proxied_room.store.find_by_email(asked) == {"countess@example.com": ("ada",)}
    assert found(proxied_room.store, joined="2026-03") == []
    assert found(proxied_room.store, joined="2025-12") == ["Ada Lovelace"]
    assert proxied_room.store.facets().joined == {"2025-12": 1}
    assert audit(proxied_room) == []


@pytest.mark.parametrize("month", ["2026-13", "2026", "2026-03-01", "\ud800", "x" * 3000])
def test_a_month_that_there_is_not_is_an_empty_page_without_a_read(full_room, meter, month):
    assert full_room.store.browse(Query(joined=month)).cards == ()
    assert not meter.calls


def test_a_batch_goes_on_behind_its_bookmark_also_when_that_person_is_gone(
    proxied_room, monkeypatch
):
    monkeypatch.setattr(bulk_read, "_PAGE_SIZE", 7)
    people = [person(f"p{number}") for number in range(30)]
    list(proxied_room.store.add_many(people))
    whole = [each.id for batch in proxied_room.store.iter_batches() for each in batch.people]
    assert sorted(whole) == sorted(each.id for each in people)
    first = next(proxied_room.store.iter_batches())
    assert [each.id for each in first.people] == whole[:7]
    proxied_room.store.delete(first.bookmark, None, Write("form"))
    batches = proxied_room.store.iter_batches(first.bookmark)
    rest = [each for batch in batches for each in batch.people]
    assert [each.id for each in rest] == whole[7:]
    *_, last = proxied_room.store.iter_batches()
    assert list(proxied_room.store.iter_batches(last.bookmark)) == []


def test_everybody_is_read_in_megabytes_at_half_a_unit_for_four_kilobytes(full_room, meter):
    assert sum(len(batch.people) for batch in full_room.store.iter_batches()) == 131
    # Both tables are asked first, so that one with another key is told.
    assert meter.calls == {"BatchGetItem": 2, "Scan": 1}
