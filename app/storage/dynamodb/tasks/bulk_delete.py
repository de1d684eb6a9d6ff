"""Bulk deletion: one transaction for each employee, a few of them at the same time."""

import contextvars
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from app.contracts import MAX_DELETE_BATCH, Deletion
from app.history.changes import Write
from app.model.employee import Employee
from app.model.errors import DirectoryError, EditConflict, EmployeeNotFound

_MAX_CONCURRENT = 4

Delete = Callable[[str, str | None, Write], Employee]


def delete_many(delete: Delete, deletions: Sequence[Deletion]) -> list[Employee | DirectoryError]:
    """Implement EmployeeStore.delete_many with ``delete``, which deletes one employee."""
    if len(deletions) > MAX_DELETE_BATCH:
        raise ValueError(f"at most {MAX_DELETE_BATCH} deletions at once")
    by_employee: dict[str, list[Deletion]] = {}
    for deletion in deletions:
        by_employee.setdefault(deletion.employee_id, []).append(deletion)
    with ThreadPoolExecutor(_MAX_CONCURRENT) as threads:
        # Each in a copy of this context, which holds the deadline.
        futures = {
            key: threads.submit(contextvars.copy_context().run, _delete_one, delete, same_id)
            for key, same_id in by_employee.items()
        }
        outcomes: dict[str, Iterator[Employee | DirectoryError]] = {
            employee_id: iter(future.result()) for employee_id, future in futures.items()
        }
    return [next(outcomes[deletion.employee_id]) for deletion in deletions]


def _delete_one(delete: Delete, deletions: Sequence[Deletion]) -> list[Employee | DirectoryError]:
    """Return the outcome of each deletion of one employee."""
    outcomes: list[Employee | DirectoryError] = []
    for deletion in deletions:
        try:
            outcomes.append(delete(*deletion))
        except (EditConflict, EmployeeNotFound) as error:
            outcomes.append(error)
    return outcomes
