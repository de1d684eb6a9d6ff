"""SQL databases under the contract: SQLite, MariaDB and PostgreSQL."""

import atexit
import functools
import tempfile
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Engine, create_engine, delete, insert, update
from sqlalchemy.pool import NullPool

from app.model.employee import Employee
from app.storage.sql import SqlAccounts, SqlStore, open_sql_store
from app.storage.sql.history.store import SqlHistory
from app.storage.sql.reports import SqlReports
from app.storage.sql.rows import columns_of
from app.storage.sql.tables import people
from app.text.person_names import SortBy
from tests.support.servers.sql_server import SqlServer


class SqlRoom:
    """A database of the test's own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._opened: list[SqlStore] = []
        self.store = self.open_another()
        self.store.set_up()

    def open_another(self, sort_by: SortBy = SortBy.GIVEN) -> SqlStore:
        self._opened.append(open_sql_store(self.url, sort_by))
        return self._opened[-1]

    def open_accounts(self) -> SqlAccounts:
        return SqlAccounts(self.open_another().database)

    def open_history(self) -> SqlHistory:
        return self.open_another().history

    def open_reports(self) -> SqlReports:
        return self.open_another().reports

    def change_outside(self, employee_id: str, field: str, text: str) -> None:
        self.run(update(people).where(people.c.id == employee_id).values({field: text}))

    def put_outside(self, employee: Employee) -> None:
        self.run(insert(people).values(id=employee.id, **columns_of(employee)))

    def delete_outside(self, employee_id: str) -> None:
        self.run(delete(people).where(people.c.id == employee_id))

    def run(self, statement: Any) -> None:
        """Run a statement as another program would."""
        engine = create_engine(self.url, poolclass=NullPool)
        with engine.begin() as connection:
            connection.execute(statement)

    def close(self) -> None:
        for store in self._opened:
            store.close()


class SqliteRoom(SqlRoom):
    """A file in the test's folder."""

    def __init__(self, folder: Path) -> None:
        lay_empty_database(folder / "directory.db")
        super().__init__(f"sqlite:///{folder / 'directory.db'}")


def lay_empty_database(path: Path) -> None:
    """The file that ``flask setup`` makes, unless there is one: copied is quicker than made."""
    if not path.exists():
        path.write_bytes(_empty_database())


@functools.cache
def _empty_database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "directory.db")
        store = open_sql_store(f"sqlite:///{made}")
        store.set_up()
        store.close()
        return made.read_bytes()


class ServerRoom(SqlRoom):
    """A database on a server, used by one test after the other: emptied is quicker than made."""

    _made: ClassVar[dict[SqlServer, tuple[str, Engine]]] = {}

    def __init__(self, server: SqlServer) -> None:
        if server not in self._made:
            url = server.make_database()
            self._made[server] = url, create_engine(url)
            atexit.register(self._made[server][1].dispose)
        url, self._engine = self._made[server]
        super().__init__(url)
        with self._engine.begin() as connection:
            for table in people.metadata.sorted_tables:
                connection.execute(delete(table))

    def run(self, statement: Any) -> None:
        with self._engine.begin() as connection:
            connection.execute(statement)
