"""The names of authors, apart from what they wrote, so that they can be erased."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, select

from app.history.changes import Author, Write
from app.model.stored_values import encodable
from app.storage.sql.engines.database import Database
from app.storage.sql.history.tables import authors

_NOBODY = 0  # has no row
_MAX_REMEMBERED = 10_000
_MAX_NAME = 500
_OF_ACCOUNT = select(authors).where(authors.c.account_id == bindparam("of_account"))


class SignedWrite(NamedTuple):
    """A write with the number of its author."""

    write: Write
    author: int


class AuthorNumbers:
    """The numbers of authors; each is asked for once in a process, before a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[Author, int] = {Author(): _NOBODY}

    def sign(self, write: Write) -> SignedWrite:
        """Return a write with the number of its author; ask before a transaction."""
        return SignedWrite(write, self.number_of(write.author))

    def number_of(self, author: Author) -> int:
        """Return the number of an author; a new one is stored."""
        number = self._known.get(author)
        if number is None:
            number = self._find(_storable(author, holds_nul=self._database.holds_nul))
            if len(self._known) >= _MAX_REMEMBERED:
                self._known = {Author(): _NOBODY}
            self._known[author] = number
        return number

    def _find(self, author: Author) -> int:
        with self._database.reading("author") as connection:
            number = _stored_number(connection, author)
        if number is None:
            with self._database.writing("author") as connection:
                number = _stored_number(connection, author)
                if number is None:
                    number = _insert(connection, author)
        return number


def author_from(name: str | None, account_id: str | None, person_id: str | None) -> Author:
    """Return the author in joined columns, which are NULL for nobody."""
    return Author(name or "", account_id or "", person_id or "")


def erase(connection: Connection, account_id: str) -> None:
    """Forget the names of an account."""
    if account_id:
        _erase(connection, authors.c.account_id == account_id)


def erase_people(connection: Connection, employee_ids: list[str]) -> None:
    """Forget the names of the accounts of these people; few authors are stored in all."""
    _erase(connection, authors.c.person_id.in_(employee_ids))


def _erase(connection: Connection, condition: ColumnElement[bool]) -> None:
    connection.execute(authors.update().where(condition).values(name="", person_id=""))


def _stored_number(connection: Connection, author: Author) -> int | None:
    rows = connection.execute(_OF_ACCOUNT, {"of_account": author.account_id}).all()
    same = (
        row.number for row in rows if (row.name, row.person_id) == (author.name, author.person_id)
    )
    return min(same, default=None)


def _insert(connection: Connection, author: Author) -> int:
    row = {"account_id": author.account_id, "person_id": author.person_id, "name": author.name}
    key = connection.execute(authors.insert(), row).inserted_primary_key
    return int(key[0]) if key else _NOBODY


def _storable(author: Author, *, holds_nul: bool) -> Author:
    texts = (encodable(text) for text in (author.name, author.account_id, author.person_id))
    return Author(*(text if holds_nul else text.replace("\0", "") for text in texts))
