"""The exceptions that leave the directory; every one is a DirectoryError."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.model.employee import Employee


class DirectoryError(Exception):
    """The base of all exceptions of the directory."""


class SettingsError(DirectoryError):
    """A setting cannot be understood; the message names it, its value and what is allowed."""


class EmployeeNotFound(DirectoryError):
    """No employee has this id."""

    def __init__(self, employee_id: str) -> None:
        super().__init__(f"no employee has the id {employee_id!r}")
        self.employee_id = employee_id


class EmployeeDeleted(EmployeeNotFound):
    """The employee was deleted: a repeated form must not add it again."""


class EditConflict(DirectoryError):
    """Another user changed the record; ``stored`` is its current content. Nothing was written."""

    def __init__(self, stored: Employee) -> None:
        super().__init__(f"the employee {stored.id!r} was changed by someone else")
        self.stored = stored


class ReportingLoop(DirectoryError):
    """Somebody would report to themselves, by others or not.

    ``employee_ids`` are the managers from the new one up to who would be in a circle. Nothing was
    changed, unless ``saved`` is what is stored all the same, without the manager: where two saves
    closed the circle together, and one added the person, or its reply was lost.
    """

    def __init__(self, employee_ids: tuple[str, ...], saved: Employee | None = None) -> None:
        super().__init__(f"the reporting line would go round: {', '.join(employee_ids)[:400]}")
        self.employee_ids = employee_ids
        self.saved = saved


class RecordTooLarge(DirectoryError):
    """The record of an employee, with all attributes, exceeds the limit of the store."""

    def __init__(self, employee_id: str, max_kilobytes: int) -> None:
        super().__init__(
            f"The record of {employee_id[:100]!r} would exceed {max_kilobytes} KB, the limit of "
            "the database. Shorten a text, or remove data of other programs from it."
        )
        self.max_kilobytes = max_kilobytes


class NotAllowed(DirectoryError):
    """The viewer does not have this right; see app/access/rights.py. Nothing was changed."""

    def __init__(self, right: str) -> None:
        super().__init__(f"this viewer may not {right}")
        self.right = right


class PhotoRejected(DirectoryError):
    """The upload is not an accepted image; the message tells the user what to do."""


class PhotoNotFound(DirectoryError):
    """No photo has this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no photo has the key {key!r}")
        self.key = key


class PhotosOff(DirectoryError):
    """Photos are not configured; the message names the missing setting."""


class ExportRefused(DirectoryError):
    """An export, backup or restore cannot be made as requested; the message says what to do."""


class StorageUnavailable(DirectoryError):
    """A store did not answer or refused, within the request's deadline.

    ``service`` is a name for users ("the database", "the photo store"); ``action`` and ``resource``
    are for operators ("dynamodb:Query", "Employees-index"). ``maybe_written`` is true if the reply
    was lost: the change may have happened, so nothing that it refers to may be removed. ``advice``
    is for users, of a store that cannot work until somebody changes something: what and how.
    """

    def __init__(
        self,
        service: str,
        action: str = "",
        resource: str = "",
        reason: str = "",
        *,
        maybe_written: bool = False,
        advice: str = "",
    ) -> None:
        where = " ".join(part for part in (action, resource) if part)
        told = ": ".join(part for part in (f"{service} did not respond", where, reason) if part)
        super().__init__(told)
        self.service = service
        self.action = action
        self.resource = resource
        self.reason = reason
        self.maybe_written = maybe_written
        self.advice = advice

    def after_write(self) -> StorageUnavailable:
        """Return the same of a call after a change that was written."""
        return StorageUnavailable(
            self.service, self.action, self.resource, self.reason, maybe_written=True
        )


class TaskRunning(StorageUnavailable):
    """A task that only one process at a time may do is being done by another one."""
