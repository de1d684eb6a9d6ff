"""Clean the text of a cell as it would be stored, without what programs put around a value."""

from collections.abc import Callable, Mapping

from app.model import validation
from app.model.fields import FIELDS
from app.model.kinds import Kind
from app.text.contact_values import email_address, phone_number, whole_number
from app.text.sanitizing import clean_line

_Clean = Callable[[str], str]
_BY_KIND: Mapping[Kind, _Clean] = {Kind.EMAIL: email_address, Kind.PHONE: phone_number}


def _cleaned_number(text: str) -> str:
    return whole_number(clean_line(text))


_CLEAN: Mapping[str, _Clean] = {
    **{each.name: _BY_KIND.get(each.kind, validation.cleaner_of(each.name)) for each in FIELDS},
    "employee_number": _cleaned_number,
}


def clean(name: str, text: str) -> str:
    """Return the text of a field. That of a form is stored as it was typed, and equals this one."""
    return _CLEAN[name](text)
