"""Stand-ins for stores of which nobody knows where they are: nothing is read or written."""

from __future__ import annotations

from typing import Any, NoReturn

from app.model.errors import StorageUnavailable


class UnavailableStore:
    """Any store; every call raises StorageUnavailable with the sentence that says what to do."""

    def __init__(self, problem: str) -> None:
        self._problem = problem

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._refuse

    def maintain(self) -> None:
        """Implement EmployeeStore.maintain: there is nothing to repair."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise StorageUnavailable("the database", reason=self._problem, advice=self._problem)
