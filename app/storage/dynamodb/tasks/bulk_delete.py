"""Many deletions: each is a transaction of its own, some of them under way at the same time."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from app.contracts import MAX_DELETE_BATCH, Deletion
from app.model.employee import Employee
from app.model.errors import DirectoryError, EditConflict, EmployeeNotFound

_AT_ONCE = 4

Delete = Callable[[str, str | None, str], Employee]


def delete_many(delete: Delete, deletions: Sequence[Deletion]) -> list[Employee | DirectoryError]:
    """See EmployeeStore.delete_many; ``delete`` deletes one."""
    if len(deletions) > MAX_DELETE_BATCH:
        raise ValueError(f"at most {MAX_DELETE_BATCH} deletions at once")
    of_employee: dict[str, list[Deletion]] = {}
    for each in deletions:
        of_employee.setdefault(each.employee_id, []).append(each)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        # In contexts of their own, which know of the deadline.
        under_way = {
            employee_id: threads.submit(contextvars.copy_context().run, _one, delete, asked)
            for employee_id, asked in of_employee.items()
        }
        outcomes: dict[str, Iterator[Employee | DirectoryError]] = {
            employee_id: iter(each.result()) for employee_id, each in under_way.items()
        }
    return [next(outcomes[each.employee_id]) for each in deletions]


def _one(delete: Delete, deletions: Sequence[Deletion]) -> list[Employee | DirectoryError]:
    """What becomes of one employee, asked for once or more."""
    outcomes: list[Employee | DirectoryError] = []
    for each in deletions:
        try:
            outcomes.append(delete(*each))
        except (EditConflict, EmployeeNotFound) as error:
            outcomes.append(error)
    return outcomes
