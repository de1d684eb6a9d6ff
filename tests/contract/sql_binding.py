"""SQLite under the contract."""

from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, delete, insert, update

from app.contracts import EmployeeStore
from app.employee import Employee
from app.storage.sql import SqlStore, open_sql_store
from app.storage.sql.rows import columns_of
from app.storage.sql.tables import people


class SqliteRoom:
    """A file in the test's folder."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'directory.db'}"
        self._opened: list[SqlStore] = []
        self.store = self.open_another()
        self.store.set_up()

    def open_another(self) -> EmployeeStore:
        self._opened.append(open_sql_store(self.url))
        return self._opened[-1]

    def change_outside(self, employee_id: str, field: str, text: str) -> None:
        self.run(update(people).where(people.c.id == employee_id).values({field: text}))

    def put_outside(self, employee: Employee) -> None:
        self.run(insert(people).values(id=employee.id, **columns_of(employee)))

    def delete_outside(self, employee_id: str) -> None:
        self.run(delete(people).where(people.c.id == employee_id))

    def run(self, statement: Any) -> None:
        """Run a statement as another program would."""
        engine = create_engine(self.url)
        with engine.begin() as connection:
            connection.execute(statement)
        engine.dispose()

    def close(self) -> None:
        for store in self._opened:
            store.close()
