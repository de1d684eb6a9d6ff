"""Whether the page of signing in has a form for a password."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.accounts.local_accounts import LocalAccounts
from app.contracts.accounts import Account, Identity
from app.model.errors import StorageUnavailable
from tests.support.accounts_in_memory import AccountsInMemory


def of_provider(number: int) -> Account:
    identity = Identity("https://id.example", str(number))
    return Account(id=f"a{number}", name=f"Ana {number:03}", identity=identity)


def test_accounts_of_a_provider_have_no_password() -> None:
    store = AccountsInMemory()
    for number in range(120):
        store.add(of_provider(number))
    assert not LocalAccounts(store).exist()


def test_the_only_account_of_the_directory_may_be_the_last_by_name() -> None:
    store = AccountsInMemory()
    for number in range(260):
        store.add(of_provider(number))
    local = store.add(Account(id="zoe", name="Zoe", email="zoe@example.com"))
    assert LocalAccounts(store).exist()
    store.update(replace(local, is_disabled=True))
    assert not LocalAccounts(store).exist()


def test_the_answer_is_kept_until_an_account_is_added() -> None:
    store = AccountsInMemory()
    accounts = LocalAccounts(store)
    assert not accounts.exist()
    store.add(Account(id="zoe", name="Zoe", email="zoe@example.com"))
    assert not accounts.exist()
    accounts.expire()
    assert accounts.exist()


def test_while_the_store_is_silent_the_last_answer_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    store = AccountsInMemory()
    store.add(Account(id="zoe", name="Zoe", email="zoe@example.com"))
    known, unknown = LocalAccounts(store), LocalAccounts(store)
    assert known.exist()

    def fail() -> bool:
        raise StorageUnavailable("the database", "read", reason="down")

    monkeypatch.setattr(store, "has_local", fail)
    known.expire()
    assert known.exist()
    with pytest.raises(StorageUnavailable):
        unknown.exist()
