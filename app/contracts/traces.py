"""What else keeps something of a person who is deleted permanently."""

from collections.abc import Sequence
from typing import Protocol

from app.access.viewer import Viewer
from app.model.employee import Employee
from app.model.errors import DirectoryError


class ErasureBlocked(DirectoryError):
    """Somebody cannot be deleted now; the message says what to do first. Nobody was deleted."""


class Traces(Protocol):
    """A place beside the records that names people, such as accounts and imports."""

    def erase(self, person: Employee, *, by: Viewer, former: Sequence[Employee] = ()) -> None:
        """Remove what names a person, before their record goes, so that a killed call asks again.

        ``former`` has the names, addresses and numbers that they had before. Can be repeated.
        Raises ErasureBlocked, LastAdmin and StorageUnavailable.
        """
