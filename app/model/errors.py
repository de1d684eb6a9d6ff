"""What can go wrong, in our words; every error that leaves the directory is one of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.model.employee import Employee


class DirectoryError(Exception):
    """The root of the family, so that a caller can catch all of ours and nothing else."""


class SettingsError(DirectoryError):
    """A setting cannot be understood; the message names it, its value and what is allowed."""


class EmployeeNotFound(DirectoryError):
    """No employee has this id."""

    def __init__(self, employee_id: str) -> None:
        super().__init__(f"no employee has the id {employee_id!r}")
        self.employee_id = employee_id


class EmployeeDeleted(EmployeeNotFound):
    """The employee was there and was deleted: a form that is sent again must not revive them."""


class EditConflict(DirectoryError):
    """Someone else changed the record; ``stored`` is what is stored now. Nothing was written."""

    def __init__(self, stored: Employee) -> None:
        super().__init__(f"the employee {stored.id!r} was changed by someone else")
        self.stored = stored


class PhotoRejected(DirectoryError):
    """The upload is no image that we take. The message is for the person and says what to do."""


class PhotoNotFound(DirectoryError):
    """No photo has this key."""

    def __init__(self, key: str) -> None:
        super().__init__(f"no photo has the key {key!r}")
        self.key = key


class PhotosOff(DirectoryError):
    """Photos cannot be kept, by configuration. The message says why and which setting mends it."""


class ExportRefused(DirectoryError):
    """An export, a backup or its return cannot be made as asked. The message says what to do."""


class StorageUnavailable(DirectoryError):
    """A store did not answer, or refused. Raised within the request's deadline.

    ``service`` is what people know ("the database", "the photo store"); ``action`` and ``resource``
    are for the operator ("dynamodb:Query", "Employees-index"). ``maybe_written`` is true when the
    reply was lost: the change may have happened, so nothing that it refers to may be removed.
    """

    def __init__(
        self,
        service: str,
        action: str = "",
        resource: str = "",
        reason: str = "",
        *,
        maybe_written: bool = False,
    ) -> None:
        where = " ".join(part for part in (action, resource) if part)
        super().__init__(f"{service} did not answer: {where}: {reason}".rstrip(": "))
        self.service = service
        self.action = action
        self.resource = resource
        self.reason = reason
        self.maybe_written = maybe_written
