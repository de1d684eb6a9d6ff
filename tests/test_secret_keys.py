"""The key that signs forms: given, shared by the table, or made once in the instance folder."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from app.model.errors import StorageUnavailable
from app.secret_keys import SecretKeys
from app.settings import Settings
from tests.support.model_store import ModelStore


def keys_in(folder: Path, env: dict[str, str] | None = None) -> SecretKeys:
    settings = Settings.from_env({"INSTANCE_FOLDER": str(folder), **(env or {})})
    return SecretKeys(settings, ModelStore())


def test_a_key_that_is_given_wins_and_no_file_is_made(tmp_path: Path) -> None:
    given = "given-0123456789abcdef"
    assert keys_in(tmp_path, {"SECRET_KEY": given}).get() == (given,)
    assert list(tmp_path.iterdir()) == []


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    (key,) = keys_in(tmp_path / "new").get()
    assert len(key) == 64
    assert keys_in(tmp_path / "new").get() == (key,)
    (file,) = (tmp_path / "new").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_many_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as threads:
        found = set(threads.map(lambda _: keys_in(tmp_path).get(), range(64)))
    assert len(found) == 1


def test_machines_on_one_table_share_the_key_that_the_first_proposed(tmp_path: Path) -> None:
    class SharedStore(ModelStore):
        secret: str | None = None

        def shared_secret(self, proposal: str) -> str | None:
            self.secret = self.secret or proposal
            return self.secret

    store = SharedStore()
    settings = Settings.from_env({"INSTANCE_FOLDER": str(tmp_path)})
    first, second = SecretKeys(settings, store).get(), SecretKeys(settings, store).get()
    assert first == second == (store.secret,)
    assert list(tmp_path.iterdir()) == []


def test_threads_that_need_the_key_do_not_wait_in_turn_for_a_store_that_hangs(
    tmp_path: Path,
) -> None:
    together = Barrier(4)

    class HangingStore(ModelStore):
        def shared_secret(self, proposal: str) -> str | None:
            together.wait(60)  # breaks unless all are here
            raise StorageUnavailable("the database")

    settings = Settings.from_env({"INSTANCE_FOLDER": str(tmp_path)})
    keys = SecretKeys(settings, HangingStore())
    with ThreadPoolExecutor(4) as threads:
        for call in [threads.submit(keys.get) for _ in range(4)]:
            with pytest.raises(StorageUnavailable):
                call.result(60)


def test_a_key_file_that_was_emptied_is_not_taken_for_a_key(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(StorageUnavailable, match="too short"):
        keys_in(tmp_path).get()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageUnavailable, match="instance folder"):
        keys_in(tmp_path / "file").get()
