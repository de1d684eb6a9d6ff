"""What DynamoDB does when the network or the service fails: one effect, and StorageUnavailable."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest

from app.contracts import Query
from app.history.changes import Write
from app.model.errors import EditConflict, EmployeeDeleted, EmployeeNotFound, StorageUnavailable
from app.model.revision import revision_of
from app.runtime import deadline
from tests.support.aws_errors import (
    access_denied,
    bare_error,
    dynamodb_error,
    server_error,
    table_missing,
    throttled,
    throughput_exceeded,
    token_expired,
    transaction_conflict,
    transaction_error,
)
from tests.support.dynamodb_audit import audit
from tests.support.in_time import LATE, assert_ends_within
from tests.support.servers.fault_proxy import black_hole
from tests.support.stores.dynamodb_binding import DynamoRoom, UsedRoom
from tests.support.stores.people import add, everyone, names, person

pytestmark = pytest.mark.slow

WRITE = "TransactWriteItems"
OPERATIONS = {
    "get": lambda store: store.get("ada"),
    "browse": lambda store: store.browse(Query()),
    "search": lambda store: store.browse(Query(words="ad", location="London")),
    "facets": lambda store: store.facets(),
    "add": lambda store: store.add(person("new", "New"), Write("new form")),
    "update": lambda store: store.update(person("ada", "Ada King"), "1.x", Write("new form")),
    "delete": lambda store: store.delete("ada", None, Write("new form")),
    "check": lambda store: store.check(),
    "shared_secret": lambda store: store.shared_secret("proposal"),
    "photo_keys": lambda store: list(store.photo_keys()),
}


@pytest.fixture
def proxy(dynamodb_local, fault_proxy):
    return fault_proxy(dynamodb_local)


@pytest.fixture
def room(dynamodb_local, proxy):
    """Ada is in it; the store goes through the proxy, the room's own eyes do not."""
    yield from room_of_ada(UsedRoom, dynamodb_local, proxy)


@pytest.fixture
def new_room(dynamodb_local, proxy):
    """The same with tables of its own, whose stream has nothing in it of another test."""
    yield from room_of_ada(DynamoRoom, dynamodb_local, proxy)


def room_of_ada(kind, endpoint, proxy):
    opened = kind(endpoint, through=proxy.endpoint)
    add(opened.store, person("ada", job_title="Countess"))
    proxy.forget()
    yield opened
    proxy.stop()  # nothing of this test comes to the tables of the next one
    opened.close()


@pytest.fixture
def store(room):
    return room.store


def rename(store, name="Ada King", form="rename"):
    stored = store.get("ada")
    return store.update(replace(stored, full_name=name), revision_of(stored), Write(form))


def total_names(room):
    return names(everyone(room.store))


@pytest.mark.parametrize("fault", ["lose_reply", "cut_reply", "never_reply"])
def test_a_reply_that_is_lost_once_is_asked_for_again(room, proxy, fault):
    getattr(proxy.on(WRITE), fault)(times=1)
    room.store.add(person("new", "Bob"), Write("add"))
    getattr(proxy.on(WRITE), fault)(times=1)
    assert rename(room.store).version == 2
    getattr(proxy.on(WRITE), fault)(times=1)
    room.store.delete("new", None, Write("delete"))
    assert total_names(room) == ["Ada King"]
    assert proxy.count(WRITE) == 6
    assert audit(room) == []


def test_a_form_sent_again_after_every_reply_was_lost_has_one_effect(room, proxy):
    store = room.store
    before = store.get("ada")
    new = person("new", "Bob")
    for change in (
        lambda: store.add(new, Write("add")),
        lambda: store.update(
            replace(before, full_name="Ada King"), revision_of(before), Write("edit")
        ),
        lambda: store.delete("new", None, Write("delete")),
    ):
        proxy.on(WRITE).lose_reply()
        with pytest.raises(StorageUnavailable) as lost:
            change()
        assert lost.value.maybe_written
        proxy.recover()
        change()
    assert total_names(room) == ["Ada King"]
    assert store.get("ada").version == 2
    assert audit(room) == []


