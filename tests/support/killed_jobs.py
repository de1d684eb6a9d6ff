"""Work on a job that is killed at one of its writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from app.contracts.import_jobs import Job
from app.history.changes import Write
from app.imports.running import worker
from app.model.employee import Employee
from tests.support.import_desk import Desk


class Killed(BaseException):
    """As sudden as kill -9, for the process that works."""


@dataclass
class Lives:
    """So many calls are lived through."""

    left: int

    def lose_one(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed

    def spent_by(self, real: Any) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            self.lose_one()
            return real(*args, **options)

        return call

    def spent_by_adding(self, real: Any) -> Any:
        """As a store does that puts all people in order, and adds five at a time."""

        def add_many(people: Iterable[Employee], write: Write) -> Iterator[int]:
            self.lose_one()
            for stored in real(list(people)[::-1], write):
                if stored % 5 == 0:
                    yield stored
                    self.lose_one()
            yield stored

        return add_many


def kill_at(desk: Desk, monkeypatch: pytest.MonkeyPatch, job: Job, writes: int) -> bool:
    """Work on a job until so many writes to the stores; whether it was killed before its end."""
    lives = Lives(writes)
    with monkeypatch.context() as patch:
        for name in ("write", "put_part"):
            patch.setattr(desk.jobs, name, lives.spent_by(getattr(desk.jobs, name)))
        for name in ("update", "delete"):
            patch.setattr(desk.store, name, lives.spent_by(getattr(desk.store, name)))
        patch.setattr(desk.store, "add_many", lives.spent_by_adding(desk.store.add_many))
        if desk.photos is not None:
            for name in ("put", "delete"):
                patch.setattr(desk.photos, name, lives.spent_by(getattr(desk.photos, name)))
        patch.setattr(worker, "_give_up", lambda *args: None)
        try:
            desk.work(job)
        except Killed:
            return True
    return False
