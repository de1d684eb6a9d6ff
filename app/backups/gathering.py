"""Bring everyone from a store's own order into the order of a backup, in bounded memory.

People are distributed by the first byte of their id's hash to 256 files, and each file is sorted
on its own. After an interruption the store is read on from the last batch that the progress file
notes, and what was written after that batch is truncated.
"""

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from operator import itemgetter
from pathlib import Path

from app.backups.parts import PEOPLE_PER_PART
from app.backups.unpacking import MAX_PART_BYTES
from app.contracts import EmployeeStore
from app.exports.json_lines import from_json_line, to_json_line
from app.model.employee import Employee
from app.model.errors import ExportRefused
from app.runtime import batches, strict_json
from app.runtime.atomic_file import write_atomically

_BUCKETS = 256
_PROGRESS = "gathered.json"
# What a part may unpack to; someone who changed since may have a longer line now.
_MAX_BATCH_BYTES = MAX_PART_BYTES // 2


@dataclass(slots=True)
class _Progress:
    """The batch, the number of people and the length of each file at the last checkpoint."""

    bookmark: str = ""
    people: int = 0
    done: bool = False
    sizes: list[int] = field(default_factory=lambda: [0] * _BUCKETS)


def gather(store: EmployeeStore, folder: Path) -> Iterator[int]:
    """Write everyone into the files of this folder; yield the number of people so far."""
    progress = _read_progress(folder)
    _truncate(folder, progress)
    if progress.done:
        yield progress.people
        return
    for batch in store.iter_batches(progress.bookmark):
        _append(folder, batch.people, progress.sizes)
        progress.bookmark, progress.people = batch.bookmark, progress.people + len(batch.people)
        _write_progress(folder, progress)
        yield progress.people
    progress.done = True
    _write_progress(folder, progress)


def read_gathered(folder: Path) -> Iterator[list[Employee]]:
    """Yield everyone who was gathered, once, in the order of their hashes, in batches for a part.

    A batch has PEOPLE_PER_PART, or fewer if they take more than _MAX_BATCH_BYTES.
    """
    people = _sorted_people(folder)
    for batch in batches.by_size(people, itemgetter(1), _MAX_BATCH_BYTES, PEOPLE_PER_PART):
        yield [person for person, _ in batch]


def _sorted_people(folder: Path) -> Iterator[tuple[Employee, int]]:
    """Yield everyone and the length of their line."""
    for number in range(_BUCKETS):
        path = _bucket_path(folder, number)
        if path.exists():
            with path.open("rb") as file:
                # Someone who changed during the read occurs twice: the last one is newer.
                people = {found[0].id: found for found in _parse(path, file)}
            yield from sorted(people.values(), key=lambda found: (_hash(found[0].id), found[0].id))


def _parse(path: Path, lines: Iterable[bytes]) -> Iterator[tuple[Employee, int]]:
    try:
        yield from ((from_json_line(line), len(line)) for line in lines)
    except ValueError as error:
        raise _damaged(path) from error


def _append(folder: Path, people: tuple[Employee, ...], sizes: list[int]) -> None:
    lines: defaultdict[int, list[bytes]] = defaultdict(list)
    for person in people:
        lines[_hash(person.id)[0]].append(to_json_line(person, for_backup=True))
    for number, batch in lines.items():
        with _bucket_path(folder, number).open("ab") as file:
            file.write(b"".join(batch))
            sizes[number] = file.tell()


def _read_progress(folder: Path) -> _Progress:
    path = folder / _PROGRESS
    try:
        stored = strict_json.parse_object(path.read_bytes())
    except FileNotFoundError:
        return _Progress()
    bookmark, done, sizes = stored.get("bookmark"), stored.get("done"), stored.get("sizes")
    people = _length(stored.get("people"))
    lengths = [_length(size) for size in sizes] if isinstance(sizes, list) else []
    is_whole = isinstance(bookmark, str) and isinstance(done, bool) and people is not None
    # Older releases noted no lengths and may have lost people.
    if not is_whole or len(lengths) != _BUCKETS or None in lengths or (people and not any(lengths)):
        raise _damaged(path)
    return _Progress(bookmark, people, done, lengths)  # type: ignore[arg-type]  # checked above


def _length(value: object) -> int | None:
    return strict_json.integer(value, 0, strict_json.MAX_INTEGER)


def _write_progress(folder: Path, progress: _Progress) -> None:
    # It need not be more durable than the files: ``_truncate`` finds what a power cut has lost.
    content = json.dumps(asdict(progress)).encode()
    write_atomically(folder / _PROGRESS, [content], durable=False)


def _truncate(folder: Path, progress: _Progress) -> None:
    """Truncate each file to its noted length. Raises ExportRefused if one is shorter.

    A killed run may have written more; after a power cut there may be less.
    """
    for number, size in enumerate(progress.sizes):
        path = _bucket_path(folder, number)
        actual = path.stat().st_size if path.exists() else 0
        if actual < size:
            raise _damaged(path)
        if actual > size:
            os.truncate(path, size)


def _damaged(path: Path) -> ExportRefused:
    return ExportRefused(
        f"{path} was damaged by the interruption. Remove {path.parent} and start again."
    )


def _bucket_path(folder: Path, number: int) -> Path:
    return folder / f"people-{number:02x}"


def _hash(employee_id: str) -> bytes:
    return hashlib.sha256(employee_id.encode("utf-8", "surrogatepass")).digest()
