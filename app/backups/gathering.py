"""Everyone, from a store's own order into the order of a backup, in bounded memory.

People go by the first byte of their id's hash into 256 files, and each file is sorted by itself.
What was gathered before an interruption is kept: the store goes on behind the last batch that was
noted.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from app.backups.parts import PEOPLE_A_PART, put_file
from app.contracts import EmployeeStore
from app.employee import Employee
from app.errors import ExportRefused
from app.exports.json_lines import line_of, person_in

_BUCKETS = 256
_NOTED = "gathered.json"


def gather(store: EmployeeStore, folder: Path) -> Iterator[int]:
    """Bring everyone into the files of this folder; tell how many came so far."""
    noted = _noted(folder)
    count = int(noted["people"])
    if noted["done"]:
        yield count
        return
    for number in range(_BUCKETS):
        _cut_torn_line(_bucket(folder, number))
    for batch in store.each(str(noted["bookmark"])):
        _keep(folder, batch.people)
        count += len(batch.people)
        _note(folder, batch.bookmark, count, done=False)
        yield count
    _note(folder, "", count, done=True)


def gathered(folder: Path) -> Iterator[list[Employee]]:
    """Everyone who was gathered, once, by 1,000, in the order of their ids' hashes."""
    everyone = _in_order(folder)
    while some := list(islice(everyone, PEOPLE_A_PART)):
        yield some


def _in_order(folder: Path) -> Iterator[Employee]:
    for number in range(_BUCKETS):
        path = _bucket(folder, number)
        if path.exists():
            with path.open("rb") as file:
                # Twice, when an interruption came before the batch was noted: the last is newer.
                people = {person.id: person for person in _read(path, file)}
            yield from sorted(people.values(), key=lambda person: (_hash(person.id), person.id))


def _read(path: Path, lines: Iterable[bytes]) -> Iterator[Employee]:
    try:
        yield from map(person_in, lines)
    except ValueError as error:
        raise ExportRefused(
            f"{path} was damaged by the interruption. Remove {path.parent} and begin again."
        ) from error


def _keep(folder: Path, people: tuple[Employee, ...]) -> None:
    lines: defaultdict[int, list[bytes]] = defaultdict(list)
    for person in people:
        lines[_hash(person.id)[0]].append(line_of(person))
    for number, some in lines.items():
        with _bucket(folder, number).open("ab") as file:
            file.write(b"".join(some))


def _noted(folder: Path) -> dict[str, str | int | bool]:
    try:
        noted: dict[str, str | int | bool] = json.loads((folder / _NOTED).read_bytes())
    except FileNotFoundError:
        return {"bookmark": "", "people": 0, "done": False}
    return noted


def _note(folder: Path, bookmark: str, people: int, *, done: bool) -> None:
    noted = {"bookmark": bookmark, "people": people, "done": done}
    put_file(folder / _NOTED, json.dumps(noted).encode())


def _cut_torn_line(path: Path) -> None:
    """Who was killed while writing left a line without its end."""
    if path.exists():
        with path.open("r+b") as file:
            end = file.seek(0, os.SEEK_END)
            while end and file.seek(end - 1) >= 0 and file.read(1) != b"\n":
                end -= 1
            file.truncate(end)


def _bucket(folder: Path, number: int) -> Path:
    return folder / f"people-{number:02x}"


def _hash(employee_id: str) -> bytes:
    return hashlib.sha256(employee_id.encode("utf-8", "surrogatepass")).digest()
