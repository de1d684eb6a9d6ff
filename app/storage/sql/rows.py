"""Rows of ``person`` become Employee and Card, and back. Whatever a row holds, it is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import RowMapping

from app.model.employee import BADGE_KEYS, Card, Employee, badges_from
from app.model.fields import TEXT_FIELDS
from app.storage.sql.tables import people
from app.text.folding import LINE_CHARACTERS, one_line

CARD_COLUMNS = tuple(people.c[name] for name in Card._fields)


def employee_from(row: RowMapping) -> Employee:
    """The employee in a row."""
    return Employee(
        id=row["id"],
        **{name: row[name] or "" for name in TEXT_FIELDS},
        badges=_badges_in(row["badges"] or ""),
        photo_key=row["photo_key"] or "",
        version=row["version"] or 0,
        updated_at=_time_in(row["updated_at"]),
    )


def columns_of(person: Employee) -> dict[str, Any]:
    """The columns that hold the content of an employee."""
    return {
        **{name: getattr(person, name) for name in TEXT_FIELDS},
        "badges": badges_text(person.badges),
        "photo_key": person.photo_key,
    }


def time_text(moment: datetime) -> str:
    """A time as it is stored: sorts as it passes."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def card_from(values: Sequence[Any]) -> Card:
    """The card in the values of ``CARD_COLUMNS``: what ``card_of`` makes of the whole record."""
    if None in values:
        values = [value or "" for value in values]
    employee_id, *texts, badges, photo_key = values
    # Nearly every card is as one_line would leave it, and this tells so at a third of the cost.
    line = f"|{'|'.join(texts)}|"
    if not (
        len(line) <= LINE_CHARACTERS
        and line.isprintable()
        and "  " not in line
        and " |" not in line
        and "| " not in line
    ):
        texts = [one_line(text) for text in texts]
    return Card._make((employee_id, *texts, _known_badges_in(badges), photo_key))


@lru_cache(maxsize=1024)
def _known_badges_in(text: str) -> tuple[str, ...]:
    return tuple(badge for badge in _badges_in(text) if badge in BADGE_KEYS)


@lru_cache(maxsize=1024)
def badges_text(badges: tuple[str, ...]) -> str:
    """Badges as they are stored."""
    return json.dumps(badges, ensure_ascii=False) if badges else ""


def _badges_in(text: str) -> tuple[str, ...]:
    if not text:
        return ()
    try:
        return badges_from(json.loads(text))
    except ValueError:
        return badges_from(text)


def _time_in(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
