"""Leavers: mark somebody as left, restore them, and list those who left."""

from dataclasses import dataclass, replace
from datetime import date

from app.access.rights import Right, require
from app.access.viewer import Viewer
from app.contracts.leaver_photos import copy_for_leaving, copy_for_return, drop_photo
from app.contracts.linked_accounts import LinkedAccounts
from app.directory.service import Directory
from app.history.authors import written_by
from app.history.changes import MAX_NOTE_CHARACTERS, ON_THE_PAGE, Through, Via
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import DirectoryError, StorageUnavailable
from app.model.revision import revision_of

MAX_YEARS_AHEAD = 2
_FIRST_DAY = "1900-01-01"


class LastDayRejected(DirectoryError):
    """This cannot be the last day; the message says which days can."""


@dataclass(frozen=True, slots=True)
class Restored:
    """Somebody who works here again, and whether they have an account, which can sign in."""

    employee: Employee
    has_account: bool
    may_sign_in: bool


class Leavers:
    """Those who leave or have left a directory; ``accounts`` are linked to its people."""

    def __init__(self, directory: Directory, accounts: LinkedAccounts) -> None:
        self._directory = directory
        self._accounts = accounts

    def has_account(self, viewer: Viewer, employee_id: str) -> bool:
        """Return whether an account of somebody would be disabled when they leave."""
        require(viewer, Right.LEAVE)
        return self._accounts.is_linked(employee_id)

    def mark_as_left(
        self,
        viewer: Viewer,
        employee_id: str,
        last_day: str,
        revision: str,
        write_id: str,
        note: str = "",
        through: Through = ON_THE_PAGE,
    ) -> Employee:
        """Give somebody a last day, which has come or is to come; return the stored employee.

        Their account is disabled at once, or when the day comes, and their photo gets another key.
        "" as ``revision`` stands for that of now. A repeated call changes nothing. Raises
        NotAllowed, EmployeeNotFound, EditConflict, LastDayRejected, and LastAdmin.
        """
        require(viewer, Right.LEAVE)
        before = self._directory.employees.get(employee_id)
        self.check(before, last_day, through)
        key = before.photo_key
        if before.left_on != last_day:
            key = copy_for_leaving(self._directory.photos, key, last_day)
        after = replace(before, left_on=last_day, photo_key=key)
        through = replace(through, note=note.strip()[:MAX_NOTE_CHARACTERS])
        stored = self._write(viewer, before, after, revision, write_id, through)
        self._accounts.leave(employee_id, last_day, by=viewer)
        return stored

    def check(self, employee: Employee, last_day: str, through: Through) -> None:
        """Raise LastDayRejected or LastAdmin unless somebody can be marked as left.

        Whoever types a last day before the start date has made a slip; a merge and an undo have not
        typed it.
        """
        if through.via is Via.PAGE:
            check_last_day(employee, last_day)
        else:
            _check_day(last_day)
        self._accounts.check_leaving(employee.id)

    def restore(
        self,
        viewer: Viewer,
        employee_id: str,
        revision: str,
        write_id: str,
        through: Through = ON_THE_PAGE,
    ) -> Restored:
        """Take a last day away, whether it has come or not: everything is as it was before.

        An account that was disabled for it is enabled. Raises NotAllowed, EmployeeNotFound, and
        EditConflict, as ``mark_as_left`` does.
        """
        require(viewer, Right.LEAVE)
        before = self._directory.employees.get(employee_id)
        key = copy_for_return(self._directory.photos, before.photo_key)
        after = replace(before, left_on="", photo_key=key)
        stored = self._write(viewer, before, after, revision, write_id, through)
        has_account = self._accounts.is_linked(employee_id)
        return Restored(stored, has_account, self._accounts.come_back(employee_id, by=viewer))

    def _write(
        self,
        viewer: Viewer,
        before: Employee,
        after: Employee,
        revision: str,
        write_id: str,
        through: Through,
    ) -> Employee:
        """Store the record, and delete the photo that is under a key of nobody then."""
        photos, new_key = self._directory.photos, after.photo_key
        write = written_by(viewer, write_id, through)
        try:
            stored = self._directory.employees.update(after, revision or revision_of(before), write)
        except DirectoryError as error:
            maybe_written = isinstance(error, StorageUnavailable) and error.maybe_written
            if new_key != before.photo_key and not maybe_written:
                drop_photo(photos, new_key)
            raise
        for unused in {before.photo_key, new_key} - {stored.photo_key}:
            drop_photo(photos, unused)
        self._directory.note_change()
        return stored


def check_last_day(employee: Employee, day: str) -> None:
    """Raise LastDayRejected unless this may be the last day of an employee."""
    _check_day(day)
    if leaving.is_day(employee.start_date) and day < employee.start_date:
        raise LastDayRejected("The last day must not be before the start date")


def _check_day(day: str) -> None:
    if not leaving.is_day(day) or day < _FIRST_DAY:
        raise LastDayRejected("Enter the last day as a date, such as 30 November 2026")
    if day > latest_last_day():
        raise LastDayRejected(f"The last day must be within the next {MAX_YEARS_AHEAD} years")


def latest_last_day() -> str:
    """Return the latest day that may be a last day, ``2028-11-30``."""
    today = date.fromisoformat(leaving.today())
    day = min(today.day, 28) if today.month == 2 else today.day
    return today.replace(year=today.year + MAX_YEARS_AHEAD, day=day).isoformat()
