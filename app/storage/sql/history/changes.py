"""Rows of ``history``, in the transaction of the caller."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, or_, select

from app.contracts.stored_history import (
    content_in,
    fields_text,
    through_in,
    through_text,
    whole_content_text,
)
from app.history.changes import Author, Change, ChangeKind
from app.history.folding import Recorded, recorded
from app.model.stored_values import stored_text, stored_version
from app.storage.sql.engines.raw_rows import delete_rows, insert_rows
from app.storage.sql.history.authors import author_from
from app.storage.sql.history.tables import authors, changes
from app.text import search_keys

_COLUMNS = tuple(changes.c.keys())
# Of somebody who was added, whose content is that of a whole record.
ADDED_COLUMNS = ("id_key", "moment", "employee_id", "author", "through", "now")
_ADDED_CONSTANTS = (("version", "1"), ("kind", f"'{ChangeKind.ADDED.value}'"))
# More rows than there are between two bases.
_MAX_ROWS_TO_BASE = 40
_CHANGES = select(changes, authors.c.name, authors.c.account_id, authors.c.person_id).join_from(
    changes, authors, changes.c.author == authors.c.number, isouter=True
)
_OF_PERSON = changes.c.id_key == bindparam("of_id_key")
_OLDER = (
    _CHANGES.where(_OF_PERSON, changes.c.moment < bindparam("before"))
    .order_by(changes.c.moment.desc())
    .limit(bindparam("most"))
)
_NEWER = (
    _CHANGES.where(_OF_PERSON, changes.c.moment > bindparam("after"))
    .order_by(changes.c.moment)
    .limit(bindparam("most"))
)
_ONE = _CHANGES.where(_OF_PERSON, changes.c.moment == bindparam("at"))
_NEXT = (
    _CHANGES.where(
        changes.c.id_key >= bindparam("of_id_key"),
        or_(
            changes.c.id_key > bindparam("of_id_key"),
            and_(_OF_PERSON, changes.c.moment > bindparam("after")),
        ),
    )
    .order_by(changes.c.id_key, changes.c.moment)
    .limit(bindparam("most"))
)
_KEYS_BETWEEN = select(changes.c.id_key, changes.c.moment).where(
    changes.c.id_key.in_(bindparam("id_keys", expanding=True)),
    changes.c.moment >= bindparam("first"),
    changes.c.moment <= bindparam("last"),
)
_SET_BASE = (
    changes.update()
    .where(_OF_PERSON, changes.c.moment == bindparam("at"))
    .values(base=bindparam("new_base"))
)
_LAST = "~"  # after every moment


def insert(connection: Connection, rows: Iterable[tuple[Change, int]]) -> None:
    """Store changes, each with the number of its author."""
    insert_rows(connection, changes, _COLUMNS, (row_of(*row) for row in rows))


def insert_added(connection: Connection, rows: Iterable[tuple[Any, ...]]) -> None:
    """Store that people were added: rows of ADDED_COLUMNS."""
    insert_rows(connection, changes, ADDED_COLUMNS, rows, _ADDED_CONSTANTS)


def row_of(change: Change, author: int) -> tuple[Any, ...]:
    """Return the values of a row, in the order of the columns."""
    id_key = search_keys.id_sort_key(change.employee_id)
    is_new = change.kind is ChangeKind.ADDED
    return (
        id_key,
        change.moment,
        None if change.employee_id == id_key else change.employee_id,
        change.version,
        change.kind.value,
        author,
        through_text(change.through),
        None if change.now.get("full_name") == change.full_name else change.full_name,
        fields_text(change.was) if change.was else None,
        whole_content_text(change.now) if is_new else fields_text(change.now),
        None if change.base is None else whole_content_text(change.base),
    )


def newest(connection: Connection, employee_id: str, before: str, limit: int) -> list[Change]:
    """Return changes of one person before a moment ("": the newest), newest first."""
    values = {"of_id_key": _id_key(employee_id), "before": before or _LAST, "most": limit}
    return _read(connection, _OLDER, values)


def since(connection: Connection, employee_id: str, moment: str, limit: int) -> list[Change]:
    """Return changes of one person after a moment, oldest first."""
    values = {"of_id_key": _id_key(employee_id), "after": moment, "most": limit}
    return _read(connection, _NEWER, values)


def find(connection: Connection, employee_id: str, moment: str) -> Change | None:
    """Return one change of a person, or None."""
    found = _read(connection, _ONE, {"of_id_key": _id_key(employee_id), "at": moment})
    return found[0] if found else None


def following(connection: Connection, id_key: str, moment: str, limit: int) -> list[Change]:
    """Return changes after this one of all people, by id key and moment."""
    values = {"of_id_key": id_key, "after": moment, "most": limit}
    return _read(connection, _NEXT, values)


def of_id_key(connection: Connection, id_key: str, limit: int) -> list[Change]:
    """Return the first changes of the person with this id key, oldest first."""
    return _read(connection, _NEWER, {"of_id_key": id_key, "after": "", "most": limit})


def existing_keys(connection: Connection, wanted: Iterable[Change]) -> set[tuple[str, str]]:
    """Return the keys of those of these changes that are stored."""
    keys = [*map(key_of, wanted)]
    values = {
        "id_keys": sorted({id_key for id_key, _ in keys}),
        "first": min(moment for _, moment in keys),
        "last": max(moment for _, moment in keys),
    }
    return {(row.id_key, row.moment) for row in connection.execute(_KEYS_BETWEEN, values)}


def set_base(connection: Connection, change: Change) -> None:
    """Store the base of a change."""
    id_key, moment = key_of(change)
    values = {"of_id_key": id_key, "at": moment, "new_base": whole_content_text(change.base or {})}
    connection.execute(_SET_BASE, values)


def recorded_content(connection: Connection, employee_id: str) -> Recorded:
    """Return the content that the newest changes of a person tell."""
    return recorded(newest(connection, employee_id, "", _MAX_ROWS_TO_BASE))


def delete_of(connection: Connection, id_keys: Sequence[str]) -> None:
    """Delete all changes of the people with these id keys."""
    delete_rows(connection, changes, ("id_key",), [(id_key,) for id_key in id_keys])


def delete(connection: Connection, gone: Iterable[Change]) -> None:
    """Delete these changes."""
    delete_rows(connection, changes, ("id_key", "moment"), list(map(key_of, gone)))


def key_of(change: Change) -> tuple[str, str]:
    """Return the primary key of a change."""
    return search_keys.id_sort_key(change.employee_id), change.moment


def _id_key(employee_id: str) -> str:
    return search_keys.id_sort_key(employee_id)


def _read(connection: Connection, statement: Select[Any], values: dict[str, Any]) -> list[Change]:
    return list(_changes_in(connection.execute(statement, values).all()))


def _changes_in(rows: Iterable[Any]) -> Iterator[Change]:
    names: dict[int, Author] = {}
    for id_key, moment, employee_id, version, kind, author, through, full_name, *rest in rows:
        was, now, base, *name = rest
        if author not in names:
            names[author] = author_from(*name)
        content = content_in(now)
        yield Change(
            employee_id=employee_id or id_key,
            moment=moment,
            kind=ChangeKind.ADDED if kind == ChangeKind.ADDED else ChangeKind.CHANGED,
            version=stored_version(version),
            full_name=stored_text(content.get("full_name", "") if full_name is None else full_name),
            was=content_in(was) if was else {},
            now=content,
            base=None if base is None else content_in(base),
            author=names[author],
            through=through_in(through),
        )