def test_a_form_sent_again_with_a_new_photo_after_a_lost_reply_is_no_conflict(room, proxy):
    before = room.store.get("ada")
    proxy.on(WRITE).lose_reply()
    with pytest.raises(StorageUnavailable):
        room.store.update(
            replace(before, photo_key="employee_pic/1.jpg"), revision_of(before), Write("form")
        )
    proxy.recover()
    again = replace(before, photo_key="employee_pic/2.jpg")
    assert (
        room.store.update(again, revision_of(before), Write("form")).photo_key
        == "employee_pic/1.jpg"
    )


def test_a_lost_reply_does_not_hide_what_another_editor_wrote(room, proxy):
    before = room.store.get("ada")
    proxy.on(WRITE).lose_reply()
    with pytest.raises(StorageUnavailable):
        rename(room.store)
    proxy.recover()
    rename(room.store, "Ada Byron", form="someone else")
    with pytest.raises(EditConflict) as conflict:
        room.store.update(
            replace(before, full_name="Ada King"), revision_of(before), Write("rename")
        )
    assert conflict.value.stored.full_name == "Ada Byron"


def test_a_request_that_never_arrived_was_not_written(room, proxy):
    proxy.refuse()
    with pytest.raises(StorageUnavailable) as refused:
        room.store.add(person("new"), Write("add"))
    assert not refused.value.maybe_written
    proxy.recover()
    with pytest.raises(EmployeeNotFound):
        room.store.get("new")


@pytest.mark.parametrize("answer", [transaction_conflict, throttled, throughput_exceeded])
def test_seven_conflicts_are_followed_by_success(room, proxy, answer):
    proxy.on(WRITE).answer(answer(), times=7)
    assert rename(room.store).version == 2
    assert proxy.count(WRITE) == 8
    tokens = {
        request.json["ClientRequestToken"]
        for request in proxy.requests
        if request.operation == WRITE
    }
    assert len(tokens) == 1
    assert audit(room) == []


def test_endless_conflicts_end_as_unavailable(room, proxy):
    proxy.on(WRITE).answer(transaction_conflict())
    with pytest.raises(StorageUnavailable, match="other writers kept changing") as refused:
        rename(room.store)
    assert not refused.value.maybe_written
    assert proxy.count(WRITE) == 8
    assert room.store.get("ada").full_name == "Ada Lovelace"


@pytest.mark.parametrize("operation", ["GetItem", "Query", "BatchGetItem"])
def test_reads_that_are_throttled_twice_succeed(room, proxy, operation):
    proxy.on(operation).answer(throttled(), times=2)
    assert rename(room.store).full_name == "Ada King"
    assert total_names(room) == ["Ada King"]


@pytest.mark.parametrize("fault", ["reset", "hang", "cut_reply", "lose_reply"])
def test_a_read_that_fails_once_is_repeated(room, proxy, fault):
    getattr(proxy.on("*"), fault)(times=1)
    assert total_names(room) == ["Ada Lovelace"]


