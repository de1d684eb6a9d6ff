"""Errors of an import as a whole; their messages are shown to the user."""

from app.model.errors import DirectoryError


class FileUnreadable(DirectoryError):
    """The file is not a readable table; the message says what it is and what to do."""


class FileTooLarge(FileUnreadable):
    """The file holds more than can be read; the message says how to divide it."""


class ImportNotPossible(DirectoryError):
    """The state of the job, or what was chosen, does not allow it; the message says why."""
