"""Conversions between rows of ``person`` and Employee or Card; any row can be read."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import RowMapping

from app.model.employee import BADGE_KEYS, Card, Employee, badges_from
from app.model.fields import TEXT_FIELDS
from app.photos.keys import photo_key
from app.storage.sql.tables import people
from app.text.folding import LINE_CHARACTERS, one_line

CARD_COLUMNS = tuple(people.c[name] for name in Card._fields)


def employee_from(row: RowMapping) -> Employee:
    """Return the employee in a row."""
    return Employee(
        id=row["id"],
        **{name: row[name] or "" for name in TEXT_FIELDS},
        badges=_parse_badges(row["badges"] or ""),
        photo_key=photo_key(row["photo_key"]),
        version=row["version"] or 0,
        updated_at=_parse_time(row["updated_at"]),
    )


def columns_of(employee: Employee) -> dict[str, Any]:
    """Return the content columns of an employee."""
    return {
        **{name: getattr(employee, name) for name in TEXT_FIELDS},
        "badges": badges_text(employee.badges),
        "photo_key": photo_key(employee.photo_key),
    }


def time_text(moment: datetime) -> str:
    """Return a time in the stored form, which sorts in the order of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def card_from(values: Sequence[Any]) -> Card:
    """Return the card in the values of ``CARD_COLUMNS``, equal to ``card_of`` of the record."""
    if None in values:
        values = [value or "" for value in values]
    texts = values[1:-2]
    # Nearly every card needs no one_line; this test costs a third of the calls.
    line = f"|{'|'.join(texts)}|"
    if not (
        len(line) <= LINE_CHARACTERS
        and line.isprintable()
        and "  " not in line
        and " |" not in line
        and "| " not in line
    ):
        texts = [one_line(text) for text in texts]
    return Card._make((values[0], *texts, _parse_known_badges(values[-2]), values[-1]))


@lru_cache(maxsize=1024)
def _parse_known_badges(text: str) -> tuple[str, ...]:
    return tuple(badge for badge in _parse_badges(text) if badge in BADGE_KEYS)


@lru_cache(maxsize=1024)
def badges_text(badges: tuple[str, ...]) -> str:
    """Return badges in the stored form, JSON."""
    return json.dumps(badges, ensure_ascii=False) if badges else ""


def _parse_badges(text: str) -> tuple[str, ...]:
    if not text:
        return ()
    try:
        return badges_from(json.loads(text))
    except ValueError:
        return badges_from(text)


def _parse_time(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
