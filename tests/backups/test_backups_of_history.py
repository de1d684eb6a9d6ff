"""A backup has histories, the audit log and accounts, and nothing secret."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from app.access.modes import Mode
from app.access.visibility import Audience
from app.backups.backup import take_backup
from app.backups.parts import read_manifest
from app.backups.restoring import restore
from app.contracts.accounts import AccessSettings, AccountStore
from app.contracts.history import AuditEntry, AuditQuery, HistoryStore
from app.directory.service import Directory
from app.history.changes import Author, Through, Via
from app.model.employee import Employee
from app.model.errors import ExportRefused
from app.model.revision import revision_of
from app.storage.sql import SqlAccounts, open_sql_store
from tests.support.stores.accounts import account, admin, local_account
from tests.support.viewers import OPERATOR

JOB_LINE = AuditEntry(
    moment="2026-11-29T15:02:11.000Z-00aa",
    event="import",
    counts=(("added", 12), ("left", 1)),
    author=Author("Caoimhe O\u2019Brien", "acct-1"),
    through=Through(Via.IMPORT, source="hr-november.csv", job="20261129-150211-0123abcd"),
)


class World(NamedTuple):
    """A directory with its history, and its accounts."""

    directory: Directory
    accounts: AccountStore

    @property
    def history(self) -> HistoryStore:
        assert self.directory.history is not None
        return self.directory.history


OpenWorld = Callable[[str], World]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[OpenWorld]:
    stores = []

    def open_one(name: str) -> World:
        (tmp_path / name).mkdir()
        store = open_sql_store(f"sqlite:///{tmp_path / name / 'directory.db'}")
        store.set_up()
        stores.append(store)
        return World(Directory(store, None, history=store.history), SqlAccounts(store.database))

    yield open_one
    for store in stores:
        store.close()


def changed(world: World, employee_id: str, times: int) -> Employee:
    """Somebody who was added and changed so many times."""
    person = Employee(id=employee_id, full_name=f"Ada {employee_id}", location="Lima")
    stored = world.directory.add(OPERATOR, person, f"add {employee_id}")
    for number in range(times):
        other = replace(stored, job_title=f"Title {number}", badges=("linux",) * (number % 2))
        write = f"change {employee_id} {number}"
        stored = world.directory.update(OPERATOR, other, revision_of(stored), write)
    return stored


def filled(world: World) -> World:
    for number in range(5):
        changed(world, f"e{number}/é", number * 11)
    world.history.note(JOB_LINE)
    world.accounts.claim(admin("boss", email="boss@example.com"))
    world.accounts.add(local_account("pat", "pat@example.com", person_id="e1/é", failures=3))
    world.accounts.add(account("ruth", "Ruth", is_disabled=True))
    world.accounts.save_access_settings(
        replace(
            world.accounts.access_settings(),
            mode=Mode.SIGN_IN,
            visibility={"phone": Audience.EDITORS},
        )
    )
    return world


def backed_up(world: World, folder: Path) -> Path:
    list(take_backup(world.directory, folder, world.accounts))
    return folder


def content_of(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.name: path.read_bytes() for path in files}


def test_histories_the_audit_log_and_accounts_come_back(world: OpenWorld, tmp_path: Path) -> None:
    first, other = filled(world("first")), world("other")
    folder = backed_up(first, tmp_path / "backup")
    list(restore(other.directory, folder, other.accounts))
    for number in range(5):
        page = first.history.changes_of(f"e{number}/é", limit=100)
        assert page.changes
        assert other.history.changes_of(f"e{number}/é", limit=100) == page
    assert other.history.audit(AuditQuery(via=Via.IMPORT)).entries == (JOB_LINE,)
    assert content_of(backed_up(other, tmp_path / "again")) == content_of(folder)
    list(restore(other.directory, folder, other.accounts))  # again, and nothing changes
    assert content_of(backed_up(other, tmp_path / "third")) == content_of(folder)
    assert [other.accounts.get(key) is not None for key in ("boss", "pat", "ruth")] == [True] * 3
    settings = other.accounts.access_settings()
    assert (settings.mode, settings.claimed_by) == (Mode.SIGN_IN, "")
    assert settings.visibility == {"phone": Audience.EDITORS}


def test_the_history_goes_on_after_a_restore(world: OpenWorld, tmp_path: Path) -> None:
    first, other = filled(world("first")), world("other")
    list(restore(other.directory, backed_up(first, tmp_path / "backup"), other.accounts))
    stored = other.directory.get(OPERATOR, "e2/é")
    other.directory.update(OPERATOR, replace(stored, location="Oslo"), revision_of(stored), "after")
    newest, before = other.history.changes_of("e2/é", limit=2).changes
    assert (newest.was, newest.now) == ({"location": "Lima"}, {"location": "Oslo"})
    assert newest.moment > before.moment
    assert (newest.version, newest.base) == (before.version + 1, None)


def test_nothing_secret_is_in_a_backup(world: OpenWorld, tmp_path: Path) -> None:
    folder = backed_up(filled(world("first")), tmp_path / "backup")
    accounts = gzip.decompress((folder / "accounts-000001.jsonl.gz").read_bytes())
    assert b"pat@example.com" in accounts
    for secret in (b"scrypt", b"password", b"failures", b"locked", b"session"):
        assert secret not in accounts
    known = {"id", "name", "email", "role", "role_origin", "person_id", "identity", "is_disabled"}
    for line in accounts.splitlines()[1:]:
        assert set(json.loads(line)) == known


def test_accounts_of_a_backup_give_no_right_where_there_are_others(
    world: OpenWorld, tmp_path: Path
) -> None:
    folder = backed_up(filled(world("first")), tmp_path / "backup")
    other = world("other")
    assert other.accounts.claim(admin("mine", email="mine@example.com"))
    before = other.accounts.list_accounts(), other.accounts.access_settings()
    list(restore(other.directory, folder, other.accounts))
    assert (other.accounts.list_accounts(), other.accounts.access_settings()) == before
    assert isinstance(before[1], AccessSettings)


def test_who_was_deleted_here_gets_no_history_back(world: OpenWorld, tmp_path: Path) -> None:
    first = filled(world("first"))
    folder = backed_up(first, tmp_path / "backup")
    first.directory.delete(OPERATOR, "e3/é", None, "delete")
    list(restore(first.directory, folder, first.accounts))
    assert first.history.changes_of("e3/é").changes == ()


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ("history", b'{"id":"e1/\xc3\xa9","moment":"yesterday","kind":"added","version":1}'),
        ("history", b'{"id":"","moment":"2026-11-29T15:02:11.000Z-00aa","kind":"added"}'),
        (
            "history",
            b'{"id":"e","moment":"2026-11-29T15:02:11.000Z-00aa","kind":"odd","version":1}',
        ),
        ("history", b"[]"),
        ("audit", b'{"event":"import"}'),
        ("accounts", b'{"id":"x y","role":"admin"}'),
        ("accounts", b'{"settings":{"mode":"open","visibility":{"full_name":"editors"}}}'),
    ],
)
def test_what_no_backup_has_is_refused_before_anything_is_written(
    world: OpenWorld, tmp_path: Path, part: str, line: bytes
) -> None:
    folder = backed_up(filled(world("first")), tmp_path / "backup")
    forge(folder, part, line)
    other = world("other")
    with pytest.raises(ExportRefused, match="was changed after the backup"):
        list(restore(other.directory, folder, other.accounts))
    assert not any(batch.people for batch in other.directory.employees.iter_batches())


def forge(folder: Path, kind: str, line: bytes) -> None:
    """Put a line in the place of a part, with its right checksum in the manifest."""
    from app.backups.parts import write_manifest, write_part

    manifest = read_manifest(folder)
    (first, *others) = getattr(manifest, kind)
    forged = write_part(folder, first.file, [line + b"\n"])
    write_manifest(folder, replace(manifest, **{kind: (forged, *others)}))


def test_a_backup_of_an_earlier_release_is_restored(world: OpenWorld, tmp_path: Path) -> None:
    folder = backed_up(filled(world("first")), tmp_path / "backup")
    manifest = json.loads((folder / "manifest.json").read_text())
    for kind in ("history", "audit", "accounts"):
        del manifest[kind]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    other = world("other")
    list(restore(other.directory, folder, other.accounts))
    assert other.directory.get(OPERATOR, "e4/é").version == 45
    assert other.history.changes_of("e4/é").changes == ()
