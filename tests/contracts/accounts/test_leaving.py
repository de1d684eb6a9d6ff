"""Accounts of people who leave, and of those who are deleted."""

from dataclasses import replace

import pytest

from app.contracts.accounts import AccountStore, LastAdmin
from app.model import leaving
from tests.support.stores.accounts import (
    account,
    admin,
    digest_of,
    in_hours,
    local_account,
    session,
)


def test_on_the_last_day_of_its_person_an_account_is_disabled(
    store: AccountStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = store.add(local_account("a1", leaves_on="2031-05-30"))
    store.add(admin("b1"))
    store.begin_session(session("a1"))
    store.add_invitation(digest_of("code"), "a1", in_hours(1))
    monkeypatch.setattr(leaving, "today", lambda: "2031-05-29")
    assert store.get("a1") == ana
    assert store.has_local()
    assert store.find_session("a1", session("a1").digest) is not None
    assert store.find_invitation(digest_of("code")) == "a1"
    monkeypatch.setattr(leaving, "today", lambda: "2031-05-30")
    assert store.get("a1") == replace(ana, is_disabled=True)
    assert not store.has_local()
    assert store.find_session("a1", session("a1").digest) is None
    assert store.find_invitation(digest_of("code")) is None
    assert store.spend_invitation(digest_of("code")) is None


def test_an_administrator_who_has_left_is_none(
    store: AccountStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add(admin("a1", leaves_on="2031-05-30"))
    other = store.add(admin("b1"))
    assert store.count_admins() == 2
    monkeypatch.setattr(leaving, "today", lambda: "2031-05-30")
    assert store.count_admins() == 1
    with pytest.raises(LastAdmin):
        store.update(replace(other, is_disabled=True))


def test_a_deleted_account_leaves_nothing(store: AccountStore) -> None:
    store.add(admin("b1"))
    store.add(admin("a1", name="Zoë Silva", email="zoe@example.com", person_id="e1"))
    store.begin_session(session("a1"))
    store.add_invitation(digest_of("code"), "a1", in_hours(1))
    store.delete("a1")
    store.delete("a1")
    assert [each.id for each in store.list_accounts().accounts] == ["b1"]
    assert store.get("a1") is store.find_person("e1") is None
    assert store.find_session("a1", session("a1").digest) is None
    assert store.find_invitation(digest_of("code")) is None
    again = store.add(account("c1", identity=account("a1").identity, person_id="e1"))
    assert store.find_person("e1") == again


def test_the_account_of_the_last_administrator_is_not_deleted(store: AccountStore) -> None:
    first = store.add(admin("a1"))
    store.add(account("b1"))
    with pytest.raises(LastAdmin):
        store.delete("a1")
    assert store.get("a1") == first
    store.delete("b1")
    assert store.get("b1") is None


def test_deleting_no_account_does_nothing(store: AccountStore) -> None:
    first = store.add(account("a1"))
    for text in ("", "nobody", "x" * 3_000, "\ud800", "a\0b"):
        store.delete(text)
        assert store.get("a1") == first, text[:20]
