"""What the accounts of a directory need to know of the people to whom they belong."""

from app.contracts import MAX_BATCH, EmployeeStore
from app.model import leaving
from app.model.errors import EmployeeNotFound


class LinkedPeople:
    """Employees by their email, and whether they have left; without masks, since nobody sees it."""

    def __init__(self, employees: EmployeeStore) -> None:
        self._employees = employees

    def find(self, email: str) -> tuple[str, ...]:
        """Return the ids of those with this email who work here; of very many, of some."""
        ids = self._employees.find_by_email([email]).get(email, ())[:MAX_BATCH]
        people = self._employees.get_many(ids) if ids else {}
        today = leaving.today()
        return tuple(each.id for each in people.values() if not leaving.has_left(each, today))

    def has_left(self, employee_id: str) -> bool:
        """Return whether an employee has left; one who was deleted has not."""
        try:
            return leaving.has_left(self._employees.get(employee_id), leaving.today())
        except EmployeeNotFound:
            return False
