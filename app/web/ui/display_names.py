"""The name under which pages show an employee, who may have none that can be seen."""

from app.text.sanitizing import visible

NO_NAME = "No name"
_MAX_IN_SENTENCE = 100


def display_name(full_name: str, employee_id: str) -> str:
    """Return the visible name, or else the visible part of the id, or else ``No name``."""
    return visible(full_name).strip() or visible(employee_id).strip() or NO_NAME


def name_in_sentence(full_name: str) -> str:
    """Return a name for a message in a cookie, cut to 100 characters; "" if nothing is visible."""
    name = visible(full_name).strip()
    return name if len(name) <= _MAX_IN_SENTENCE else f"{name[: _MAX_IN_SENTENCE - 1]}…"
