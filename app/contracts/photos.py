"""PhotoStore: the promises that every store of photos keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo that lies in a file of this machine."""

    path: Path


@dataclass(frozen=True, slots=True)
class PhotoLink:
    """A photo that the browser fetches elsewhere; the link is good for so many seconds."""

    url: str
    seconds: int


class PhotoStore(Protocol):
    """Where photos are kept, by key: ``employee_pic/<name>.<ext>``.

    Every method raises StorageUnavailable like the methods of an EmployeeStore.
    """

    def put(self, key: str, image: bytes) -> None:
        """Store an image (JPEG) under a key that is not taken; all or nothing."""

    def get(self, key: str) -> bytes:
        """The image under this very key, byte for byte: for backups only. Raises PhotoNotFound."""

    def delete(self, keys: Iterable[str]) -> None:
        """Remove these photos; one that is not there is no error."""

    def find(self, key: str) -> PhotoFile | PhotoLink:
        """Where a browser gets this photo.

        Raises PhotoNotFound, at once for a key that is no photo key (it never leaves the folder or
        the prefix). A store that hands out links need not know whether the photo is there.
        """

    def each(self) -> Iterator[tuple[str, datetime]]:
        """Every key that is stored, with the time it was stored (aware): for the sweep only."""

    def check(self) -> None:
        """Ask the store for as little as proves that it works. Raises StorageUnavailable."""

    def set_up(self) -> list[str]:
        """Make what is missing and may be made; say in sentences what was made or found."""

    def origin(self) -> str | None:
        """The web origin from which browsers load photos, for the content policy; None: our own."""