FAILURES = {
    "500": server_error(),
    "503 with a code": dynamodb_error("ServiceUnavailable", status=503),
    "503 without a word": bare_error(503),
    "503 with a page": bare_error(503, "<html><h1>503 Service Unavailable</h1></html>"),
    "502 of a proxy": bare_error(502, "<html><h1>502 Bad Gateway</h1></html>"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_failures_of_the_service_are_waited_out(room, proxy, failure):
    for operation in ("GetItem", "Query", "BatchGetItem", WRITE):
        proxy.on(operation).answer(FAILURES[failure], times=4)
    with deadline.within(8.0):
        assert total_names(room) == ["Ada Lovelace"]
    with deadline.within(8.0):
        assert rename(room.store).version == 2
    assert proxy.count(WRITE) == 5
    assert audit(room) == []


def test_a_transaction_that_an_error_cancelled_is_sent_again(room, proxy):
    proxy.on(WRITE).answer(transaction_error(), times=2)
    assert rename(room.store).version == 2
    proxy.on(WRITE).answer(transaction_error())
    with deadline.within(4.5), pytest.raises(StorageUnavailable, match="internal error") as failed:
        rename(room.store, "Ada Byron", form="another")
    assert not failed.value.maybe_written


def test_a_write_that_was_done_although_an_error_was_told_is_done_once(room, proxy):
    for form, change in (
        ("add", lambda: room.store.add(person("new", "Bob"), Write("add"))),
        ("edit", lambda: rename(room.store)),
        ("delete", lambda: room.store.delete("new", None, Write("delete"))),
    ):
        rule = proxy.on(WRITE).replace_reply(server_error(), times=2)
        with deadline.within(8.0):
            change()
        assert rule.hits == 2, form
    assert room.store.get("ada").version == 2
    assert total_names(room) == ["Ada King"]
    assert audit(room) == []


def test_a_service_that_keeps_failing_is_asked_as_long_as_the_deadline_leaves_room(room, proxy):
    before = room.store.get("ada")
    proxy.on(WRITE).answer(server_error())

    def save() -> None:
        with deadline.within(4.5), pytest.raises(StorageUnavailable, match="internal") as failed:
            room.store.update(
                replace(before, full_name="Ada King"), revision_of(before), Write("form")
            )
        assert failed.value.maybe_written

    assert_ends_within(2.0, save)
    assert proxy.count(WRITE) > 4


def test_a_stream_that_fails_twice_is_read_on(new_room, proxy, monkeypatch):
    for operation in ("DescribeStream", "GetShardIterator", "GetRecords"):
        proxy.on(operation).answer(server_error(), times=2)
    new_room.put_item({"id": {"S": "outside"}, "full_name": {"S": "Out Side"}})
    list(new_room.store.follow(Event(), once=True))
    assert total_names(new_room) == ["Ada Lovelace", "Out Side"]


def test_after_a_hang_nothing_is_sent_but_probes_until_one_is_answered(room, proxy):
    store = room.store
    proxy.on("*").hang()

    def fail() -> None:
        with deadline.within(8.0), pytest.raises(StorageUnavailable) as failed:
            store.browse(Query())
        assert not failed.value.maybe_written

    fail()
    assert proxy.count("Query") == 1
    for _ in range(3):
        assert_ends_within(1.0, fail)
    with deadline.within(8.0), pytest.raises(StorageUnavailable) as failed:
        store.add(person("new"), Write("form"))
    assert not failed.value.maybe_written
    # The order of lists is asked for first, unless it was within the last seconds.
    assert failed.value.action in ("dynamodb:GetItem", f"dynamodb:{WRITE}")
    assert "asked again each second" in failed.value.reason
    assert set(proxy.operations) == {"Query", "BatchGetItem"}
    proxy.recover()
    with deadline.within(8.0):
        store.add(person("new"), Write("form"))
    assert audit(room) == []


def test_what_a_hang_cut_short_may_be_written(room, proxy):
    proxy.on("*").never_reply()
    with deadline.within(8.0), pytest.raises(StorageUnavailable) as lost:
        room.store.add(person("new", "Bob"), Write("form"))
    assert lost.value.maybe_written
    assert proxy.count(WRITE) == 1
    proxy.recover()
    with deadline.within(8.0):
        assert room.store.add(person("new", "Bob"), Write("form")).version == 1
    assert audit(room) == []


def test_a_command_waits_for_what_hangs_and_is_refused_by_no_circuit(room, proxy):
    proxy.on("Query").hang()
    proxy.on("BatchGetItem").hang()
    with deadline.within(8.0), pytest.raises(StorageUnavailable):
        room.store.browse(Query())
    assert room.store.calls._breaker.is_open
    assert room.store.get("ada").full_name == "Ada Lovelace"  # it has no deadline


def test_connections_that_hung_are_not_used_again(room, proxy):
    with ThreadPoolExecutor(4) as readers:
        list(readers.map(lambda _: room.store.browse(Query()), range(8)))
    dead = list(proxy._connections)
    assert len(dead) > 1

    def read() -> None:
        with deadline.within(8.0):
            room.store.browse(Query())

    proxy.on(lambda request: any(request is each.request for each in dead)).hang()
    proxy.on("*").hang(times=1)
    read()
    assert_ends_within(1.0, read)


REFUSALS = (
    (throttled, "throttled"),
    (access_denied, "access was denied"),
    (token_expired, "credentials have expired"),
    (table_missing, "flask setup"),
    (lambda: dynamodb_error("ValidationException"), "ValidationException"),
)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_tells_the_operator_why(store, proxy, operation):
    for answer, reason in REFUSALS:
        proxy.recover()
        proxy.on("*").answer(answer())
        with pytest.raises(StorageUnavailable, match=reason) as refused:
            OPERATIONS[operation](store)
        assert refused.value.service == "the database"
        assert refused.value.action.startswith("dynamodb:")
        assert "Employees" in refused.value.resource
        assert not refused.value.maybe_written


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_ends_within_eight_seconds_when_nothing_answers(store, proxy, operation):
    proxy.on("*").hang()

    def operate() -> None:
        with deadline.within(8.0), pytest.raises(StorageUnavailable):
            OPERATIONS[operation](store)

    assert_ends_within(8.2, operate)


@pytest.mark.parametrize("operation", ["get", "add"])
def test_every_operation_ends_when_not_even_the_connection_is_answered(room, operation):
    with black_hole() as endpoint, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
        store = room.open_another()

        def operate() -> None:
            with deadline.within(8.0), pytest.raises(StorageUnavailable) as refused:
                OPERATIONS[operation](store)
            assert not refused.value.maybe_written

        assert_ends_within(8.2, operate)


def test_a_save_whose_replies_hang_half_way_ends_in_time_and_says_it_may_be_written(room, proxy):
    proxy.on(WRITE).never_reply()
    began = time.monotonic()
    with deadline.within(8.0), pytest.raises(StorageUnavailable) as lost:
        rename(room.store)
    assert time.monotonic() - began < 8.0 + LATE
    assert lost.value.maybe_written
    assert audit(room) == []


def test_no_call_is_begun_without_the_time_to_end_it(store, proxy):
    with deadline.within(2.0), pytest.raises(StorageUnavailable, match="ran out of time"):
        store.get("ada")
    assert proxy.count() == 0


def test_a_check_takes_less_than_a_second_and_fits_into_one(store, proxy):
    with deadline.within(1.0):
        store.check()
    proxy.on("*").hang()

    def check() -> None:
        with deadline.within(1.0), pytest.raises(StorageUnavailable):
            store.check()

    assert_ends_within(1.1, check)


@pytest.mark.parametrize("fault", ["hang", "reset"])
def test_setting_up_what_does_not_answer_is_told_as_such(store, proxy, fault):
    getattr(proxy.on("DescribeTable"), fault)()
    with pytest.raises(StorageUnavailable, match="no response"):
        store.set_up()


def test_a_check_fails_when_a_table_is_missing(room):
    room.client.update_table(TableName=room.index, DeletionProtectionEnabled=False)
    room.client.delete_table(TableName=room.index)
    with pytest.raises(StorageUnavailable, match="flask setup"):
        room.store.check()
    room.store.set_up()
    room.store.check()


def test_the_next_call_works_after_the_service_recovers(room, proxy):
    proxy.refuse()
    with pytest.raises(StorageUnavailable):
        room.store.browse(Query())
    proxy.recover()
    assert total_names(room) == ["Ada Lovelace"]


def test_the_form_of_a_person_deleted_since_does_not_revive_them(room, proxy):
    proxy.on(WRITE).lose_reply()
    with pytest.raises(StorageUnavailable):
        room.store.add(person("new", "Bob"), Write("add"))
    proxy.recover()
    room.store.delete("new", None, Write("delete"))
    with pytest.raises(EmployeeDeleted):
        room.store.add(person("new", "Bob"), Write("add"))
    assert total_names(room) == ["Ada Lovelace"]


def test_tidying_a_store_that_does_not_answer_is_logged_and_never_raised(room, proxy, caplog):
    room.put_item({"id": {"S": "outside"}, "full_name": {"S": "Out Side"}})
    room.store.get("outside")
    proxy.on("*").answer(access_denied())
    room.store.maintain()
    assert "access was denied" in caplog.text
    proxy.recover()
    room.store.get("outside")
    room.store.maintain()
    assert audit(room) == []
