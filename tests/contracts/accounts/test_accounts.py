"""Accounts are found by what is theirs alone, change one version at a time, and come by name."""

from dataclasses import replace

import pytest

from app.access.viewer import Role
from app.contracts.accounts import (
    ACCOUNTS_PER_PAGE,
    Account,
    AccountConflict,
    AccountExists,
    AccountPage,
    AccountStore,
    Identity,
    LastAdmin,
)
from tests.support.stores.accounts import ISSUER, account, admin, in_hours, local_account

FULL = Account(
    id="full-1", name="Ñandú O’Neil 雨", email="Nandu@Example.com", role=Role.EDITOR,
    role_origin="groups", person_id="employee/1 ñ", identity=Identity(ISSUER, "sub|é"),
    password_hash="scrypt:1$a$b", is_disabled=True, sessions_ended_at=in_hours(-1), failures=3,
    locked_until=in_hours(1), signed_in_at=in_hours(-2), leaves_on="2999-12-31",
)  # fmt: skip


@pytest.mark.parametrize(
    "wanted", [FULL, account("plain"), local_account("local")], ids=["full", "plain", "local"]
)
def test_an_account_comes_back_as_it_was(store: AccountStore, wanted: Account) -> None:
    added = store.add(wanted)
    assert added == replace(wanted, version=1)
    assert store.get(wanted.id) == added
    assert store.list_accounts() == AccountPage((added,), None)


def test_nobody_is_there_at_first(store: AccountStore) -> None:
    assert store.get("a1") is None
    assert store.find_identity(Identity(ISSUER, "x")) is None
    assert store.find_login("ana@example.com") is None
    assert store.find_login("") is None
    assert store.find_person("x") is None
    assert store.find_person("") is None
    assert store.list_accounts() == AccountPage((), None)
    assert store.count_admins() == 0
    assert not store.has_local()
    assert store.sessions_of("a1") == ()


def test_whatever_is_asked_for_has_an_answer(store: AccountStore) -> None:
    first = store.add(local_account())
    for text in ("", "x" * 3_000, "\ud800", "a\0b", "雨" * 700):
        about = repr(text[:20])
        assert store.get(text) is None, about
        assert store.find_identity(Identity(text, text)) is None, about
        assert store.find_login(text) is None, about
        assert store.find_person(text) is None, about
        assert store.find_session(text, text) is None, about
        assert store.sessions_of(text) == (), about
        assert store.find_invitation(text) is None, about
        assert store.spend_invitation(text) is None, about
        assert store.list_accounts(text).accounts == (store.get("a1"),) == (first,), about
        store.end_session(text, text)


def test_an_account_is_found_by_identity_person_and_email(store: AccountStore) -> None:
    ana = store.add(account("a1", email="shared@example.com", person_id="e1"))
    ben = store.add(local_account("b1", "Shared@Example.com", person_id="e2"))
    assert ana.identity
    assert store.find_identity(ana.identity) == ana
    assert store.find_identity(Identity(ISSUER, "subject of A1")) is None
    assert store.find_identity(Identity("", ana.identity.subject)) is None
    assert store.find_login("  sHARED@example.COM") == ben, (
        "the email of an identity signs nobody in"
    )
    assert [store.find_person(person) for person in ("e1", "e2", "E1")] == [ana, ben, None]


def test_what_is_one_accounts_is_no_others(store: AccountStore, subtests: pytest.Subtests) -> None:
    first = store.add(account("a1", person_id="e1"))
    local = store.add(local_account("c1", "ana@example.com"))
    taken = {
        "identity": account("b1", identity=Identity(ISSUER, "subject of a1")),
        "person": account("b1", person_id="e1"),
        "email": local_account("b1", "ANA@example.com"),
        "id": local_account("a1", "other@example.com"),
    }
    for what, second in taken.items():
        with subtests.test(what):
            with pytest.raises(AccountExists):
                store.add(second)
            assert store.list_accounts().accounts == (first, local)
            assert store.get("b1") is None


def test_emails_of_identities_may_be_equal(store: AccountStore) -> None:
    store.add(account("a1", email="team@example.com"))
    store.add(account("b1", email="team@example.com"))
    assert store.find_login("team@example.com") is None


def test_an_update_counts_versions_and_keeps_the_identity(store: AccountStore) -> None:
    first = store.add(account("a1", person_id="e1", email="a@example.com"))
    wanted = replace(
        first, name="Zoë Silva", role=Role.EDITOR, role_origin="admin", person_id="", email="",
        is_disabled=True, sessions_ended_at=in_hours(0), identity=Identity("other", "other"),
    )  # fmt: skip
    changed = store.update(wanted)
    assert changed == replace(wanted, identity=first.identity, version=2)
    assert store.get("a1") == changed
    assert store.find_person("e1") is None
    assert store.find_identity(Identity("other", "other")) is None
    assert store.list_accounts().accounts == (changed,)


def test_what_an_update_gives_up_is_free(store: AccountStore) -> None:
    first = store.add(local_account("a1", "old@example.com", person_id="e1"))
    store.update(replace(first, email="new@example.com", person_id="e2"))
    second = store.add(local_account("b1", "OLD@example.com", person_id="e1"))
    assert store.find_login("old@example.com") == second
    assert store.find_login("new@example.com") == store.get("a1") == store.find_person("e2")
    assert store.find_person("e1") == second
    with pytest.raises(AccountExists):
        store.update(replace(second, email="New@Example.com"))
    with pytest.raises(AccountExists):
        store.update(replace(second, person_id="e2"))
    assert store.get("b1") == second


