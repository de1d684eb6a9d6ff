"""A backup is the whole directory, the same from every store; interrupted, it goes on."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.backups import backup, gathering
from app.backups.backup import take_backup
from app.backups.restoring import restore
from app.contracts import Batch, EmployeeStore, Facets
from app.directory.service import Directory
from app.exports.json_lines import from_json_line
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import ExportRefused, PhotoNotFound, PhotosOff, StorageUnavailable
from app.model.revision import revision_of
from app.photos.keys import thumbnail_key
from tests.support.model_store import ModelStore
from tests.support.pictures import picture
from tests.support.small_app import small_app, stores_of
from tests.support.viewers import OPERATOR

pytestmark = pytest.mark.slow

OF_THE_COURSE = "employee_pic/0123456789abcdef.png"
NOWHERE = f"employee_pic/{'e' * 32}.jpg"
SPACES = "employee_pic/my photo.png"  # no key, so no photo
SMALL_JPEG = picture(width=16, height=16).read()


def image_of(key: str) -> bytes:
    """A small image; no two keys have the same."""
    return SMALL_JPEG + key.encode() * 20


def someone(number: int) -> Employee:
    """Every third has a photo; versions, times, odd badges and texts differ."""
    key = f"employee_pic/{number:032x}.jpg" if number % 5 == 0 else ""
    return Employee(
        id=f"person {number}/é" if number % 50 == 1 else f"{number:08}",
        full_name=f"José Ñandú {number}",
        location="Lima" if number % 2 else "",
        about="Two\nlines, “quoted”.",
        manager=f"{number // 4:08}" if number % 4 else "",
        desk="Building 3, 4-112" if number % 3 else "",
        working_hours="Mon–Thu 9:00–17:00" if number % 3 == 1 else "",
        chat="@josé" if number % 6 else "",
        badges=("linux", "of another program") if number % 7 == 0 else (),
        photo_key={1: OF_THE_COURSE, 2: NOWHERE, 4: SPACES}.get(number, key),
        version=number % 9,
        updated_at=datetime(2026, 1, 1, 0, 0, 0, number, tzinfo=UTC) if number % 9 else None,
    )


class MemoryPhotos:
    """A PhotoStore in a dictionary: for many photos, quickly."""

    def __init__(self) -> None:
        self.images: dict[str, bytes] = {}

    def origin(self) -> None:
        return None

    def put(self, key: str, image: bytes) -> None:
        self.images[key] = image

    def get(self, key: str) -> bytes:
        if key not in self.images:
            raise PhotoNotFound(key)
        return self.images[key]

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.images.pop(key, None)


class FewAtOnce(ModelStore):
    """Gives everyone in batches of 100."""

    def iter_batches(self, bookmark: str = "") -> Iterator[Batch]:
        people = [person for batch in super().iter_batches(bookmark) for person in batch.people]
        for start in range(0, len(people), 100):
            some = tuple(people[start : start + 100])
            yield Batch(some, some[-1].id)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a hundred, and no waiting for the disk, which others write to."""
    monkeypatch.setattr(gathering, "LINES_PER_PART", 100)
    monkeypatch.setattr(os, "sync", lambda: None)


def directory_of(store: EmployeeStore | None = None) -> Directory:
    return Directory(store or FewAtOnce(), MemoryPhotos())  # type: ignore[arg-type]


def filled(directory: Directory, people: int, first: int = 0) -> Directory:
    everyone = [someone(number) for number in range(first, first + people)]
    list(directory.add_many(OPERATOR, everyone, keep_versions=True))
    for person in everyone:
        if person.photo_key not in ("", NOWHERE, SPACES):
            for key in {person.photo_key, thumbnail_key(person.photo_key)}:
                images_of(directory)[key] = image_of(key)
    return directory


def images_of(directory: Directory) -> dict[str, bytes]:
    assert isinstance(directory.photos, MemoryPhotos)
    return directory.photos.images


def run_to_end(steps: Iterator[object]) -> None:
    for _ in steps:
        pass


def everyone_in(directory: Directory) -> dict[str, Employee]:
    batches = directory.employees.iter_batches()
    return {person.id: person for batch in batches for person in batch.people}


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def full() -> Directory:
    return filled(directory_of(), 230)


