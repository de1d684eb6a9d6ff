"""What this machine writes to: which folders, and what is wrong with one in plain words."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import pytest

from app.machine import disk
from app.machine.disk import Folder, check_disk, written_folders
from app.model.errors import StorageUnavailable
from app.settings import Settings
from tests.support.small_disk import fill, make_read_only, small_disk


def settings(folder: Path, **env: str) -> Settings:
    return Settings.from_env({"INSTANCE_FOLDER": str(folder), **env})


def labels(found: Settings) -> list[str]:
    return [folder.label.removeprefix("the folder of ") for folder in written_folders(found)]


def reason(found: Settings) -> str:
    with pytest.raises(StorageUnavailable) as caught:
        check_disk(found)
    assert (caught.value.action, caught.value.resource) == ("", "")
    return caught.value.reason


def test_a_laptop_writes_its_database_photos_and_uploads(tmp_path: Path) -> None:
    assert labels(settings(tmp_path)) == ["the database", "photos", "temporary files"]
    check_disk(settings(tmp_path))


@pytest.mark.parametrize(
    "env",
    [
        {"DYNAMO_MODE": "on", "PHOTOS_BUCKET": "faces", "AWS_REGION": "us-west-2"},
        {"DATABASE_URL": "postgresql+psycopg://ada@db/people", "PHOTOS_BUCKET": "faces"},
        {"DATABASE_URL": "sqlite:///:memory:", "PHOTOS_BUCKET": "faces"},
    ],
)
def test_where_others_keep_everything_only_uploads_are_written(
    tmp_path: Path, env: dict[str, str]
) -> None:
    assert labels(settings(tmp_path, **env)) == ["temporary files"]


def test_a_folder_that_is_still_missing_is_made_in_one_that_can_be_written(tmp_path: Path) -> None:
    found = settings(tmp_path / "not" / "yet")
    assert {folder.path for folder in written_folders(found)} == {
        tmp_path,
        Path(tempfile.gettempdir()),
    }
    check_disk(found)


def test_a_parent_that_may_not_be_entered_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    plain = os.stat

    def stat(path: str | Path, *args: object, **options: object) -> os.stat_result:
        if str(path).startswith(f"{closed}/"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return plain(path, *args, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", stat)
        folders = list(written_folders(settings(closed / "instance")))
    assert folders[0].path == tmp_path


def test_a_file_for_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "photos").write_text("")
    assert reason(settings(tmp_path)) == "the folder of photos cannot be written (Not a directory)"


def test_the_probe_leaves_nothing_behind(tmp_path: Path) -> None:
    check_disk(settings(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_database_elsewhere_is_probed_where_it_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/elsewhere/people.db?timeout=3"
    folder = next(iter(written_folders(settings(tmp_path / "instance", DATABASE_URL=url))))
    assert folder.path == tmp_path
    (tmp_path / "elsewhere").mkdir()
    folder = next(iter(written_folders(settings(tmp_path / "instance", DATABASE_URL=url))))
    assert folder.path == tmp_path / "elsewhere"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (errno.ENOSPC, "is full"),
        (errno.EDQUOT, "is full"),
        (errno.EROFS, "is read-only"),
        (errno.EACCES, "is read-only"),
        (errno.EIO, "cannot be written (Input/output error)"),
    ],
)
def test_what_the_system_says_is_told_in_plain_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, told: str
) -> None:
    def refuse(**_: object) -> None:
        raise OSError(code, os.strerror(code), "/secret/path")

    monkeypatch.setattr(disk.tempfile, "TemporaryFile", refuse)
    assert reason(settings(tmp_path)) == f"the folder of the database {told}"


def test_too_little_room_is_told_with_what_is_needed(tmp_path: Path) -> None:
    folder = Folder("photos", tmp_path, 2**60)
    assert folder.problem().endswith(f" MB free and needs {2**40} MB")


def test_where_no_temporary_folder_can_be_written_that_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", none)
    assert list(written_folders(settings(tmp_path)))[-1].path == Path("/tmp")


@pytest.mark.slow
def test_a_disk_is_filled_and_emptied_and_made_read_only(tmp_path: Path) -> None:
    with small_disk(tmp_path / "instance") as folder:
        found = settings(folder)
        check_disk(found)
        filler = fill(folder)
        assert reason(found) == "the folder of the database is full"
        filler.unlink()
        check_disk(found)
        filler = fill(folder, leave=3 * 2**20)
        assert reason(found) == "the folder of the database has 3 MB free and needs 8 MB"
        filler.unlink()
        make_read_only(folder)
        assert reason(found) == "the folder of the database is read-only"
        make_read_only(folder, read_only=False)
        check_disk(found)


def test_a_read_only_file_of_the_database_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests may run as root, whom no mode of a file stops."""
    found = settings(tmp_path)
    for suffix in ("", "-wal"):
        file = tmp_path / f"directory.db{suffix}"
        file.write_bytes(b"")
        refused = {file}
        with monkeypatch.context() as patch:
            patch.setattr(os, "access", lambda path, mode, refused=refused: path not in refused)
            assert reason(found) == "the file of the database is read-only"
    check_disk(found)
