"""Marking somebody as left and restoring them: record, photo and account, once and whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.access.viewer import Role
from app.accounts.accounts import Accounts
from app.accounts.linked_accounts import PeopleAccounts
from app.accounts.provider_profiles import GroupRoles, ProviderProfiles
from app.contracts.accounts import Account, LastAdmin
from app.directory.leavers import LastDayRejected, Leavers, check_last_day, latest_last_day
from app.directory.photo_access import may_see_photo
from app.directory.service import Directory, PhotoChange
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import EditConflict, NotAllowed, PhotoNotFound, StorageUnavailable
from app.model.revision import revision_of
from app.photos.keys import is_left_key, thumbnail_key
from app.storage.photos_on_disk import open_folder_store
from tests.directory.test_photos import Failing
from tests.support.accounts_in_memory import AccountsInMemory
from tests.support.days import set_today
from tests.support.model_store import ModelStore
from tests.support.pictures import picture
from tests.support.stores.accounts import admin, local_account, session
from tests.support.viewers import OPERATOR, viewer

TODAY, LATER = "2031-05-28", "2031-06-30"
AMARA = Employee(
    id="amara", full_name="Amara Adeyemi", job_title="Engineer", location="Nairobi",
    start_date="2019-02-04",
)  # fmt: skip
EDITOR = viewer(Role.EDITOR)


class Office:
    """A directory with one person, who has a photo and an account."""

    def __init__(self, folder: Path) -> None:
        self.store = Failing(ModelStore())
        self.photos = Failing(open_folder_store(folder))
        self.directory = Directory(self.store, self.photos)
        self.accounts = AccountsInMemory()
        profiles = ProviderProfiles(self.accounts, lambda _: (), GroupRoles((), ()))
        accounts = Accounts(self.accounts, profiles, lambda: None)
        linked = PeopleAccounts(self.accounts, accounts, lambda: None)
        self.leavers = Leavers(self.directory, linked)
        self.amara = self.directory.add(OPERATOR, AMARA, "first", PhotoChange(picture()))
        self.account = self.accounts.add(local_account("acct", person_id="amara"))

    def leave(self, day: str = TODAY, write: str = "w1", revision: str = "") -> Employee:
        return self.leavers.mark_as_left(EDITOR, "amara", day, revision, write, "Moves on")

    def stored_photos(self) -> list[str]:
        return sorted(key for key, _ in self.photos.iter_keys())

    def get_account(self) -> Account:
        account = self.accounts.get("acct")
        assert account
        return account


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    set_today(monkeypatch, TODAY)
    return Office(tmp_path / "photos")


def test_who_leaves_today_has_left_with_photo_and_account(office: Office) -> None:
    old = office.amara.photo_key
    portrait, thumbnail = office.photos.get(old), office.photos.get(thumbnail_key(old))
    office.accounts.begin_session(session("acct"))
    left = office.leave()
    assert leaving.has_left(left, TODAY)
    assert is_left_key(left.photo_key)
    assert office.photos.get(left.photo_key) == portrait
    assert office.photos.get(thumbnail_key(left.photo_key)) == thumbnail
    assert office.stored_photos() == sorted({left.photo_key, thumbnail_key(left.photo_key)})
    assert office.get_account().is_disabled
    assert office.accounts.find_session("acct", session("acct").digest) is None


def test_restoring_brings_everything_back(office: Office) -> None:
    before = office.amara
    images = {key: office.photos.get(key) for key in office.stored_photos()}
    office.leave()
    restored = office.leavers.restore(EDITOR, "amara", "", "w2")
    assert restored.employee == replace(
        before, version=restored.employee.version, updated_at=restored.employee.updated_at
    )
    assert {key: office.photos.get(key) for key in office.stored_photos()} == images
    assert (restored.has_account, restored.may_sign_in) == (True, True)
    assert not office.get_account().is_disabled


def test_an_account_that_an_administrator_disabled_stays_disabled(office: Office) -> None:
    office.accounts.update(replace(office.account, is_disabled=True))
    office.leave()
    restored = office.leavers.restore(EDITOR, "amara", "", "w2")
    assert (restored.has_account, restored.may_sign_in) == (True, False)
    assert office.get_account().is_disabled


def test_who_has_a_day_to_come_signs_in_until_it_comes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = office.leave(LATER)
    assert not leaving.has_left(stored, TODAY)
    assert is_left_key(stored.photo_key)
    assert "left" not in stored.photo_key, "colleagues see it"
    assert not office.get_account().is_disabled
    set_today(monkeypatch, LATER)
    assert office.get_account().is_disabled
    set_today(monkeypatch, TODAY)
    moved = office.leave("2031-06-29", "w2")
    assert is_left_key(moved.photo_key)
    assert office.get_account().leaves_on == "2031-06-29"
    assert office.leavers.restore(EDITOR, "amara", "", "w3").employee.photo_key == (
        office.amara.photo_key
    )
    assert office.get_account().leaves_on == ""


def test_a_call_that_is_repeated_changes_nothing(office: Office) -> None:
    first = office.leave()
    photos = office.stored_photos()
    assert office.leave() == first
    assert office.stored_photos() == photos
    back = office.leavers.restore(EDITOR, "amara", "", "w2").employee
    assert office.leavers.restore(EDITOR, "amara", "", "w2").employee == back


def test_an_edit_meanwhile_is_a_conflict_that_leaves_everything(office: Office) -> None:
    revision = revision_of(office.amara)
    photos = office.stored_photos()
    office.directory.update(EDITOR, replace(office.amara, location="Lima"), revision, "other")
    with pytest.raises(EditConflict):
        office.leave(revision=revision)
    assert office.stored_photos() == photos
    assert not office.get_account().is_disabled
    assert not office.store.get("amara").left_on


@pytest.mark.parametrize("maybe_written", [False, True])
def test_a_failing_store_loses_no_photo(office: Office, maybe_written: bool) -> None:
    when = office.store.after if maybe_written else office.store.before
    when["update"] = StorageUnavailable("the database", maybe_written=maybe_written)
    with pytest.raises(StorageUnavailable):
        office.leave()
    when.clear()
    stored = office.store.get("amara")
    office.photos.get(stored.photo_key)
    assert bool(stored.left_on) is maybe_written
    assert office.leave().left_on == TODAY  # pressed again
    office.photos.get(office.store.get("amara").photo_key)
    assert office.get_account().is_disabled


@pytest.mark.parametrize("key", ["", "employee_pic/" + "a" * 180 + ".jpg"])
def test_a_photo_that_is_not_ours_to_rename_stays(office: Office, key: str) -> None:
    office.store.store.people["amara"] = replace(office.amara, photo_key=key)
    assert office.leave().photo_key == key
    assert office.leavers.restore(EDITOR, "amara", "", "w2").employee.photo_key == key


def test_a_photo_that_is_missing_keeps_its_key(office: Office) -> None:
    office.photos.delete(office.stored_photos())
    assert office.leave().photo_key == office.amara.photo_key


def test_a_directory_without_photos_renames_none(office: Office) -> None:
    office.directory.photos = None
    assert office.leave().photo_key == office.amara.photo_key


def test_a_photo_store_that_is_down_leaves_everything(office: Office) -> None:
    office.photos.before["put"] = StorageUnavailable("the photo store")
    with pytest.raises(StorageUnavailable):
        office.leave()
    assert office.store.get("amara") == office.amara
    assert not office.get_account().is_disabled


def test_the_old_photo_is_left_to_the_sweep_while_it_cannot_be_deleted(office: Office) -> None:
    office.photos.before["delete"] = StorageUnavailable("the photo store")
    left = office.leave()
    assert {left.photo_key, office.amara.photo_key} < set(office.stored_photos())


def test_whoever_knows_the_old_address_of_a_photo_finds_nothing(office: Office) -> None:
    left = office.leave()
    with pytest.raises(PhotoNotFound):
        office.photos.locate(office.amara.photo_key)
    assert may_see_photo(office.directory, EDITOR, left.photo_key)
    assert not may_see_photo(office.directory, viewer(Role.COLLEAGUE), left.photo_key)
    small = thumbnail_key(left.photo_key)
    assert not may_see_photo(office.directory, viewer(Role.COLLEAGUE), small)


def test_colleagues_see_the_photo_until_the_last_day_comes(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, colleague = office.leave(LATER).photo_key, viewer(Role.COLLEAGUE)
    assert may_see_photo(office.directory, colleague, key)
    set_today(monkeypatch, LATER)
    assert not may_see_photo(office.directory, colleague, key)
    assert may_see_photo(office.directory, EDITOR, key)


def test_the_last_administrator_cannot_leave(office: Office) -> None:
    office.accounts.delete("acct")
    office.accounts.add(admin("boss", person_id="amara"))
    for day in (TODAY, LATER):
        with pytest.raises(LastAdmin, match="only administrator"):
            office.leave(day)
    assert office.store.get("amara") == office.amara
    office.accounts.add(admin("other"))
    assert office.leave().left_on == TODAY


@pytest.mark.parametrize(
    "call",
    [
        lambda leavers, who: leavers.mark_as_left(who, "amara", TODAY, "", "w"),
        lambda leavers, who: leavers.restore(who, "amara", "", "w"),
        lambda leavers, who: leavers.has_account(who, "amara"),
    ],
)
def test_it_is_for_editors(office: Office, call: Callable[..., object]) -> None:
    for role in (Role.NOBODY, Role.VISITOR, Role.COLLEAGUE):
        with pytest.raises(NotAllowed):
            call(office.leavers, viewer(role, person_id="amara"))


@pytest.mark.parametrize("day", ["2019-02-04", "2031-05-27", TODAY, "2031-12-31", "2033-05-28"])
def test_a_day_between_the_start_and_two_years_from_now_can_be_the_last(
    office: Office, day: str
) -> None:
    check_last_day(office.amara, day)


@pytest.mark.parametrize(
    "day",
    [
        "",
        "tomorrow",
        "28.5.2031",
        "2031-02-30",
        "2019-02-03",
        "1019-02-03",
        "2033-05-29",
        "2" * 500,
    ],
)
def test_no_other_day_can_be_the_last(office: Office, day: str) -> None:
    with pytest.raises(LastDayRejected):
        office.leave(day)
    assert office.store.get("amara") == office.amara


def test_the_latest_last_day_after_a_leap_day(monkeypatch: pytest.MonkeyPatch) -> None:
    set_today(monkeypatch, "2028-02-29")
    assert latest_last_day() == "2030-02-28"


def test_a_start_date_that_is_none_limits_nothing() -> None:
    check_last_day(replace(AMARA, start_date="soon"), "2001-01-01")