def test_an_email_may_change_its_letter_case(store: AccountStore) -> None:
    first = store.add(local_account("a1", "ana@example.com"))
    assert store.update(replace(first, email="Ana@Example.com")) == store.find_login(first.email)


def test_an_update_of_an_old_version_is_a_conflict(store: AccountStore) -> None:
    first = store.add(account("a1"))
    second = store.update(replace(first, name="Second"))
    with pytest.raises(AccountConflict):
        store.update(replace(first, name="Third"))
    with pytest.raises(AccountConflict):
        store.update(replace(first, name="Third", version=9))
    with pytest.raises(AccountConflict):
        store.update(account("nobody"))
    assert store.get("a1") == second


def test_a_call_that_is_repeated_does_what_the_first_did(store: AccountStore) -> None:
    wanted = local_account("a1", person_id="e1")
    first = store.add(wanted)
    assert store.add(wanted) == first
    changed = replace(first, name="Other", email="other@example.com")
    assert store.update(changed) == store.update(changed) == replace(changed, version=2)
    assert store.list_accounts().accounts == (replace(changed, version=2),)


def test_texts_lose_what_no_store_can_hold(store: AccountStore) -> None:
    added = store.add(local_account("a1", "a\0na@example.com", name="Ana\ud800 \0Silva"))
    assert (added.name, added.email) == ("Ana Silva", "ana@example.com")
    assert store.get("a1") == added == store.find_login("ana@example.com")


def test_the_last_administrator_stays(store: AccountStore) -> None:
    first = store.add(admin("a1"))
    assert store.count_admins() == 1
    for wanted in (replace(first, role=Role.EDITOR), replace(first, is_disabled=True)):
        with pytest.raises(LastAdmin):
            store.update(wanted)
    store.add(admin("b1", is_disabled=True))
    store.add(account("c1", role=Role.EDITOR))
    with pytest.raises(LastAdmin):
        store.update(replace(first, role=Role.COLLEAGUE))
    assert store.get("a1") == first
    other = store.add(admin("d1"))
    assert store.count_admins() == 2
    store.add(admin("e1"))
    assert store.count_admins() == 2
    store.update(replace(other, is_disabled=True))
    demoted = store.update(replace(first, role=Role.EDITOR))
    assert (demoted.role, store.count_admins()) == (Role.EDITOR, 1)


def test_a_command_may_leave_no_administrator(store: AccountStore) -> None:
    first = store.add(admin("a1"))
    store.update(replace(first, role=Role.EDITOR), may_leave_no_admin=True)
    assert store.count_admins() == 0


def test_a_local_account_is_known_of_unless_it_is_disabled(store: AccountStore) -> None:
    store.add(account("a1", email="ana@example.com"))
    store.add(local_account("b1", ""))
    assert not store.has_local()
    ben = store.add(local_account("c1", "ben@example.com"))
    assert store.has_local()
    ben = store.update(replace(ben, is_disabled=True))
    assert not store.has_local()
    disabled = [store.add(local_account(f"d{n}", f"d{n}@x", is_disabled=True)) for n in range(5)]
    assert not store.has_local()
    ben = store.update(replace(ben, is_disabled=False, email="other@example.com"))
    assert store.has_local()
    store.update(replace(ben, email=""))
    assert not store.has_local()
    store.update(replace(disabled[-1], is_disabled=False))
    assert store.has_local()


def test_whoever_claims_with_a_password_is_local(store: AccountStore) -> None:
    assert store.claim(replace(local_account(), role=Role.ADMIN))
    assert store.has_local()


def test_the_only_local_account_is_known_wherever_it_is_in_the_list(
    big_store: AccountStore,
) -> None:
    for number in range(210):
        big_store.add(account(f"id-{number}", f"Ana {number:03}"))
    assert not big_store.has_local()
    big_store.add(local_account("zoe", "zoe@example.com", name="Zoe"))
    assert big_store.has_local()


def test_pages_of_accounts_come_by_name(big_store: AccountStore) -> None:
    names = [f"{first} {number:03}" for number in range(45) for first in ("Ana", "Émile", "雨")]
    added = [
        big_store.add(account(f"id-{number}", name)) for number, name in enumerate(reversed(names))
    ]
    seen: list[Account] = []
    cursor: str | None = None
    while True:
        page = big_store.list_accounts(cursor)
        seen += page.accounts
        if page.next is None:
            break
        assert len(page.accounts) == ACCOUNTS_PER_PAGE
        cursor = page.next
    firsts = ("Ana", "Émile", "雨")
    wanted = [f"{first} {number:03}" for first in firsts for number in range(45)]
    assert [each.name for each in seen] == wanted
    assert set(seen) == set(added)


def test_a_cursor_that_cannot_be_read_is_the_first_page(store: AccountStore) -> None:
    added = store.add(account())
    for cursor in ("", "?", "nonsense", "YWJj", "YTH_", "x" * 5_000, "é", "YTEA"):
        assert store.list_accounts(cursor) == AccountPage((added,), None), cursor[:20]