def test_everyone_and_every_photo_come_back_as_they_were(full: Directory, tmp_path: Path) -> None:
    run_to_end(take_backup(full, tmp_path / "b"))
    to = directory_of()
    run_to_end(restore(to, tmp_path / "b"))
    assert everyone_in(to) == everyone_in(full)
    assert images_of(to) == images_of(full)
    run_to_end(take_backup(to, tmp_path / "again"))
    assert files_in(tmp_path / "again") == files_in(tmp_path / "b")


def test_a_backup_is_parts_and_a_manifest(full: Directory, tmp_path: Path) -> None:
    run_to_end(take_backup(full, tmp_path / "b"))
    manifest = json.loads((tmp_path / "b" / "manifest.json").read_bytes())
    assert [part["lines"] for part in manifest["people"]] == [100, 100, 30]
    assert manifest["photos_missing"] == 2  # both sizes of one
    lines = gzip.decompress((tmp_path / "b" / "people-000003.jsonl.gz").read_bytes())
    assert len({from_json_line(line).id for line in lines.splitlines()}) == 30
    assert not (tmp_path / "b" / "unfinished").exists()


def test_a_backup_of_nobody_comes_back(tmp_path: Path) -> None:
    run_to_end(take_backup(directory_of(), tmp_path / "b"))
    to = directory_of()
    run_to_end(restore(to, tmp_path / "b"))
    assert everyone_in(to) == {}


def killed_at(steps: Iterator[object], step: int) -> bool:
    """Run so many steps and no more; whether it was not over before."""
    return any(number == step for number, _ in enumerate(steps))


def test_a_backup_killed_at_any_step_goes_on(tmp_path: Path) -> None:
    full = filled(directory_of(), 230)
    run_to_end(take_backup(full, tmp_path / "whole"))
    step = 0
    while killed_at(take_backup(full, tmp_path / "b"), step):
        assert not (tmp_path / "b" / "manifest.json").exists()
        with pytest.raises(ExportRefused, match="does not have a complete backup"):
            run_to_end(restore(directory_of(), tmp_path / "b"))
        step += 1
    assert step >= 4
    assert files_in(tmp_path / "b") == files_in(tmp_path / "whole")


def test_what_was_gathered_is_not_asked_for_again(full: Directory, tmp_path: Path) -> None:
    asked: list[str] = []
    plain = full.employees.iter_batches

    def iter_batches(bookmark: str = "") -> Iterator[Batch]:
        asked.append(bookmark)
        return plain(bookmark)

    full.employees.iter_batches = iter_batches  # type: ignore[method-assign]
    assert killed_at(take_backup(full, tmp_path / "b"), 1)
    run_to_end(take_backup(full, tmp_path / "b"))
    assert len(asked) == 2
    assert asked[0] == ""
    assert asked[1] != ""


def test_a_torn_line_and_a_batch_that_was_not_noted_do_no_harm(
    full: Directory, tmp_path: Path
) -> None:
    run_to_end(take_backup(full, tmp_path / "whole"))
    assert killed_at(take_backup(full, tmp_path / "b"), 1)
    unfinished = tmp_path / "b" / "unfinished"
    noted = json.loads((unfinished / "gathered-people.json").read_text())
    first = next(iter(full.employees.iter_batches()))
    gone = replace(first.people[0], id="gone")
    # A batch once more, with someone who was deleted since, and then a line that was cut.
    gathering._append(
        unfinished, backup._people_of(full.employees), (*first.people, gone), [0] * 256
    )
    with (unfinished / "people-00").open("ab") as file:
        file.write(b'{"id":"torn')
    assert noted["bookmark"]
    run_to_end(take_backup(full, tmp_path / "b"))
    assert files_in(tmp_path / "b") == files_in(tmp_path / "whole")


def test_photos_that_are_there_are_not_fetched_again(full: Directory, tmp_path: Path) -> None:
    fetched: list[str] = []
    photos = full.photos
    assert photos
    plain = photos.get

    def get(key: str) -> bytes:
        fetched.append(key)
        return plain(key)

    photos.get = get  # type: ignore[method-assign]
    run_to_end(take_backup(full, tmp_path / "b"))
    there = set(fetched) - {NOWHERE, thumbnail_key(NOWHERE)}
    fetched.clear()
    damaged = next(path for path in sorted((tmp_path / "b" / "photos").rglob("*.jpg")))
    damaged.write_bytes(b"")
    whole = files_in(tmp_path / "b")
    run_to_end(take_backup(full, tmp_path / "b", replace=True))
    again = {f"employee_pic/{damaged.name}"}
    assert again < there
    assert set(fetched) == {NOWHERE, thumbnail_key(NOWHERE), *again}
    del whole[str(damaged.relative_to(tmp_path / "b"))]
    now = {name.replace("-b.", "."): content for name, content in files_in(tmp_path / "b").items()}
    del whole["manifest.json"]  # names the files
    assert whole.items() <= now.items()


