"""What a database keeps of an employee."""

from dataclasses import replace
from functools import lru_cache
from operator import attrgetter
from typing import Any

from app.model.employee import Employee, badges_from, hidden_from
from app.model.fields import TEXT_FIELDS
from app.model.stored_values import encodable
from app.storage.sql.engines.database import Database

_TEXTS = (*TEXT_FIELDS, "photo_key")
_texts_of = attrgetter(*_TEXTS)


def normalized(employee: Employee, database: Database) -> Employee:
    """Return the employee as it will be read from the database."""
    badges, hidden = _normalize_badges(employee.badges), hidden_from(employee.hidden)
    employee = employee if hidden == employee.hidden else replace(employee, hidden=hidden)
    texts = _texts_of(employee)
    if not "".join(texts).isprintable():  # as few are, for the line breaks of "about"
        storable = encodable if database.holds_nul else _without_nul
        cleaned: dict[str, Any] = dict(zip(_TEXTS, map(storable, texts), strict=True))
        return replace(employee, **cleaned, badges=tuple(map(storable, badges)))
    return employee if badges == employee.badges else replace(employee, badges=badges)


@lru_cache(maxsize=1024)
def _normalize_badges(badges: tuple[str, ...]) -> tuple[str, ...]:
    return badges_from(badges)


def _without_nul(text: str) -> str:
    return encodable(text).replace("\0", "")
