"""Validation rules of the fields, with messages that say what to do.

Forms and imports share them: first ``clean`` the text, then check it with ``problem``.
"""

from collections.abc import Callable, Iterable, Mapping

from app.model.fields import FIELD, FIELDS, FORM_FIELDS
from app.model.kinds import Kind
from app.text.sanitizing import clean_line, clean_text

# All fields but the photo, in the order of the form.
LABELS: Mapping[str, str] = {
    field.name: field.label for field in FORM_FIELDS if field.kind is not Kind.PHOTO
}
REQUIRED: Mapping[str, str] = {field.name: field.required for field in FIELDS if field.required}
_CHECK_BY_FIELD = {field.name: field.kind.rules.problem for field in FIELDS}
_MULTILINE_FIELDS = frozenset(field.name for field in FIELDS if field.kind is Kind.TEXT)


def clean(name: str, text: str) -> str:
    """Return the text of a field as it would be stored."""
    return cleaner_of(name)(text)


def cleaner_of(name: str) -> Callable[[str], str]:
    """Return the function that cleans the text of a field."""
    return clean_text if name in _MULTILINE_FIELDS else clean_line


def problem(name: str, text: str) -> str:
    """Return what is wrong with a cleaned text and how to fix it; "" if it is valid."""
    if not text:
        return REQUIRED.get(name, "")
    return _CHECK_BY_FIELD[name](text) or _too_long(text, FIELD[name].max_characters)


def badges_problem(unknown: Iterable[str]) -> str:
    """Return what to do about badges that are not in the catalogue; "" if there are none."""
    for key in unknown:
        return f"“{clean_line(key)[:40]}” is not a badge. Choose one from the list of badges"
    return ""


def _too_long(text: str, limit: int) -> str:
    if len(text) <= limit:
        return ""
    return f"Must be {limit:,} characters or fewer; it has {len(text):,}"
