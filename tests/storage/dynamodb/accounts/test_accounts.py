"""Accounts in the index table: what other programs do to them, what they cost, who leaves them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.access.modes import Mode
from app.access.viewer import Role
from app.access.visibility import RESTRICTABLE, Audience
from app.contracts.accounts import AccessSettings, Account, AccountExists, AccountStore, LastAdmin
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from app.storage.dynamodb import DynamoAccounts
from app.storage.dynamodb.accounts.items import (
    account_row,
    invitation_row,
    key_of,
    rows_of,
    session_row,
)
from app.storage.dynamodb.index.manifests import MANIFEST_VIEW
from app.storage.dynamodb.index.views import ROW_VIEWS
from tests.support.stores.accounts import (
    account,
    admin,
    digest_of,
    in_hours,
    local_account,
    session,
)
from tests.support.stores.dynamodb_binding import DynamoRoom, MotoRoom

pytestmark = pytest.mark.slow

ODD: tuple[dict[str, Any], ...] = (
    {"S": ""}, {"S": "nonsense"}, {"S": "\0"}, {"S": "x" * 2_000}, {"N": "0"}, {"N": "-1"},
    {"N": "1E100"}, {"N": "0.5"}, {"BOOL": True}, {"BOOL": False}, {"NULL": True}, {"B": b"\xff"},
    {"L": []}, {"L": [{"S": "admin"}]}, {"M": {}}, {"M": {"S": {"S": "admin"}}},
    {"SS": ["admin"]}, {"NS": ["1"]}, {"S": "9999-12-31T23:59:59-14:00"}, {"S": "[[]]"},
    {"S": '[["name", "x"], ["acct#b1", "-"], [1, 2], "x", ["accounts", ""]]'}, None,
)  # fmt: skip
ODD_NAMES = [str(value) for value in ODD]


@pytest.fixture
def room() -> Iterator[MotoRoom]:
    opened = MotoRoom()
    yield opened
    opened.close()


@pytest.fixture
def store(room: MotoRoom) -> DynamoAccounts:
    return room.open_accounts()


def items_of(room: DynamoRoom) -> dict[tuple[str, str], dict[str, Any]]:
    """Every item of the index table, by its key."""
    return {(each["view"]["S"], each["at"]["S"]): each for each in room.items(room.index)}


def type_in(
    room: DynamoRoom, row: tuple[str, str], name: str, value: dict[str, Any] | None
) -> None:
    """Set an attribute as somebody does at the console; None removes it."""
    change: dict[str, Any] = {"UpdateExpression": "REMOVE #n"}
    if value is not None:
        change = {"UpdateExpression": "SET #n = :v", "ExpressionAttributeValues": {":v": value}}
    room.client.update_item(
        TableName=room.index, Key=key_of(row), ExpressionAttributeNames={"#n": name}, **change
    )


def use(store: AccountStore, ana: Account) -> None:
    """Every method, on what somebody has changed outside; nothing but errors of the contract."""
    store.access_settings()
    store.list_accounts()
    store.count_admins()
    store.has_local()
    store.find_identity(ana.identity) if ana.identity else store.find_login(ana.email)
    store.find_person(ana.person_id)
    store.find_session(ana.id, digest_of("s1"))
    store.sessions_of(ana.id)
    store.find_invitation(digest_of("code"))
    assert not store.claim(admin("late", name="Too late"))
    stored = store.get(ana.id)
    if stored is not None:
        changed = store.update(replace(stored, name="Anew"), may_leave_no_admin=True)
        assert store.get(ana.id) == changed
    store.spend_invitation(digest_of("code"))


@pytest.mark.parametrize("value", ODD, ids=ODD_NAMES)
def test_whatever_is_typed_into_an_account_gives_no_right(
    room: MotoRoom, store: DynamoAccounts, value: dict[str, Any] | None
) -> None:
    assert store.claim(admin("boss"))
    row = account_row("a1")
    names = ("role", "is_disabled", "version", "rows", "sessions_ended_at", "failures", "name",
             "email", "issuer", "subject", "password_hash", "locked_until", "signed_in_at",
             "person_id", "role_origin")  # fmt: skip
    for number, name in enumerate(names):
        ana = store.add(account("a1", email="a@example.com", person_id=f"e{number}"))
        store.begin_session(session("a1"))
        store.add_invitation(digest_of("code"), "a1", in_hours(1))
        type_in(room, row, name, value)
        stored = store.get("a1")
        assert stored is not None
        assert stored.role is Role.COLLEAGUE
        if name == "is_disabled" and value not in ({"N": "0"}, {"BOOL": False}, None):
            assert stored.is_disabled is (value != {"NULL": True})
        if name == "sessions_ended_at" and store.find_session("a1", digest_of("s1")):
            assert value in ({"S": ""}, {"NULL": True}, None)
        use(store, ana)
        for other in items_of(room).keys() - {("acct#boss", "-"), ("access", "-")}:
            if "boss" not in str(other):
                room.client.delete_item(TableName=room.index, Key=key_of(other))


@pytest.mark.parametrize("value", ODD, ids=ODD_NAMES)
def test_whatever_is_typed_into_the_settings_is_the_strictest(
    room: MotoRoom, store: DynamoAccounts, value: dict[str, Any] | None
) -> None:
    assert store.claim(admin("boss"))
    chosen = replace(store.access_settings(), mode=Mode.OPEN)
    store.save_access_settings(replace(chosen, visibility={"phone": Audience.EVERYBODY}))
    unset = value in ({"S": ""}, {"NULL": True}, None)
    type_in(room, ("access", "-"), "mode", value)
    assert store.access_settings().mode is (None if unset else Mode.SIGN_IN)
    type_in(room, ("access", "-"), "visibility", value)
    if not unset:
        visibility = store.access_settings().visibility
        assert {visibility.get(name, Audience.EDITORS) for name in RESTRICTABLE} == {
            Audience.EDITORS
        }
    for name in ("setup_generation", "version"):
        type_in(room, ("access", "-"), name, value)
        settings = store.access_settings()
        assert store.save_access_settings(settings).version == settings.version + 1
    if not unset:
        type_in(room, ("access", "-"), "claimed_by", value)
        assert store.access_settings().claimed_by
        assert not store.claim(admin("late"))


@pytest.mark.parametrize("value", ODD, ids=ODD_NAMES)
def test_whatever_is_typed_into_other_rows_signs_nobody_in(
    room: MotoRoom, store: DynamoAccounts, value: dict[str, Any] | None
) -> None:
    assert store.claim(admin("boss", person_id="e1"))
    ana = store.add(local_account("a1", person_id="e2"))
    store.begin_session(session("a1"))
    store.add_invitation(digest_of("code"), "a1", in_hours(1))
    for row in (
        *rows_of(ana),
        *rows_of(admin("boss", person_id="e1")),
        invitation_row(digest_of("code")),
    ):
        type_in(room, row, "acct", value)
    for name in ("began_at", "ends_at", "description", "ttl"):
        type_in(room, session_row("a1", digest_of("s1")), name, value)
    assert store.find_login(ana.email) is None
    assert store.find_person("e1") is store.find_person("e2") is None
    assert store.spend_invitation(digest_of("code")) is None
    store.find_session("a1", digest_of("s1"))
    use(store, ana)


def test_rows_that_name_another_account_sign_nobody_in(
    room: MotoRoom, store: DynamoAccounts
) -> None:
    assert store.claim(local_account("boss", "boss@example.com", role=Role.ADMIN, person_id="e1"))
    ana = store.add(local_account("a1", "ana@example.com", person_id="e2"))
    for row in rows_of(ana):
        type_in(room, row, "acct", {"S": "boss"})
    assert store.find_login("ana@example.com") is None
    assert store.find_person("e2") is None
    assert [each.id for each in store.list_accounts().accounts] == ["boss"]


def test_only_a_role_that_is_spelled_out_counts(room: MotoRoom, store: DynamoAccounts) -> None:
    store.add(account("a1"))
    for spelling in ("Admin", "ADMIN", "admin ", "owner", "nobody", "visitor"):
        type_in(room, account_row("a1"), "role", {"S": spelling})
        stored = store.get("a1")
        assert stored
        assert stored.role is Role.COLLEAGUE
    type_in(room, account_row("a1"), "role", {"S": "editor"})
    stored = store.get("a1")
    assert stored
    assert stored.role is Role.EDITOR


def test_an_administrator_made_at_the_console_is_counted_once_saved(
    room: MotoRoom, store: DynamoAccounts
) -> None:
    ana, ben = store.add(admin("a1")), store.add(account("b1"))
    type_in(room, account_row("b1"), "role", {"S": "admin"})
    with pytest.raises(LastAdmin):
        store.update(replace(ana, role=Role.EDITOR))
    store.update(replace(ben, role=Role.ADMIN, name="Ben"))
    assert store.count_admins() == 2
    type_in(room, account_row("b1"), "role", {"S": "colleague"})
    assert store.count_admins() == 1
    with pytest.raises(LastAdmin):
        store.update(replace(ana, role=Role.EDITOR))


def test_what_an_account_deleted_at_the_console_had_is_free(
    room: MotoRoom, store: DynamoAccounts
) -> None:
    for wanted in (account("a1", person_id="e1"), local_account("a1", person_id="e1")):
        store.add(wanted)
        room.client.delete_item(TableName=room.index, Key=key_of(account_row("a1")))
        assert store.find_person("e1") is None
        assert store.list_accounts().accounts == ()
        again = store.add(replace(wanted, id="b1"))
        assert store.find_person("e1") == again
        assert store.list_accounts().accounts == (again,)
        with pytest.raises(AccountExists):
            store.add(replace(wanted, id="c1"))
        for row in items_of(room):
            room.client.delete_item(TableName=room.index, Key=key_of(row))


def test_what_a_later_release_keeps_stays(room: MotoRoom, store: DynamoAccounts) -> None:
    added = store.add(account("a1"))
    type_in(room, account_row("a1"), "passkeys", {"L": [{"B": b"\xff"}]})
    store.save_access_settings(AccessSettings())
    type_in(room, ("access", "-"), "theme", {"S": "dark"})
    changed = store.update(replace(added, name="Zoë"))
    store.save_access_settings(AccessSettings(mode=Mode.SIGN_IN, version=1))
    assert store.claim(replace(changed, role=Role.ADMIN))
    items = items_of(room)
    assert items[account_row("a1")]["passkeys"] == {"L": [{"B": b"\xff"}]}
    assert items["access", "-"]["theme"] == {"S": "dark"}


def test_sessions_and_invitations_expire_by_themselves(
    room: MotoRoom, store: DynamoAccounts
) -> None:
    store.add(account("a1"))
    store.begin_session(session("a1", ends_at=in_hours(1)))
    store.add_invitation(digest_of("code"), "a1", in_hours(1))
    items = items_of(room)
    for row in (session_row("a1", digest_of("s1")), invitation_row(digest_of("code"))):
        assert int(items[row]["ttl"]["N"]) == int(in_hours(1).timestamp()) + 1
    described = room.client.describe_time_to_live(TableName=room.index)
    assert described["TimeToLiveDescription"]["AttributeName"] == "ttl"
    assert "ttl" not in items[account_row("a1")]


def test_no_row_of_an_account_looks_like_one_of_a_person(
    room: MotoRoom, store: DynamoAccounts
) -> None:
    fill(store)
    for view, _ in items_of(room):
        assert not view.startswith((*ROW_VIEWS, MANIFEST_VIEW, "tally"))


def fill(store: DynamoAccounts) -> None:
    assert store.claim(admin("boss"))
    store.add(local_account("a1", person_id="e1"))
    store.save_access_settings(replace(store.access_settings(), mode=Mode.SIGN_IN))
    store.begin_session(session("boss"))
    store.add_invitation(digest_of("code"), "a1", in_hours(1))


def test_upkeep_of_the_index_leaves_accounts_alone(dynamodb_local: str) -> None:
    room = DynamoRoom(dynamodb_local)
    fill(room.open_accounts())
    before = items_of(room)
    people = [Employee(id=f"e{number}", full_name=f"Ada {number}") for number in range(30)]
    list(room.store.add_many(people))
    room.put_outside(Employee(id="out", full_name="Put Outside"))
    list(room.store.reindex(force=True))
    list(room.store.follow(threading.Event(), once=True))
    list(room.store.reindex())
    room.store.set_up()
    room.store.delete("e1", None, Write("form"))
    room.store.maintain()
    assert room.store.facets().total == 30
    after = items_of(room)
    assert {row: after.get(row) for row in before} == before
    room.close()


class Meter:
    """What calls cost, as DynamoDB counts it."""

    def __init__(self, store: DynamoAccounts) -> None:
        self.calls: list[tuple[str, float]] = []
        store.calls.meter = lambda operation, units: self.calls.append((operation, units))

    def take(self) -> list[tuple[str, float]]:
        taken, self.calls = self.calls, []
        return taken


def test_a_request_costs_two_units_and_a_page_of_accounts_its_page(dynamodb_local: str) -> None:
    room = DynamoRoom(dynamodb_local)
    store = room.open_accounts()
    few = cost_of_page(store, 120)
    many = cost_of_page(store, 600)
    assert few == many
    store.begin_session(session("a1"))
    meter = Meter(store)
    assert store.find_session("a1", digest_of("s1"))
    assert meter.take() == [("BatchGetItem", 2)]
    store.access_settings()
    assert meter.take() == [("GetItem", 1)]
    ana = store.get("a1")
    assert ana
    meter.take()
    store.update(replace(ana, failures=1, locked_until=in_hours(1), email="a@example.com"))
    assert meter.take() == [("GetItem", 1), ("UpdateItem", 1)]
    store.sessions_of("a1")
    assert meter.take() == [("GetItem", 1), ("Query", 1)]
    assert store.find_login("") is None
    assert meter.take() == []
    room.close()


def cost_of_page(store: DynamoAccounts, total: int) -> list[tuple[str, float]]:
    """What the second page costs, with so many accounts in all."""
    number = 0
    while number < total:
        if store.get(f"a{number}") is None:
            store.add(account(f"a{number}", f"Name {number:05}"))
        number += 1
    first = store.list_accounts()
    meter = Meter(store)
    assert store.list_accounts(first.next).accounts
    return [(operation, round(units / 5)) for operation, units in meter.take()]


def test_a_table_that_is_not_there_says_what_to_do(dynamodb_local: str) -> None:
    room = DynamoRoom(dynamodb_local)
    store = room.open_accounts()
    room.close()
    with pytest.raises(StorageUnavailable) as raised:
        store.access_settings()
    assert raised.value.advice == "The database is not set up. Run flask setup."


def let_others_write_first(store: DynamoAccounts, write: Callable[[], object]) -> None:
    """Let others write once, after this store has read and before it writes."""
    send = store._writer._send
    written: list[object] = []

    def send_after_them(writes: list[dict[str, Any]]) -> None:
        if not written:
            written.append(write())
        send(writes)

    store._writer._send = send_after_them  # type: ignore[method-assign]


def test_a_claim_is_lost_to_one_that_is_written_first(
    room: MotoRoom, store: DynamoAccounts
) -> None:
    let_others_write_first(store, lambda: room.open_accounts().claim(admin("first")))
    assert not store.claim(admin("second"))
    assert store.get("second") is None
    assert store.access_settings().claimed_by == "first"


def test_administrators_who_demote_each_other_leave_one(
    room: MotoRoom, store: DynamoAccounts
) -> None:
    ana, ben = store.add(admin("a1")), store.add(admin("b1"))
    other = room.open_accounts()
    let_others_write_first(store, lambda: other.update(replace(ben, role=Role.EDITOR)))
    with pytest.raises(LastAdmin):
        store.update(replace(ana, is_disabled=True))
    assert store.get("a1") == ana


@pytest.mark.parametrize(
    "theirs", [account("b1"), local_account("b1"), account("b1", person_id="e1")]
)
def test_what_somebody_takes_meanwhile_is_theirs(
    room: MotoRoom, store: DynamoAccounts, theirs: Account
) -> None:
    let_others_write_first(store, lambda: room.open_accounts().add(theirs))
    with pytest.raises(AccountExists):
        store.add(replace(theirs, id="a1"))
    assert [each.id for each in store.list_accounts().accounts] == ["b1"]


def test_a_row_that_its_account_takes_back_meanwhile_is_not_free(
    room: MotoRoom, store: DynamoAccounts
) -> None:
    ben = store.add(account("b1", person_id="e1"))
    type_in(room, account_row("b1"), "rows", {"S": "[]"})
    other = room.open_accounts()
    let_others_write_first(store, lambda: other.update(replace(ben, name="Ben")))
    with pytest.raises(AccountExists):
        store.add(account("a1", person_id="e1"))
    assert store.find_person("e1") == store.get("b1")