def killed_when(steps: Iterator[object], monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """Run until this would be called; what it was called for is not done."""

    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(call, killed)
        with pytest.raises(Killed):
            run_to_end(steps)


@pytest.mark.parametrize(
    "call", ["pathlib.Path.rename", "app.backups.backup.remove_other_parts", "shutil.rmtree"]
)
@pytest.mark.parametrize("anew", [False, True])
def test_a_backup_killed_when_it_is_whole_is_whole(
    full: Directory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, anew: bool
) -> None:
    folder = tmp_path / "b"
    if anew:
        run_to_end(take_backup(full, folder))
    killed_when(take_backup(full, folder, replace=anew), monkeypatch, call)
    to = directory_of()
    run_to_end(restore(to, folder))
    assert everyone_in(to) == everyone_in(full)
    # What is left of it is removed by the next run, file by file, however far that comes.
    for left in sorted((folder / "finished").glob("people-*"))[:100]:
        left.unlink()
    with contextlib.suppress(ExportRefused):  # "holds a whole backup"
        run_to_end(take_backup(full, folder))
    to = directory_of()
    run_to_end(restore(to, folder))
    assert everyone_in(to) == everyone_in(full)
    assert len(list(folder.glob("*"))) == 1 + 1 + 2 * len(list(folder.glob("people-*")))


@pytest.mark.parametrize("step", range(0, 9, 2))
def test_the_backup_before_is_whole_until_the_new_one_is(
    full: Directory, tmp_path: Path, step: int
) -> None:
    folder = tmp_path / "b"
    before = everyone_in(full)
    run_to_end(take_backup(full, folder))
    filled(full, 30, first=1_000)
    killed = killed_at(take_backup(full, folder, replace=True), step)
    to = directory_of()
    run_to_end(restore(to, folder))
    assert everyone_in(to) == (before if killed else everyone_in(full))
    run_to_end(take_backup(full, folder, replace=True))
    to = directory_of()
    run_to_end(restore(to, folder))
    assert everyone_in(to) == everyone_in(full)


def test_what_a_power_cut_took_from_the_gathered_is_noticed(
    full: Directory, tmp_path: Path
) -> None:
    assert killed_at(take_backup(full, tmp_path / "b"), 1)
    unfinished = tmp_path / "b" / "unfinished"
    longest = max(unfinished.glob("people-*"), key=lambda path: path.stat().st_size)
    os.truncate(longest, longest.stat().st_size - 3)
    with pytest.raises(ExportRefused, match=r"damaged by the interruption\. Remove .*unfinished"):
        run_to_end(take_backup(full, tmp_path / "b"))
    note = unfinished / "gathered-people.json"
    for content in (b"", b'{"bookmark": "", "people": 3000, "done": true}'):
        note.write_bytes(content)
        with pytest.raises(ExportRefused, match="damaged by the interruption"):
            run_to_end(take_backup(full, tmp_path / "b"))
    note.write_bytes(b"[]")
    with pytest.raises(ExportRefused, match="damaged by the interruption"):
        run_to_end(take_backup(full, tmp_path / "b"))
    shutil.rmtree(unfinished)
    run_to_end(take_backup(full, tmp_path / "b"))


def test_a_photo_that_is_changed_meanwhile_is_in_it(full: Directory, tmp_path: Path) -> None:
    steps = take_backup(full, tmp_path / "b")
    next(step for step in steps if step.what == "people read")
    assert full.photos
    whose = next(each for each in everyone_in(full).values() if is_there(full, each.photo_key))
    key = f"employee_pic/{'e' * 32}.jpg"
    for each in (key, thumbnail_key(key)):
        full.photos.put(each, image_of(each))
    full.employees.update(replace(whose, photo_key=key), revision_of(whose), Write("other"))
    full.photos.delete([whose.photo_key, thumbnail_key(whose.photo_key)])
    run_to_end(steps)
    to = directory_of()
    run_to_end(restore(to, tmp_path / "b"))
    assert to.get(OPERATOR, whose.id).photo_key == key
    assert to.photos
    assert to.photos.get(key) == image_of(key)


def is_there(directory: Directory, key: str) -> bool:
    try:
        return bool(key and directory.photos and directory.photos.get(key))
    except PhotoNotFound:
        return False


def test_a_smaller_backup_in_the_place_of_a_larger_one_leaves_no_part_of_it(
    full: Directory, tmp_path: Path
) -> None:
    run_to_end(take_backup(full, tmp_path / "b"))
    few = filled(directory_of(), 40)
    with pytest.raises(ExportRefused, match="--replace"):
        run_to_end(take_backup(few, tmp_path / "b"))
    run_to_end(take_backup(few, tmp_path / "b", replace=True))
    assert not (tmp_path / "b" / "people-000002.jsonl.gz").exists()
    to = directory_of()
    run_to_end(restore(to, tmp_path / "b"))
    assert everyone_in(to) == everyone_in(few)


def test_a_folder_with_other_files_is_refused(full: Directory, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("Dear")
    for anew in (False, True):
        with pytest.raises(ExportRefused, match="has other files in it"):
            run_to_end(take_backup(full, tmp_path / "home", replace=anew))
    assert files_in(tmp_path / "home") == {"letter.txt": b"Dear"}


def test_two_backups_do_not_write_into_one_folder(full: Directory, tmp_path: Path) -> None:
    running = take_backup(full, tmp_path / "b")
    next(running)
    with pytest.raises(ExportRefused, match="Another backup"):
        run_to_end(take_backup(full, tmp_path / "b"))
    run_to_end(running)


def test_a_store_that_fails_leaves_a_backup_that_goes_on(full: Directory, tmp_path: Path) -> None:
    plain = full.employees.iter_batches

    def failing(bookmark: str = "") -> Iterator[Batch]:
        yield next(iter(plain(bookmark)))
        raise StorageUnavailable("the database", "dynamodb:Scan")

    full.employees.iter_batches = failing  # type: ignore[method-assign]
    with pytest.raises(StorageUnavailable):
        run_to_end(take_backup(full, tmp_path / "b"))
    full.employees.iter_batches = plain  # type: ignore[method-assign]
    run_to_end(take_backup(full, tmp_path / "b"))
    to = directory_of()
    run_to_end(restore(to, tmp_path / "b"))
    assert everyone_in(to) == everyone_in(full)


def test_a_restore_killed_at_any_step_goes_on(tmp_path: Path) -> None:
    full = filled(directory_of(), 230)
    run_to_end(take_backup(full, tmp_path / "b"))
    for step in (0, 6, 7, 90, 150, 231):
        to = directory_of()
        assert killed_at(restore(to, tmp_path / "b"), step)
        run_to_end(restore(to, tmp_path / "b"))
        assert everyone_in(to) == everyone_in(full)


def test_a_directory_with_other_people_is_refused_unless_told(
    full: Directory, tmp_path: Path
) -> None:
    run_to_end(take_backup(full, tmp_path / "b"))
    to = filled(directory_of(), 50, first=220)  # some are in both
    edited = replace(to.get(OPERATOR, someone(225).id), full_name="Edited since")
    before = everyone_in(to)
    with pytest.raises(ExportRefused, match="--merge"):
        run_to_end(restore(to, tmp_path / "b"))
    assert everyone_in(to) == before
    assert isinstance(to.employees, ModelStore)
    to.employees.people[edited.id] = edited
    run_to_end(restore(to, tmp_path / "b", merge=True))
    assert everyone_in(to) == {**everyone_in(full), **before, edited.id: edited}


def test_people_who_are_in_no_count_are_there_all_the_same(
    full: Directory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_to_end(take_backup(full, tmp_path / "b"))
    to = filled(directory_of(), 8, first=5_000)
    monkeypatch.setattr(to.employees, "facets", Facets)  # as before a `flask reindex`
    with pytest.raises(ExportRefused, match="people who are not in this backup"):
        run_to_end(restore(to, tmp_path / "b"))
    assert len(everyone_in(to)) == 8


def test_a_backup_of_a_newer_release_asks_for_that_release(full: Directory, tmp_path: Path) -> None:
    run_to_end(take_backup(full, tmp_path / "b"))
    manifest = tmp_path / "b" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"version": 1', '"version": 2'))
    with pytest.raises(ExportRefused, match=r"by a newer release .* Upgrade this directory"):
        run_to_end(restore(directory_of(), tmp_path / "b"))


def _shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def _rewrite(path: Path) -> None:
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"Lima", b"Oslo")))


