"""Records as the viewer sees them who asks: masked, and without those who have left.

Who has left is, for everybody but those who may mark people as left, as if never been there.
"""

from collections.abc import Collection, Iterator

from app.access.masks import mask_employee, mask_exported
from app.access.rights import Right, may, require
from app.access.viewer import Viewer
from app.access.visibility import Sight
from app.contracts import EmployeeStore
from app.model import leaving
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound


class SeenRecords:
    """A reader of whole records of a store."""

    def __init__(self, employees: EmployeeStore) -> None:
        self._employees = employees

    def get(self, viewer: Viewer, employee_id: str, sight: Sight) -> Employee:
        """Return the employee as the viewer sees them. Raises EmployeeNotFound."""
        return mask_employee(self.stored(viewer, employee_id), sight)

    def stored(self, viewer: Viewer, employee_id: str) -> Employee:
        """Return an employee whom the viewer may know of, unmasked. Raises EmployeeNotFound."""
        employee = self._employees.get(employee_id)
        if leaving.has_left(employee, leaving.today()) and not may(viewer, Right.LEAVE):
            raise EmployeeNotFound(employee_id)
        return employee

    def many(
        self, viewer: Viewer, employee_ids: Collection[str], sight: Sight, *, left: bool
    ) -> dict[str, Employee]:
        """Return those of the employees who work here or, if ``left``, have left."""
        if left:
            require(viewer, Right.LEAVE)
        employees = self._employees.get_many(employee_ids) if employee_ids else {}
        today = leaving.today()
        return {
            key: mask_exported(employee, sight)
            for key, employee in employees.items()
            if leaving.has_left(employee, today) is left
        }

    def batches(self, sight: Sight) -> Iterator[tuple[Employee, ...]]:
        """Yield everybody who works here, in batches."""
        today = leaving.today()
        for batch in self._employees.iter_batches():
            yield tuple(
                mask_exported(employee, sight)
                for employee in batch.people
                if not leaving.has_left(employee, today)
            )
