"""The files of a backup: numbered parts, and the manifest that tells what they must hold."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from zlib import error as ZlibError

from app.model.errors import ExportRefused
from app.runtime.atomic_file import write_atomically

MANIFEST = "manifest.json"
PEOPLE_A_PART = 1_000
# A backup in the place of another is of the other series, until which that one stays whole.
_SERIES = ("", "-b")
_PART = re.compile(r"(people|photos)-[0-9]{6,}(-b)?\.jsonl\.gz")
_FORMAT = "employee directory backup"
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Part:
    """A file of lines."""

    file: str
    lines: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All parts of a backup; of each pair, one holds people and one tells of their photos.

    ``photos_missing`` counts the photos that records name and that no store had.
    """

    people: tuple[Part, ...]
    photos: tuple[Part, ...]
    photos_missing: int

    @property
    def count(self) -> int:
        """How many people."""
        return sum(part.lines for part in self.people)

    @property
    def photo_count(self) -> int:
        """How many photos, both sizes counted; one that two people share counts twice."""
        return sum(part.lines for part in self.photos)


def write_part(folder: Path, name: str, lines: Iterable[bytes]) -> Part:
    """Write a part, whole or not at all; the same lines give the same bytes."""
    lines = list(lines)
    raw = gzip.compress(b"".join(lines), 6, mtime=0)
    write_atomically(folder / name, [raw], durable=False)  # synced before the manifest
    return Part(name, len(lines), hashlib.sha256(raw).hexdigest())


def read_part(folder: Path, part: Part) -> list[bytes]:
    """The lines of a part. Raises ExportRefused when it is not what the manifest tells."""
    try:
        raw = (folder / part.file).read_bytes()
        lines = gzip.decompress(raw).splitlines(keepends=True)
    except (OSError, EOFError, ZlibError) as error:
        raise _damaged(folder, part.file) from error
    if hashlib.sha256(raw).hexdigest() != part.sha256 or len(lines) != part.lines:
        raise _damaged(folder, part.file)
    return lines


def peek(path: Path) -> list[bytes]:
    """The lines of a part that an interrupted run left, if it left one."""
    try:
        return gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    except (OSError, EOFError, ZlibError):
        return []


def remove_other_parts(folder: Path, manifest: Manifest) -> None:
    """Remove the parts of the backup that was in this folder before."""
    of_this = {part.file for part in (*manifest.people, *manifest.photos)}
    for path in folder.glob("*.jsonl.gz"):
        if _PART.fullmatch(path.name) and path.name not in of_this:
            path.unlink()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """From now on the backup is whole."""
    told = {"format": _FORMAT, "version": _VERSION, **asdict(manifest)}
    write_atomically(folder / MANIFEST, [json.dumps(told, indent=1).encode(), b"\n"])


def read_manifest(folder: Path) -> Manifest:
    """What a whole backup holds. Raises ExportRefused for anything else."""
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise ExportRefused(
            f"{folder} holds no whole backup. One that was interrupted goes on with: "
            f"flask backup {folder}"
        ) from error
    except (OSError, ValueError) as error:
        raise _damaged(folder, MANIFEST) from error
    try:
        if told["format"] == _FORMAT and told["version"] > _VERSION:
            raise ExportRefused(
                f"The backup in {folder} is of a newer release of the directory than this one. "
                "Upgrade this one, and run this again."
            )
        if (told["format"], told["version"]) != (_FORMAT, _VERSION):
            raise _damaged(folder, MANIFEST)
        people, photos = (
            tuple(_named(Part(**part), kind) for part in told[kind])
            for kind in ("people", "photos")
        )
        return Manifest(people, photos, int(told["photos_missing"]))
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(folder, MANIFEST) from error


def part_name(kind: str, number: int, series: str = "") -> str:
    """The file of a part, counted from 1; parts of another series lie beside it."""
    return f"{kind}-{number:06}{series}.jsonl.gz"


def series_in(folder: Path) -> tuple[str, str]:
    """The series of the whole backup that is in a folder, if one is, and that of the next."""
    first, second = _SERIES
    try:
        manifest = read_manifest(folder)
    except ExportRefused:
        return second, first
    is_second = any(second in part.file for part in manifest.people)
    return (second, first) if is_second else (first, second)


@contextmanager
def telling(folder: Path) -> Iterator[None]:
    """What the operating system refuses is told as ours."""
    try:
        yield
    except OSError as error:
        where, reason = error.filename or folder, error.strerror or str(error)
        raise ExportRefused(
            f"{where} could not be used ({reason}). Mend that and run this again: it goes on."
        ) from error


def _named(part: Part, kind: str) -> Part:
    found = _PART.fullmatch(part.file)
    if not found or found[1] != kind:
        raise ValueError(part.file)
    return part


def _damaged(folder: Path, name: str) -> ExportRefused:
    return ExportRefused(
        f"{folder / name} is not as the backup left it. "
        "Fetch it again from where the backup is kept."
    )
