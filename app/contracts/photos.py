"""The contract of every store of photos."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

MAX_FOREIGN_BYTES = 20 * 2**20  # of a photo that another program stored


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo in a file on this machine, with the media type of its content."""

    path: Path
    media_type: str


@dataclass(frozen=True, slots=True)
class PhotoLink:
    """A link from which the browser loads a photo, valid for ``seconds``."""

    url: str
    seconds: int


class PhotoStore(Protocol):
    """A store of photos by key: ``employee_pic/<name>.<ext>``.

    ``get_foreign`` and ``locate_foreign`` alone take a foreign key; see app/photos/keys.py.

    Every method raises StorageUnavailable like the methods of an EmployeeStore.
    """

    def put(self, key: str, image: bytes) -> None:
        """Store a JPEG under an unused key, atomically."""

    def get(self, key: str) -> bytes:
        """Return the stored bytes, for backups, contacts and imports. Raises PhotoNotFound."""

    def delete(self, keys: Iterable[str]) -> None:
        """Delete photos; a missing one is no error."""

    def locate(self, key: str) -> PhotoFile | PhotoLink:
        """Return the file or the link from which a browser gets this photo.

        Raises PhotoNotFound for what is missing or is not a JPEG, PNG, GIF or WebP by its content;
        without input or output for a key that is no photo key. A store that returns links may do
        so unchecked while it does not answer; a browser then takes the content as an image all
        the same.
        """

    def get_foreign(self, key: str) -> bytes:
        """Return an image under a foreign key. Raises PhotoNotFound also for what is none.

        A store that holds nothing but photos has no foreign keys.
        """

    def locate_foreign(self, key: str) -> PhotoLink:
        """Return the link to an image under a foreign key, of at most MAX_FOREIGN_BYTES.

        Raises PhotoNotFound like ``locate``, and also while the store does not answer: nothing is
        linked that is not known to be an image.
        """

    def iter_keys(self) -> Iterator[tuple[str, datetime]]:
        """Yield every stored key with its time (timezone-aware), for the sweep only."""

    def check(self) -> None:
        """Make the cheapest call that proves the store works. Raises StorageUnavailable."""

    def set_up(self) -> list[str]:
        """Create what is missing and may be created; return sentences that say what was done."""

    def origin(self) -> str | None:
        """Return the web origin of photos for the content security policy; None if our own."""
