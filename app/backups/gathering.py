"""Bring items from a store's own order into the order of a backup, in bounded memory.

Items are distributed by the first byte of the hash of whom they are about, the id of a person, to
256 files, and each file is sorted on its own. After an interruption the store is read on from the
last batch that the progress file notes, and what was written after that batch is truncated.
"""

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Generic, TypeVar

from app.backups.parts import LINES_PER_PART
from app.backups.unpacking import MAX_PART_BYTES
from app.model.errors import ExportRefused
from app.runtime import batches, strict_json
from app.runtime.atomic_file import write_atomically

Item = TypeVar("Item")

_BUCKETS = 256
# What a part may unpack to; someone who changed since may have a longer line now.
_MAX_BATCH_BYTES = MAX_PART_BYTES // 2


@dataclass(slots=True)
class _Progress:
    """The batch, the number of people and the length of each file at the last checkpoint."""

    bookmark: str = ""
    people: int = 0
    done: bool = False
    sizes: list[int] = field(default_factory=lambda: [0] * _BUCKETS)


@dataclass(frozen=True, slots=True)
class Source(Generic[Item]):
    """Items of one kind: ``batches`` yields them with a bookmark, after which it continues.

    ``key_of`` returns whom an item is about, and its place among those about the same; of two in
    one place the last one stays. ``parse`` raises ValueError if a line is damaged.
    """

    kind: str
    batches: Callable[[str], Iterable[tuple[str, Sequence[Item]]]]
    key_of: Callable[[Item], tuple[str, str]]
    to_line: Callable[[Item], bytes]
    parse: Callable[[bytes], Item]


def gather(source: Source[Item], folder: Path) -> Iterator[int]:
    """Write all items into the files of this folder; yield the number of them so far."""
    progress = _read_progress(folder, source.kind)
    _truncate(folder, source.kind, progress)
    if progress.done:
        yield progress.people
        return
    for bookmark, items in source.batches(progress.bookmark):
        _append(folder, source, items, progress.sizes)
        progress.bookmark, progress.people = bookmark, progress.people + len(items)
        _write_progress(folder, source.kind, progress)
        yield progress.people
    progress.done = True
    _write_progress(folder, source.kind, progress)


def read_gathered(source: Source[Item], folder: Path) -> Iterator[list[Item]]:
    """Yield all items that were gathered, each place once, in order, in batches for a part.

    The order is that of the hashes of whom they are about, then of their places. A batch has
    LINES_PER_PART, or fewer if they take more than _MAX_BATCH_BYTES.
    """
    items = _sorted_items(source, folder)
    for batch in batches.by_size(items, itemgetter(1), _MAX_BATCH_BYTES, LINES_PER_PART):
        yield [item for item, _ in batch]


def _sorted_items(source: Source[Item], folder: Path) -> Iterator[tuple[Item, int]]:
    """Yield all items and the lengths of their lines."""
    for number in range(_BUCKETS):
        path = _bucket_path(folder, source.kind, number)
        if path.exists():
            with path.open("rb") as file:
                # What changed during the read occurs twice: the last one is newer.
                items = {source.key_of(found[0]): found for found in _parse(path, source, file)}
            for key in sorted(items, key=lambda key: (_hash(key[0]), key)):
                yield items[key]


def _parse(path: Path, source: Source[Item], lines: Iterable[bytes]) -> Iterator[tuple[Item, int]]:
    try:
        yield from ((source.parse(line), len(line)) for line in lines)
    except ValueError as error:
        raise _damaged(path) from error


def _append(folder: Path, source: Source[Item], items: Iterable[Item], sizes: list[int]) -> None:
    lines: defaultdict[int, list[bytes]] = defaultdict(list)
    for item in items:
        lines[_hash(source.key_of(item)[0])[0]].append(source.to_line(item))
    for number, batch in lines.items():
        with _bucket_path(folder, source.kind, number).open("ab") as file:
            file.write(b"".join(batch))
            sizes[number] = file.tell()


def _read_progress(folder: Path, kind: str) -> _Progress:
    path = _progress_path(folder, kind)
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


def _write_progress(folder: Path, kind: str, progress: _Progress) -> None:
    # It need not be more durable than the files: ``_truncate`` finds what a power cut has lost.
    content = json.dumps(asdict(progress)).encode()
    write_atomically(_progress_path(folder, kind), [content], durable=False)


def _truncate(folder: Path, kind: str, progress: _Progress) -> None:
    """Truncate each file to its noted length. Raises ExportRefused if one is shorter.

    A killed run may have written more; after a power cut there may be less.
    """
    for number, size in enumerate(progress.sizes):
        path = _bucket_path(folder, kind, number)
        actual = path.stat().st_size if path.exists() else 0
        if actual < size:
            raise _damaged(path)
        if actual > size:
            os.truncate(path, size)


def _damaged(path: Path) -> ExportRefused:
    return ExportRefused(
        f"{path} was damaged by the interruption. Remove {path.parent} and start again."
    )


def _progress_path(folder: Path, kind: str) -> Path:
    return folder / f"gathered-{kind}.json"


def _bucket_path(folder: Path, kind: str, number: int) -> Path:
    return folder / f"{kind}-{number:02x}"


def _hash(employee_id: str) -> bytes:
    return hashlib.sha256(employee_id.encode("utf-8", "surrogatepass")).digest()
