"""What is peculiar to photos in a folder: whole files or none, links, a disk that refuses."""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.contracts import PhotoFile
from app.model.errors import PhotoNotFound, StorageUnavailable
from app.photos.keys import thumbnail_key
from app.storage.photos_on_disk import FolderPhotos, open_folder_store

KEY = f"employee_pic/{'0a' * 16}.jpg"
IMAGE = b"\xff\xd8\xff" + bytes(5000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "some" / "photos"


@pytest.fixture
def store(folder: Path) -> FolderPhotos:
    return open_folder_store(folder)


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_opening_makes_nothing(store, folder):
    assert not folder.exists()
    store.check()
    assert list(store.iter_keys()) == []
    assert not folder.exists()


def test_setting_up_makes_the_folder_and_says_so(store, folder):
    assert store.set_up() == [f"Created the photo folder {folder}."]
    assert store.set_up() == [f"Found the photo folder {folder}."]


def test_a_photo_is_one_file_and_nothing_else(store, folder):
    store.put(KEY, IMAGE)
    assert files_in(folder) == [KEY]
    assert store.locate(KEY) == PhotoFile(folder / KEY, "image/jpeg")


def test_a_photo_whose_small_size_is_missing_shows_the_large_one(store, folder):
    store.put(KEY, IMAGE)
    assert store.locate(thumbnail_key(KEY)) == PhotoFile(folder / KEY, "image/jpeg")
    store.put(thumbnail_key(KEY), IMAGE)
    assert store.locate(thumbnail_key(KEY)) == PhotoFile(folder / thumbnail_key(KEY), "image/jpeg")


def test_a_large_size_that_is_missing_is_not_found(store):
    store.put(thumbnail_key(KEY), b"small")
    with pytest.raises(PhotoNotFound):
        store.locate(KEY)


def test_a_link_to_elsewhere_is_no_photo(store, folder, tmp_path):
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"secret")
    store.set_up()
    (folder / KEY).symlink_to(secret)
    with pytest.raises(PhotoNotFound):
        store.locate(KEY)
    assert list(store.iter_keys()) == []
    store.delete([KEY])
    assert secret.read_bytes() == b"secret"


def test_a_folder_that_is_a_link_holds_no_photos(store, folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.jpg").write_bytes(b"secret")
    folder.mkdir(parents=True)
    (folder / "employee_pic").symlink_to(elsewhere)
    with pytest.raises(PhotoNotFound):
        store.locate("employee_pic/a.jpg")


def test_a_folder_or_a_pipe_of_a_photo_s_name_is_no_photo(store, folder):
    store.set_up()
    (folder / "employee_pic" / "a").mkdir()
    os.mkfifo(folder / "employee_pic" / "b")
    for key in ("employee_pic/a", "employee_pic/b"):
        with pytest.raises(PhotoNotFound):
            store.locate(key)
    assert list(store.iter_keys()) == []


def refusal(call, *arguments: object) -> StorageUnavailable:
    with pytest.raises(StorageUnavailable) as caught:
        call(*arguments)
    assert caught.value.service == "the photo store"
    return caught.value


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO, errno.EDQUOT])
def test_a_disk_that_refuses_is_told_and_leaves_nothing(store, folder, monkeypatch, code):
    store.set_up()

    def refuse(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    error = refusal(store.put, KEY, IMAGE)
    assert (error.resource, error.reason) == (str(folder), os.strerror(code))
    assert files_in(folder) == []


def test_a_full_disk_is_told_and_leaves_nothing(store, folder):
    store.set_up()
    command = (
        "import resource, signal, sys; from pathlib import Path;"
        "from app.model.errors import StorageUnavailable;"
        "from app.storage.photos_on_disk import open_folder_store;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000));\n"
        f"try: open_folder_store(Path({str(folder)!r})).put({KEY!r}, bytes(5000))\n"
        "except StorageUnavailable: sys.exit(7)"
    )
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 7
    assert files_in(folder) == []


def test_a_file_where_the_folder_should_be_is_told(store, folder):
    folder.parent.mkdir(parents=True)
    folder.write_text("not a folder")
    for call, arguments in (
        (store.put, (KEY, IMAGE)),
        (store.check, ()),
        (store.set_up, ()),
        (store.locate, (KEY,)),
        (store.delete, ([KEY],)),
    ):
        refusal(call, *arguments)


def test_a_folder_that_cannot_be_written_fails_the_check(store, monkeypatch):
    store.set_up()
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "cannot be written" in refusal(store.check).reason


def test_a_photo_that_is_killed_while_it_is_written_is_there_whole_or_not_at_all(store, folder):
    command = (
        "import itertools; from pathlib import Path;"
        "from app.storage.photos_on_disk import open_folder_store;"
        f"store = open_folder_store(Path({str(folder)!r}));\n"
        "for number in itertools.count():\n"
        "    store.put(f'employee_pic/{number:032x}.jpg', b'x' * 3_000_000)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", command])
    while not list(folder.glob("employee_pic/*.jpg")) and writer.poll() is None:
        time.sleep(0.01)
    time.sleep(0.1)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    photos = list(folder.glob("employee_pic/*.jpg"))
    assert photos
    assert {path.stat().st_size for path in photos} == {3_000_000}


def test_whoever_looks_while_a_photo_is_written_sees_it_whole_or_not_at_all(store, folder):
    sizes: list[int] = []
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.001):
            if (folder / KEY).exists():
                sizes.append((folder / KEY).stat().st_size)

    watcher = threading.Thread(target=look)
    watcher.start()
    image = bytes(30_000_000)
    # A busy machine may keep the watcher waiting through any number of photos.
    while len(sizes) < 20 and watcher.is_alive():
        store.put(KEY, image)
    done.set()
    watcher.join()
    assert len(sizes) >= 20
    assert set(sizes) == {len(image)}


def test_what_a_killed_writer_leaves_is_seen_by_the_sweep(store, folder):
    store.set_up()
    left = f"employee_pic/{'0b' * 16}.part"
    (folder / left).write_bytes(b"half")
    assert [key for key, _ in store.iter_keys()] == [left]
    store.delete([left])
    assert files_in(folder) == []
