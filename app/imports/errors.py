"""What can go wrong with an import as a whole, in sentences for the person who began it."""

from __future__ import annotations

from app.model.errors import DirectoryError


class FileUnreadable(DirectoryError):
    """The file is no table that we can read; the message says what it is and what to do."""


class ImportNotPossible(DirectoryError):
    """What was asked of the import cannot be done as it is now; the message says why."""
