"""What else keeps something of a person who is deleted permanently."""

from typing import Protocol

from app.access.viewer import Viewer
from app.model.employee import Employee
from app.model.errors import DirectoryError


class ErasureBlocked(DirectoryError):
    """Somebody cannot be deleted now; the message says what to do first. Nobody was deleted."""


class Traces(Protocol):
    """A place beside the records that names people, such as accounts and imports."""

    def erase(self, person: Employee, *, by: Viewer) -> None:
        """Remove what names a person, before their record goes, so that a killed call asks again.

        Can be repeated. Raises ErasureBlocked, LastAdmin and StorageUnavailable.
        """
