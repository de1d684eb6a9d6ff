"""What editors should add to a person's page."""

from app.model.employee import Employee
from app.model.fields import FIELD
from app.text.sanitizing import visible
from app.web.ui.urls import edit_address

_WANTED = ("email", "phone", "manager", "department", "location", "start_date", "photo_key")
# Where the form has another input first.
_INPUTS = {"manager": "manager_name", "photo_key": "photo"}


def missing_facts(employee: Employee) -> list[tuple[str, str]]:
    """Return the label of each missing field that a colleague looks for, and where to add it."""
    address = edit_address(employee.id)
    return [
        (FIELD[name].label, f"{address}#{_INPUTS.get(name, name)}")
        for name in _WANTED
        if not visible(getattr(employee, name)) and not (name == "phone" and employee.mobile)
    ]
