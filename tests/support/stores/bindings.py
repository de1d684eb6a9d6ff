"""The stores that keep the contract: how each is opened, and how a program outside changes it.

A binding is a few lines. One whose ``many`` is false (moto) is spared the tests that need more than
15 people or more than one thread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from app.contracts import EmployeeStore
from app.contracts.accounts import AccountStore
from app.contracts.history import HistoryStore
from app.contracts.reports import ReportStore
from app.model.employee import Employee
from app.text.person_names import SortBy
from tests.support.accounts_in_memory import AccountsInMemory
from tests.support.model_store import ModelStore
from tests.support.stores.dynamodb_binding import MotoRoom, UsedRoom
from tests.support.stores.sql_binding import ServerRoom, SqliteRoom


class Room(Protocol):
    """One empty place for employees, and the ways to it."""

    store: EmployeeStore

    def open_another(self, sort_by: SortBy = SortBy.GIVEN) -> EmployeeStore:
        """The same place seen from another machine, whose setting is this order."""

    def open_accounts(self) -> AccountStore:
        """The store of accounts, as ``open_another`` sees it."""

    def open_history(self) -> HistoryStore:
        """The store of changes, as ``open_another`` sees it."""

    def open_reports(self) -> ReportStore:
        """The store of reporting lines, as ``open_another`` sees it."""

    def change_outside(self, employee_id: str, field: str, text: str) -> None:
        """What a program does that knows neither version nor index: change one field."""

    def put_outside(self, employee: Employee) -> None:
        """The same: put a record in."""

    def delete_outside(self, employee_id: str) -> None:
        """The same: take a record out."""

    def close(self) -> None:
        """Remove what the test made."""


@dataclass(frozen=True)
class Binding:
    """A kind of store. ``open`` may ask for fixtures by name, and gives an empty, set-up room."""

    name: str
    open: Callable[[pytest.FixtureRequest, Path], Room]
    many: bool = True
    marks: tuple[pytest.MarkDecorator, ...] = ()


class ModelRoom:
    def __init__(self) -> None:
        self.store = ModelStore()
        self._accounts = AccountsInMemory()
        self.put_outside = self.store.put_outside
        self.delete_outside = self.store.delete_outside
        self.change_outside = self.store.change_outside

    def open_another(self, sort_by: SortBy = SortBy.GIVEN) -> EmployeeStore:
        return self.store.with_setting(sort_by)

    def open_accounts(self) -> AccountStore:
        return self._accounts

    def open_history(self) -> HistoryStore:
        return self.store.history

    def open_reports(self) -> ReportStore:
        return self.store

    def close(self) -> None:
        return


BINDINGS = (
    Binding("model", lambda request, folder: ModelRoom()),
    Binding("sqlite", lambda request, folder: SqliteRoom(folder)),
    Binding(
        "mariadb",
        lambda request, folder: ServerRoom(request.getfixturevalue("mariadb")),
        marks=(pytest.mark.slow, pytest.mark.mariadb),
    ),
    Binding(
        "postgresql",
        lambda request, folder: ServerRoom(request.getfixturevalue("postgresql")),
        marks=(pytest.mark.slow, pytest.mark.postgresql),
    ),
    Binding(
        "dynamodb-local",
        lambda request, folder: UsedRoom(request.getfixturevalue("dynamodb_local")),
        marks=(pytest.mark.slow, pytest.mark.dynamodb_local),
    ),
    Binding("moto", lambda request, folder: MotoRoom(), many=False, marks=(pytest.mark.slow,)),
)
