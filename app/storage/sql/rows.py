"""Conversions between rows of ``person`` and Employee or Card; any row can be read."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import RowMapping

from app.model.employee import BADGE_KEYS, Card, Employee, badges_from, hidden_from
from app.model.fields import TEXT_FIELDS
from app.model.stored_values import stored_text, stored_time, stored_version
from app.photos.keys import photo_key
from app.runtime import strict_json
from app.storage.sql.tables import people
from app.text.folding import are_lines, one_line

CARD_COLUMNS = tuple(people.c[name] for name in Card._fields)
CARD_WIDTH = len(CARD_COLUMNS)


def employee_from(row: RowMapping) -> Employee:
    """Return the employee in a row."""
    texts: dict[str, Any] = {name: row[name] or "" for name in TEXT_FIELDS}
    if not _are_texts(texts.values()):
        texts = {name: stored_text(text) for name, text in texts.items()}
    return Employee(
        id=row["id"] if isinstance(row["id"], str) else stored_text(row["id"]),
        **texts,
        badges=_parse_badges(row["badges"] or ""),
        photo_key=photo_key(row["photo_key"]),
        hidden=parse_hidden(row["hidden"]),
        version=stored_version(row["version"]),
        updated_at=stored_time(row["updated_at"]),
        history=stored_text(row["history"]),
    )


def _are_texts(values: Iterable[Any]) -> bool:
    """Return whether all are texts: a column of SQLite holds whatever was put into it."""
    try:
        "".join(values)
    except TypeError:
        return False
    return True


def columns_of(employee: Employee) -> dict[str, Any]:
    """Return the content columns of an employee."""
    return {
        **{name: getattr(employee, name) for name in TEXT_FIELDS},
        "badges": names_text(employee.badges),
        "photo_key": photo_key(employee.photo_key),
        "hidden": names_text(employee.hidden),
    }


def time_text(moment: datetime) -> str:
    """Return a time in the stored form, which sorts in the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def card_from(values: Sequence[Any]) -> Card:
    """Return the card in the values of ``CARD_COLUMNS``, equal to ``card_of`` of the record."""
    if None in values:
        values = [value or "" for value in values]
    texts = values[1:-3]
    try:
        as_they_are = are_lines(texts)
    except TypeError:  # another program wrote them
        return card_from([stored_text(value) for value in values])
    if type(values[0]) is not str or type(values[-2]) is not str:
        return card_from([stored_text(value) for value in values])
    if not as_they_are:  # nearly all are
        texts = [one_line(text) for text in texts]
    badges, photo, hidden = values[-3:]
    names = (parse_known_badges(badges), photo, parse_hidden(hidden))
    return Card._make((values[0], *texts, *names))


@lru_cache(maxsize=1024)
def parse_known_badges(text: str) -> tuple[str, ...]:
    """Return the badges of the catalogue in their stored form."""
    return tuple(badge for badge in _parse_badges(text) if badge in BADGE_KEYS)


@lru_cache(maxsize=1024)
def names_text(names: tuple[str, ...]) -> str:
    """Return badges, or names of fields, in the stored form, JSON."""
    return json.dumps(names, ensure_ascii=False) if names else ""


def parse_hidden(stored: object) -> tuple[str, ...]:
    """Return the hidden fields in their stored form."""
    return _parse_names(stored) if stored and isinstance(stored, str) else ()


@lru_cache(maxsize=256)
def _parse_names(text: str) -> tuple[str, ...]:
    try:
        return hidden_from(strict_json.parse(text))
    except ValueError:
        return ()


def _parse_badges(text: str | bytes) -> tuple[str, ...]:
    try:
        return badges_from(strict_json.parse(text)) if text else ()
    except ValueError:
        return badges_from(stored_text(text))
