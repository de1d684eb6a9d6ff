"""Clean the text of a cell as it would be stored, without what programs put around a value."""

from collections.abc import Callable, Mapping

from app.model import validation
from app.model.fields import FIELDS
from app.model.kinds import Kind
from app.text.contact_values import email_address, phone_number, whole_number

_BY_KIND: Mapping[Kind, Callable[[str], str]] = {
    Kind.EMAIL: email_address,
    Kind.PHONE: phone_number,
}
_CLEAN = {field.name: _BY_KIND[field.kind] for field in FIELDS if field.kind in _BY_KIND}
_NUMBER = "employee_number"


def clean(name: str, text: str) -> str:
    """Return the text of a field. That of a form is stored as it was typed, and equals this one."""
    if name in _CLEAN:
        return _CLEAN[name](text)
    cleaned = validation.clean(name, text)
    return whole_number(cleaned) if name == _NUMBER else cleaned
