"""The files of a backup: numbered parts, and the manifest with their checksums."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zlib import error as ZlibError

from app.backups.unpacking import (
    MAX_MANIFEST_BYTES,
    MAX_PART_BYTES,
    read_regular_file,
    unpack_lines,
)
from app.model.errors import ExportRefused
from app.runtime import strict_json
from app.runtime.atomic_file import write_atomically

MANIFEST = "manifest.json"
LINES_PER_PART = 1_000
# A backup that replaces another uses the other series, so that the old one stays complete.
_SERIES = ("", "-b")
_PART = re.compile(r"(people|photos|history|audit|accounts)-[0-9]{6,}(-b)?\.jsonl\.gz")
_FORMAT = "employee directory backup"
_VERSION = 1
_MAX_COUNT = 10**12


@dataclass(frozen=True, slots=True)
class Part:
    """A file of lines, with its SHA-256 checksum."""

    file: str
    lines: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All parts of a backup: pairs of people and of their photos, then what an older one lacks.

    ``photos_missing`` counts the photos that records name but no store has.
    """

    people: tuple[Part, ...]
    photos: tuple[Part, ...]
    photos_missing: int
    history: tuple[Part, ...] = ()
    audit: tuple[Part, ...] = ()
    accounts: tuple[Part, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """All parts."""
        return (*self.people, *self.photos, *self.history, *self.audit, *self.accounts)

    @property
    def change_count(self) -> int:
        """The number of changes in the history of all people."""
        return sum(part.lines for part in self.history)

    @property
    def count(self) -> int:
        """The number of people."""
        return sum(part.lines for part in self.people)

    @property
    def photo_count(self) -> int:
        """The number of photo files, both sizes counted; a shared one counts twice."""
        return sum(part.lines for part in self.photos)


def write_part(folder: Path, name: str, lines: Iterable[bytes]) -> Part:
    """Write a part atomically; equal lines give equal bytes."""
    lines = list(lines)
    raw = gzip.compress(b"".join(lines), 6, mtime=0)
    write_atomically(folder / name, [raw], durable=False)  # synced before the manifest
    return Part(name, len(lines), hashlib.sha256(raw).hexdigest())


def read_part(folder: Path, part: Part) -> list[bytes]:
    """Return the lines of a part. Raises ExportRefused if it differs from the manifest."""
    try:
        raw = read_regular_file(folder / part.file, MAX_PART_BYTES)
        lines = unpack_lines(raw)
    except (OSError, EOFError, ZlibError) as error:
        raise _damaged(folder, part.file) from error
    if hashlib.sha256(raw).hexdigest() != part.sha256 or len(lines) != part.lines:
        raise _damaged(folder, part.file)
    return lines


def to_line(data: dict[str, Any]) -> bytes:
    """Return an object as a line of JSON."""
    line = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return line.encode("utf-8", "replace") + b"\n"


def parse_json(line: bytes) -> dict[str, Any]:
    """Return the object in a line. Raises ValueError."""
    try:
        record = strict_json.parse(line)
    except ValueError as error:
        raise ValueError("it is not JSON") from error
    if not isinstance(record, dict):
        raise ValueError("it is no object")  # noqa: TRY004
    return record


def read_leftover_part(path: Path) -> list[bytes]:
    """Return the lines of a part that an interrupted run left, or none."""
    try:
        return unpack_lines(read_regular_file(path, MAX_PART_BYTES))
    except (OSError, EOFError, ZlibError):
        return []


def remove_other_parts(folder: Path, manifest: Manifest) -> None:
    """Remove the parts of the backup that this one replaces."""
    current = {part.file for part in manifest.parts}
    for path in folder.glob("*.jsonl.gz"):
        if _PART.fullmatch(path.name) and path.name not in current:
            path.unlink()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, which makes the backup complete."""
    content = {"format": _FORMAT, "version": _VERSION, **asdict(manifest)}
    write_atomically(folder / MANIFEST, [json.dumps(content, indent=1).encode(), b"\n"])


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a complete backup. Raises ExportRefused for anything else."""
    try:
        content = parse_json(read_regular_file(folder / MANIFEST, MAX_MANIFEST_BYTES))
    except FileNotFoundError as error:
        raise ExportRefused(
            f"{folder} does not have a complete backup. To resume one that was interrupted, run: "
            f"flask backup {folder}"
        ) from error
    except (OSError, ValueError) as error:
        raise _damaged(folder, MANIFEST) from error
    try:
        if content["format"] == _FORMAT and content["version"] > _VERSION:
            raise ExportRefused(
                f"The backup in {folder} was made by a newer release of the directory. "
                "Upgrade this directory, then run this again."
            )
        if (content["format"], content["version"]) != (_FORMAT, _VERSION):
            raise _damaged(folder, MANIFEST)
        return _manifest_of(content)
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(folder, MANIFEST) from error


def _manifest_of(content: dict[str, Any]) -> Manifest:
    people, photos, *later = (
        tuple(_checked(Part(**part), kind) for part in content.get(kind, ()))
        for kind in ("people", "photos", "history", "audit", "accounts")
    )
    manifest = Manifest(people, photos, _checked_count(content["photos_missing"]), *later)
    names = [part.file for part in manifest.parts]
    if not {"people", "photos"} <= content.keys() or len(people) != len(photos):
        raise ValueError("people and photos are no pairs")
    if len(set(names)) < len(names):
        raise ValueError("a part is named twice")
    return manifest


def part_name(kind: str, number: int, series: str = "") -> str:
    """Return the file name of a part, counted from 1, in a series."""
    return f"{kind}-{number:06}{series}.jsonl.gz"


def find_series(folder: Path) -> tuple[str, str]:
    """Return the series of the complete backup in a folder and the series of the next one."""
    first, second = _SERIES
    try:
        manifest = read_manifest(folder)
    except ExportRefused:
        return second, first
    is_second = any(second in part.file for part in manifest.people)
    return (second, first) if is_second else (first, second)


@contextmanager
def translate_os_errors(folder: Path) -> Iterator[None]:
    """Raise ExportRefused in place of OSError."""
    try:
        yield
    except OSError as error:
        where, reason = error.filename or folder, error.strerror or str(error)
        raise ExportRefused(
            f"{where} could not be used ({reason}). Fix this and run the command again to resume."
        ) from error


def refuse_content(path: Path, reason: str) -> ExportRefused:
    """Return the refusal of a file whose content no backup has; its checksum may be right."""
    return ExportRefused(
        f"{path} was changed after the backup: {reason}. Nothing was restored. "
        "Copy the backup again from where it is stored."
    )


def _checked(part: Part, kind: str) -> Part:
    match = _PART.fullmatch(part.file)
    if not match or match[1] != kind or not isinstance(part.sha256, str):
        raise ValueError(part.file)
    _checked_count(part.lines)
    return part


def _checked_count(number: object) -> int:
    if type(number) is not int or not 0 <= number < _MAX_COUNT:
        raise ValueError("no count")
    return number


def _damaged(folder: Path, name: str) -> ExportRefused:
    return ExportRefused(
        f"{folder / name} was changed or damaged after the backup. "
        "Copy it again from your stored backup."
    )
