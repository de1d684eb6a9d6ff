"""The person to whom an account belongs."""

from app.contracts.accounts import Account
from app.model.employee import Employee
from app.model.errors import EmployeeNotFound
from app.web.current import current_directory, current_viewer


def linked_person(account: Account) -> Employee | None:
    """Return the record of an account, None if it has none or the record was deleted."""
    if not account.person_id:
        return None
    try:
        return current_directory().get(current_viewer(), account.person_id)
    except EmployeeNotFound:
        return None