@pytest.mark.parametrize("damage", [_shorten, _rewrite, Path.unlink])
def test_a_damaged_part_is_refused_before_anyone_is_added(
    full: Directory, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    run_to_end(take_backup(full, tmp_path / "b"))
    damage(tmp_path / "b" / "people-000002.jsonl.gz")
    to = directory_of()
    with pytest.raises(ExportRefused, match=r"people-000002\.jsonl\.gz was changed or damaged"):
        run_to_end(restore(to, tmp_path / "b"))
    assert everyone_in(to) == {}


def test_a_damaged_photo_is_not_brought_back(full: Directory, tmp_path: Path) -> None:
    run_to_end(take_backup(full, tmp_path / "b"))
    damaged = next((tmp_path / "b" / "photos").rglob("*-thumb.jpg"))
    damaged.write_bytes(b"something else")
    with pytest.raises(ExportRefused, match=damaged.name):
        run_to_end(restore(directory_of(), tmp_path / "b"))


@pytest.mark.parametrize(
    "manifest",
    [
        "", "[]", "{}", '{"format": "employee directory backup", "version": 0}',
        ('{"format": "employee directory backup", "version": 1, "photos": [], "photos_missing": 0, '
         '"people": [{"file": "../../etc/passwd", "lines": 1, "sha256": ""}]}'),
    ],
)  # fmt: skip
def test_what_is_no_manifest_is_refused(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(ExportRefused, match="was changed or damaged"):
        run_to_end(restore(directory_of(), tmp_path))


def test_where_photos_are_off_a_backup_with_photos_is_refused(
    full: Directory, tmp_path: Path
) -> None:
    run_to_end(take_backup(full, tmp_path / "b"))
    off = Directory(ModelStore(), None, "Photos are off: set PHOTOS_BUCKET.")
    with pytest.raises(PhotosOff, match="PHOTOS_BUCKET"):
        run_to_end(restore(off, tmp_path / "b"))
    assert everyone_in(off) == {}


def run(app: Flask, *command: str) -> Result:
    return app.test_cli_runner().invoke(args=list(command))


@pytest.mark.parametrize("option", ["--replace", "--anew"])
def test_the_commands_say_what_they_did(tmp_path: Path, option: str) -> None:
    full = filled(directory_of(), 30)
    app = small_app(tmp_path / "a", stores_of(full.employees, full.photos))
    folder = str(tmp_path / "b")
    result = run(app, "backup", folder)
    assert result.exit_code == 0, result.output
    assert "Backed up 30 people and 13 photo files." in result.output
    assert "Missing or no images: 2 photo files that records name." in result.output
    refused = run(app, "backup", folder)
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: ")
    assert "use --replace to" in refused.output
    assert run(app, "backup", folder, option).exit_code == 0
    to = directory_of()
    other = small_app(tmp_path / "c", stores_of(to.employees, to.photos))
    result = run(other, "restore", folder)
    assert result.exit_code == 0, result.output
    assert "Restored 30 people." in result.output
    again = run(other, "restore", folder)
    assert "Restored 0 people." in again.output
    assert "Skipped, because already here or deleted here: 30 people." in again.output
    nothing = run(other, "restore", str(tmp_path / "nothing"))
    assert nothing.exit_code == 1
    assert "does not have a complete backup" in nothing.output


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    app = small_app(tmp_path / "a", stores_of(ModelStore(), None, "Photos are off."))
    result = run(app, "backup", str(tmp_path / "file" / "b"))
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert "Traceback" not in result.output


def test_times_are_told_in_one_zone_whatever_zone_a_store_gives(tmp_path: Path) -> None:
    from datetime import timezone

    east = timezone(timedelta(hours=9))
    for name, zone in (("a", UTC), ("b", east)):
        moment = datetime(2026, 1, 1, tzinfo=UTC).astimezone(zone)
        store = ModelStore()
        store.people["1"] = Employee(id="1", full_name="Ada", updated_at=moment)
        run_to_end(take_backup(directory_of(store), tmp_path / f"{name}-b"))
    assert files_in(tmp_path / "a-b") == files_in(tmp_path / "b-b")
