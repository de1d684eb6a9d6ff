"""Sessions and invitations end when they should, and at once when an account does."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from app.contracts.accounts import (
    MAX_DESCRIPTION,
    MAX_SESSIONS_LISTED,
    AccountStore,
    KnownSession,
    start_of_session,
)
from tests.support.stores.accounts import (
    NOW,
    account,
    digest_of,
    in_hours,
    local_account,
    session,
)

Machines = Callable[[int], AccountStore]


def test_a_session_is_found_with_its_account(store: AccountStore) -> None:
    ana = store.add(account("a1"))
    store.add(account("b1"))
    begun = session("a1", description="Firefox on Linux")
    store.begin_session(begun)
    store.begin_session(begun)
    assert store.find_session("a1", begun.digest) == KnownSession(begun, ana)
    assert store.find_session("b1", begun.digest) is None
    assert store.find_session("a1", digest_of("other")) is None
    assert store.sessions_of("a1") == (begun,)
    assert store.sessions_of("b1") == ()


def test_a_session_that_has_ended_is_not_found(store: AccountStore) -> None:
    store.add(account("a1"))
    ended = session("a1", ends_at=NOW - timedelta(seconds=1))
    store.begin_session(ended)
    assert store.find_session("a1", ended.digest) is None
    assert store.sessions_of("a1") == ()


def test_a_session_of_nobody_is_not_found(store: AccountStore) -> None:
    store.begin_session(session("gone"))
    assert store.find_session("gone", digest_of("s1")) is None
    assert store.sessions_of("gone") == ()


def test_a_disabled_account_has_no_session(store: AccountStore) -> None:
    ana = store.add(account("a1"))
    store.begin_session(session("a1"))
    disabled = store.update(replace(ana, is_disabled=True))
    assert store.find_session("a1", digest_of("s1")) is None
    enabled = store.update(replace(disabled, is_disabled=False))
    assert store.find_session("a1", digest_of("s1")) == KnownSession(session("a1"), enabled)


def test_sessions_can_be_ended_all_at_once(store: AccountStore) -> None:
    ana = store.add(account("a1"))
    before = session("a1", "before", began_at=in_hours(-2))
    exactly = session("a1", "exactly", began_at=in_hours(-1))
    after = session("a1", "after", began_at=in_hours(-1) + timedelta(microseconds=1))
    for each in (before, exactly, after):
        store.begin_session(each)
    changed = store.update(replace(ana, sessions_ended_at=in_hours(-1)))
    assert store.find_session("a1", before.digest) is None
    assert store.find_session("a1", exactly.digest) is None
    assert store.find_session("a1", after.digest) == KnownSession(after, changed)
    assert store.sessions_of("a1") == (after,)


def test_the_clock_of_another_machine_delays_no_session(store: AccountStore) -> None:
    ended = store.add(account("a1", sessions_ended_at=in_hours(0.01)))
    store.begin_session(session("a1", began_at=start_of_session(ended, NOW)))
    assert store.find_session("a1", digest_of("s1"))
    assert start_of_session(account("b1"), NOW) == NOW
    assert start_of_session(replace(ended, sessions_ended_at=in_hours(-1)), NOW) == NOW


def test_a_session_can_be_ended_alone(store: AccountStore) -> None:
    store.add(account("a1"))
    store.begin_session(session("a1", "one"))
    store.begin_session(session("a1", "two"))
    for _ in range(2):
        store.end_session("a1", digest_of("one"))
    assert store.find_session("a1", digest_of("one")) is None
    assert [each.digest for each in store.sessions_of("a1")] == [digest_of("two")]


def test_the_newest_sessions_come_first(big_store: AccountStore) -> None:
    big_store.add(account("a1"))
    for number in range(MAX_SESSIONS_LISTED + 3):
        began = NOW - timedelta(minutes=1 + number % 7, seconds=number)
        big_store.begin_session(session("a1", number, began_at=began))
    found = big_store.sessions_of("a1")
    assert len(found) == MAX_SESSIONS_LISTED
    began_at = [each.began_at for each in found]
    assert began_at == sorted(began_at, reverse=True)
    assert began_at[0] == NOW - timedelta(minutes=1)


def test_a_long_description_is_cut(store: AccountStore) -> None:
    store.add(account("a1"))
    store.begin_session(session("a1", description="é\0" * 500))
    [found] = store.sessions_of("a1")
    assert found.description == "é" * MAX_DESCRIPTION


def test_an_invitation_is_spent_once(store: AccountStore) -> None:
    store.add(local_account("a1"))
    store.add_invitation(digest_of("code"), "a1", in_hours(24))
    for _ in range(2):
        assert store.find_invitation(digest_of("code")) == "a1"
    assert store.find_invitation(digest_of("other")) is None
    assert store.spend_invitation(digest_of("code")) == "a1"
    assert store.spend_invitation(digest_of("code")) is None
    assert store.find_invitation(digest_of("code")) is None


def test_an_invitation_that_cannot_be_used_is_none(store: AccountStore) -> None:
    ana = store.add(local_account("a1"))
    store.add_invitation(digest_of("late"), "a1", NOW - timedelta(seconds=1))
    store.add_invitation(digest_of("nobody"), "nobody", in_hours(1))
    store.add_invitation(digest_of("code"), "a1", in_hours(1))
    store.update(replace(ana, is_disabled=True))
    for code in ("late", "nobody", "code"):
        assert store.find_invitation(digest_of(code)) is None
        assert store.spend_invitation(digest_of(code)) is None


@pytest.mark.parametrize("round_number", range(3))
def test_of_many_who_spend_an_invitation_one_does(machines: Machines, round_number: int) -> None:
    machines(0).add(local_account("a1"))
    machines(0).add_invitation(digest_of("code"), "a1", in_hours(1))
    with ThreadPoolExecutor(8) as pool:
        spent = list(pool.map(lambda n: machines(n).spend_invitation(digest_of("code")), range(8)))
    assert sorted(filter(None, spent)) == ["a1"]
