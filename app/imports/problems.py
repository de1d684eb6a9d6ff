"""What can go wrong with an import as a whole, in sentences for the person who began it."""

from __future__ import annotations

from app.errors import DirectoryError


class FileUnreadable(DirectoryError):
    """The file is no table that we can read; the message says what it is and what to do."""


class JobNotFound(DirectoryError):
    """No import has this id, or it was forgotten after thirty days."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"There is no import {job_id[:40]}: it may be over for more than 30 days.")
        self.job_id = job_id


class JobChanged(DirectoryError):
    """The state of the import is no longer the one that was read: read it again."""


class NotNow(DirectoryError):
    """What was asked of the import cannot be done as it is now; the message says why."""
