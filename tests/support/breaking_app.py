"""An application whose store fails when the second batch of everyone is asked for."""

from __future__ import annotations

from collections.abc import Iterator

from app import create_app
from app.contracts import Batch
from app.model.employee import Employee
from app.model.errors import StorageUnavailable
from tests.support.model_store import ModelStore
from tests.support.small_app import stores_of


class BreakingStore(ModelStore):
    """Gives one batch of everyone, and then no answer."""

    def iter_batches(self, bookmark: str = "") -> Iterator[Batch]:
        people = (Employee(id=f"{number:03}", full_name=f"Ada {number:03}") for number in range(9))
        yield Batch(tuple(people), "008")
        raise StorageUnavailable("the database", "dynamodb:Scan", "Employees", "throttled")


application = create_app(stores=stores_of(BreakingStore(), None, "Photos are off."))
