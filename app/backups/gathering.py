"""Everyone, from a store's own order into the order of a backup, in bounded memory.

People go by the first byte of their id's hash into 256 files, and each file is sorted by itself.
What was gathered before an interruption is kept: the store goes on behind the last batch that was
noted, and what was written behind it is cut off.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

from app.backups.parts import PEOPLE_A_PART
from app.contracts import EmployeeStore
from app.exports.json_lines import line_of, person_in
from app.model.employee import Employee
from app.model.errors import ExportRefused
from app.runtime.atomic_file import write_atomically

_BUCKETS = 256
_NOTED = "gathered.json"


@dataclass(slots=True)
class _Note:
    """How far the gathering is, and how long each file was then."""

    bookmark: str = ""
    people: int = 0
    done: bool = False
    sizes: list[int] = field(default_factory=lambda: [0] * _BUCKETS)


def gather(store: EmployeeStore, folder: Path) -> Iterator[int]:
    """Bring everyone into the files of this folder; tell how many came so far."""
    note = _noted(folder)
    _cut_to(folder, note)
    if note.done:
        yield note.people
        return
    for batch in store.iter_batches(note.bookmark):
        _keep(folder, batch.people, note.sizes)
        note.bookmark, note.people = batch.bookmark, note.people + len(batch.people)
        _write(folder, note)
        yield note.people
    note.done = True
    _write(folder, note)


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
                # Twice, when they were changed while a store was read: the last is newer.
                people = {person.id: person for person in _read(path, file)}
            yield from sorted(people.values(), key=lambda person: (_hash(person.id), person.id))


def _read(path: Path, lines: Iterable[bytes]) -> Iterator[Employee]:
    try:
        yield from map(person_in, lines)
    except ValueError as error:
        raise _damaged(path) from error


def _keep(folder: Path, people: tuple[Employee, ...], sizes: list[int]) -> None:
    lines: defaultdict[int, list[bytes]] = defaultdict(list)
    for person in people:
        lines[_hash(person.id)[0]].append(line_of(person))
    for number, some in lines.items():
        with _bucket(folder, number).open("ab") as file:
            file.write(b"".join(some))
            sizes[number] = file.tell()


def _noted(folder: Path) -> _Note:
    path = folder / _NOTED
    try:
        note = _Note(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        return _Note()
    except (ValueError, TypeError) as error:
        raise _damaged(path) from error
    # An older release noted no lengths, and may have lost some of what it gathered.
    if note.people and not any(note.sizes):
        raise _damaged(path)
    return note


def _write(folder: Path, note: _Note) -> None:
    # No more durable than the files it is about; ``_cut_to`` finds what a power cut has lost.
    write_atomically(folder / _NOTED, [json.dumps(asdict(note)).encode()], durable=False)


def _cut_to(folder: Path, note: _Note) -> None:
    """Bring each file back to what was noted: who was killed may have written more, and a machine
    that lost its power less."""
    for number, size in enumerate(note.sizes):
        path = _bucket(folder, number)
        there = path.stat().st_size if path.exists() else 0
        if there < size:
            raise _damaged(path)
        if there > size:
            os.truncate(path, size)


def _damaged(path: Path) -> ExportRefused:
    return ExportRefused(
        f"{path} was damaged by the interruption. Remove {path.parent} and begin again."
    )


def _bucket(folder: Path, number: int) -> Path:
    return folder / f"people-{number:02x}"


def _hash(employee_id: str) -> bytes:
    return hashlib.sha256(employee_id.encode("utf-8", "surrogatepass")).digest()
